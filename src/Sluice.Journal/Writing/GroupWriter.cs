using Microsoft.Extensions.Logging;

namespace Sluice.Journal;

/// <summary>
/// The journal's one writer: takes the gathered appends, writes them, flushes once, and tells everybody.
/// <para>Guarantees: an append is completed only after the flush that covers it; a new segment is used only after its header and
/// its name are flushed, and after the segment before was.</para>
/// <para>Threading: a thread of its own, which alone writes, creates and deletes files.</para>
/// <para>After a failure: a full disk fails the appends under way and cuts their bytes off; anything else breaks the journal. A
/// failed flush is never tried again, for the system may have dropped the bytes it could not write.</para>
/// </summary>
internal sealed class GroupWriter : IDisposable
{
    private readonly IJournalDisk _disk;
    private readonly AppendQueue _queue;
    private readonly SegmentList _segments;
    private readonly FlushSignal _flushed;
    private readonly JournalCounters _counters;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _header = new byte[SegmentHeader.Bytes];
    private readonly Thread _thread;
    private readonly long _segmentBytes;

    private PendingGroup _spare;
    private Segment _segment;
    private IJournalFile _file;
    private bool _isMarked;
    private bool _isDiskFull;
    private bool _hasUnflushedBytes;

    internal GroupWriter(IJournalDisk disk, JournalOptions options, RecoveredJournal recovered, AppendQueue queue,
        JournalParts parts, ILogger logger)
    {
        _disk = disk;
        _queue = queue;
        _segments = parts.Segments;
        _flushed = parts.Flushed;
        _counters = parts.Counters;
        _logger = logger;
        _segmentBytes = options.SegmentBytes;
        _spare = new PendingGroup(options.MaxPendingBytes);
        _segment = _segments.Tail;
        _file = recovered.TailFile;
        _isMarked = recovered.EndsWithMark;
        _thread = new Thread(Run) { IsBackground = true, Name = "journal writer" };
    }

    /// <summary>Completes when the writer has written all it was given after the queue was closed, or broke.</summary>
    internal Task Ended => _ended.Task;

    internal void Start() => _thread.Start();

    public void Dispose() => _file.Dispose();

    private void Run()
    {
        try
        {
            while (_queue.WaitForWork(_spare, out var group))
            {
                if (group is null)
                {
                    Retain(0);
                    continue;
                }

                Write(group);
                _spare = group;
                if (_queue.BrokenBy is not null)
                    break;
            }

            if (_queue.BrokenBy is null)
                WriteMark();
        }
        catch (Exception e)
        {
            // Whatever it is, the writer is gone: nobody may wait for it.
            Break(e);
        }
        finally
        {
            _ended.SetResult();
        }
    }

    private void Write(PendingGroup group)
    {
        var told = 0;
        try
        {
            for (var i = 0; i < group.PieceCount; i++)
            {
                var piece = group.PieceAt(i, out var bytes);
                if (piece.Segment != _segment)
                    Roll(piece.Segment);
                if (bytes.IsEmpty)
                    continue;
                WriteAndFlush(bytes, piece.Offset);
                _isMarked = false;
                told = Acknowledge(group, told, piece.Offset + bytes.Length);
            }

            DiskHasRoom();
        }
        catch (Exception e) when (e is DiskFullException or JournalFullException)
        {
            RollBack(group, told, e);
        }
        catch (Exception e)
        {
            Break(e);
            Fail(group, told, () => new JournalBrokenException(e));
        }
    }

    private void WriteAndFlush(ReadOnlySpan<byte> bytes, long offset)
    {
        _hasUnflushedBytes = true;
        _file.WriteAll(bytes, _segment.PositionOf(offset));
        _file.Flush();
        _hasUnflushedBytes = false;
        _flushed.Publish(offset + bytes.Length);
    }

