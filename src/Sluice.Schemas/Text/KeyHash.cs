using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sluice.Schemas.Text;

/// <summary>A 64-bit hash of bytes, keyed by a secret of this process so that a sender cannot prepare collisions.</summary>
internal static class KeyHash
{
    private static readonly ulong Seed = NewSecret();
    private static readonly ulong Factor = NewSecret() | 1;

    /// <summary>The hash of a text. Callers resolve escapes first.</summary>
    public static ulong Of(ReadOnlySpan<byte> text)
    {
        ulong hash = Seed ^ (ulong)text.Length;
        if (text.Length >= sizeof(ulong))
        {
            var rest = text;
            while (rest.Length > sizeof(ulong))
            {
                hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(rest));
                rest = rest[sizeof(ulong)..];
            }

            return Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(text[^sizeof(ulong)..]));
        }

        // Short texts as one word: overlapping halves, or first, middle and last byte. The length is in the hash already.
        if (text.Length >= sizeof(uint))
        {
            ulong head = BinaryPrimitives.ReadUInt32LittleEndian(text);
            return Mix(hash, head << 32 | BinaryPrimitives.ReadUInt32LittleEndian(text[^sizeof(uint)..]));
        }

        return text.Length == 0 ? Mix(hash, 0) : Mix(hash, (ulong)text[0] << 16 | (ulong)text[text.Length / 2] << 8 | text[^1]);
    }

    /// <summary>Adds a word to a hash: the two halves of a 128-bit product, folded. Order matters.</summary>
    public static ulong Mix(ulong hash, ulong word)
    {
        ulong high = Math.BigMul(hash ^ word, Factor, out ulong low);
        return high ^ low ^ ulong.RotateLeft(hash, 23);
    }

    private static ulong NewSecret()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
