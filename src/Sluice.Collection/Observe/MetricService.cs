using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Storage;

namespace Sluice.Collection.Observe;

/// <summary>Brings the calls that only memory knows to SQL, rolls old counts up, and deletes those past their retention.</summary>
/// <remarks>After a failure (database away): tried again at the next turn; what was taken is put back.</remarks>
internal sealed class MetricService(CollectionRuntime collection, CollectionOptions options, TimeProvider clock, ILogger<MetricService> log) : BackgroundService
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TidyEvery = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var turns = new PeriodicTimer(Turn, clock);
        var tidyAt = clock.GetUtcNow();
        try
        {
            do
            {
                var isTidyTurn = clock.GetUtcNow() >= tidyAt;
                foreach (var environment in collection.Environments)
                    await ServeAsync(environment, isTidyTurn, stoppingToken);
                if (isTidyTurn)
                    tidyAt = clock.GetUtcNow() + TidyEvery;
            }
            while (await turns.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }

        // What was refused since the last turn; a stop waits for this one short transaction.
        foreach (var environment in collection.Environments)
            await ServeAsync(environment, false, CancellationToken.None);
    }

    private async Task ServeAsync(CollectionEnvironment environment, bool isTidyTurn, CancellationToken cancellation)
    {
        try
        {
            await FlushAsync(environment, cancellation);
            if (!isTidyTurn)
                return;
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            await environment.Metrics.RollUpAsync(now, cancellation);
            await environment.Metrics.DeleteBeforeAsync(now - (long)options.MetricRetention.TotalMilliseconds, cancellation);
        }
        catch (StoreUnavailableException failure)
        {
            log.MetricsPaused(environment.Name.Value, failure);
        }
    }

    private static async Task FlushAsync(CollectionEnvironment environment, CancellationToken cancellation)
    {
        var taken = environment.RefusedCalls.Take();
        if (taken.Count == 0)
            return;
        try
        {
            await environment.Metrics.AddAsync(taken, cancellation);
        }
        catch
        {
            environment.RefusedCalls.PutBack(taken);
            throw;
        }
    }
}
