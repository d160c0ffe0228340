using Sluice.Schemas.Model;

namespace Sluice.Schemas.Validate;

/// <summary>What a schema demands of strings.</summary>
internal static class StringCheck<TMode>
    where TMode : struct, IWalkMode
{
    // A code point takes at most this many bytes of UTF-8.
    private const int LongestCodePoint = 4;

    /// <summary>Checks a string. False when the walk is over.</summary>
    /// <param name="content">What stands between the quotes.</param>
    /// <param name="escaped">Whether it holds a backslash.</param>
    public static bool Check(ref Walker<TMode> walk, StringRules rules, string location, ReadOnlySpan<byte> content, bool escaped)
    {
        var text = escaped ? walk.Scratch.Resolve(content) : content;

        // Most lengths are settled by the number of bytes alone.
        if ((text.Length > rules.MaxLength || text.Length < rules.MinLength * (long)LongestCodePoint)
            && !CheckLength(ref walk, rules, location, CountCodePoints(text)))
            return false;

        // The text may be gone once a pattern has used the scratch storage, so the format goes first.
        if (rules.Format is { } format && !format.Accepts(text)
            && !(TMode.Collects && walk.Report!.Add(walk.Json, "format", ViolationText.NotOfFormat(content, format.Title), location)))
            return false;
        return rules.Pattern is not { } pattern
            || pattern.IsMatch(text, walk.Scratch)
            || (TMode.Collects && walk.Report!.Add(walk.Json, "pattern", ViolationText.NoPatternMatch(content, pattern.Source), location));
    }

    private static bool CheckLength(ref Walker<TMode> walk, StringRules rules, string location, int length)
    {
        if (length < rules.MinLength
            && !(TMode.Collects && walk.Report!.Add(walk.Json, "minLength", ViolationText.TooShort(rules.MinLength, length), location)))
            return false;
        return length <= rules.MaxLength
            || (TMode.Collects && walk.Report!.Add(walk.Json, "maxLength", ViolationText.TooLong(rules.MaxLength, length), location));
    }

    private static int CountCodePoints(ReadOnlySpan<byte> text)
    {
        int continuations = 0;
        foreach (byte b in text)
            continuations += (b & 0xC0) == 0x80 ? 1 : 0;
        return text.Length - continuations;
    }
}
