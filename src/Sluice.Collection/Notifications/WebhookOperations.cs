using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Collection.Batches;

namespace Sluice.Collection.Notifications;

/// <summary>Making and changing webhooks, and looking after their deliveries: an API of our own (contract collection.md 4.6).</summary>
internal sealed class WebhookOperations(CollectionOptions options, TimeProvider clock)
{
    private const int DefaultPage = 100;
    private const int MaxPage = 500;

    private static readonly string[] States = [Delivery.Waiting, Delivery.Delivered, Delivery.Dead];

    internal static async Task<IResult> ListAsync(HttpContext http)
    {
        var webhooks = await CollectionEnvironment.Of(http).Webhooks.ListAsync(http.RequestAborted);
        return CollectionAnswers.Json(new JsonObject { ["webhooks"] = new JsonArray([.. webhooks.Select(WebhookBody.Write)]) });
    }

    internal static async Task<IResult> GetAsync(HttpContext http, string webhookId) =>
        await CollectionEnvironment.Of(http).Webhooks.FindAsync(webhookId, http.RequestAborted) is { } webhook
            ? Answer(http, webhook, webhook.ETag)
            : NoSuchWebhook(webhookId);

    /// <summary><c>POST /webhooks</c>: the one answer that shows a secret, when it was made here.</summary>
    internal async Task<IResult> CreateAsync(HttpContext http)
    {
        var (sent, fault) = await CollectionAnswers.ReadObjectAsync(http.Request, http.RequestAborted);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var webhook = new Webhook { WebhookId = Ulid.New(now), CreatedMs = now, CreatedBy = Caller.Of(http).ClientId, ModifiedMs = now };
        if ((fault ?? WebhookBody.Apply(sent!, webhook, options.AllowLocalWebhooks)) is { } reason)
            return CollectionAnswers.BadRequest(reason);
        var isSecretOurs = webhook.Secret.Length == 0;
        if (isSecretOurs)
            webhook.Secret = WebhookSecret.New();
        if (!await CollectionEnvironment.Of(http).Webhooks.TryAddAsync(webhook, http.RequestAborted))
            return CollectionAnswers.Refuse(409, "Conflict", $"There are {WebhookStore.MaxWebhooks} webhooks already, which is the most");

        var document = WebhookBody.Write(webhook);
        if (isSecretOurs)
            document["secret"] = webhook.Secret;
        http.Response.Headers.Location = $"{WebhookRoutes.Base}/{webhook.WebhookId}";
        http.Response.Headers.ETag = webhook.ETag;
        return CollectionAnswers.Json(document, 201);
    }

    /// <summary><c>PUT /webhooks/{id}</c>: replaces everything but a secret that is left out.</summary>
    internal async Task<IResult> ReplaceAsync(HttpContext http, string webhookId)
    {
        var environment = CollectionEnvironment.Of(http);
        var (sent, fault) = await CollectionAnswers.ReadObjectAsync(http.Request, http.RequestAborted);
        if (await environment.Webhooks.FindAsync(webhookId, http.RequestAborted) is not { } webhook)
            return NoSuchWebhook(webhookId);
        if (!CollectionAnswers.IsWanted(http, webhook.ETag))
            return CollectionAnswers.Stale("webhook");
        if ((fault ?? WebhookBody.Apply(sent!, webhook, options.AllowLocalWebhooks)) is { } reason)
            return CollectionAnswers.BadRequest(reason);
        webhook.ModifiedMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (!await environment.Webhooks.TryUpdateAsync(webhook, http.RequestAborted))
            return CollectionAnswers.Stale("webhook");

        environment.Outbox.Announce(); // it may have been disabled, with deliveries waiting
        webhook.Version++;
        return Answer(http, webhook, webhook.ETag);
    }

    internal static async Task<IResult> RemoveAsync(HttpContext http, string webhookId) =>
        await CollectionEnvironment.Of(http).Webhooks.TryRemoveAsync(webhookId, http.RequestAborted) ? Results.NoContent() : NoSuchWebhook(webhookId);

    /// <summary><c>GET /webhooks/{id}/deliveries</c>, newest first.</summary>
    internal static async Task<IResult> ListDeliveriesAsync(HttpContext http, string webhookId)
    {
        var query = http.Request.Query;
        if (!TryRead(query["start"], 0, 1_000_000, 0, out var start) || !TryRead(query["limit"], 1, MaxPage, DefaultPage, out var limit))
            return CollectionAnswers.BadRequest($"'start' must be a whole number from 0 on, 'limit' one from 1 to {MaxPage}");
        var state = query["state"].ToString() is { Length: > 0 } given ? given : null;
        if (state is not null && !States.Contains(state))
            return CollectionAnswers.BadRequest($"'state' must be one of {string.Join(", ", States)}");
        var environment = CollectionEnvironment.Of(http);
        if (await environment.Webhooks.FindAsync(webhookId, http.RequestAborted) is null)
            return NoSuchWebhook(webhookId);

        var deliveries = await environment.Outbox.ListAsync(webhookId, state, start, limit, http.RequestAborted);
        return CollectionAnswers.Json(new JsonObject
        {
            ["deliveries"] = new JsonArray([.. deliveries.Select(WebhookBody.Write)]),
            ["_page"] = new JsonObject { ["start"] = start, ["limit"] = limit, ["count"] = deliveries.Count },
        });
    }

    /// <summary><c>POST /webhooks/{id}/deliveries/{id}/retry</c>: a dead one waits again, with all its attempts before it.</summary>
    internal async Task<IResult> RetryAsync(HttpContext http, string webhookId, string deliveryId)
    {
        var outbox = CollectionEnvironment.Of(http).Outbox;
        if (await outbox.FindAsync(webhookId, deliveryId, http.RequestAborted) is null)
            return CollectionAnswers.NotFound($"The webhook [{webhookId}] has no delivery [{deliveryId}]");
        if (!await outbox.TryReviveAsync(deliveryId, clock.GetUtcNow().ToUnixTimeMilliseconds(), http.RequestAborted))
            return CollectionAnswers.Refuse(409, "Conflict", "Only a dead delivery can be sent again");
        outbox.Announce();
        return await outbox.FindAsync(webhookId, deliveryId, http.RequestAborted) is { } delivery
            ? CollectionAnswers.Json(WebhookBody.Write(delivery), StatusCodes.Status202Accepted)
            : CollectionAnswers.NotFound($"The webhook [{webhookId}] has no delivery [{deliveryId}]");
    }

    private static IResult Answer(HttpContext http, Webhook webhook, string etag)
    {
        http.Response.Headers.ETag = etag;
        return CollectionAnswers.Json(WebhookBody.Write(webhook));
    }

    private static IResult NoSuchWebhook(string webhookId) => CollectionAnswers.NotFound($"There is no webhook [{webhookId}]");

    private static bool TryRead(string? text, int least, int most, int otherwise, out int number)
    {
        number = otherwise;
        return string.IsNullOrEmpty(text)
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most);
    }
}
