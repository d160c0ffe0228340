using System.Buffers.Binary;

namespace Sluice.Journal;

/// <summary>The 64 bytes at the head of each segment file (docs/formats/journal.md, Segment).</summary>
/// <param name="Salt">Seeds the checksum of every frame header here, so that no payload can pass for a frame.</param>
/// <param name="BaseOffset">The journal offset of the first byte after this header.</param>
/// <param name="PreviousBase">The base offset of the segment before, or -1: names a missing segment exactly.</param>
/// <param name="CreatedMs">Time of the segment's first record: no record before it is later, none in it is earlier.</param>
/// <param name="AllocatedBytes">The file's size while it is written to.</param>
internal readonly record struct SegmentHeader(uint Salt, long BaseOffset, long PreviousBase, long CreatedMs, long AllocatedBytes)
{
    /// <summary>The header's size in bytes.</summary>
    internal const int Bytes = 64;

    /// <summary>The format this code writes, and the only one it reads.</summary>
    internal const uint Version = 1;

    private static ReadOnlySpan<byte> Magic => "SLUICEJL"u8;

    internal void Write(Span<byte> header)
    {
        header[..Bytes].Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], Salt);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], BaseOffset);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], PreviousBase);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], CreatedMs);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], AllocatedBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[60..], Crc32C.Compute(header[..60]));
    }

    /// <summary>False when the bytes are not a whole header: torn, damaged, or not ours.</summary>
    /// <exception cref="JournalException">The header is whole but of a format version this code does not read.</exception>
    internal static bool TryRead(ReadOnlySpan<byte> header, string file, out SegmentHeader found)
    {
        found = default;
        if (header.Length < Bytes || !header[..8].SequenceEqual(Magic))
            return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[60..]) != Crc32C.Compute(header[..60]))
            return false;
        var version = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (version != Version)
            throw new JournalException($"{file} has journal format version {version}; this program reads version {Version}.");
        found = new SegmentHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(header[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[40..]));
        return true;
    }
}
