using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.Profiles.Rules.Patterns;

/// <summary>
/// A regular expression in Java's syntax, ready to be searched for. It runs in linear time where it can; one with lookaround,
/// backreferences or possessive quantifiers goes back. Both are given up after a while, and are then not found.
/// </summary>
internal sealed class JavaPattern
{
    // In linear time a value of 32 KiB, the largest an event can carry, takes a few milliseconds on a slow core. What takes
    // ten times that is going back for ever, or a pattern that would hold up the events behind this one.
    private static readonly TimeSpan LongestSearch = TimeSpan.FromMilliseconds(50);

    private static readonly SearchValues<char> RareLineEnds = SearchValues.Create(LineAnchors.RareLineEnds);

    private readonly Regex _forPlainText;
    private readonly Lazy<Regex>? _forAnyText;

    private JavaPattern(string translated)
    {
        _forPlainText = Compile(LineAnchors.WriteForPlainText(translated));
        if (LineAnchors.IsMarked(translated))
            _forAnyText = new Lazy<Regex>(() => Compile(LineAnchors.WriteForAnyText(translated)));
    }

    /// <summary>Whether searching takes linear time, for texts with usual line ends.</summary>
    public bool IsLinear => _forPlainText.Options.HasFlag(RegexOptions.NonBacktracking);

    /// <summary>Compiles a pattern of at most <see cref="RuleLimits.PatternLength"/>. Never throws.</summary>
    /// <param name="source">The pattern.</param>
    /// <param name="pattern">The pattern compiled, when the answer is true.</param>
    /// <param name="reason">Why not, as a phrase that goes on "The regular expression …".</param>
    public static bool TryCompile(string source, [NotNullWhen(true)] out JavaPattern? pattern, out string reason)
    {
        pattern = null;
        reason = "";
        if (source.Length > RuleLimits.PatternLength)
        {
            reason = string.Create(CultureInfo.InvariantCulture, $"is longer than {RuleLimits.PatternLength} characters");
            return false;
        }

        try
        {
            pattern = new JavaPattern(PatternTranslator.Translate(source));
            return true;
        }
        catch (PatternException fault)
        {
            reason = fault.Message;
        }
        catch (RegexParseException fault)
        {
            reason = $"cannot be run here: {fault.Error}";
        }

        return false;
    }

    /// <summary>Whether the pattern is found somewhere in a text.</summary>
    public bool IsFound(string text, out bool timedOut)
    {
        timedOut = false;
        var regex = _forAnyText is not null && text.AsSpan().ContainsAny(RareLineEnds) ? _forAnyText.Value : _forPlainText;
        try
        {
            return regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            timedOut = true;
            return false;
        }
    }

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, LongestSearch);
        }
        catch (NotSupportedException)
        {
            // Lookaround and its like; or so many repetitions that the states would not fit in memory.
            return new Regex(pattern, RegexOptions.CultureInvariant, LongestSearch);
        }
    }
}
