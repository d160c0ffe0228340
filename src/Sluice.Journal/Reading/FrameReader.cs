namespace Sluice.Journal;

/// <summary>Reads and verifies one frame of a segment through a window: the one way in for readers and for recovery.</summary>
internal static class FrameReader
{
    /// <param name="window">The segment's file.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="offset">Where the frame should stand.</param>
    /// <param name="end">The offset at which the readable bytes end.</param>
    /// <param name="frame">The header found.</param>
    /// <param name="payload">The payload, valid until the window is used again.</param>
    internal static FrameFault Read(ReadWindow window, Segment segment, long offset, long end, out FrameHeader frame, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        frame = default;
        var position = segment.PositionOf(offset);
        var limit = segment.PositionOf(end);
        if (limit - position < FrameHeader.Bytes)
            return FrameFault.PastTheEnd;
        var header = window.Get(position, FrameHeader.Bytes, limit);
        if (header.Length < FrameHeader.Bytes)
            return FrameFault.PastTheEnd;
        var fault = FrameHeader.Read(header, offset, segment.Header.Salt, out frame);
        if (fault != FrameFault.None)
            return fault;
        if (frame.PayloadBytes > limit - position - FrameHeader.Bytes)
            return FrameFault.PastTheEnd;
        payload = window.Get(position, FrameHeader.Bytes + frame.PayloadBytes, limit);
        if (payload.Length < FrameHeader.Bytes + frame.PayloadBytes)
            return FrameFault.PastTheEnd;
        payload = payload[FrameHeader.Bytes..];
        return Crc32C.Compute(payload) == frame.PayloadCrc ? FrameFault.None : FrameFault.PayloadChecksum;
    }
}
