using System.Text.RegularExpressions;

namespace Sluice.Gateway.Conditions;

/// <summary>A pattern that a text matches as a whole.</summary>
internal abstract class TextPattern
{
    internal abstract bool Matches(string text);
}

/// <summary><c>Matches</c>: <c>*</c> stands for any characters, also none.</summary>
internal sealed class GlobPattern(string pattern) : TextPattern
{
    internal override bool Matches(string text) => Matches(pattern, text);

    /// <summary>Whether <paramref name="text"/> matches; takes at most their lengths multiplied.</summary>
    internal static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        var (at, from, star, resumed) = (0, 0, -1, 0);
        while (from < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
                (star, resumed, at) = (at, from, at + 1);
            else if (at < pattern.Length && pattern[at] == text[from])
                (at, from) = (at + 1, from + 1);
            else if (star >= 0)
                (at, from) = (star + 1, ++resumed);
            else
                return false;
        }
        return pattern[at..].TrimStart('*').IsEmpty;
    }
}

/// <summary><c>JavaRegex</c>: a regular expression that the whole text matches.</summary>
internal sealed class RegexPattern : TextPattern
{
    // Only for what needs to go back, which cannot be bounded otherwise.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly Regex _regex;

    /// <exception cref="ArgumentException">The expression is none.</exception>
    internal RegexPattern(string pattern) => _regex = Compile($"^(?:{pattern})$");

    internal override bool Matches(string text)
    {
        try
        {
            return _regex.IsMatch(text) && !text.EndsWith('\n');
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>An expression that takes linear time where it can, and a bounded one where it cannot.</summary>
    /// <exception cref="ArgumentException">The expression is none.</exception>
    internal static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, Patience);
        }
    }
}
