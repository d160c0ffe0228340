using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Collection.Datasets;

namespace Sluice.Collection.Batches;

/// <summary>Listing and reading batches: <c>/data/foundation/catalog/batches</c> (contract collection.md 4.1, 4.2).</summary>
internal sealed class BatchOperations(AccessRuntime access)
{
    internal async Task<IResult> ListAsync(HttpContext http)
    {
        if (CatalogQuery.Parse(http.Request.Query, out var query) is { } fault)
            return CollectionAnswers.BadRequest(fault);
        var environment = CollectionEnvironment.Of(http);
        var all =
            from batch in await environment.Batches.ListAsync(http.RequestAborted)
            select (batch.BatchId, BatchBody.Write(batch, access.Organisation.OrgId, environment.Name.Value));
        return CollectionAnswers.Json(query.Apply(all));
    }

    internal async Task<IResult> GetAsync(HttpContext http, string batchId)
    {
        var environment = CollectionEnvironment.Of(http);
        return await environment.Batches.FindAsync(batchId, http.RequestAborted) is { } batch
            ? CollectionAnswers.Json(new JsonObject
            {
                [batchId] = BatchBody.Write(batch, access.Organisation.OrgId, environment.Name.Value),
            })
            : CollectionAnswers.NotFound($"There is no batch [{batchId}]");
    }
}
