using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.Replays;

/// <summary>Replays of landing (an API of our own).</summary>
internal static class ReplayRoutes
{
    internal const string Base = "/api/sluice/v1/replays";

    internal static RouteGroupBuilder MapReplays(this RouteGroupBuilder replays)
    {
        replays.MapPost("/", (HttpContext http, ReplayOperations operations) => operations.CreateAsync(http));
        replays.MapGet("/", (Delegate)ReplayOperations.ListAsync);
        replays.MapGet("/{replayId}", ReplayOperations.GetAsync);
        replays.MapDelete("/{replayId}", ReplayOperations.CancelAsync);
        return replays;
    }
}
