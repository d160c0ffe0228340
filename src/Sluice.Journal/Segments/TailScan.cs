namespace Sluice.Journal;

/// <summary>
/// Reads the last segment frame by frame and finds where its whole appends end. At the first bad frame it looks ahead for a frame
/// whose group began later: everything before that had been flushed, so the bad one is damage and not a torn write.
/// </summary>
internal sealed class TailScan
{
    private const int LookAheadBytes = 1 << 20;

    private readonly Segment _segment;
    private readonly IJournalFile _file;
    private readonly long _limit;

    private TailScan(Segment segment, IJournalFile file)
    {
        _segment = segment;
        _file = file;
        _limit = Math.Max(file.Length, SegmentHeader.Bytes);
        EndOffset = GroupBegin = segment.BaseOffset;
        LastTimeMs = segment.Header.CreatedMs;
    }

    /// <summary>The offset just past the last whole append.</summary>
    internal long EndOffset { get; private set; }

    /// <summary>Where the write group of the last whole append began: from here on nothing proves that the bytes were flushed.</summary>
    internal long GroupBegin { get; private set; }

    internal long LastTimeMs { get; private set; }

    internal bool EndsWithMark { get; private set; }

    /// <summary>The bytes from <see cref="EndOffset"/> to the last one that is not zero.</summary>
    internal long TornBytes { get; private set; }

    /// <exception cref="JournalCorruptException">A frame that had been flushed is damaged.</exception>
    internal static TailScan Run(Segment segment, IJournalFile file, int chunkBytes)
    {
        var scan = new TailScan(segment, file);
        var badOffset = scan.ReadFrames(new ReadWindow(chunkBytes, forgets: false), out var fault);
        scan.LookAhead(badOffset, fault);
        return scan;
    }

    private long ReadFrames(ReadWindow window, out FrameFault fault)
    {
        window.Attach(_file); // not disposed here: the file goes on to the writer
        var offset = _segment.BaseOffset;
        var end = offset + _limit - SegmentHeader.Bytes;
        while (true)
        {
            fault = FrameReader.Read(window, _segment, offset, end, out var frame, out _);
            if (fault != FrameFault.None)
                return offset;
            offset += FrameHeader.Bytes + frame.PayloadBytes;
            if ((frame.Flags & FrameFlags.More) != 0)
                continue;
            EndOffset = offset;
            GroupBegin = frame.GroupBegin;
            LastTimeMs = frame.TimeMs;
            EndsWithMark = (frame.Flags & FrameFlags.Mark) != 0;
        }
    }

    private void LookAhead(long badOffset, FrameFault fault)
    {
        var buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(LookAheadBytes, _limit));
        var position = _segment.PositionOf(badOffset);
        TornBytes = badOffset - EndOffset;
        while (position < _limit)
        {
            var count = _file.Read(buffer, position);
            var used = buffer.AsSpan(0, count).LastIndexOfAnyExcept((byte)0) + 1;
            if (used > 0)
                TornBytes = position + used - _segment.PositionOf(EndOffset);
            // A header may itself end in zeros.
            var searched = used == 0 ? 0 : Math.Min(count, used + FrameHeader.Bytes);
            ThrowIfProven(buffer.AsSpan(0, searched), position, badOffset, fault);
            if (position + count >= _limit || count < FrameHeader.Bytes)
                return;
            position += count - FrameHeader.Bytes + 1; // a header may straddle two chunks
        }
    }

    private void ThrowIfProven(ReadOnlySpan<byte> bytes, long position, long badOffset, FrameFault fault)
    {
        for (var i = 0; i + FrameHeader.Bytes <= bytes.Length; i++)
        {
            var header = bytes.Slice(i, FrameHeader.Bytes);
            var offset = badOffset + position + i - _segment.PositionOf(badOffset);
            if (FrameHeader.ClaimedOffset(header) != offset || offset == badOffset)
                continue;
            if (FrameHeader.Read(header, offset, _segment.Header.Salt, out var frame) == FrameFault.None && frame.GroupBegin > badOffset)
                throw _segment.Corrupt(badOffset, fault);
        }
    }
}
