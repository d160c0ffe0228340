using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sluice.Collection.Batches;

/// <summary>Makes ULIDs: 48 bits of time and 80 random ones as 26 characters of Crockford's base 32, which sort by time.</summary>
internal static class Ulid
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    internal static string New(long epochMs)
    {
        Span<byte> bytes = stackalloc byte[18]; // two spare bytes in front, so that both halves read as 64-bit numbers
        BinaryPrimitives.WriteInt64BigEndian(bytes, epochMs);
        RandomNumberGenerator.Fill(bytes[8..]);
        var value = new UInt128(BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[10..]));
        return string.Create(26, value, static (text, rest) =>
        {
            for (var at = text.Length - 1; at >= 0; at--)
            {
                text[at] = Alphabet[(int)(ulong)(rest & 31)];
                rest >>= 5;
            }
        });
    }
}