    private int Acknowledge(PendingGroup group, int told, long flushed)
    {
        _counters.FlushDone();
        while (told < group.Operations.Count && group.Operations[told] is var operation && operation.Place.NextOffset <= flushed)
        {
            _counters.AppendFlushed(operation.Records, operation.Place.NextOffset - operation.Place.Offset);
            operation.Complete();
            told++;
        }

        return told;
    }

    private static void Fail(PendingGroup group, int told, Func<Exception> failure)
    {
        foreach (var operation in group.Operations.Skip(told))
            operation.Fail(failure());
    }

    // The new file is complete and flushed before the old one is cut to its data, so that a crash at any point leaves a chain.
    private void Roll(Segment next)
    {
        Retain(_segmentBytes);
        if (!_segments.HasRoomNow(_segmentBytes))
            throw new JournalFullException("The journal has reached its size limit, and the oldest segment cannot be deleted.");
        var file = CreateSegment(next);
        _segment.Seal(next.BaseOffset);
        _segments.Add(next);
        var old = _file;
        _file = file;
        using (old)
        {
            old.SetLength(_segment.FileBytes);
            old.Flush();
        }

        _segment = next;
        _logger.SegmentStarted(next.Name);
    }

    private IJournalFile CreateSegment(Segment segment)
    {
        try
        {
            return SegmentFile.Create(_disk, segment.Header, _header);
        }
        catch (DiskFullException)
        {
            // A leftover would stand in the middle of the chain once the old segment grows past it.
            _disk.Delete(segment.Name);
            _disk.FlushFolder();
            throw;
        }
    }

    private void Retain(long neededBytes)
    {
        while (_segments.TakeExpired(_queue.TimeMs(), neededBytes) is { } segment)
        {
            try
            {
                _disk.Delete(segment.Name);
                _disk.FlushFolder();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _logger.SegmentNotDeleted(e, segment.Name);
                return;
            }

            _segments.Deleted();
            _logger.SegmentDeleted(segment.Name);
        }
    }

    private void RollBack(PendingGroup group, int told, Exception cause)
    {
        var end = _flushed.Offset;
        try
        {
            if (_hasUnflushedBytes)
            {
                _file.SetLength(_segment.PositionOf(end));
                _file.SetLength(_segment.Header.AllocatedBytes);
                _file.Flush();
                _hasUnflushedBytes = false;
            }
        }
        catch (Exception e)
        {
            // The bytes may still be there, so "full" would promise too much.
            Break(e);
            Fail(group, told, () => new JournalBrokenException(e));
            return;
        }

        if (!_isDiskFull && cause is DiskFullException)
        {
            _isDiskFull = true;
            _logger.DiskFull(cause);
        }

        JournalFullException Failure() => new($"The append was not written: {cause.Message}", cause);
        _queue.RollBack(_segment, end, Failure);
        Fail(group, told, Failure);
    }

    private void Break(Exception cause)
    {
        _logger.JournalBroken(cause);
        _queue.Break(cause);
        _flushed.End(new JournalBrokenException(cause));
    }

    private void DiskHasRoom()
    {
        if (!_isDiskFull)
            return;
        _isDiskFull = false;
        _logger.DiskHasRoomAgain();
    }

    // Tells the next opening that everything before had been flushed: it can then tell a flipped bit from a torn tail.
    private void WriteMark()
    {
        var offset = _flushed.Offset;
        if (_isMarked || _segment.PositionOf(offset) + FrameHeader.Bytes > _segment.Header.AllocatedBytes)
            return;
        Span<byte> mark = stackalloc byte[FrameHeader.Bytes];
        mark.Clear();
        FrameHeader.Draft(mark, []);
        FrameHeader.Stamp(mark, offset, _queue.TimeMs(), 0, FrameFlags.Mark, _segment.Header.Salt);
        try
        {
            _file.WriteAll(mark, _segment.PositionOf(offset));
            _file.Flush();
        }
        catch (IOException e)
        {
            _logger.CloseMarkMissing(e);
        }
    }
}
