using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.Batches;

/// <summary>The batches of the catalog (contract collection.md 4.1, 4.2).</summary>
internal static class BatchRoutes
{
    internal static RouteGroupBuilder MapBatches(this RouteGroupBuilder catalog)
    {
        catalog.MapGet("/batches", (HttpContext http, BatchOperations batch) => batch.ListAsync(http));
        catalog.MapGet("/batches/uniques/{field}", (HttpContext http, string field, BatchOperations batch) => batch.ListUniquesAsync(http, field));
        catalog.MapGet("/batches/{batchId}", (HttpContext http, string batchId, BatchOperations batch) => batch.GetAsync(http, batchId));
        catalog.MapPost("/batches", (HttpContext http, ChangeBatch change) => change.CreateAsync(http));
        catalog.MapPatch("/batches/{batchId}", (HttpContext http, string batchId, ChangeBatch change) => change.ChangeAsync(http, batchId));
        catalog.MapDelete("/batches/{batchId}", (HttpContext http, string batchId, ChangeBatch change) => change.RemoveAsync(http, batchId));
        return catalog;
    }
}
