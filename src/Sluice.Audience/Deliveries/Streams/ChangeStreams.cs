using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Sluice.Audience.Deliveries.Streams;

/// <summary>Lets readers of the stream of changes in, as many as there may be at once.</summary>
internal sealed class ChangeStreams(DeliveryMetrics metrics, IHostApplicationLifetime lifetime, TimeProvider clock)
{
    internal const int MaxReaders = 64;

    private int _readers;

    /// <summary>A reader's stream; null when there are too many.</summary>
    internal IResult? TryOpen(AudienceEnvironment environment, ChangeQuery query)
    {
        if (Interlocked.Increment(ref _readers) <= MaxReaders)
        {
            metrics.StreamOpened();
            return new ChangeReader(environment, query, clock, Closed, lifetime.ApplicationStopping);
        }
        Interlocked.Decrement(ref _readers);
        return null;
    }

    private void Closed()
    {
        Interlocked.Decrement(ref _readers);
        metrics.StreamClosed();
    }
}
