using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Storage;

namespace Sluice.Collection.Notifications;

/// <summary>Carries notifications from the outbox to their receivers.</summary>
/// <remarks>
/// Guarantees: each is attempted until it is taken or given up, also after a restart; a crash between the receiver's answer and our note
/// of it sends it again under the same id. Threading: one loop for each environment, and one request in flight for each webhook, in the order of
/// its deliveries; so a slow or dead receiver holds up nobody else. After a failure (database away): tried again after a pause.
/// </remarks>
internal sealed class DeliveryService(
    CollectionRuntime collection, WebhookSender sender, CollectionOptions options, CollectionMetrics metrics, TimeProvider clock,
    ILogger<DeliveryService> log) : BackgroundService
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromHours(6);
    private static readonly TimeSpan TidyEvery = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(collection.Environments.Select(environment => Task.Run(() => RunAsync(environment, stoppingToken), CancellationToken.None)));

    private async Task RunAsync(CollectionEnvironment environment, CancellationToken stop)
    {
        var inFlight = new Dictionary<string, Task>(StringComparer.Ordinal);
        var tidyAt = clock.GetUtcNow();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await EndAsync(inFlight);
                if (clock.GetUtcNow() >= tidyAt)
                {
                    await environment.Outbox.TidyAsync(clock.GetUtcNow().ToUnixTimeMilliseconds(), stop);
                    tidyAt = clock.GetUtcNow() + TidyEvery;
                }
                var nextMs = await StartDueAsync(environment, inFlight, stop);
                await NewsAsync(environment, Math.Min(nextMs, tidyAt.ToUnixTimeMilliseconds()), stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            catch (StoreUnavailableException failure)
            {
                log.NotificationsPaused(environment.Name.Value, failure);
                await Task.Delay(PauseAfterFailure, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        foreach (var attempt in inFlight.Values)
            await attempt.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Looks at the attempts that are over; one that could not be noted throws what kept it from it.
    private static async Task EndAsync(Dictionary<string, Task> inFlight)
    {
        foreach (var (webhookId, attempt) in inFlight.Where(one => one.Value.IsCompleted).ToList())
        {
            inFlight.Remove(webhookId);
            await attempt;
        }
    }

    // Starts what is due, and says when the next one will be.
    private async Task<long> StartDueAsync(CollectionEnvironment environment, Dictionary<string, Task> inFlight, CancellationToken stop)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var nextMs = long.MaxValue;
        var next = await environment.Outbox.ListNextAsync(stop);
        if (next.Count == 0)
            return nextMs;
        var webhooks = (await environment.Webhooks.ListAsync(stop)).ToDictionary(webhook => webhook.WebhookId);
        foreach (var delivery in next.Where(delivery => !inFlight.ContainsKey(delivery.WebhookId)))
        {
            if (delivery.NextMs > now)
                nextMs = Math.Min(nextMs, delivery.NextMs);
            else if (webhooks.TryGetValue(delivery.WebhookId, out var webhook))
                _ = AnnounceEndAsync(environment, inFlight[delivery.WebhookId] = AttemptAsync(environment, webhook, delivery, stop));
        }
        return nextMs;
    }

    // Only once the attempt is over: were it announced from within, the loop could find it still in flight and then wait for nothing.
    private static async Task AnnounceEndAsync(CollectionEnvironment environment, Task attempt)
    {
        await attempt.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        environment.Outbox.Announce();
    }

    private async Task NewsAsync(CollectionEnvironment environment, long untilMs, CancellationToken stop)
    {
        var wait = Math.Max(1, untilMs - clock.GetUtcNow().ToUnixTimeMilliseconds());
        using var due = new CancellationTokenSource(TimeSpan.FromMilliseconds(wait), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, due.Token);
        try
        {
            await environment.Outbox.NewsAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Due.
        }
    }

    private async Task AttemptAsync(CollectionEnvironment environment, Webhook webhook, Delivery delivery, CancellationToken stop)
    {
        var isTaken = await sender.SendAsync(webhook, delivery, stop);
        delivery.Attempts++;
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (isTaken)
            delivery.State = Delivery.Delivered;
        else if (delivery.Attempts >= options.WebhookMaxAttempts)
            delivery.State = Delivery.Dead;
        delivery.FinishedMs = delivery.State == Delivery.Waiting ? 0 : now;
        delivery.NextMs = now + (long)BackOff(delivery.Attempts).TotalMilliseconds;

        // Not cancelled by a stop: what it says has happened.
        await environment.Outbox.UpdateAsync(delivery, CancellationToken.None);
        metrics.DeliveryAttempted(delivery.State == Delivery.Waiting ? "failed" : delivery.State);
        if (delivery.State == Delivery.Dead)
            log.DeliveryGivenUp(environment.Name.Value, webhook.WebhookId, delivery.DeliveryId, delivery.Attempts);
    }

    // Doubles with every attempt; the second half of it is chance, so that many do not come back together.
    private TimeSpan BackOff(long attempts)
    {
        var longest = Math.Min(options.WebhookRetryBase.TotalMilliseconds * Math.Pow(2, Math.Min(attempts - 1, 30)), LongestBackOff.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(longest * (0.5 + RandomNumberGenerator.GetInt32(1_000) / 2_000d));
    }
}
