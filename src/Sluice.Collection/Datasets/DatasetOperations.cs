using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Access;

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
        if (IsDryRun(http))
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
        var last = await environment.Batches.ListLastAsync(http.RequestAborted);
        var all =
            from dataset in await environment.Datasets.ListAsync(http.RequestAborted)
            select (dataset.DatasetId, DatasetBody.Write(dataset, access.Organisation.OrgId, last.GetValueOrDefault(dataset.DatasetId)));
        return CollectionAnswers.Json(query.Apply(all));
    }

    internal async Task<IResult> GetAsync(HttpContext http, string datasetId)
    {
        var environment = CollectionEnvironment.Of(http);
        if (await environment.Datasets.FindAsync(datasetId, http.RequestAborted) is not { } dataset)
            return NoSuchDataset(datasetId);
        var last = await environment.Batches.ListLastAsync(http.RequestAborted);
        http.Response.Headers.ETag = DatasetBody.ETag(dataset);
        return CollectionAnswers.Json(new JsonObject
        {
            [datasetId] = DatasetBody.Write(dataset, access.Organisation.OrgId, last.GetValueOrDefault(datasetId)),
        });
    }

    /// <summary>PUT replaces the whole object; PATCH sets the members it names and keeps the others.</summary>
    internal async Task<IResult> ChangeAsync(HttpContext http, string datasetId)
    {
        var environment = CollectionEnvironment.Of(http);
        var (sent, fault) = await CollectionAnswers.ReadObjectAsync(http.Request, http.RequestAborted);
        if (sent is null)
            return CollectionAnswers.BadRequest(fault!);
        if (await environment.Datasets.FindAsync(datasetId, http.RequestAborted) is not { } dataset)
            return NoSuchDataset(datasetId);
        var wanted = http.Request.Headers.IfMatch.ToString();
        if (wanted.Length > 0 && wanted != "*" && wanted != DatasetBody.ETag(dataset))
            return Stale();

        var changed = sent;
        if (HttpMethods.IsPatch(http.Request.Method))
        {
            changed = dataset.Read();
            foreach (var (name, value) in sent)
                changed[name] = value?.DeepClone();
        }
        if (DatasetBody.Clean(changed, id => IsKnownSchema(environment, id)) is { } reason)
            return CollectionAnswers.BadRequest(reason);

        dataset.Document = changed.ToJsonString(JsonFormat.Readable);
        dataset.ModifiedMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (IsDryRun(http))
            return Reference(datasetId, 200);
        if (!await environment.Datasets.TryUpdateAsync(dataset, http.RequestAborted))
            return Stale();
        await environment.ReloadRoutesAsync(http.RequestAborted);
        return Reference(datasetId, 200);
    }

    internal static async Task<IResult> RemoveAsync(HttpContext http, string datasetId)
    {
        var environment = CollectionEnvironment.Of(http);
        if (!await environment.Datasets.TryRemoveAsync(datasetId, http.RequestAborted))
            return NoSuchDataset(datasetId);
        await environment.ReloadRoutesAsync(http.RequestAborted);
        return Reference(datasetId, 200);
    }

    private static bool IsDryRun(HttpContext http) => http.Request.Headers.Pragma == "validate-only";

    private static bool IsKnownSchema(CollectionEnvironment environment, string id) =>
        environment.Routes.FindSchema(Encoding.UTF8.GetBytes(id)) is not null;

    private static IResult Reference(string datasetId, int status) =>
        CollectionAnswers.Json(new JsonArray($"@/dataSets/{datasetId}"), status);

    private static IResult NoSuchDataset(string datasetId) => CollectionAnswers.NotFound($"There is no dataset [{datasetId}]");

    private static IResult Stale() =>
        CollectionAnswers.Refuse(412, "Precondition Failed", "Somebody else changed the dataset meanwhile; read it again");
}
