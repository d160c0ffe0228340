using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sluice.Collection.Land;

/// <summary>Runs a <see cref="Lander"/> for every environment, each on its own, and waits for their last cut at stop.</summary>
internal sealed class LandingService : BackgroundService
{
    public LandingService(
        CollectionRuntime collection, CollectionOptions options, CollectionMetrics metrics, TimeProvider clock, ILogger<Lander> log) =>
        Landers = [.. collection.Environments.Select(environment => new Lander(environment, options, metrics, clock, log))];

    internal IReadOnlyList<Lander> Landers { get; }

    // On the pool from the start: a lander reads and compresses for long stretches without awaiting.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Landers.Select(lander => Task.Run(() => lander.RunAsync(stoppingToken), CancellationToken.None)));
}
