using System.Threading.Tasks.Sources;

namespace Sluice.Journal;

/// <summary>A reader's wait for the next flush. One per reader, used again for each wait.</summary>
internal sealed class ReaderWait(FlushSignal signal) : IValueTaskSource<bool>
{
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };

    internal CancellationTokenRegistration Cancellation { get; set; }

    internal ValueTask<bool> Begin()
    {
        _core.Reset();
        return new ValueTask<bool>(this, _core.Version);
    }

    internal void Complete(bool more) => _core.SetResult(more);

    internal void Fail(Exception cause) => _core.SetException(cause);

    internal void Cancel(CancellationToken cancellation) => signal.Cancel(this, cancellation);

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        // Waits for a callback under way, so that it cannot cancel the next wait.
        Cancellation.Dispose();
        Cancellation = default;
        return _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token,
        ValueTaskSourceOnCompletedFlags flags) => _core.OnCompleted(continuation, state, token, flags);
}
