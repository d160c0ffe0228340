using System.Buffers;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Templates;

/// <summary>Reads what stands between braces: a variable, a variable with a default, or a function. Anything else is no reference.</summary>
internal static class TemplateReader
{
    private const int MaxArguments = 16;
    private const int MaxReferenceCharacters = 4_000;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    /// <summary>Reads the reference that begins at <paramref name="start"/>. <paramref name="unknown"/> names a function that does not exist; it is read as nothing.</summary>
    internal static bool TryRead(string text, int start, string close, out TemplatePart? part, out int end, out string? unknown)
    {
        (part, end, unknown) = (null, start, null);
        if (start >= text.Length || !(char.IsAsciiLetter(text[start]) || text[start] == '_'))
            return false;
        var rest = text.AsSpan(start, Math.Min(text.Length - start, MaxReferenceCharacters));
        var length = rest.IndexOfAnyExcept(NameCharacters);
        if (length < 0)
            return false;
        var name = rest[..length].ToString();
        var after = start + length;
        if (text[after] == '(')
            return TryReadFunction(text, name, after + 1, close, out part, out end, out unknown);
        string? byDefault = null;
        if (text[after] == ':')
        {
            var stop = rest[(length + 1)..].IndexOf(close, StringComparison.Ordinal);
            // JSON such as {a: 1} has a blank where a default begins, or a brace or line in it.
            if (stop < 0)
                return false;
            var fallback = rest.Slice(length + 1, stop);
            if (fallback.StartsWith(' ') || fallback.IndexOfAny("{\"\n") >= 0)
                return false;
            byDefault = fallback.ToString();
            after += 1 + stop;
        }
        if (string.CompareOrdinal(text, after, close, 0, close.Length) != 0)
            return false;
        part = new VariablePart(VariableRef.Of(name), byDefault);
        end = after + close.Length;
        return true;
    }

    private static bool TryReadFunction(string text, string name, int start, string close, out TemplatePart? part, out int end, out string? unknown)
    {
        (part, end, unknown) = (null, start, null);
        var arguments = new List<TemplateArgument>();
        var at = start;
        while (at < text.Length && at - start < MaxReferenceCharacters)
        {
            if (text[at] == ')' && arguments.Count == 0)
                break;
            if (!TryReadArgument(text, ref at, out var argument) || arguments.Count == MaxArguments)
                return false;
            arguments.Add(argument!);
            if (at < text.Length && text[at] == ',')
                at++;
            else
                break;
        }
        if (at >= text.Length || text[at] != ')' || string.CompareOrdinal(text, at + 1, close, 0, close.Length) != 0)
            return false;
        end = at + 1 + close.Length;
        if (TemplateFunctions.Find(name, arguments.Count) is { } function)
            part = new FunctionPart(function, [.. arguments]);
        else
            (part, unknown) = (new LiteralPart(""), name);
        return true;
    }

    private static bool TryReadArgument(string text, ref int at, out TemplateArgument? argument)
    {
        argument = null;
        if (at < text.Length && text[at] == '\'')
        {
            var quote = text.IndexOf('\'', at + 1);
            if (quote < 0)
                return false;
            argument = new TemplateArgument(text[(at + 1)..quote], null);
            at = quote + 1;
            return true;
        }
        if (at < text.Length && text[at] == '$')
            return TryReadPath(text, ref at, out argument);
        var length = text.AsSpan(at).IndexOfAnyExcept(NameCharacters);
        if (length <= 0)
            return false;
        var name = text.Substring(at, length);
        argument = new TemplateArgument(name, VariableRef.Of(name));
        at += length;
        return true;
    }

    // A JSONPath is written without quotes, too; it ends at the comma or parenthesis that is in none of its own brackets or quotes.
    private static bool TryReadPath(string text, ref int at, out TemplateArgument? argument)
    {
        argument = null;
        var (depth, quote) = (0, '\0');
        for (var end = at; end < text.Length && end - at < MaxReferenceCharacters; end++)
        {
            var sign = text[end];
            if (quote != '\0')
                quote = sign == quote ? '\0' : quote;
            else if (sign is '\'' or '"')
                quote = sign;
            else if (sign is '[' or '(')
                depth++;
            else if (depth > 0 && sign is (']' or ')'))
                depth--;
            else if (depth == 0 && sign is (',' or ')'))
            {
                argument = new TemplateArgument(text[at..end], null);
                at = end;
                return true;
            }
        }
        return false;
    }
}
