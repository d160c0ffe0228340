namespace Sluice.Journal;

/// <summary>A record as read. Valid until the reader's next read.</summary>
public readonly ref struct JournalRecord
{
    internal JournalRecord(FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        Offset = frame.Offset;
        NextOffset = frame.Offset + FrameHeader.Bytes + frame.PayloadBytes;
        TimeMs = frame.TimeMs;
        Payload = payload;
    }

    /// <summary>Where the record stands.</summary>
    public long Offset { get; }

    /// <summary>Where to go on reading: what a consumer commits once it is done with this record. Another record may begin later.</summary>
    public long NextOffset { get; }

    /// <summary>When it was appended, in milliseconds since 1970-01-01 UTC; never less than the record before.</summary>
    public long TimeMs { get; }

    /// <summary>The bytes appended, verified against their checksum.</summary>
    public ReadOnlySpan<byte> Payload { get; }
}
