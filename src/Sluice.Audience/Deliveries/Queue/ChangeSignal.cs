namespace Sluice.Audience.Deliveries.Queue;

/// <summary>One word for everybody who waits for changes: look again.</summary>
internal sealed class ChangeSignal
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes with the next word. Take it before you look, or you may miss one.</summary>
    internal Task Next => Volatile.Read(ref _next).Task;

    internal void Announce() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
