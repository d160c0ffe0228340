using System.Buffers.Binary;
using System.Numerics;

namespace Sluice.Collection.Deduplication;

/// <summary>
/// Makes <see cref="MessageKey"/>s: SipHash-2-4 with 128 bits, keyed with the environment's own secret. Two ids that met would lose a message,
/// so nobody who does not know the secret may be able to make them meet; by chance, a billion ids meet once in 10^20 tries.
/// </summary>
/// <remarks>The function: Aumasson and Bernstein, SipHash, with the doubled output of its reference implementation. Allocates nothing.</remarks>
internal sealed class KeyHash
{
    internal const int SecretBytes = 16;

    private readonly ulong _k0;
    private readonly ulong _k1;

    internal KeyHash(ReadOnlySpan<byte> secret)
    {
        _k0 = BinaryPrimitives.ReadUInt64LittleEndian(secret);
        _k1 = BinaryPrimitives.ReadUInt64LittleEndian(secret[8..]);
    }

    /// <summary>Hashes what an id belongs to and the id itself; the scope is length-prefixed, so that no two inputs can meet.</summary>
    /// <param name="kind">What sort of id this is.</param>
    /// <param name="scope">The dataset or inlet it belongs to; at most 255 bytes.</param>
    /// <param name="id">The id, without JSON escapes.</param>
    internal MessageKey Of(KeyKind kind, ReadOnlySpan<byte> scope, ReadOnlySpan<byte> id)
    {
        Span<byte> head = stackalloc byte[2 + byte.MaxValue];
        head[0] = (byte)kind;
        head[1] = checked((byte)scope.Length);
        scope.CopyTo(head[2..]);
        return Of(head[..(2 + scope.Length)], id);
    }

    /// <summary>Hashes two texts as if they were one.</summary>
    internal MessageKey Of(ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail)
    {
        var state = new State(_k0, _k1);
        var length = head.Length + tail.Length;
        for (; head.Length >= 8; head = head[8..])
            state.Absorb(BinaryPrimitives.ReadUInt64LittleEndian(head));

        // The word that the two texts share.
        Span<byte> word = stackalloc byte[8];
        head.CopyTo(word);
        var used = head.Length;
        var taken = Math.Min(8 - used, tail.Length);
        tail[..taken].CopyTo(word[used..]);
        tail = tail[taken..];
        used += taken;
        if (used == 8)
        {
            state.Absorb(BinaryPrimitives.ReadUInt64LittleEndian(word));
            for (; tail.Length >= 8; tail = tail[8..])
                state.Absorb(BinaryPrimitives.ReadUInt64LittleEndian(tail));
            word.Clear();
            tail.CopyTo(word);
        }
        word[7] = (byte)length;
        state.Absorb(BinaryPrimitives.ReadUInt64LittleEndian(word));
        return state.Finish();
    }

    private ref struct State
    {
        private ulong _v0;
        private ulong _v1;
        private ulong _v2;
        private ulong _v3;

        internal State(ulong k0, ulong k1)
        {
            _v0 = k0 ^ 0x736f6d6570736575;
            _v1 = k1 ^ 0x646f72616e646f6d ^ 0xee;
            _v2 = k0 ^ 0x6c7967656e657261;
            _v3 = k1 ^ 0x7465646279746573;
        }

        internal void Absorb(ulong word)
        {
            _v3 ^= word;
            Round();
            Round();
            _v0 ^= word;
        }

        internal MessageKey Finish()
        {
            _v2 ^= 0xee;
            for (var round = 0; round < 4; round++)
                Round();
            var first = _v0 ^ _v1 ^ _v2 ^ _v3;
            _v1 ^= 0xdd;
            for (var round = 0; round < 4; round++)
                Round();
            return new MessageKey(first, _v0 ^ _v1 ^ _v2 ^ _v3);
        }

        private void Round()
        {
            _v0 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
