using System.Buffers.Binary;

namespace Sluice.Journal.Records;

/// <summary>What tells a repetition: 128 bits of a hash, and until when it counts.</summary>
/// <param name="High">The hash's first 64 bits.</param>
/// <param name="Low">The hash's other 64 bits.</param>
/// <param name="ExpiresSeconds">Seconds since 1970-01-01 UTC; 0 makes the value empty. Good until 2106.</param>
public readonly record struct RememberedKey(ulong High, ulong Low, uint ExpiresSeconds)
{
    /// <summary>Its size on disk.</summary>
    public const int Bytes = 20;

    /// <summary>True when there is no key.</summary>
    public bool IsEmpty => ExpiresSeconds == 0;

    /// <summary>Reads the 20 bytes that <see cref="Write"/> wrote.</summary>
    public static RememberedKey Read(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(from),
        BinaryPrimitives.ReadUInt64LittleEndian(from[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(from[16..]));

    /// <summary>Writes 20 bytes, little-endian.</summary>
    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(to, High);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], Low);
        BinaryPrimitives.WriteUInt32LittleEndian(to[16..], ExpiresSeconds);
    }
}
