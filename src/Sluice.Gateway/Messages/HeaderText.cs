using System.Net.Http.Headers;
using System.Text;

namespace Sluice.Gateway.Messages;

/// <summary>What stands inside a header's text: the parts of a list, the charset of a type.</summary>
internal static class HeaderText
{
    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    // Dates hold a comma and are no lists.
    internal static bool IsList(string name) =>
        !(name.Equals("Date", StringComparison.OrdinalIgnoreCase) || name.Equals("Expires", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Last-Modified", StringComparison.OrdinalIgnoreCase) || name.Equals("If-Modified-Since", StringComparison.OrdinalIgnoreCase)
            || name.Equals("If-Unmodified-Since", StringComparison.OrdinalIgnoreCase) || name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)
            || name.Equals("User-Agent", StringComparison.OrdinalIgnoreCase) || name.Equals("Retry-After", StringComparison.OrdinalIgnoreCase));

    /// <summary>Where the first comma outside quotes is, or -1.</summary>
    internal static int FirstComma(ReadOnlySpan<char> text)
    {
        var next = text.IndexOfAny(',', '"');
        if (next < 0 || text[next] == ',')
            return next;
        var isQuoted = false;
        for (var index = next; index < text.Length; index++)
        {
            if (text[index] == '"')
                isQuoted = !isQuoted;
            else if (text[index] == '\\' && isQuoted)
                index++;
            else if (text[index] == ',' && !isQuoted)
                return index;
        }
        return -1;
    }

    /// <summary>Adds the parts of a list to <paramref name="parts"/>.</summary>
    internal static void Split(string text, List<string> parts)
    {
        var rest = text.AsSpan();
        for (int comma; (comma = FirstComma(rest)) >= 0; rest = rest[(comma + 1)..])
            parts.Add(rest[..comma].Trim().ToString());
        parts.Add(rest.Trim().ToString());
    }

    internal static Encoding CharsetOf(string? contentType)
    {
        if (contentType is null || !contentType.Contains("charset", StringComparison.OrdinalIgnoreCase) || !MediaTypeHeaderValue.TryParse(contentType, out var type))
            return Utf8;
        return type.CharSet?.Trim('"').ToLowerInvariant() switch
        {
            "iso-8859-1" or "latin1" => Encoding.Latin1,
            "us-ascii" => Encoding.ASCII,
            "utf-16" => Encoding.Unicode,
            _ => Utf8,
        };
    }
}
