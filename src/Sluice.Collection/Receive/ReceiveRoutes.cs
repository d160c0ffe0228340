using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.Receive;

/// <summary>The paths that take messages (contract collection.md 1.1).</summary>
internal static class ReceiveRoutes
{
    internal static void MapReceive(this IEndpointRouteBuilder routes)
    {
        foreach (var prefix in new[] { "", "/data/foundation/import" })
        {
            routes.MapPost(prefix + "/collection/batch/{connectionId}", (HttpContext http, MessageReceiver receiver) => receiver.ReceiveBatchAsync(http));
            routes.MapPost(prefix + "/collection/{connectionId}", (HttpContext http, MessageReceiver receiver) => receiver.ReceiveAsync(http));
        }
    }
}
