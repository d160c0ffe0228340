using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Storage;

namespace Sluice.Collection.Deduplication;

/// <summary>Writes every environment's <see cref="DeduplicationMemory"/> to disk behind the requests, and once more at the stop.</summary>
internal sealed class DeduplicationService(CollectionRuntime collection, TimeProvider clock, ILogger<DeduplicationService> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            foreach (var environment in collection.Environments)
                await WriteAsync(environment);
        }
        while (await NextAsync(timer, stoppingToken));
    }

    private static async ValueTask<bool> NextAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // Not cancelled by a stop: it is one short write, and what it misses the next start finds in the journal.
    private async Task WriteAsync(CollectionEnvironment environment)
    {
        try
        {
            await environment.Memory.WriteAsync(CancellationToken.None);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or StoreUnavailableException)
        {
            log.RememberingPaused(environment.Name.Value, failure);
        }
    }
}
