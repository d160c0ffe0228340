using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.Inlets;

/// <summary>The older way to streaming connections, <c>/data/core/edge/inlet</c> (contract collection.md 2.1).</summary>
internal static class InletRoutes
{
    internal static RouteGroupBuilder MapInlets(this RouteGroupBuilder inlets)
    {
        inlets.MapGet("/", (HttpContext http, InletOperations inlet) => inlet.ListAsync(http));
        inlets.MapPost("/", (HttpContext http, InletOperations inlet) => inlet.CreateAsync(http));
        inlets.MapGet("/{inletId}", (HttpContext http, string inletId, InletOperations inlet) => inlet.GetAsync(http, inletId));
        inlets.MapPut("/{inletId}", (HttpContext http, string inletId, InletOperations inlet) => inlet.ReplaceAsync(http, inletId));
        inlets.MapDelete("/{inletId}", (HttpContext http, string inletId, InletOperations inlet) => inlet.RemoveAsync(http, inletId));
        return inlets;
    }
}
