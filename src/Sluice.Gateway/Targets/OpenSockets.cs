namespace Sluice.Gateway.Targets;

/// <summary>Counts the WebSockets of all environments, up to their bound, and ends them when the program stops.</summary>
/// <remarks>Threading: any.</remarks>
internal sealed class OpenSockets(int most) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private int _open;

    internal int Count => Volatile.Read(ref _open);

    internal CancellationToken Stopping => _stop.Token;

    /// <summary>A place for one more; null when there is none. Disposing gives it back.</summary>
    internal IDisposable? TryOpen()
    {
        if (Interlocked.Increment(ref _open) <= most && !_stop.IsCancellationRequested)
            return new Place(this);
        Interlocked.Decrement(ref _open);
        return null;
    }

    internal void EndAll() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();

    private sealed class Place(OpenSockets sockets) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
                Interlocked.Decrement(ref sockets._open);
        }
    }
}
