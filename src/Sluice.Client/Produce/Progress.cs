namespace Sluice.Client.Produce;

/// <summary>How far everything is decided: batches end in any order, this goes on only from the oldest.</summary>
internal sealed class Progress(Action<long> onDecided)
{
    private readonly Lock _lock = new();
    private readonly Queue<Batch> _open = new();
    private readonly List<(long Below, TaskCompletionSource Reached)> _waiters = [];
    private long _below;

    /// <summary>Everything below this number is decided.</summary>
    internal void StartAt(long below)
    {
        lock (_lock)
            _below = below;
    }

    internal void Begin(Batch batch)
    {
        lock (_lock)
            _open.Enqueue(batch);
    }

    /// <summary>A batch is decided; what that completes is reported in order.</summary>
    internal void Decide(Batch batch)
    {
        lock (_lock)
        {
            batch.IsDecided = true;
            var before = _below;
            while (_open.TryPeek(out var oldest) && oldest.IsDecided)
                _below = _open.Dequeue().Next;
            if (_below == before)
                return;
            onDecided(_below);
            foreach (var (_, reached) in _waiters.Where(waiter => waiter.Below <= _below))
                reached.TrySetResult();
            _waiters.RemoveAll(waiter => waiter.Below <= _below);
        }
    }

    /// <summary>Waits until everything below a number is decided.</summary>
    internal Task ReachedAsync(long below, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (below <= _below)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((below, reached));
            return reached.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>Nothing more is decided: those who wait are told why.</summary>
    internal void End(Exception? failure)
    {
        lock (_lock)
        {
            foreach (var (_, reached) in _waiters)
                reached.TrySetException(failure is null
                    ? new InvalidOperationException("The producer was stopped before everything that was to be flushed was decided")
                    : new InvalidOperationException($"The producer has stopped sending: {failure.Message}", failure));
            _waiters.Clear();
        }
    }
}
