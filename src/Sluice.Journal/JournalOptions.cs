namespace Sluice.Journal;

/// <summary>Every knob of an <see cref="EventJournal"/>, with its range and default. Checked when the journal is opened.</summary>
public sealed record JournalOptions
{
    /// <summary>The folder of the segment files; created when missing. One journal has it at a time.</summary>
    public required string Folder { get; init; }

    /// <summary>The size of a segment file in bytes, 4 KiB to 1 GiB. Default 64 MiB. May change between openings.</summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>How many framed bytes may wait for the disk beside those being written; at least <see cref="MaxAppendBytes"/>. Default 16 MiB.</summary>
    public int MaxPendingBytes { get; init; } = 16 << 20;

    /// <summary>The largest append in framed bytes (<see cref="AppendBatch.Bytes"/>); must fit one segment. Default 8 MiB.</summary>
    public int MaxAppendBytes { get; init; } = 8 << 20;

    /// <summary>The largest payload of one record in bytes. Default 4 MiB.</summary>
    public int MaxRecordBytes { get; init; } = 4 << 20;

    /// <summary>How many appends may wait for buffer room before more are refused, 1 to 1,000,000. Default 1,024.</summary>
    public int MaxWaitingAppends { get; init; } = 1024;

    /// <summary>How much a reader reads at once, in bytes, 4 KiB to 64 MiB. Default 1 MiB.</summary>
    public int ReadChunkBytes { get; init; } = 1 << 20;

    /// <summary>The most all segment files together may take, in bytes; at least two segments. Default none.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Segments whose records are all older are deleted. Positive. Default none: records are kept.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>
    /// Nothing is deleted before a hold of each of these names has been taken, so that a consumer which starts late finds its
    /// records. Default none: then, without holds, age and size alone decide.
    /// </summary>
    public IReadOnlyList<string> RequiredHolds { get; init; } = [];

    internal void Check()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Folder);
        Between(SegmentBytes, 4 << 10, 1 << 30, nameof(SegmentBytes));
        Between(MaxRecordBytes, 1, int.MaxValue, nameof(MaxRecordBytes));
        var room = SegmentBytes - SegmentHeader.Bytes - FrameHeader.Bytes;
        Between(MaxAppendBytes, (long)MaxRecordBytes + FrameHeader.Bytes, room, nameof(MaxAppendBytes));
        Between(MaxPendingBytes, MaxAppendBytes, 1 << 30, nameof(MaxPendingBytes));
        Between(MaxWaitingAppends, 1, 1_000_000, nameof(MaxWaitingAppends));
        Between(ReadChunkBytes, 4 << 10, 64 << 20, nameof(ReadChunkBytes));
        if (MaxBytes is { } bytes)
            Between(bytes, 2 * SegmentBytes, long.MaxValue, nameof(MaxBytes));
        if (MaxAge is { } age)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(age, TimeSpan.Zero, nameof(MaxAge));
    }

    private static void Between(long value, long least, long most, string name)
    {
        if (value < least || value > most)
            throw new ArgumentOutOfRangeException(name, value, $"The journal option {name} must be between {least} and {most}.");
    }
}
