using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Deliveries.Streams;

/// <summary>Lets readers of the stream of changes in, as many as there may be at once.</summary>
internal sealed class ChangeStreams(DeliveryMetrics metrics, IHostApplicationLifetime lifetime, TimeProvider clock)
{
    internal const int MaxReaders = 64;

    private int _readers;

    internal IResult Open(AudienceEnvironment environment, ChangeQuery query)
    {
        if (Interlocked.Increment(ref _readers) <= MaxReaders)
        {
            metrics.StreamOpened();
            return new ChangeReader(environment, query, clock, Closed, lifetime.ApplicationStopping);
        }
        Interlocked.Decrement(ref _readers);
        return AudienceAnswers.Refuse(new AudienceProblem(503, "unavailable", $"There are {MaxReaders} readers of changes already; come back later, or read pages"));
    }

    private void Closed()
    {
        Interlocked.Decrement(ref _readers);
        metrics.StreamClosed();
    }
}
