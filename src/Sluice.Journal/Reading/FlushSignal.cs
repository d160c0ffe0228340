namespace Sluice.Journal;

/// <summary>How far the journal is flushed, and the readers that wait for more.</summary>
internal sealed class FlushSignal(long offset)
{
    private readonly Lock _lock = new();
    private readonly List<ReaderWait> _waits = [];
    private long _offset = offset;
    private bool _ended;
    private Exception? _cause;

    /// <summary>Everything before this offset is on disk.</summary>
    internal long Offset => Volatile.Read(ref _offset);

    internal void Publish(long offset)
    {
        lock (_lock)
        {
            Volatile.Write(ref _offset, offset);
            foreach (var wait in _waits)
                wait.Complete(true);
            _waits.Clear();
        }
    }

    /// <summary>Nothing more will be flushed: waits end with false, or with the cause.</summary>
    internal void End(Exception? cause)
    {
        lock (_lock)
        {
            if (_ended)
                return;
            _ended = true;
            _cause = cause;
            foreach (var wait in _waits)
                Finish_NeedsLock(wait);
            _waits.Clear();
        }
    }

    internal ValueTask<bool> WaitBeyond(long position, ReaderWait wait, CancellationToken cancellation)
    {
        if (Offset > position)
            return new ValueTask<bool>(true);
        cancellation.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_offset > position)
                return new ValueTask<bool>(true);
            var task = wait.Begin();
            if (_ended)
            {
                Finish_NeedsLock(wait);
                return task;
            }

            _waits.Add(wait);
            wait.Cancellation = cancellation.UnsafeRegister(static (wait, token) => ((ReaderWait)wait!).Cancel(token), wait);
            return task;
        }
    }

    internal void Cancel(ReaderWait wait, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_waits.Remove(wait))
                wait.Fail(new OperationCanceledException(cancellation));
        }
    }

    private void Finish_NeedsLock(ReaderWait wait)
    {
        if (_cause is null)
            wait.Complete(false);
        else
            wait.Fail(_cause);
    }
}
