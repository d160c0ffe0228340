using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Sluice.Collection.Receive;

/// <summary>Works with the raw bytes between the quotes of a JSON string, which may hold escapes (PHP clients write <c>\/</c>).</summary>
internal static class JsonText
{
    private const int StackBytes = 480;

    /// <summary>Compares a raw string with plain text.</summary>
    internal static bool Equals(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> plain)
    {
        // An escape only ever makes the raw form longer, and never more than six times.
        if (raw.Length < plain.Length || raw.Length > 6 * plain.Length)
            return false;
        if (raw.Length > StackBytes)
            return ToText(raw) == Encoding.UTF8.GetString(plain);
        Span<byte> unescaped = stackalloc byte[StackBytes];
        return unescaped[..Unescape(raw, unescaped)].SequenceEqual(plain);
    }

    /// <summary>Writes the plain text of a raw string; <paramref name="to"/> must be at least as long as <paramref name="raw"/>.</summary>
    /// <remarks>A lone surrogate becomes U+FFFD. The scanner has accepted the string, so every escape is whole.</remarks>
    internal static int Unescape(ReadOnlySpan<byte> raw, Span<byte> to)
    {
        var written = 0;
        while (true)
        {
            var plain = raw.IndexOf((byte)'\\');
            if (plain < 0)
            {
                raw.CopyTo(to[written..]);
                return written + raw.Length;
            }

            raw[..plain].CopyTo(to[written..]);
            written += plain;
            raw = raw[plain..];
            if (raw[1] == 'u')
            {
                written += UnescapeUnicode(ref raw, to[written..]);
                continue;
            }

            to[written++] = raw[1] switch
            {
                (byte)'b' => 8,
                (byte)'f' => 12,
                (byte)'n' => 10,
                (byte)'r' => 13,
                (byte)'t' => 9,
                var same => same,
            };
            raw = raw[2..];
        }
    }

    /// <summary>The plain text in an array of its own; only senders that write escapes into ids pay for it.</summary>
    internal static byte[] ToUnescaped(ReadOnlySpan<byte> raw)
    {
        var plain = new byte[raw.Length];
        return plain[..Unescape(raw, plain)];
    }

    /// <summary>The plain text as a string; for messages to people, not for the hot path.</summary>
    internal static string ToText(ReadOnlySpan<byte> raw)
    {
        var rented = ArrayPool<byte>.Shared.Rent(raw.Length);
        try
        {
            return Encoding.UTF8.GetString(rented.AsSpan(0, Unescape(raw, rented)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static int UnescapeUnicode(ref ReadOnlySpan<byte> raw, Span<byte> to)
    {
        var first = Unit(raw);
        raw = raw[6..];
        if (char.IsHighSurrogate(first) && raw.Length >= 6 && raw[0] == '\\' && raw[1] == 'u' && char.IsLowSurrogate(Unit(raw)))
        {
            var pair = new Rune(first, Unit(raw));
            raw = raw[6..];
            return pair.EncodeToUtf8(to);
        }
        return (Rune.TryCreate(first, out var rune) ? rune : Rune.ReplacementChar).EncodeToUtf8(to);
    }

    private static char Unit(ReadOnlySpan<byte> escape) =>
        Utf8Parser.TryParse(escape.Slice(2, 4), out ushort unit, out _, 'x') ? (char)unit : '\uFFFD';
}
