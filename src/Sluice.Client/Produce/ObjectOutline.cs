using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sluice.Client.Produce;

/// <summary>Whether a text can stand in an array without becoming part of its neighbours: it begins with an object, whose strings and brackets end where it ends.</summary>
/// <remarks>
/// Every JSON object is one; not every text that is one is JSON: the server reads it anyway and says what is wrong.
/// Source of the method: the marking of strings by the parity of quotes, 64 bytes at a time, as in Langdale and Lemire, "Parsing Gigabytes of JSON per Second".
/// </remarks>
internal static class ObjectOutline
{
    private const int BlockBytes = 64;

    // Compiled in full at the first call, here and below: a sending is over before the runtime has found out what is called often.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool IsWhole(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r\n"u8);
        if (text.Length < 2 || text[0] != '{')
            return false;
        Span<byte> padded = stackalloc byte[BlockBytes];
        var state = new State();
        for (var at = 0; at < text.Length; at += BlockBytes)
        {
            scoped var block = text[at..];
            if (block.Length < BlockBytes)
            {
                padded.Fill((byte)' ');
                block.CopyTo(padded);
                block = padded;
            }
            var end = state.Read(ref MemoryMarshal.GetReference(block));
            if (end >= 0)
                return at + end == text.Length - 1;
        }
        return false;
    }

    /// <summary>What one block leaves to the next.</summary>
    private struct State
    {
        private ulong _inString; // all ones or none
        private bool _isEscaped;
        private int _depth;

        /// <summary>Reads a block; where in it the object ends, or -1 when it goes on.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        internal int Read(ref byte block)
        {
            var (low, high) = (Vector256.LoadUnsafe(ref block), Vector256.LoadUnsafe(ref block, (nuint)Vector256<byte>.Count));
            var quotes = Mask(low, high, (byte)'"');
            var slashes = Mask(low, high, (byte)'\\');
            if (slashes != 0 || _isEscaped)
                quotes &= ~Escaped(slashes);
            var inString = Parity(quotes) ^ _inString;
            _inString = (ulong)((long)inString >> 63);

            // With this bit set, a square bracket is the curly one.
            var bit = Vector256.Create((byte)0x20);
            (low, high) = (low | bit, high | bit);
            var opening = Mask(low, high, (byte)'{') & ~inString;
            var closing = Mask(low, high, (byte)'}') & ~inString;
            if (_depth > BitOperations.PopCount(closing))
            {
                _depth += BitOperations.PopCount(opening) - BitOperations.PopCount(closing);
                return -1;
            }
            for (var brackets = opening | closing; brackets != 0; brackets &= brackets - 1)
            {
                var place = BitOperations.TrailingZeroCount(brackets);
                _depth += (opening >> place & 1) != 0 ? 1 : -1;
                if (_depth == 0)
                    return place;
            }
            return -1;
        }

        // The bytes behind backslashes, but for backslashes that are themselves such bytes.
        private ulong Escaped(ulong slashes)
        {
            var escaped = _isEscaped ? 1UL : 0;
            slashes &= ~escaped;
            _isEscaped = false;
            while (slashes != 0)
            {
                var next = (slashes & (0 - slashes)) << 1;
                _isEscaped = next == 0;
                escaped |= next;
                slashes &= (slashes - 1) & ~next;
            }
            return escaped;
        }

        // A bit is set where an odd number of bits is set up to it.
        private static ulong Parity(ulong bits)
        {
            bits ^= bits << 1;
            bits ^= bits << 2;
            bits ^= bits << 4;
            bits ^= bits << 8;
            bits ^= bits << 16;
            return bits ^ (bits << 32);
        }

        private static ulong Mask(Vector256<byte> low, Vector256<byte> high, byte wanted)
        {
            var all = Vector256.Create(wanted);
            return Vector256.Equals(low, all).ExtractMostSignificantBits() | ((ulong)Vector256.Equals(high, all).ExtractMostSignificantBits() << 32);
        }
    }
}
