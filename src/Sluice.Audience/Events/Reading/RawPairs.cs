using System.Globalization;
using System.Text;

namespace Sluice.Audience.Events.Reading;

/// <summary>
/// The parameters of a call as they came, percent-encoding and all: what separates ids (<c>%01</c>) and values (<c>,</c>) must be told from the same
/// character inside one (contract audience.md 13, note 5).
/// </summary>
internal static class RawPairs
{
    /// <summary>Separates the parts of a declared id.</summary>
    internal const string IdSeparator = "%01";

    /// <summary>Takes the text apart at <c>&amp;</c> and the first <c>=</c>; false when a percent sign anywhere is not followed by two hex digits.</summary>
    internal static bool TrySplit(string text, out List<RawPair> pairs)
    {
        pairs = [];
        for (var at = text.IndexOf('%', StringComparison.Ordinal); at >= 0; at = text.IndexOf('%', at + 1))
        {
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
                return false;
        }
        foreach (var range in text.AsSpan().Split('&'))
        {
            var part = text.AsSpan(range);
            if (part.IsEmpty)
                continue;
            var equals = part.IndexOf('=');
            var key = Decode(equals < 0 ? part : part[..equals]);
            if (key.Length > 0)
                pairs.Add(new RawPair(key, equals < 0 ? "" : part[(equals + 1)..].ToString()));
        }
        return true;
    }

    /// <summary>The text that was meant: <c>+</c> is a space, bytes that are no UTF-8 become U+FFFD.</summary>
    internal static string Decode(ReadOnlySpan<char> raw)
    {
        if (raw.IndexOfAny('%', '+') < 0)
            return raw.ToString();
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(raw.Length)];
        var count = 0;
        while (!raw.IsEmpty)
        {
            if (raw[0] == '%')
            {
                bytes[count++] = byte.Parse(raw.Slice(1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                raw = raw[3..];
            }
            else if (raw[0] == '+')
            {
                bytes[count++] = (byte)' ';
                raw = raw[1..];
            }
            else
            {
                var plain = raw.IndexOfAny('%', '+') is var end && end < 0 ? raw : raw[..end];
                count += Encoding.UTF8.GetBytes(plain, bytes.AsSpan(count));
                raw = raw[plain.Length..];
            }
        }
        return Encoding.UTF8.GetString(bytes.AsSpan(0, count));
    }
}

/// <summary>One parameter: its name decoded, its value still as it came.</summary>
internal readonly record struct RawPair(string Key, string Raw)
{
    /// <summary>The value decoded as a whole.</summary>
    internal string Value => RawPairs.Decode(Raw);

    /// <summary>The values of a list such as <c>k=a,b</c>, each decoded.</summary>
    internal IEnumerable<string> Values => Raw.Split(',').Select(one => RawPairs.Decode(one));
}
