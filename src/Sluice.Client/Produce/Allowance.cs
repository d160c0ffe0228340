namespace Sluice.Client.Produce;

/// <summary>Room for messages, by count and bytes; those who find none wait, first come first served.</summary>
/// <remarks>Threading: all members may be called from anywhere; waiters go on outside the lock.</remarks>
internal sealed class Allowance(long maxMessages, long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly Queue<Waiter> _waiters = new();
    private long _messages;
    private long _bytes;

    internal long Messages
    {
        get { lock (_lock) return _messages; }
    }

    internal long Bytes
    {
        get { lock (_lock) return _bytes; }
    }

    /// <summary>Takes room for one message, waiting for it. A cancelled wait has taken nothing.</summary>
    internal ValueTask TakeAsync(int bytes, CancellationToken cancellation)
    {
        Waiter waiter;
        lock (_lock)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_waiters.Count == 0 && TryTake(bytes))
                return ValueTask.CompletedTask;
            waiter = new Waiter(bytes);
            _waiters.Enqueue(waiter);
        }
        return new ValueTask(WaitAsync(waiter, cancellation));
    }

    /// <summary>Takes room for what is there already, whether there is room or not.</summary>
    internal void Occupy(int messages, long bytes)
    {
        lock (_lock)
        {
            _messages += messages;
            _bytes += bytes;
        }
    }

    internal void GiveBack(int messages, long bytes)
    {
        lock (_lock)
        {
            _messages -= messages;
            _bytes -= bytes;
            Serve();
        }
    }

    private async Task WaitAsync(Waiter waiter, CancellationToken cancellation)
    {
        await using (cancellation.Register(() => GiveUp(waiter, cancellation)))
            await waiter.Done.Task;
    }

    private void GiveUp(Waiter waiter, CancellationToken cancellation)
    {
        lock (_lock)
        {
            waiter.Done.TrySetCanceled(cancellation);
            Serve(); // those behind a large one may fit
        }
    }

    private void Serve()
    {
        while (_waiters.TryPeek(out var waiter))
        {
            if (!waiter.Done.Task.IsCompleted)
            {
                if (!TryTake(waiter.Bytes))
                    return;
                waiter.Done.TrySetResult();
            }
            _waiters.Dequeue();
        }
    }

    private bool TryTake(int bytes)
    {
        if (_messages + 1 > maxMessages || (_bytes + bytes > maxBytes && _messages > 0))
            return false;
        _messages++;
        _bytes += bytes;
        return true;
    }

    /// <summary>One who waits for room.</summary>
    private sealed record Waiter(int Bytes)
    {
        internal TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
