namespace Sluice.Profiles.Rules.Patterns;

/// <summary>
/// '^' and '$' of Java, which know five line ends where .NET knows one. The exact form of '$' looks ahead, which costs the
/// guarantee of linear time; so it is kept as a mark, and written out in one of two ways, by the text that is searched.
/// </summary>
internal static class LineAnchors
{
    // Raw characters that a translated pattern holds nowhere else.
    private const char EndMark = '\uE000';
    private const char LineEndMark = '\uE001';

    /// <summary>Line ends in whose absence .NET's anchors mean the same as Java's.</summary>
    public const string RareLineEnds = "\r\u0085\u2028\u2029";

    public static string Start(PatternFlags flags)
    {
        if (!flags.HasFlag(PatternFlags.Multiline))
            return "^";
        // After a line end, but not at the end of the text.
        return flags.HasFlag(PatternFlags.UnixLines)
            ? "(?:(?m:^)(?!\\z))"
            : "(?:(?:\\A|(?<=[\\n\\u0085\\u2028\\u2029])|(?<=\\r)(?!\\n))(?!\\z))";
    }

    public static string End(PatternFlags flags) => (flags.HasFlag(PatternFlags.UnixLines), flags.HasFlag(PatternFlags.Multiline)) switch
    {
        (true, false) => "$",
        (true, true) => "(?m:$)",
        (false, false) => EndMark.ToString(),
        (false, true) => LineEndMark.ToString(),
    };

    public static bool IsMarked(string pattern) => pattern.AsSpan().ContainsAny(EndMark, LineEndMark);

    /// <summary>The pattern for texts without <see cref="RareLineEnds"/>.</summary>
    public static string WriteForPlainText(string pattern) => Write(pattern, "$", "(?m:$)");

    /// <summary>The pattern for any text.</summary>
    public static string WriteForAnyText(string pattern) => Write(
        pattern, "(?=(?:\\r\\n|[\\r\\u0085\\u2028\\u2029]|(?<!\\r)\\n)?\\z)", "(?=\\z|[\\r\\u0085\\u2028\\u2029]|(?<!\\r)\\n)");

    private static string Write(string pattern, string end, string lineEnd) => pattern
        .Replace(EndMark.ToString(), end, StringComparison.Ordinal)
        .Replace(LineEndMark.ToString(), lineEnd, StringComparison.Ordinal);
}
