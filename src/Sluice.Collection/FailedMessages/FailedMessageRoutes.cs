using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.FailedMessages;

/// <summary>Failed messages, grouped, tried out and sent again: an API of our own.</summary>
internal static class FailedMessageRoutes
{
    internal const string Base = "/api/sluice/v1/failed-messages";

    internal static RouteGroupBuilder MapFailedMessages(this RouteGroupBuilder failed)
    {
        failed.MapGet("/groups", (Delegate)FailedMessageOperations.ListGroupsAsync);
        failed.MapGet("/groups/{fingerprint}", FailedMessageOperations.GetGroupAsync);
        failed.MapGet("/groups/{fingerprint}/messages", FailedMessageOperations.ListMessagesAsync);
        failed.MapPost("/groups/{fingerprint}/fixes",
            (HttpContext http, string fingerprint, FailedMessageOperations operations) => operations.CreateFixAsync(http, fingerprint));
        failed.MapGet("/fixes", (Delegate)FailedMessageOperations.ListFixesAsync);
        failed.MapGet("/fixes/{fixId}", FailedMessageOperations.GetFixAsync);
        failed.MapDelete("/fixes/{fixId}", FailedMessageOperations.CancelFixAsync);
        return failed;
    }
}
