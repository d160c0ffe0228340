using System.Buffers.Binary;
using System.Numerics;
using Sluice.Profiles.State;

namespace Sluice.Profiles.Populations;

/// <summary>Gathers bytes to be stored, and seals them: the version before, a checksum behind (docs/formats/populations.md).</summary>
internal sealed class StoredBytes
{
    private const byte Version = 1;
    private const int ChecksumBytes = 4;

    private byte[] _bytes = new byte[256];

    internal StoredBytes() => Clear();

    internal int Length { get; private set; }

    internal bool IsEmpty => Length == 1;

    internal void Clear()
    {
        _bytes[0] = Version;
        Length = 1;
    }

    internal void Add(byte value) => Room(1)[0] = value;

    internal void Add(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    internal void AddVarint(ulong value)
    {
        Span<byte> bytes = stackalloc byte[Varint.MaxBytes];
        Add(bytes[..Varint.Write(bytes, value)]);
    }

    /// <summary>What was gathered, sealed.</summary>
    internal byte[] Seal()
    {
        var whole = new byte[Length + ChecksumBytes];
        _bytes.AsSpan(0, Length).CopyTo(whole);
        BinaryPrimitives.WriteUInt32LittleEndian(whole.AsSpan(Length), ChecksumOf(whole.AsSpan(0, Length)));
        return whole;
    }

    /// <summary>What lies within sealed bytes.</summary>
    /// <exception cref="InvalidDataException">They are of another version, or not as they were written.</exception>
    internal static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> whole)
    {
        if (whole.Length < 1 + ChecksumBytes)
            throw new InvalidDataException($"Stored population data of {whole.Length} bytes is too short to be any.");
        var sealedBytes = whole[..^ChecksumBytes];
        if (BinaryPrimitives.ReadUInt32LittleEndian(whole[^ChecksumBytes..]) != ChecksumOf(sealedBytes))
            throw new InvalidDataException("Stored population data does not have its checksum: it was damaged.");
        if (sealedBytes[0] != Version)
            throw new InvalidDataException($"Stored population data has version {sealedBytes[0]}; this program reads {Version}.");
        return sealedBytes[1..];
    }

    /// <summary>Takes so many bytes from the front.</summary>
    internal static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> from, int count)
    {
        if (from.Length < count)
            throw new InvalidDataException("Stored population data ends too early.");
        var taken = from[..count];
        from = from[count..];
        return taken;
    }

    /// <summary>Reads a number from the front that has to lie within bounds.</summary>
    internal static long TakeNumber(scoped ref ReadOnlySpan<byte> from, long least, long most)
    {
        var value = Varint.Read(ref from);
        if (value > long.MaxValue || (long)value < least || (long)value > most)
            throw new InvalidDataException($"Stored population data has {value} where {least} to {most} belongs.");
        return (long)value;
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, Length + count));
        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> bytes)
    {
        var checksum = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var one in bytes)
            checksum = BitOperations.Crc32C(checksum, one);
        return ~checksum;
    }
}
