namespace Sluice.Client.Produce;

/// <summary>Messages ready to be sent, in order, and the cutting of them into requests: by bytes, by count, by time.</summary>
internal sealed class Backlog(ProducerOptions options)
{
    private readonly Lock _lock = new();
    private readonly Queue<Pending> _ready = new();
    private readonly TimeProvider _clock = options.Clock;
    private TaskCompletionSource _changed = NewSignal();
    private long _bytes;
    private long _next;
    private long _flushBelow;
    private bool _isEnded;

    /// <summary>The number of the next message.</summary>
    internal long Next
    {
        get { lock (_lock) return _next; }
    }

    /// <summary>Adds a message and gives it its number.</summary>
    internal void AddNumbered(Pending message)
    {
        lock (_lock)
        {
            message.Number = _next;
            AddLocked(message);
        }
    }

    /// <summary>Adds messages that have their numbers.</summary>
    internal void Add(IEnumerable<Pending> messages)
    {
        lock (_lock)
        {
            foreach (var message in messages)
                AddLocked(message);
        }
    }

    /// <summary>Numbers go on from here.</summary>
    internal void StartAt(long next)
    {
        lock (_lock)
            _next = next;
    }

    /// <summary>What is there now waits for no others.</summary>
    internal long Flush()
    {
        lock (_lock)
        {
            _flushBelow = _next;
            _changed.TrySetResult();
            return _next;
        }
    }

    /// <summary>Nothing more comes.</summary>
    internal void End()
    {
        lock (_lock)
        {
            _isEnded = true;
            _changed.TrySetResult();
        }
    }

    /// <summary>Takes all that is left, unsent.</summary>
    internal List<Pending> TakeRest()
    {
        lock (_lock)
        {
            List<Pending> rest = [.. _ready];
            _ready.Clear();
            _bytes = 0;
            return rest;
        }
    }

    /// <summary>The next request's messages; null when there is nothing and nothing comes.</summary>
    internal async Task<List<Pending>?> CutAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            TimeSpan? wait = null;
            lock (_lock)
            {
                if (_ready.TryPeek(out var first))
                {
                    wait = options.Linger - _clock.GetElapsedTime(first.ReadyAt);
                    if (wait <= TimeSpan.Zero || IsFull || _isEnded || first.Number < _flushBelow)
                        return TakeLocked();
                }
                else if (_isEnded)
                    return null;
                if (_changed.Task.IsCompleted)
                    _changed = NewSignal();
                changed = _changed.Task;
            }
            await WaitAsync(changed, wait, cancellation);
        }
    }

    private bool IsFull => _ready.Count >= options.MaxRequestMessages || RequestBody.Size(_ready.Count, _bytes) >= options.MaxRequestBytes;

    private async Task WaitAsync(Task changed, TimeSpan? wait, CancellationToken cancellation)
    {
        if (wait is not { } linger)
        {
            await changed.WaitAsync(cancellation);
            return;
        }
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(changed, Task.Delay(linger, _clock, ended.Token));
        await ended.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
    }

    private void AddLocked(Pending message)
    {
        message.ReadyAt = _clock.GetTimestamp();
        _ready.Enqueue(message);
        _bytes += message.Length;
        _next = message.Number + 1;
        // The cutter sleeps while nothing is there and while a request fills; only these two it must hear of.
        if (_ready.Count == 1 || IsFull)
            _changed.TrySetResult();
    }

    private List<Pending> TakeLocked()
    {
        var taken = new List<Pending>();
        long bytes = 0;
        while (taken.Count < options.MaxRequestMessages && _ready.TryPeek(out var message)
            && (taken.Count == 0 || RequestBody.Size(taken.Count + 1, bytes + message.Length) <= options.MaxRequestBytes))
        {
            taken.Add(_ready.Dequeue());
            bytes += message.Length;
        }
        _bytes -= bytes;
        return taken;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
