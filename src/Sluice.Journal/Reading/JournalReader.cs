namespace Sluice.Journal;

/// <summary>
/// Reads records in offset order from a place on, and waits for new ones. Opened by <see cref="EventJournal.OpenReader"/>.
/// <para>Guarantees: never yields a record that is not flushed, and never one whose checksum fails. Goes on reading a segment that
/// retention deletes meanwhile; a next one that is gone throws <see cref="JournalOffsetGoneException"/>.</para>
/// <para>Threading: one thread at a time; any number of readers at once. Holds one buffer (<see cref="JournalOptions.ReadChunkBytes"/>)
/// and one file handle.</para>
/// <para>After a failure: the position stays where it was; reading again fails again, or goes on if the cause is gone.</para>
/// </summary>
public sealed class JournalReader : IDisposable
{
    private readonly IJournalDisk _disk;
    private readonly JournalParts _parts;
    private readonly ReadWindow _window;
    private readonly ReaderWait _wait;
    private Segment? _segment;

    internal JournalReader(IJournalDisk disk, JournalParts parts, int chunkBytes, long offset, bool forgets)
    {
        _disk = disk;
        _parts = parts;
        _window = new ReadWindow(chunkBytes, forgets);
        _wait = new ReaderWait(parts.Flushed);
        Position = offset;
    }

    /// <summary>The offset the next read begins at.</summary>
    public long Position { get; private set; }

    /// <summary>Reads the next record; false when everything flushed has been read.</summary>
    /// <exception cref="JournalCorruptException">The bytes are damaged, or the position is not the start of a record.</exception>
    /// <exception cref="JournalOffsetGoneException">Retention has deleted the position.</exception>
    public bool TryRead(out JournalRecord record)
    {
        var flushed = _parts.Flushed.Offset;
        while (Position < flushed)
        {
            var segment = SegmentAt(Position);
            var end = Math.Min(flushed, segment.EndOffset);
            var fault = FrameReader.Read(_window, segment, Position, end, out var frame, out var payload);
            if (fault != FrameFault.None)
                throw segment.Corrupt(Position, fault);
            Position += FrameHeader.Bytes + frame.PayloadBytes;
            if ((frame.Flags & FrameFlags.Mark) != 0)
                continue;
            record = new JournalRecord(frame, payload);
            return true;
        }

        record = default;
        return false;
    }

    /// <summary>Completes with true when something beyond <see cref="Position"/> is flushed, with false when the journal was closed.</summary>
    /// <exception cref="JournalBrokenException">Nothing more will be flushed before the journal is opened again.</exception>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => _parts.Flushed.WaitBeyond(Position, _wait, cancellation);

    /// <summary>Closes the file. Not to be called while a wait is under way.</summary>
    public void Dispose() => _window.Dispose();

    private Segment SegmentAt(long offset)
    {
        if (_segment is { } current && offset < current.EndOffset)
            return current;
        var next = _parts.Segments.Find(offset) ?? throw new JournalOffsetGoneException(offset, _parts.Segments.StartOffset);
        try
        {
            _window.Attach(_disk.Open(next.Name, writable: false));
        }
        catch (FileNotFoundException) when (offset < _parts.Segments.StartOffset)
        {
            throw new JournalOffsetGoneException(offset, _parts.Segments.StartOffset);
        }
        catch (FileNotFoundException)
        {
            throw new JournalCorruptException(next.Name, 0, next.BaseOffset, "the segment file is missing");
        }

        _segment = next;
        return next;
    }
}
