using System.Buffers.Binary;

namespace Sluice.Journal;

/// <summary>
/// The 36 bytes before each payload (docs/formats/journal.md, Frame). The appender drafts length and payload checksum on its own
/// thread; the journal stamps the rest when it decides the frame's place.
/// </summary>
/// <param name="PayloadBytes">Payload length in bytes, 0 to 2^31-1.</param>
/// <param name="PayloadCrc">CRC-32C of the payload.</param>
/// <param name="Offset">The journal offset of this frame's first byte: tells stale and misplaced bytes from the frame's own.</param>
/// <param name="TimeMs">Append time, milliseconds since 1970-01-01 UTC; never decreases along the journal.</param>
/// <param name="GroupDistance">Bytes from the beginning of this frame's write group: everything before that had been flushed.</param>
/// <param name="Flags">See <see cref="FrameFlags"/>.</param>
internal readonly record struct FrameHeader(int PayloadBytes, uint PayloadCrc, long Offset, long TimeMs, uint GroupDistance, FrameFlags Flags)
{
    /// <summary>The header's size in bytes.</summary>
    internal const int Bytes = 36;

    // Never zero, so that a zeroed header is not a frame whatever its checksum.
    private const ushort Magic = 0x6A73;

    /// <summary>The offset at which this frame's write group began.</summary>
    internal long GroupBegin => Offset - GroupDistance;

    /// <summary>Writes what the appender knows: length and checksum of the payload.</summary>
    internal static void Draft(Span<byte> header, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Crc32C.Compute(payload));
    }

    /// <summary>The payload length of a drafted header.</summary>
    internal static int DraftedBytes(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadInt32LittleEndian(header);

    /// <summary>Completes a drafted header with its place and time, and seals it with the checksum seeded by the segment's salt.</summary>
    internal static void Stamp(Span<byte> header, long offset, long timeMs, uint groupDistance, FrameFlags flags, uint salt)
    {
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], offset);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], timeMs);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], groupDistance);
        BinaryPrimitives.WriteUInt16LittleEndian(header[28..], (ushort)flags);
        BinaryPrimitives.WriteUInt16LittleEndian(header[30..], Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[32..], Crc32C.Compute(header[..32], salt));
    }

    /// <summary>The offset a header claims, before anything of it is verified: the cheap first test of the scan ahead.</summary>
    internal static long ClaimedOffset(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadInt64LittleEndian(header[8..]);

    /// <summary>Reads a header that stands at <paramref name="offset"/>; says what is wrong with it when it is not a frame of that place.</summary>
    internal static FrameFault Read(ReadOnlySpan<byte> header, long offset, uint salt, out FrameHeader frame)
    {
        frame = new FrameHeader(
            BinaryPrimitives.ReadInt32LittleEndian(header),
            BinaryPrimitives.ReadUInt32LittleEndian(header[4..]),
            ClaimedOffset(header),
            BinaryPrimitives.ReadInt64LittleEndian(header[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[24..]),
            (FrameFlags)BinaryPrimitives.ReadUInt16LittleEndian(header[28..]));
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[32..]) != Crc32C.Compute(header[..32], salt))
            return FrameFault.HeaderChecksum;
        if (BinaryPrimitives.ReadUInt16LittleEndian(header[30..]) != Magic || frame.PayloadBytes < 0)
            return FrameFault.NotAFrame;
        return frame.Offset == offset ? FrameFault.None : FrameFault.Misplaced;
    }
}
