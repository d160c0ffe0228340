using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;

namespace Sluice.Journal;

/// <summary>One append on its way to the disk, and the task its caller awaits. Pooled: back in the pool once awaited.</summary>
internal sealed class AppendOperation(ConcurrentQueue<AppendOperation> pool) : IValueTaskSource<AppendResult>
{
    private const int PooledOperations = 1024;

    // Continuations run on the thread pool: the writer thread must get on to the next group.
    private ManualResetValueTaskSourceCore<AppendResult> _core = new() { RunContinuationsAsynchronously = true };

    /// <summary>Where the append goes, known once it is in a group.</summary>
    internal AppendResult Place { get; set; }

    /// <summary>How many records the append has.</summary>
    internal int Records { get; set; }

    /// <summary>The batch while the append waits for buffer room; null once it is in a group or cancelled.</summary>
    internal AppendBatch? Waiting { get; set; }

    /// <summary>False for one that something still refers to after its task has ended.</summary>
    internal bool IsPooled { get; set; } = true;

    internal CancellationTokenRegistration Cancellation { get; set; }

    internal ValueTask<AppendResult> Task => new(this, _core.Version);

    internal void Complete() => _core.SetResult(Place);

    internal void Fail(Exception cause) => _core.SetException(cause);

    ValueTaskSourceStatus IValueTaskSource<AppendResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<AppendResult>.OnCompleted(Action<object?> continuation, object? state, short token,
        ValueTaskSourceOnCompletedFlags flags) => _core.OnCompleted(continuation, state, token, flags);

    AppendResult IValueTaskSource<AppendResult>.GetResult(short token)
    {
        // Waits for a cancellation callback under way, so that none can reach the next user of this object.
        Cancellation.Dispose();
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            Cancellation = default;
            _core.Reset();
            if (IsPooled && pool.Count < PooledOperations)
                pool.Enqueue(this);
        }
    }
}
