using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.Notifications;

/// <summary>Webhooks that hear of landed batches, and their deliveries.</summary>
internal static class WebhookRoutes
{
    internal const string Base = "/api/sluice/v1/webhooks";

    internal static RouteGroupBuilder MapWebhooks(this RouteGroupBuilder webhooks)
    {
        webhooks.MapGet("/", (Delegate)WebhookOperations.ListAsync);
        webhooks.MapPost("/", (HttpContext http, WebhookOperations operations) => operations.CreateAsync(http));
        webhooks.MapGet("/{webhookId}", WebhookOperations.GetAsync);
        webhooks.MapPut("/{webhookId}", (HttpContext http, string webhookId, WebhookOperations operations) => operations.ReplaceAsync(http, webhookId));
        webhooks.MapDelete("/{webhookId}", WebhookOperations.RemoveAsync);
        webhooks.MapGet("/{webhookId}/deliveries", WebhookOperations.ListDeliveriesAsync);
        webhooks.MapPost("/{webhookId}/deliveries/{deliveryId}/retry",
            (HttpContext http, string webhookId, string deliveryId, WebhookOperations operations) => operations.RetryAsync(http, webhookId, deliveryId));
        return webhooks;
    }
}
