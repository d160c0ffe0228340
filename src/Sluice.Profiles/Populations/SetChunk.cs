using System.Numerics;
using System.Runtime.InteropServices;

namespace Sluice.Profiles.Populations;

/// <summary>The members of a set among 65,536 neighbouring numbers: sorted values while they are few, else one bit for each number.</summary>
/// <remarks>Both forms lie in an array of 16-bit units; which one it is follows from the count, so the same members always have the same form.</remarks>
internal struct SetChunk
{
    /// <summary>How many numbers a chunk spans.</summary>
    internal const int Span = 65_536;

    /// <summary>Up to here values take no more room than bits.</summary>
    internal const int MaxValues = Span / 16;

    private ushort[] _units;

    private SetChunk(ushort key, int count, ushort[] units) => (Key, Count, _units) = (key, count, units);

    /// <summary>The upper half of its numbers.</summary>
    internal ushort Key { get; }

    internal int Count { get; private set; }

    /// <summary>Whether another set holds the same units, so that a change has to copy them first.</summary>
    internal bool IsShared { get; set; }

    internal readonly bool IsBits => Count > MaxValues;

    /// <summary>The members, ascending, when they are few.</summary>
    internal readonly ReadOnlySpan<ushort> Values => _units.AsSpan(0, Count);

    /// <summary>The members as bits, when they are many.</summary>
    internal readonly Span<ulong> Bits => MemoryMarshal.Cast<ushort, ulong>(_units.AsSpan());

    internal readonly int UnitsHeld => _units.Length;

    internal static SetChunk Of(ushort key, ushort value) => new(key, 1, [value, 0]);

    /// <summary>From values, ascending, which it keeps.</summary>
    internal static SetChunk OfValues(ushort key, ushort[] values, int count) => count <= MaxValues ? new(key, count, values) : OfBits(key, BitsOf(values.AsSpan(0, count)));

    /// <summary>From the bits of all its numbers, which it keeps when they are many.</summary>
    internal static SetChunk OfBits(ushort key, ushort[] units)
    {
        var bits = MemoryMarshal.Cast<ushort, ulong>(units.AsSpan());
        var count = CountOf(bits);
        return count > MaxValues ? new SetChunk(key, count, units) : new SetChunk(key, count, ValuesOf(bits, count));
    }

    internal readonly bool Contains(ushort value) =>
        IsBits ? (Bits[value >> 6] >> (value & 63) & 1) != 0 : Values.BinarySearch(value) >= 0;

    /// <summary>Adds a value that is not there.</summary>
    internal void Add(ushort value)
    {
        Own();
        if (Count == MaxValues)
            _units = BitsOf(Values);
        if (Count >= MaxValues)
            Bits[value >> 6] |= 1UL << (value & 63);
        else
        {
            var at = ~Values.BinarySearch(value);
            if (Count == _units.Length)
                Array.Resize(ref _units, Math.Min(MaxValues, Count + Math.Max(4, Count / 4)));
            Array.Copy(_units, at, _units, at + 1, Count - at);
            _units[at] = value;
        }
        Count++;
    }

    /// <summary>Removes a value that is there.</summary>
    internal void Remove(ushort value)
    {
        Own();
        if (IsBits)
        {
            Bits[value >> 6] &= ~(1UL << (value & 63));
            if (Count - 1 == MaxValues)
                _units = ValuesOf(Bits, MaxValues);
        }
        else
        {
            var at = Values.BinarySearch(value);
            Array.Copy(_units, at + 1, _units, at, Count - at - 1);
        }
        Count--;
    }

    /// <summary>Adds the members of another chunk of the same numbers.</summary>
    internal void OrWith(in SetChunk other)
    {
        if (!IsBits)
        {
            this = ChunkAlgebra.Or(this, other);
            return;
        }
        Own();
        other.OrInto(Bits);
        Count = CountOf(Bits);
    }

    /// <summary>The same members in an array of their own.</summary>
    internal readonly SetChunk Copy() => new(Key, Count, (ushort[])_units.Clone());

    /// <summary>Gives back room for values that never came.</summary>
    internal void Trim()
    {
        if (!IsBits && _units.Length > Count)
            (_units, IsShared) = (Values.ToArray(), false);
    }

    /// <summary>Sets the bits of all its members.</summary>
    internal readonly void OrInto(Span<ulong> bits)
    {
        if (IsBits)
        {
            var mine = Bits;
            for (var index = 0; index < mine.Length; index++)
                bits[index] |= mine[index];
            return;
        }
        foreach (var value in Values)
            bits[value >> 6] |= 1UL << (value & 63);
    }

    internal static int WordCount => Span / 64;

    /// <summary>How many bits are set.</summary>
    internal static int CountOf(ReadOnlySpan<ulong> bits)
    {
        var count = 0;
        foreach (var word in bits)
            count += BitOperations.PopCount(word);
        return count;
    }

    private void Own()
    {
        if (IsShared)
            (_units, IsShared) = ((ushort[])_units.Clone(), false);
    }

    internal readonly ushort[] CopyOfBits() => IsBits ? (ushort[])_units.Clone() : BitsOf(Values);

    private static ushort[] BitsOf(ReadOnlySpan<ushort> values)
    {
        var units = new ushort[MaxValues];
        var bits = MemoryMarshal.Cast<ushort, ulong>(units.AsSpan());
        foreach (var value in values)
            bits[value >> 6] |= 1UL << (value & 63);
        return units;
    }

    private static ushort[] ValuesOf(ReadOnlySpan<ulong> bits, int count)
    {
        var values = new ushort[count];
        var at = 0;
        for (var index = 0; index < bits.Length; index++)
        {
            for (var word = bits[index]; word != 0; word &= word - 1)
                values[at++] = (ushort)(64 * index + BitOperations.TrailingZeroCount(word));
        }
        return values;
    }
}
