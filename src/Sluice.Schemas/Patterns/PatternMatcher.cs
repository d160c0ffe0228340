using System.Text;
using System.Text.RegularExpressions;
using Sluice.Schemas.Validate;

namespace Sluice.Schemas.Patterns;

/// <summary>
/// A compiled <c>pattern</c>. A simple one is matched on bytes; others by .NET in linear time; those with lookaround or
/// backreferences by going back, with a limit in time, past which the text does not match.
/// </summary>
internal sealed class PatternMatcher
{
    private static readonly TimeSpan LongestMatch = TimeSpan.FromMilliseconds(100);

    private readonly SimplePattern? _simple;
    private readonly Regex _regex;

    private PatternMatcher(string source, SimplePattern? simple, Regex regex)
    {
        Source = source;
        _simple = simple;
        _regex = regex;
    }

    /// <summary>The pattern as the schema has it.</summary>
    public string Source { get; }

    /// <summary>Whether matching takes linear time.</summary>
    public bool IsLinear => _simple is not null || _regex.Options.HasFlag(RegexOptions.NonBacktracking);

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="FormatException">The pattern is not one; the message continues "the pattern …".</exception>
    public static PatternMatcher Compile(string source)
    {
        var (pattern, simple) = PatternTranslator.Translate(source);
        try
        {
            return new PatternMatcher(source, simple, new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking));
        }
        catch (NotSupportedException)
        {
            return new PatternMatcher(source, null, new Regex(pattern, RegexOptions.CultureInvariant, LongestMatch));
        }
        catch (RegexParseException fault)
        {
            throw new FormatException($"is refused: {fault.Error}", fault);
        }
    }

    /// <summary>Whether a text is itself a pattern. Allocates.</summary>
    public static bool IsPattern(ReadOnlySpan<byte> text)
    {
        try
        {
            Compile(Encoding.UTF8.GetString(text));
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Whether the pattern is found somewhere in the text, whose escapes are resolved.</summary>
    public bool IsMatch(ReadOnlySpan<byte> text, Scratch scratch)
    {
        if (_simple is not null)
            return _simple.IsMatch(text);

        try
        {
            return _regex.IsMatch(scratch.Decode(text));
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
