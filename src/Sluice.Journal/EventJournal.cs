using Microsoft.Extensions.Logging;

namespace Sluice.Journal;

/// <summary>
/// The embedded durable log: a folder of segment files, appended to by many, flushed once for all that wait, read by many.
/// <para>Guarantees. <b>After <see cref="AppendAsync"/> returns</b> its records are on disk and survive power loss.
/// <b>After it throws</b> they were not acknowledged: with <see cref="JournalFullException"/>, <see cref="JournalBusyException"/> and
/// <see cref="ArgumentException"/> they are not in the journal and never will be; with <see cref="JournalBrokenException"/> they may be found
/// whole after the next opening, or not at all. <b>After a cancel</b> that throws they are not in the journal; once the
/// append has entered a group, cancellation has no effect and it goes on. <b>After a crash</b> every returned append is there exactly once, in offset
/// order, and an unreturned one wholly or not at all. Times never decrease, across restarts and clock changes too.</para>
/// <para>Threading: every member may be called from any thread at any time. One writer thread of its own does all writing.</para>
/// <para>After a failure: a full disk or size limit refuses appends until there is room. Any other failed write, and any failed
/// flush, breaks the journal: it takes no more appends, the flushed part can be read, and the process opens it again to go on.</para>
/// <para>The bytes on disk: docs/formats/journal.md.</para>
/// </summary>
public sealed class EventJournal : IAsyncDisposable
{
    private static readonly TimeSpan RetentionPeriod = TimeSpan.FromMinutes(1);

    private readonly IJournalDisk _disk;
    private readonly JournalOptions _options;
    private readonly JournalParts _parts;
    private readonly AppendQueue _queue;
    private readonly GroupWriter _writer;
    private readonly IDisposable _claim;
    private readonly ITimer? _retention;
    private int _disposed;

    private EventJournal(IJournalDisk disk, JournalOptions options, TimeProvider clock, ILogger logger, IDisposable claim, RecoveredJournal recovered)
    {
        _disk = disk;
        _options = options;
        _claim = claim;
        _parts = new JournalParts(new SegmentList(options, recovered.Segments), new FlushSignal(recovered.EndOffset), new JournalCounters());
        _queue = new AppendQueue(options, _parts.Segments, clock, recovered.EndOffset, recovered.LastTimeMs);
        _writer = new GroupWriter(disk, options, recovered, _queue, _parts, logger);
        CutBytes = recovered.CutBytes;
        if (options.MaxAge is not null)
            _retention = clock.CreateTimer(_ => ApplyRetention(), null, RetentionPeriod, RetentionPeriod);
    }

    /// <summary>The first offset kept.</summary>
    public long StartOffset => _parts.Segments.StartOffset;

    /// <summary>The offset just past the last append taken, flushed or not.</summary>
    public long EndOffset => _queue.EndOffset;

    /// <summary>The offset just past the last record on disk; readers see everything before it.</summary>
    public long FlushedOffset => _parts.Flushed.Offset;

    /// <summary>The size of all segment files in bytes; the one written to counts whole.</summary>
    public long TotalBytes => _parts.Segments.TotalBytes;

    /// <summary>True when the size limit would refuse an append of the largest size now.</summary>
    public bool IsFull => !HasRoomFor(_options.MaxAppendBytes);

    /// <summary>True after a failure that only opening the journal again can end.</summary>
    public bool IsBroken => _queue.BrokenBy is not null;

    /// <summary>Appends flushed since opening.</summary>
    public long Appends => _parts.Counters.Appends;

    /// <summary>Records flushed since opening.</summary>
    public long Records => _parts.Counters.Records;

    /// <summary>Framed bytes flushed since opening.</summary>
    public long Bytes => _parts.Counters.Bytes;

    /// <summary>Flushes of appends since opening: one per write group, and one more for each new segment in it.</summary>
    public long Flushes => _parts.Counters.Flushes;

    /// <summary>Bytes of an unacknowledged append that opening found torn and cut off.</summary>
    public long CutBytes { get; }

    /// <summary>Opens the journal in <see cref="JournalOptions.Folder"/>, or creates it; reads the last segment, so it may take a moment.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="JournalInUseException">Another process or journal has the folder.</exception>
    /// <exception cref="JournalCorruptException">Flushed bytes are damaged, or a segment is missing.</exception>
    /// <exception cref="JournalFullException">There is no room for the first segment.</exception>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static EventJournal Open(JournalOptions options, TimeProvider clock, ILogger logger)
    {
        options.Check();
        return Open(options, clock, logger, new FolderDisk(options.Folder));
    }

