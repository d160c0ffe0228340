using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Sluice.Journal;

/// <summary>
/// Where appenders hand over to the writer: gives each append its offset and time, gathers it into the group under construction,
/// or lets it wait, in order, while that is full.
/// <para>Threading: any number of appenders, one writer; one short lock.</para>
/// </summary>
internal sealed class AppendQueue : IDisposable
{
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _work = new(false);
    private readonly ConcurrentQueue<AppendOperation> _operations = new();
    private readonly Queue<AppendOperation> _waiting = new();
    private readonly JournalOptions _options;
    private readonly SegmentList _segments;
    private readonly TimeProvider _clock;

    private PendingGroup _active;
    private Segment _tail;
    private long _end;
    private long _lastTimeMs;
    private int _waitingCount;
    private Exception? _broken;
    private bool _closed;
    private bool _housekeeping;

    internal AppendQueue(JournalOptions options, SegmentList segments, TimeProvider clock, long end, long lastTimeMs)
    {
        _options = options;
        _segments = segments;
        _clock = clock;
        _tail = segments.Tail;
        _end = end;
        _lastTimeMs = lastTimeMs;
        _active = new PendingGroup(options.MaxPendingBytes);
        _active.Begin(_tail, end);
    }

    internal long EndOffset => Volatile.Read(ref _end);

    internal Exception? BrokenBy
    {
        get
        {
            lock (_lock)
                return _broken;
        }
    }

    /// <summary>Hands an append over. Cancellation counts only while it waits for room; once gathered it goes its way.</summary>
    internal ValueTask<AppendResult> Append(AppendBatch batch, CancellationToken cancellation)
    {
        if (!_operations.TryDequeue(out var operation))
            operation = new AppendOperation(_operations);
        lock (_lock)
        {
            RequireUsable_NeedsLock();
            var isFirst = _active.IsEmpty;
            if (_waitingCount == 0 && _active.HasRoomFor(batch.Bytes))
                Gather_NeedsLock(batch, operation);
            else
                Wait_NeedsLock(batch, operation, cancellation);
            // A group that was not empty is known to the writer, or looked at when it is done with the one before.
            if (isFirst)
                _work.Set();
        }

        return operation.Task;
    }

    /// <summary>True when an append of so many framed bytes would not be refused for the size limit now.</summary>
    internal bool HasRoomFor(int bytes)
    {
        lock (_lock)
            return _tail.HasRoomFor(_end, bytes) || _segments.HasRoomForMore(_active.Rolls + 1);
    }

    /// <summary>Blocks the writer until there is something to do: a group, housekeeping (null group), or false: closed and nothing left.</summary>
    internal bool WaitForWork(PendingGroup spare, out PendingGroup? group)
    {
        while (true)
        {
            lock (_lock)
            {
                Admit_NeedsLock();
                if (!_active.IsEmpty)
                {
                    group = _active;
                    _active = spare;
                    _active.Begin(_tail, _end);
                    Admit_NeedsLock();
                    return true;
                }

                group = null;
                if (_housekeeping)
                {
                    _housekeeping = false;
                    return true;
                }

                if (_closed)
                    return false;
            }

            _work.WaitOne();
        }
    }

    /// <summary>Forgets everything after <paramref name="end"/>: the gathered appends fail, the next one follows there.</summary>
    internal void RollBack(Segment tail, long end, Func<Exception> failure)
    {
        lock (_lock)
        {
            _tail = tail;
            Volatile.Write(ref _end, end);
            foreach (var operation in _active.Operations)
                operation.Fail(failure());
            _active.Begin(tail, end);
        }
    }

    /// <summary>Fails all appends here and all to come.</summary>
    internal void Break(Exception cause)
    {
        lock (_lock)
        {
            _broken = cause;
            foreach (var operation in _active.Operations)
                operation.Fail(new JournalBrokenException(cause));
            _active.Begin(_tail, _end);
            foreach (var operation in _waiting.Where(operation => operation.Waiting is not null))
            {
                StopWaiting_NeedsLock(operation);
                operation.Fail(new JournalBrokenException(cause));
            }

            _waiting.Clear();
        }
    }

    /// <summary>Takes no more appends; the writer ends when those here are written.</summary>
    internal void Close()
    {
        lock (_lock)
            _closed = true;
        _work.Set();
    }

    internal void RequestHousekeeping()
    {
        lock (_lock)
        {
            if (_closed)
                return;
            _housekeeping = true;
            _work.Set();
        }
    }

    /// <summary>The journal's time now: the clock's, but never less than a time given out before.</summary>
    internal long TimeMs()
    {
        lock (_lock)
            return TimeMs_NeedsLock();
    }

    public void Dispose() => _work.Dispose();

    private void RequireUsable_NeedsLock()
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(EventJournal));
        if (_broken is { } cause)
            throw new JournalBrokenException(cause);
    }

    private void Gather_NeedsLock(AppendBatch batch, AppendOperation operation)
    {
        var timeMs = TimeMs_NeedsLock();
        if (!_tail.HasRoomFor(_end, batch.Bytes))
            Roll_NeedsLock(timeMs);
        _active.Add(batch, operation, _end, timeMs);
        Volatile.Write(ref _end, _end + batch.Bytes);
    }

    private void Roll_NeedsLock(long timeMs)
    {
        if (!_segments.HasRoomForMore(_active.Rolls + 1))
            throw new JournalFullException("The journal has reached its size limit, and a hold or a missing consumer keeps the oldest records.");
        Span<byte> salt = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(salt);
        _tail = new Segment(new SegmentHeader(BitConverter.ToUInt32(salt), _end, _tail.BaseOffset, timeMs, _options.SegmentBytes));
        _active.Roll(_tail);
    }

    private long TimeMs_NeedsLock() => _lastTimeMs = Math.Max(_lastTimeMs, _clock.GetUtcNow().ToUnixTimeMilliseconds());

    private void Wait_NeedsLock(AppendBatch batch, AppendOperation operation, CancellationToken cancellation)
    {
        if (_waitingCount >= _options.MaxWaitingAppends)
            throw new JournalBusyException(_waitingCount);
        operation.Waiting = batch;
        _waiting.Enqueue(operation);
        _waitingCount++;
        operation.Cancellation = cancellation.UnsafeRegister((waiter, token) => Cancel((AppendOperation)waiter!, token), operation);
    }

    private void Cancel(AppendOperation operation, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (operation.Waiting is null)
                return;
            StopWaiting_NeedsLock(operation);
            operation.IsPooled = false; // it still stands in the queue
            operation.Fail(new OperationCanceledException(cancellation));
        }
    }

    private void Admit_NeedsLock()
    {
        while (_waiting.TryPeek(out var operation))
        {
            if (operation.Waiting is { } batch)
            {
                if (!_active.HasRoomFor(batch.Bytes))
                    return;
                StopWaiting_NeedsLock(operation);
                try
                {
                    Gather_NeedsLock(batch, operation);
                }
                catch (JournalFullException full)
                {
                    operation.Fail(full);
                }
            }

            _waiting.Dequeue();
        }
    }

    private void StopWaiting_NeedsLock(AppendOperation operation)
    {
        operation.Waiting = null;
        _waitingCount--;
    }
}
