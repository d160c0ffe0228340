using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Storage;

namespace Sluice.Audience.Catalogue;

/// <summary>Learns four times a second what other nodes changed in the catalogues, and forgets notes that every node has read.</summary>
internal sealed partial class CatalogueFollower(AudienceRuntime audience, TimeProvider clock, ILogger<CatalogueFollower> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(10);

    // A node that was away for longer reads everything anew.
    private static readonly TimeSpan ChangesKept = TimeSpan.FromHours(1);

    private DateTimeOffset _nextSweep;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        var isAway = false;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await FollowAsync(stoppingToken);
                    isAway = false;
                }
                catch (Exception failure) when (failure is StoreUnavailableException or System.Data.Common.DbException && !stoppingToken.IsCancellationRequested)
                {
                    if (!isAway)
                        StoreAway(failure);
                    isAway = true; // said once; tried again with the next tick
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The program stops.
        }
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        foreach (var environment in audience.Environments)
            await environment.Catalogue.FollowAsync(cancellation);
        if (clock.GetUtcNow() is var now && now >= _nextSweep)
        {
            foreach (var environment in audience.Environments)
                await environment.Catalogue.ForgetChangesAsync(now - ChangesKept, cancellation);
            _nextSweep = now + SweepInterval;
        }
    }

    [LoggerMessage(7000, LogLevel.Warning, "Changes of other nodes cannot be read; the catalogues that this node knows go on serving until they can")]
    private partial void StoreAway(Exception failure);
}
