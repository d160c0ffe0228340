using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Collection.Catalog;

namespace Sluice.Collection.Batches;

/// <summary>Listing and reading batches: <c>/data/foundation/catalog/batches</c> (contract collection.md 4.1, 4.2).</summary>
internal sealed class BatchOperations(AccessRuntime access)
{
    private const int MaxDistinctValues = 1_000;

    internal async Task<IResult> ListAsync(HttpContext http)
    {
        if (CatalogQuery.Parse(http.Request.Query, out var query) is { } fault)
            return CollectionAnswers.BadRequest(fault);
        var environment = CollectionEnvironment.Of(http);
        var selection = BatchSelection.Of(query);
        await selection.SayTotalAsync(query, environment.Batches, http);
        var batches = Write(environment, await environment.Batches.ListAsync(selection, http.RequestAborted));
        return CollectionAnswers.Json(selection.IsWhole ? query.Show(batches) : query.Apply(batches, http.Response));
    }

    internal async Task<IResult> GetAsync(HttpContext http, string batchId)
    {
        var environment = CollectionEnvironment.Of(http);
        if (await environment.Batches.FindAsync(batchId, http.RequestAborted) is not { } batch)
            return CollectionAnswers.NotFound($"There is no batch [{batchId}]");
        http.Response.Headers.ETag = BatchBody.ETag(batch);
        return CollectionAnswers.Json(new JsonObject { [batchId] = BatchBody.Write(batch, access.Organisation.OrgId, environment.Name.Value) });
    }

    /// <summary><c>GET /batches/uniques/{field}</c>: the distinct values of a member among the batches that the query means.</summary>
    internal async Task<IResult> ListUniquesAsync(HttpContext http, string field)
    {
        if (CatalogQuery.Parse(http.Request.Query, out var query) is { } fault)
            return CollectionAnswers.BadRequest(fault);
        var environment = CollectionEnvironment.Of(http);
        var batches = Write(environment, await environment.Batches.ListAsync(BatchSelection.Unpaged(query), http.RequestAborted));
        var path = field == "dataSet" ? "relatedObjects.id" : field;
        var values = query.Filter(batches).SelectMany(one => CatalogFilter.FindAll(one.Document, path))
            .DistinctBy(value => value.ToJsonString(JsonFormat.Readable), StringComparer.Ordinal)
            .Take(MaxDistinctValues + 1).Order(CatalogOrder.Comparer).ToList();
        return values.Count > MaxDistinctValues
            ? CollectionAnswers.BadRequest($"'{field}' has more than {MaxDistinctValues} values; narrow the query")
            : CollectionAnswers.Json(new JsonArray([.. values.Select(value => value.DeepClone())]));
    }

    private IEnumerable<(string Id, JsonObject Document)> Write(CollectionEnvironment environment, IEnumerable<Batch> batches) =>
        batches.Select(batch => (batch.BatchId, BatchBody.Write(batch, access.Organisation.OrgId, environment.Name.Value)));
}
