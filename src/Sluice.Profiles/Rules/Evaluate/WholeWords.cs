using System.Globalization;

namespace Sluice.Profiles.Rules.Evaluate;

/// <summary>
/// The words of a text, one after the other: runs of letters, digits, marks and underscores; what lies outside the
/// first plane of Unicode counts as letters.
/// </summary>
internal ref struct WholeWords
{
    private ReadOnlySpan<char> _rest;

    private WholeWords(ReadOnlySpan<char> text)
    {
        _rest = text;
        Current = default;
    }

    public ReadOnlySpan<char> Current { get; private set; }

    public static WholeWords In(ReadOnlySpan<char> text) => new(text);

    /// <summary>Whether all of <paramref name="words"/> stand in a text as whole words and in this order, others between them or not.</summary>
    public static bool Match(ReadOnlySpan<string> words, ReadOnlySpan<char> text, StringComparison comparison)
    {
        int next = 0;
        for (var found = In(text); next < words.Length && found.MoveNext();)
        {
            if (found.Current.Equals(words[next], comparison))
                next++;
        }

        return next == words.Length;
    }

    public bool MoveNext()
    {
        int start = 0;
        while (start < _rest.Length && !IsPart(_rest[start]))
            start++;
        int end = start;
        while (end < _rest.Length && IsPart(_rest[end]))
            end++;

        Current = _rest[start..end];
        _rest = _rest[end..];
        return end > start;
    }

    private static bool IsPart(char c) => c is '_' || char.IsLetterOrDigit(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
