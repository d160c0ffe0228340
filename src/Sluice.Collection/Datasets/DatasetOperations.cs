using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Collection.Batches;
using Sluice.Collection.Catalog;

namespace Sluice.Collection.Datasets;

/// <summary>The verbs of <c>/data/foundation/catalog/dataSets</c> (contract collection.md 4.1).</summary>
internal sealed class DatasetOperations(AccessRuntime access, TimeProvider clock)
{
    internal async Task<IResult> CreateAsync(HttpContext http)
    {
        var environment = CollectionEnvironment.Of(http);
        var (sent, fault) = await CollectionAnswers.ReadObjectAsync(http.Request, http.RequestAborted);
        if ((fault ?? DatasetBody.Clean(sent!, id => IsKnownSchema(environment, id))) is { } reason)
            return CollectionAnswers.BadRequest(reason);

        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var dataset = new Dataset
        {
            DatasetId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)),
            Document = sent!.ToJsonString(JsonFormat.Readable),
            CreatedMs = now,
            CreatedBy = Caller.Of(http).ClientId,
            ModifiedMs = now,
        };
        if (CollectionAnswers.IsDryRun(http))
            return Reference(dataset.DatasetId, 200);
        await environment.Datasets.AddAsync(dataset, http.RequestAborted);
        await environment.ReloadRoutesAsync(http.RequestAborted);
        http.Response.Headers.Location = $"/data/foundation/catalog/dataSets/{dataset.DatasetId}";
        return Reference(dataset.DatasetId, 201);
    }

    internal async Task<IResult> ListAsync(HttpContext http)
    {
        if (CatalogQuery.Parse(http.Request.Query, out var query) is { } fault)
            return CollectionAnswers.BadRequest(fault);
        var environment = CollectionEnvironment.Of(http);
        if (query.MentionsLastBatch)
        {
            var last = await environment.Batches.ListLastAsync(null, http.RequestAborted);
            var all = (await environment.Datasets.ListAsync(http.RequestAborted)).Select(dataset => (dataset.DatasetId, Write(environment, dataset, last)));
            return CollectionAnswers.Json(query.Apply(all, http.Response));
        }

        // Which datasets are on the page does not depend on their batches: only the page's are asked for.
        var page = (await ReadPageAsync(http, environment, query)).ToList();
        var newest = await environment.Batches.ListLastAsync([.. page.Select(one => one.Id)], http.RequestAborted);
        foreach (var (id, document) in page)
            DatasetBody.AddLast(document, newest.GetValueOrDefault(id));
        return CollectionAnswers.Json(query.Show(page));
    }

    private async Task<IEnumerable<(string Id, JsonObject Document)>> ReadPageAsync(HttpContext http, CollectionEnvironment environment, CatalogQuery query)
    {
        var isBySql = query is { Plain.Count: 0, HasPropertyConditions: false, Search: null, Order: [] or [("created" or "updated", _)] };
        var isByName = query is { Plain.Count: 0, HasPropertyConditions: false, Search: null, Order: [("name", _)] };
        if (!isBySql && !isByName)
        {
            var all = (await environment.Datasets.ListAsync(http.RequestAborted)).Where(dataset =>
                query.Search is not { } search || search.IsIn(dataset.DatasetId) || search.MayBeIn(dataset.Document));
            return query.Select(all.Select(dataset => (dataset.DatasetId, Write(environment, dataset, []))), http.Response);
        }
        if (query.IsCounted)
            CatalogQuery.SayTotal(http.Response, await environment.Datasets.CountAsync(http.RequestAborted));
        var (property, isDescending) = query.Order is [var order] ? order : ("created", false);
        var page = isByName
            ? OrderByName(await environment.Datasets.ListAsync(http.RequestAborted), isDescending).Skip(query.Start).Take(query.Limit)
            : await environment.Datasets.ListPageAsync(property == "updated", isDescending, query.Start, query.Limit, http.RequestAborted);
        return page.Select(dataset => (dataset.DatasetId, Write(environment, dataset, [])));
    }

    // A name stands in the document: it alone is read of each, and only the page is written out.
    private static IEnumerable<Dataset> OrderByName(List<Dataset> all, bool isDescending) => isDescending
        ? all.OrderByDescending(DatasetBody.NameOf, StringComparer.Ordinal)
        : all.OrderBy(DatasetBody.NameOf, StringComparer.Ordinal);

    private JsonObject Write(CollectionEnvironment environment, Dataset dataset, Dictionary<string, LastBatches> last) =>
        DatasetBody.Write(dataset, access.Organisation.OrgId, environment.Name.Value, last.GetValueOrDefault(dataset.DatasetId));

    internal async Task<IResult> GetAsync(HttpContext http, string datasetId)
    {
        var environment = CollectionEnvironment.Of(http);
        if (await environment.Datasets.FindAsync(datasetId, http.RequestAborted) is not { } dataset)
            return NoSuchDataset(datasetId);
        var last = await environment.Batches.ListLastAsync([datasetId], http.RequestAborted);
        http.Response.Headers.ETag = DatasetBody.ETag(dataset);
        return CollectionAnswers.Json(new JsonObject
        {
            [datasetId] = DatasetBody.Write(dataset, access.Organisation.OrgId, environment.Name.Value, last.GetValueOrDefault(datasetId)),
        });
    }

    /// <summary>PUT replaces the whole object; PATCH sets the members it names, or carries out the JSON Patch it is.</summary>
    internal async Task<IResult> ChangeAsync(HttpContext http, string datasetId)
    {
        var environment = CollectionEnvironment.Of(http);
        var (sent, fault) = await CollectionAnswers.ReadAsync(http.Request, http.RequestAborted);
        if (fault is not null)
            return CollectionAnswers.BadRequest(fault);
        if (await environment.Datasets.FindAsync(datasetId, http.RequestAborted) is not { } dataset)
            return NoSuchDataset(datasetId);
        if (!CollectionAnswers.IsWanted(http, DatasetBody.ETag(dataset)))
            return CollectionAnswers.Stale("dataset");

        var (changed, changeFault) = HttpMethods.IsPatch(http.Request.Method) ? Patch(dataset.Read(), sent) : Replace(sent);
        if ((changeFault ?? DatasetBody.Clean(changed!, id => IsKnownSchema(environment, id))) is { } reason)
            return CollectionAnswers.BadRequest(reason);

        dataset.Document = changed!.ToJsonString(JsonFormat.Readable);
        dataset.ModifiedMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (CollectionAnswers.IsDryRun(http))
            return Reference(datasetId, 200);
        if (!await environment.Datasets.TryUpdateAsync(dataset, http.RequestAborted))
            return CollectionAnswers.Stale("dataset");
        await environment.ReloadRoutesAsync(http.RequestAborted);
        return Reference(datasetId, 200);
    }

    /// <summary>DELETE: it takes no more messages, its batches become <c>deleted</c>, and their files leave the lake.</summary>
    internal async Task<IResult> RemoveAsync(HttpContext http, string datasetId)
    {
        var environment = CollectionEnvironment.Of(http);
        if (await environment.Datasets.FindAsync(datasetId, http.RequestAborted) is not { } dataset)
            return NoSuchDataset(datasetId);
        if (!CollectionAnswers.IsWanted(http, DatasetBody.ETag(dataset)))
            return CollectionAnswers.Stale("dataset");
        if (CollectionAnswers.IsDryRun(http))
            return Reference(datasetId, 200);
        if (!await environment.Datasets.TryRemoveAsync(dataset, clock.GetUtcNow().ToUnixTimeMilliseconds(), http.RequestAborted))
            return CollectionAnswers.Stale("dataset");
        await environment.ReloadRoutesAsync(http.RequestAborted);
        environment.Batches.AnnounceDeletion();
        return Reference(datasetId, 200);
    }

    private static (JsonObject? Changed, string? Fault) Replace(JsonNode? sent) =>
        sent is JsonObject whole ? (whole, null) : (null, "The request body must be a JSON object");

    // A null takes a member away, as in a JSON Merge Patch (RFC 7396); members are replaced whole.
    private static (JsonObject? Changed, string? Fault) Patch(JsonObject document, JsonNode? sent)
    {
        if (sent is JsonArray)
        {
            var (patch, fault) = JsonPatch.Parse(sent);
            if (patch is null)
                return (null, fault);
            var (patched, applyFault) = patch.Apply(document);
            return patched is JsonObject changed ? (changed, null) : (null, applyFault ?? "The JSON Patch must leave an object");
        }
        if (sent is not JsonObject members)
            return (null, "The request body must be a JSON object or a JSON Patch");
        foreach (var (name, value) in members)
        {
            document.Remove(name);
            if (value is not null)
                document[name] = value.DeepClone();
        }
        return (document, null);
    }

    private static bool IsKnownSchema(CollectionEnvironment environment, string id) =>
        environment.Routes.FindSchema(Encoding.UTF8.GetBytes(id)) is not null;

    private static IResult Reference(string datasetId, int status) =>
        CollectionAnswers.Json(new JsonArray($"@/dataSets/{datasetId}"), status);

    private static IResult NoSuchDataset(string datasetId) => CollectionAnswers.NotFound($"There is no dataset [{datasetId}]");
}
