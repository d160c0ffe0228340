using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Sluice.Profiles.Populations;

/// <summary>Sets and chunks as bytes: of values, bits and runs the form that takes the fewest (docs/formats/populations.md).</summary>
internal static class SetBytes
{
    private const byte AsValues = 0;
    private const byte AsBits = 1;
    private const byte AsRuns = 2;

    private const int BitmapBytes = SetChunk.Span / 8;
    private const int RunBytes = 4;

    /// <summary>A whole set, sealed.</summary>
    internal static byte[] Write(ProfileSet set)
    {
        var to = new StoredBytes();
        to.AddVarint((ulong)set.Chunks.Length);
        foreach (var chunk in set.Chunks)
        {
            to.AddVarint(chunk.Key);
            Write(to, chunk);
        }
        return to.Seal();
    }

    /// <summary>A whole set from sealed bytes.</summary>
    /// <exception cref="InvalidDataException">The bytes are not as they were written, or no set.</exception>
    internal static ProfileSet Read(ReadOnlySpan<byte> whole)
    {
        var from = StoredBytes.Open(whole);
        var set = new ProfileSet();
        var key = -1L;
        for (var left = StoredBytes.TakeNumber(ref from, 0, SetChunk.Span); left > 0; left--)
        {
            key = StoredBytes.TakeNumber(ref from, key + 1, ushort.MaxValue >> 1);
            set.Put(ReadChunk(ref from, (ushort)key));
        }
        if (!from.IsEmpty)
            throw new InvalidDataException($"Stored population data has {from.Length} bytes behind its end.");
        return set;
    }

    /// <summary>One chunk, without its key.</summary>
    internal static void Write(StoredBytes to, in SetChunk chunk)
    {
        var runs = RunsOf(chunk);
        if (RunBytes * runs.Count < Math.Min(2 * chunk.Count, BitmapBytes))
        {
            to.Add(AsRuns);
            to.AddVarint((ulong)runs.Count);
            foreach (var (first, last) in runs)
            {
                AddUnit(to, first);
                AddUnit(to, last);
            }
        }
        else if (chunk.IsBits)
        {
            to.Add(AsBits);
            foreach (var word in chunk.Bits)
            {
                AddUnit(to, (ushort)word);
                AddUnit(to, (ushort)(word >> 16));
                AddUnit(to, (ushort)(word >> 32));
                AddUnit(to, (ushort)(word >> 48));
            }
        }
        else
        {
            to.Add(AsValues);
            to.AddVarint((ulong)chunk.Count);
            foreach (var value in chunk.Values)
                AddUnit(to, value);
        }
    }

    /// <summary>Reads a chunk and moves on behind it.</summary>
    internal static SetChunk ReadChunk(scoped ref ReadOnlySpan<byte> from, ushort key)
    {
        var chunk = StoredBytes.Take(ref from, 1)[0] switch
        {
            AsValues => ReadValues(ref from, key),
            AsBits => ReadBits(ref from, key),
            AsRuns => ReadRuns(ref from, key),
            var other => throw new InvalidDataException($"Stored population data has a chunk of unknown form {other}."),
        };
        return chunk.Count > 0 ? chunk : throw new InvalidDataException("Stored population data has a chunk without members.");
    }

    private static SetChunk ReadValues(scoped ref ReadOnlySpan<byte> from, ushort key)
    {
        var values = new ushort[StoredBytes.TakeNumber(ref from, 1, SetChunk.MaxValues)];
        var previous = -1;
        for (var index = 0; index < values.Length; index++)
            previous = values[index] = TakeUnit(ref from, previous + 1);
        return SetChunk.OfValues(key, values, values.Length);
    }

    private static SetChunk ReadBits(scoped ref ReadOnlySpan<byte> from, ushort key)
    {
        var units = new ushort[SetChunk.MaxValues];
        var words = MemoryMarshal.Cast<ushort, ulong>(units.AsSpan());
        var bytes = StoredBytes.Take(ref from, BitmapBytes);
        for (var index = 0; index < words.Length; index++)
            words[index] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(sizeof(ulong) * index)..]);
        return SetChunk.OfBits(key, units);
    }

    private static SetChunk ReadRuns(scoped ref ReadOnlySpan<byte> from, ushort key)
    {
        var units = new ushort[SetChunk.MaxValues];
        var words = MemoryMarshal.Cast<ushort, ulong>(units.AsSpan());
        var previous = -1;
        for (var left = StoredBytes.TakeNumber(ref from, 1, SetChunk.Span / 2); left > 0; left--)
        {
            var first = TakeUnit(ref from, previous + 1);
            previous = TakeUnit(ref from, first);
            for (int value = first; value <= previous; value++)
                words[value >> 6] |= 1UL << (value & 63);
        }
        return SetChunk.OfBits(key, units);
    }

    private static ushort TakeUnit(scoped ref ReadOnlySpan<byte> from, int least)
    {
        var value = BinaryPrimitives.ReadUInt16LittleEndian(StoredBytes.Take(ref from, sizeof(ushort)));
        return value >= least ? value : throw new InvalidDataException("Stored population data has members that do not ascend.");
    }

    private static void AddUnit(StoredBytes to, ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        to.Add(bytes);
    }

    private static List<(ushort First, ushort Last)> RunsOf(in SetChunk chunk)
    {
        var runs = new List<(ushort First, ushort Last)>();
        var one = new ProfileSet();
        one.Put(chunk);
        foreach (var number in one)
        {
            var value = (ushort)number;
            if (runs.Count > 0 && runs[^1].Last + 1 == value)
                runs[^1] = (runs[^1].First, value);
            else
                runs.Add((value, value));
        }
        return runs;
    }
}
