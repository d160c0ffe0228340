using System.Numerics;
using System.Runtime.InteropServices;

namespace Sluice.Profiles.Populations;

/// <summary>What two chunks of the same numbers have in common, have together, and have apart; the chunks themselves stay as they are.</summary>
internal static class ChunkAlgebra
{
    // From here on, looking the few up among the many is faster than walking through both.
    private const int ManyTimes = 32;

    internal static int CountBoth(in SetChunk one, in SetChunk other)
    {
        if (one.IsBits && other.IsBits)
            return CountBits(one.Bits, other.Bits);
        if (one.IsBits)
            return CountBoth(other, one);
        var count = 0;
        if (other.IsBits || other.Count / ManyTimes > one.Count)
        {
            foreach (var value in one.Values)
                count += other.Contains(value) ? 1 : 0;
            return count;
        }
        if (one.Count / ManyTimes > other.Count)
            return CountBoth(other, one);
        var left = one.Values;
        var right = other.Values;
        for (int at = 0, to = 0; at < left.Length && to < right.Length;)
        {
            var (a, b) = (left[at], right[to]);
            count += a == b ? 1 : 0;
            at += a <= b ? 1 : 0;
            to += b <= a ? 1 : 0;
        }
        return count;
    }

    internal static SetChunk And(in SetChunk one, in SetChunk other)
    {
        if (one.IsBits && other.IsBits)
        {
            var units = one.CopyOfBits();
            var bits = MemoryMarshal.Cast<ushort, ulong>(units.AsSpan());
            var more = other.Bits;
            for (var index = 0; index < bits.Length; index++)
                bits[index] &= more[index];
            return SetChunk.OfBits(one.Key, units);
        }
        return one.IsBits || !other.IsBits && other.Count < one.Count ? Keep(other, one, areKept: true) : Keep(one, other, areKept: true);
    }

    internal static SetChunk AndNot(in SetChunk one, in SetChunk other)
    {
        if (!one.IsBits)
            return Keep(one, other, areKept: false);
        var units = one.CopyOfBits();
        var bits = MemoryMarshal.Cast<ushort, ulong>(units.AsSpan());
        if (other.IsBits)
        {
            var less = other.Bits;
            for (var index = 0; index < bits.Length; index++)
                bits[index] &= ~less[index];
        }
        else
        {
            foreach (var value in other.Values)
                bits[value >> 6] &= ~(1UL << (value & 63));
        }
        return SetChunk.OfBits(one.Key, units);
    }

    internal static SetChunk Or(in SetChunk one, in SetChunk other)
    {
        if (one.IsBits || other.IsBits || one.Count + other.Count > SetChunk.MaxValues)
        {
            var units = one.CopyOfBits();
            other.OrInto(MemoryMarshal.Cast<ushort, ulong>(units.AsSpan()));
            return SetChunk.OfBits(one.Key, units);
        }
        var left = one.Values;
        var right = other.Values;
        var values = new ushort[left.Length + right.Length];
        var count = 0;
        for (int at = 0, to = 0; at < left.Length || to < right.Length; count++)
        {
            var a = at < left.Length ? left[at] : int.MaxValue;
            var b = to < right.Length ? right[to] : int.MaxValue;
            values[count] = (ushort)Math.Min(a, b);
            at += a <= b ? 1 : 0;
            to += b <= a ? 1 : 0;
        }
        return SetChunk.OfValues(one.Key, values, count);
    }

    private static SetChunk Keep(in SetChunk few, in SetChunk those, bool areKept)
    {
        var values = new ushort[few.Count];
        var count = 0;
        foreach (var value in few.Values)
        {
            values[count] = value;
            count += those.Contains(value) == areKept ? 1 : 0;
        }
        return SetChunk.OfValues(few.Key, values, count);
    }

    private static int CountBits(ReadOnlySpan<ulong> one, ReadOnlySpan<ulong> other)
    {
        var count = 0;
        other = other[..one.Length];
        for (var index = 0; index < one.Length; index++)
            count += BitOperations.PopCount(one[index] & other[index]);
        return count;
    }
}
