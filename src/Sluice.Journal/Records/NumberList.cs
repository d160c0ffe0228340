using System.Buffers.Binary;

namespace Sluice.Journal.Records;

/// <summary>Ids of traits or data sources in an <see cref="EventRecord"/>, eight bytes each.</summary>
public readonly ref struct NumberList
{
    internal const int NumberBytes = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    internal NumberList(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>How many there are.</summary>
    public int Count => _bytes.Length / NumberBytes;

    /// <summary>The id at a place from 0.</summary>
    public long this[int index] => BinaryPrimitives.ReadInt64LittleEndian(_bytes[(index * NumberBytes)..]);

    /// <summary>All of them.</summary>
    public long[] ToArray()
    {
        var all = new long[Count];
        for (var index = 0; index < all.Length; index++)
            all[index] = this[index];
        return all;
    }
}