    internal static EventJournal Open(JournalOptions options, TimeProvider clock, ILogger logger, IJournalDisk disk)
    {
        options.Check();
        var claim = disk.Claim();
        try
        {
            var recovered = new FolderRecovery(disk, options, logger).Recover(clock.GetUtcNow().ToUnixTimeMilliseconds());
            var journal = new EventJournal(disk, options, clock, logger, claim, recovered);
            journal._writer.Start();
            logger.JournalOpened(options.Folder, journal.StartOffset, journal.EndOffset, recovered.Segments.Count);
            return journal;
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Appends the batch's records, all or none, and completes once they are on disk. The batch stays the caller's and must be left alone until then;
    /// it can be cleared and used again afterwards. Await the task exactly once.
    /// </summary>
    /// <exception cref="ArgumentException">The batch is empty, holds an unfinished record, or it or a record is over its limit.</exception>
    /// <exception cref="JournalFullException">No room; the records are not in the journal.</exception>
    /// <exception cref="JournalBusyException">Too many appends wait already; the records are not in the journal.</exception>
    /// <exception cref="JournalBrokenException">A write or flush failed, now or before.</exception>
    /// <exception cref="ObjectDisposedException">The journal is closed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the append entered a group; the records are not in the journal.</exception>
    public ValueTask<AppendResult> AppendAsync(AppendBatch batch, CancellationToken cancellation)
    {
        CheckLimits(batch);
        cancellation.ThrowIfCancellationRequested();
        return _queue.Append(batch, cancellation);
    }

    /// <summary>True when an append of so many framed bytes (<see cref="AppendBatch.Bytes"/>) would not be refused for the size limit now.</summary>
    public bool HasRoomFor(int bytes) => _queue.HasRoomFor(bytes);

    /// <summary>Opens a reader at an offset the journal gave out: of a record, or just past one.</summary>
    /// <exception cref="JournalOffsetGoneException">The offset lies before <see cref="StartOffset"/>.</exception>
    /// <exception cref="JournalOffsetBeyondEndException">The offset lies past <see cref="FlushedOffset"/>.</exception>
    /// <param name="offset">Where to begin.</param>
    /// <param name="looksOn">True for a reader that passes by what others are still to read: the system keeps the pages for them.</param>
    public JournalReader OpenReader(long offset, bool looksOn = false)
    {
        CheckKept(offset);
        return new JournalReader(_disk, _parts, _options.ReadChunkBytes, offset, forgets: !looksOn);
    }

    /// <summary>The offset of the first record with that time or a later one; <see cref="FlushedOffset"/> when there is none. Reads up to one segment.</summary>
    /// <exception cref="JournalOffsetGoneException">Retention deleted the segment while it was searched; ask again.</exception>
    public long FindOffset(DateTimeOffset time)
    {
        var timeMs = time.ToUnixTimeMilliseconds();
        var kept = _parts.Segments.Kept;
        // A segment is stamped with the time of its first record, which none before exceeds.
        var from = Array.FindLastIndex(kept, segment => segment.Header.CreatedMs < timeMs);
        using var reader = new JournalReader(_disk, _parts, _options.ReadChunkBytes, kept[Math.Max(from, 0)].BaseOffset, forgets: false);
        while (reader.TryRead(out var record))
        {
            if (record.TimeMs >= timeMs)
                return record.Offset;
        }

        return reader.Position;
    }

    /// <summary>The name of the segment file that holds an offset, or null when it is not kept.</summary>
    public string? SegmentOf(long offset) => _parts.Segments.Find(offset)?.Name;

    /// <summary>Keeps the records from <paramref name="offset"/> on from being deleted, until the hold advances or is disposed.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    /// <exception cref="JournalOffsetGoneException">The offset lies before <see cref="StartOffset"/>.</exception>
    /// <exception cref="JournalOffsetBeyondEndException">The offset lies past <see cref="FlushedOffset"/>.</exception>
    public RetentionHold Hold(string name, long offset)
    {
        CheckKept(offset);
        return _parts.Segments.Hold(name, offset);
    }

    /// <summary>Has the writer delete what age and size allow, soon. Done by itself at each new segment and, with a maximum age, every minute.</summary>
    public void ApplyRetention() => _queue.RequestHousekeeping();

    /// <summary>Takes no more appends, flushes those taken, ends the readers' waits and closes the files. Readers can finish what is flushed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        if (_retention is not null)
            await _retention.DisposeAsync();
        _queue.Close();
        await _writer.Ended;
        _parts.Flushed.End(null);
        _writer.Dispose();
        _queue.Dispose();
        _claim.Dispose();
    }

    private void CheckLimits(AppendBatch batch)
    {
        if (batch.IsInRecord)
            throw new ArgumentException("The last record of the batch has not been ended.", nameof(batch));
        if (batch.Count == 0)
            throw new ArgumentException("The batch has no records.", nameof(batch));
        if (batch.LargestRecordBytes > _options.MaxRecordBytes)
            throw new ArgumentException(
                $"A record of {batch.LargestRecordBytes} bytes is over the limit of {_options.MaxRecordBytes} bytes.", nameof(batch));
        if (batch.Bytes > _options.MaxAppendBytes)
            throw new ArgumentException($"A batch of {batch.Bytes} bytes is over the limit of {_options.MaxAppendBytes} bytes.", nameof(batch));
    }

    private void CheckKept(long offset)
    {
        if (offset < StartOffset)
            throw new JournalOffsetGoneException(offset, StartOffset);
        if (offset > FlushedOffset)
            throw new JournalOffsetBeyondEndException(offset, FlushedOffset);
    }
}
