using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Deliveries.Queue;
using Sluice.Audience.Deliveries.Send;
using Sluice.Audience.Deliveries.Webhooks;
using Sluice.Audience.Destinations;
using Sluice.Storage;

namespace Sluice.Audience.Deliveries;

/// <summary>Keeps a worker running for every server-to-server destination and webhook of every environment, wakes them, and forgets changes that are too old.</summary>
internal sealed class DeliveryService(
    AudienceRuntime audience, AudienceOptions options, TargetClient client, DeliveryMetrics metrics, TimeProvider clock, ILogger<DeliveryService> log) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReadWebhooksEvery = TimeSpan.FromSeconds(30); // those of other nodes
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1); // in which workers count what they give up, one by one
    private static readonly TimeSpan LettersKept = TimeSpan.FromDays(30);
    private static readonly TimeSpan HoursKept = TimeSpan.FromDays(400);

    private readonly DeliveryTools _tools = new(options, client, metrics, clock, log);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        audience.Environments.Where(environment => environment.Engine is not null)
            .Select(environment => Task.Run(() => RunAsync(environment, stoppingToken), CancellationToken.None)));

    private async Task RunAsync(AudienceEnvironment environment, CancellationToken stop)
    {
        var running = new Dictionary<(string Consumer, long Id), Task>();
        var (seen, readAt, forgetAt, isClean) = (-1L, DateTimeOffset.MinValue, DateTimeOffset.MinValue, false);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var now = clock.GetUtcNow();
                if (now >= readAt)
                {
                    await environment.Deliveries.Webhooks.ReadAsync(stop);
                    readAt = now + ReadWebhooksEvery;
                }
                if (!isClean)
                    isClean = await RemoveLeftoversAsync(environment, stop);
                StartNew(environment, running, stop);
                await EndAsync(environment, running, stop);
                if (now >= forgetAt)
                {
                    await ForgetAsync(environment, now, stop);
                    forgetAt = now + ForgetEvery;
                }
                if (environment.Engine!.Profiles.CommittedSeq is var newest && newest != seen)
                {
                    seen = newest;
                    environment.Deliveries.Changes.Announce();
                }
                await Task.Delay(Tick, clock, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure) when (failure is StoreUnavailableException or DbException)
            {
                log.DeliveriesPaused(environment.Name.Value, "all", 0, failure);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        foreach (var worker in running.Values)
            await worker.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static IEnumerable<(string Consumer, long Id)> Consumers(AudienceEnvironment environment) =>
        environment.Catalogue.Snapshot.Table(Kinds.Destinations).Rows.Where(one => one.DestinationType == Destination.Server).Select(one => (DeliveryState.OfDestination, one.Id))
            .Concat(environment.Deliveries.Webhooks.Known.Keys.Select(id => (DeliveryState.OfWebhook, id)));

    private void StartNew(AudienceEnvironment environment, Dictionary<(string Consumer, long Id), Task> running, CancellationToken stop)
    {
        foreach (var consumer in Consumers(environment).Where(one => !running.ContainsKey(one)))
            running[consumer] = Task.Run(() => WorkAsync(environment, consumer, stop), CancellationToken.None);
    }

    private async Task WorkAsync(AudienceEnvironment environment, (string Consumer, long Id) consumer, CancellationToken stop)
    {
        if (consumer.Consumer == DeliveryState.OfWebhook)
            await new ChangeWebhookWorker(environment, consumer.Id, _tools).RunAsync(stop);
        else
        {
            using var worker = new DestinationWorker(environment, consumer.Id, _tools);
            await worker.RunAsync(stop);
        }
    }

    // A worker ends when its consumer is no more, or for a fault of ours: then it stays where it is until a restart, and says so.
    private async Task EndAsync(AudienceEnvironment environment, Dictionary<(string Consumer, long Id), Task> running, CancellationToken stop)
    {
        foreach (var ((consumer, id), worker) in running.Where(one => one.Value.IsCompleted).ToList())
        {
            var isThere = Consumers(environment).Contains((consumer, id));
            if (worker.Exception?.InnerException is { } fault && environment.Deliveries.Stopped.TryAdd((consumer, id), fault.Message))
                log.DeliveriesStopped(environment.Name.Value, consumer, id, fault);
            if (stop.IsCancellationRequested || (worker.IsFaulted && isThere))
                continue;
            if (!isThere)
                await environment.Deliveries.Store.RemoveAsync(consumer, id, stop);
            environment.Deliveries.Stopped.TryRemove((consumer, id), out _);
            running.Remove((consumer, id));
        }
    }

    // Of consumers that went while nobody looked.
    private static async Task<bool> RemoveLeftoversAsync(AudienceEnvironment environment, CancellationToken stop)
    {
        var there = Consumers(environment).ToHashSet();
        foreach (var consumer in new[] { DeliveryState.OfDestination, DeliveryState.OfWebhook })
        {
            foreach (var state in await environment.Deliveries.Store.ListAsync(consumer, stop))
            {
                if (!there.Contains((consumer, state.Id)))
                    await environment.Deliveries.Store.RemoveAsync(consumer, state.Id, stop);
            }
        }
        return true;
    }

    private async Task ForgetAsync(AudienceEnvironment environment, DateTimeOffset now, CancellationToken stop)
    {
        await environment.Engine!.Profiles.ForgetChangesAsync(now - options.DeliveryRetention - Grace, stop);
        await environment.Deliveries.Letters.ForgetAsync((now - LettersKept).ToUnixTimeMilliseconds(), stop);
        await environment.Deliveries.Store.ForgetHoursAsync((now - HoursKept).ToUnixTimeMilliseconds(), stop);
    }
}
