using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.Profiles.Rules.Patterns;

/// <summary>
/// A regular expression in Java's syntax, ready to be searched for. It runs in linear time where it can; one with lookaround,
/// backreferences or possessive quantifiers goes back. Both are given up after a while, and are then not found.
/// </summary>
/// <remarks>
/// .NET sees UTF-16 units and one line end, Java sees characters and five. What makes up for that costs speed, and rarely
/// matters. So a pattern has up to four forms, and the text that is searched decides which is used; all but the plain one
/// are compiled when a text first asks for them.
/// </remarks>
internal sealed class JavaPattern
{
    // In linear time a value of 32 KiB, the largest an event can carry, takes a few milliseconds on a slow core. The
    // limit is of wall time: it is so far above that for a busy machine or a collection of garbage not to look like going
    // back for ever, and low enough for the events behind this one to wait for.
    private static readonly TimeSpan LongestSearch = TimeSpan.FromMilliseconds(250);

    // Past this compiling for linear time takes tens of milliseconds: the letters beyond U+FFFF are 37 alternatives.
    private const int MostAlternatives = 8;

    private const int WithPairs = 1;
    private const int WithLineEnds = 2;

    private static readonly SearchValues<char> RareLineEnds = SearchValues.Create(LineAnchors.RareLineEnds);

    private readonly string _source;
    private readonly int _relevant;
    private readonly Lazy<Regex>[] _forms;

    private JavaPattern(string source, string plain)
    {
        _source = source;
        bool hasPairs = PatternTranslator.Translate(source, withPairs: true, out _) != plain;
        _relevant = (hasPairs ? WithPairs : 0) | (LineAnchors.IsMarked(plain) ? WithLineEnds : 0);
        _forms = [.. Enumerable.Range(0, 1 + WithPairs + WithLineEnds).Select(form => new Lazy<Regex>(() => Compile(form)))];
        _ = _forms[0].Value;
    }

    /// <summary>Whether searching takes linear time, for texts without rare line ends and characters beyond U+FFFF.</summary>
    public bool IsLinear => _forms[0].Value.Options.HasFlag(RegexOptions.NonBacktracking);

    /// <summary>Compiles a pattern of at most <see cref="RuleLimits.PatternLength"/>. Never throws.</summary>
    /// <param name="source">The pattern.</param>
    /// <param name="room">How long the pattern may be once translated, which is what compiling costs; lessened by what it took.</param>
    /// <param name="pattern">The pattern compiled, when the answer is true.</param>
    /// <param name="reason">Why not, as a phrase that goes on "The regular expression …".</param>
    public static bool TryCompile(string source, ref int room, [NotNullWhen(true)] out JavaPattern? pattern, out string reason)
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
            string plain = PatternTranslator.Translate(source, withPairs: false, out _);
            room -= plain.Length;
            if (room >= 0)
                pattern = new JavaPattern(source, plain);
            else
                reason = "is one too many: all of this rule together take too much room";
        }
        catch (PatternException fault)
        {
            reason = fault.Message;
        }
        catch (RegexParseException fault)
        {
            reason = $"cannot be run here: {fault.Error}";
        }

        return pattern is not null;
    }

    /// <summary>Whether the pattern is found somewhere in a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="gaveUp">Whether the search was ended before it was done; the answer is then false.</param>
    public bool IsFound(string text, out bool gaveUp)
    {
        gaveUp = false;
        try
        {
            return _forms[FormFor(text)].Value.IsMatch(text);
        }
        catch (Exception fault) when (fault is RegexMatchTimeoutException or IndexOutOfRangeException)
        {
            // The second is a fault of .NET's own: where lazy loops stand inside an atomic group, going back may run off its stack.
            gaveUp = true;
            return false;
        }
    }

    private int FormFor(string text)
    {
        int form = 0;
        if ((_relevant & WithPairs) != 0 && text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            form |= WithPairs;
        if ((_relevant & WithLineEnds) != 0 && text.AsSpan().ContainsAny(RareLineEnds))
            form |= WithLineEnds;
        return form;
    }

    private Regex Compile(int form)
    {
        string translated = PatternTranslator.Translate(_source, (form & WithPairs) != 0, out int alternatives);
        string pattern = (form & WithLineEnds) != 0 ? LineAnchors.WriteForAnyText(translated) : LineAnchors.WriteForPlainText(translated);
        if (alternatives <= MostAlternatives)
        {
            try
            {
                return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, LongestSearch);
            }
            catch (NotSupportedException)
            {
                // Lookaround and its like; or so many repetitions that the states would not fit in memory.
            }
        }

        return new Regex(pattern, RegexOptions.CultureInvariant, LongestSearch);
    }
}
