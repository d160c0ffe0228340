using System.Buffers.Binary;
using System.Numerics;

namespace Sluice.Gateway.Templates;

/// <summary>SHA-224 (FIPS 180-4, section 6.3) and its HMAC (RFC 2104): the platform has every length but this one.</summary>
internal static class Sha224
{
    private const int BlockBytes = 64;
    private const int DigestBytes = 28;

    // FIPS 180-4, 5.3.2: the second half of the fractions of the square roots of the 9th to 16th primes.
    private static readonly uint[] Start = [0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4];

    private static readonly uint[] Constants = MakeConstants();

    internal static byte[] HashData(ReadOnlySpan<byte> data)
    {
        // The message, a one bit, zeros, and the length in bits fill whole blocks.
        var padded = new byte[(data.Length + 9 + BlockBytes - 1) / BlockBytes * BlockBytes];
        data.CopyTo(padded);
        padded[data.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(padded.AsSpan(padded.Length - 8), (ulong)data.Length * 8);
        uint[] state = [.. Start];
        for (var at = 0; at < padded.Length; at += BlockBytes)
            Block(padded.AsSpan(at, BlockBytes), state);
        var digest = new byte[DigestBytes];
        for (var word = 0; word < DigestBytes / 4; word++)
            BinaryPrimitives.WriteUInt32BigEndian(digest.AsSpan(word * 4), state[word]);
        return digest;
    }

    internal static byte[] Hmac(byte[] key, byte[] data)
    {
        var block = new byte[BlockBytes];
        (key.Length > BlockBytes ? HashData(key) : key).CopyTo(block, 0);
        byte[] inner = [.. block.Select(one => (byte)(one ^ 0x36)), .. data];
        byte[] outer = [.. block.Select(one => (byte)(one ^ 0x5c)), .. HashData(inner)];
        return HashData(outer);
    }

    private static void Block(ReadOnlySpan<byte> block, uint[] state)
    {
        Span<uint> words = stackalloc uint[64];
        for (var at = 0; at < 16; at++)
            words[at] = BinaryPrimitives.ReadUInt32BigEndian(block[(at * 4)..]);
        for (var at = 16; at < 64; at++)
        {
            var (two, fifteen) = (words[at - 2], words[at - 15]);
            words[at] = words[at - 16] + words[at - 7]
                + (BitOperations.RotateRight(fifteen, 7) ^ BitOperations.RotateRight(fifteen, 18) ^ (fifteen >> 3))
                + (BitOperations.RotateRight(two, 17) ^ BitOperations.RotateRight(two, 19) ^ (two >> 10));
        }
        var (a, b, c, d, e, f, g, h) = (state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]);
        for (var round = 0; round < 64; round++)
        {
            var one = h + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25)) + ((e & f) ^ (~e & g)) + Constants[round] + words[round];
            var two = (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + one, c, b, a, one + two);
        }
        uint[] ends = [a, b, c, d, e, f, g, h];
        for (var word = 0; word < state.Length; word++)
            state[word] += ends[word];
    }

    // FIPS 180-4, 4.2.2: the first 32 bits of the fractions of the cube roots of the first 64 primes, found with whole numbers only.
    private static uint[] MakeConstants()
    {
        var constants = new List<uint>();
        for (var prime = 2; constants.Count < 64; prime++)
        {
            if (!Enumerable.Range(2, prime - 2).Any(divisor => prime % divisor == 0))
                constants.Add((uint)(CubeRoot((BigInteger)prime << 96) & uint.MaxValue));
        }
        return [.. constants];
    }

    private static BigInteger CubeRoot(BigInteger cube)
    {
        BigInteger root = 0;
        for (var bit = 40; bit >= 0; bit--)
        {
            var larger = root | (BigInteger.One << bit);
            if (larger * larger * larger <= cube)
                root = larger;
        }
        return root;
    }
}
