namespace Sluice.Storage;

/// <summary>Hands a cancellation on to a database's driver, and keeps what the driver throws about it from whoever cancels.</summary>
/// <remarks>
/// Why: a driver that loses its connection in the moment of the cancellation can throw out of it (Npgsql asks a lock that it has just thrown away).
/// The one who cancels is often a server that stops, which would then give up closing what else is open. Whoever waits for the driver still
/// learns that it was cancelled or that the connection is gone.
/// </remarks>
internal sealed class DriverCancellation : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _registration;

    internal DriverCancellation(CancellationToken outer) =>
        _registration = outer.UnsafeRegister(static one => ((DriverCancellation)one!).Cancel(), this);

    /// <summary>What the driver is given.</summary>
    internal CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _registration.Dispose(); // returns when no cancellation is under way any more
        _source.Dispose();
    }

    private void Cancel()
    {
        try
        {
            _source.Cancel();
        }
        catch (AggregateException)
        {
            // Its connection went away meanwhile: whoever waits on it is told so by that.
        }
    }
}
