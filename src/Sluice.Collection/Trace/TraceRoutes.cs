using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.Trace;

/// <summary>Live tail and trace (an API of our own).</summary>
internal static class TraceRoutes
{
    internal static RouteGroupBuilder MapTrace(this RouteGroupBuilder routes)
    {
        routes.MapGet("/tail", (HttpContext http, TraceOperations trace) => trace.TailAsync(http));
        routes.MapGet("/trace/{xactionId}", TraceOperations.TraceAsync);
        return routes;
    }
}
