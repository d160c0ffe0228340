using System.Buffers;
using System.Text;

namespace Sluice.Redaction;

/// <summary>
/// Hides the values of <see cref="SecretNames"/>: walks from one separator (<c>=</c>, <c>:</c>, <c>%3D</c>, the comma of <c>[name, value]</c>)
/// to the next, reads the name before it, and finds where its value ends.
/// </summary>
/// <remarks>Where a value's end is in doubt, more is hidden rather than less. Time is linear: names are bounded, values are passed once.</remarks>
internal static class NamedSecrets
{
    // The longest known name, each character percent-encoded, is 48. A name that fills the window is taken for a secret's.
    private const int MaxNameCharacters = 256;

    private static readonly SearchValues<char> Separators = SearchValues.Create("=:,%");
    private static readonly SearchValues<char> AfterJson = SearchValues.Create(",}] \r\n\t");
    private static readonly SearchValues<char> AfterQuoted = SearchValues.Create(" \t\r\n&;,)]}>");

    internal static string Hide(string text)
    {
        StringBuilder? hidden = null;
        var copied = 0;
        var at = 0;
        while (text.AsSpan(at).IndexOfAny(Separators) is >= 0 and var found)
        {
            var separator = at + found;
            at = separator + 1;
            if (FindValue(text, separator, copied) is not { Start: var start, End: var end } || start >= end)
                continue;
            hidden ??= new StringBuilder(text.Length);
            hidden.Append(text, copied, start - copied).Append(Redactor.Mask);
            copied = at = end;
        }
        return hidden is null ? text : hidden.Append(text, copied, text.Length - copied).ToString();
    }

    private static (int Start, int End)? FindValue(string text, int separator, int from)
    {
        var isEncoded = text[separator] == '%';
        if (isEncoded && !text.AsSpan(separator).StartsWith("%3D", StringComparison.OrdinalIgnoreCase))
            return null;
        var isField = isEncoded || text[separator] == '=';
        var nameEnd = separator;
        while (nameEnd > from && text[nameEnd - 1] is ' ' or '\t')
            nameEnd--;
        var isQuoted = QuotedText.EndsBefore(text, nameEnd, out var mark);
        if (isQuoted)
            nameEnd = mark;

        var start = nameEnd;
        var earliest = Math.Max(from, nameEnd - MaxNameCharacters);
        while (start > earliest && (isField && !isQuoted ? IsOfField(text[start - 1]) : IsOfName(text[start - 1])))
            start--;
        var secrecy = nameEnd - start == MaxNameCharacters ? Secrecy.Field : SecretNames.Of(text.AsSpan(start, nameEnd - start));
        if (secrecy == Secrecy.None)
            return null;

        var value = separator + (isEncoded ? 3 : 1);
        var isSpaced = nameEnd < separator && !isQuoted;
        return text[separator] switch
        {
            ':' when isQuoted => JsonValue(text, SkipSpace(text, value)),
            ':' when secrecy == Secrecy.Line => (SkipSpace(text, value), EndOfLine(text, value)),
            ':' => secrecy == Secrecy.Value ? Plain(text, SkipSpace(text, value)) : null,
            ',' => IsPair(text, start, isQuoted) ? PairValue(text, SkipSpace(text, value)) : null,
            _ when secrecy == Secrecy.Line => (SkipSpace(text, value), EndOfLine(text, value)),
            _ => Plain(text, isSpaced || isQuoted ? SkipSpace(text, value) : value),
        };
    }

    private static (int Start, int End) JsonValue(string text, int at)
    {
        if (QuotedText.TryRead(text, at, out var start, out var end, out _))
            return (start, end);
        if (at < text.Length && text[at] is '[' or '{')
            return (at, EndOfNested(text, at));
        var rest = text.AsSpan(at).IndexOfAny(AfterJson);
        return (at, rest < 0 ? text.Length : at + rest);
    }

    // In queries and forms: up to the next field. Marks in a query are seldom encoded as they should be, so only whole quoted values end at theirs.
    private static (int Start, int End) Plain(string text, int at)
    {
        if (QuotedText.TryRead(text, at, out var start, out var end, out var after) && (after == text.Length || AfterQuoted.Contains(text[after])))
            return (start, end);
        var rest = at;
        while (rest < text.Length && text[rest] != '&' && !char.IsWhiteSpace(text[rest]) && !char.IsControl(text[rest]))
            rest++;
        return (at, rest);
    }

    private static bool IsPair(string text, int nameStart, bool isQuoted)
    {
        var before = nameStart;
        if (isQuoted && text[nameStart] != '\\' && !QuotedText.EndsBefore(text, nameStart, out before))
            return false;
        return before > 0 && text[before - 1] is '[' or '(';
    }

    private static (int Start, int End) PairValue(string text, int at)
    {
        if (QuotedText.TryRead(text, at, out var start, out var end, out _))
            return (start, end);
        var close = at;
        while (close < text.Length && (text[close] is not (']' or ')') || !EndsPair(text, close + 1)))
            close++;
        return (at, close);
    }

    private static bool EndsPair(string text, int after) => after == text.Length || text[after] == ',' || char.IsWhiteSpace(text[after]);

    private static int EndOfNested(string text, int at)
    {
        var depth = 0;
        while (at < text.Length)
        {
            if (QuotedText.TryRead(text, at, out _, out _, out var after))
            {
                at = after;
                continue;
            }
            depth += text[at] is '[' or '{' ? 1 : text[at] is ']' or '}' ? -1 : 0;
            at++;
            if (depth == 0)
                return at;
        }
        return at;
    }

    private static int EndOfLine(string text, int at)
    {
        at = SkipSpace(text, at);
        var end = text.AsSpan(at).IndexOfAny('\r', '\n');
        return end < 0 ? text.Length : at + end;
    }

    private static int SkipSpace(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
            at++;
        return at;
    }

    // The name of a field may hold anything that does not end the field before it.
    private static bool IsOfField(char one) => one is not ('?' or '&' or '=' or '"' or '\'' or '{' or '(') && !char.IsWhiteSpace(one) && !char.IsControl(one);

    private static bool IsOfName(char one) => char.IsAsciiLetterOrDigit(one) || one is '_' or '-' or '.' or '%' or '$' or '/' or '\\';
}
