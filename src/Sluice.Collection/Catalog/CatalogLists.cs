using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Collection.Batches;
using Sluice.Collection.FlowService;

namespace Sluice.Collection.Catalog;

/// <summary>The collections of the catalog that follow from datasets, batches and connections, and are only read (contract collection.md 4.1).</summary>
internal static class CatalogLists
{
    /// <summary><c>dataSetFiles</c>: the data file of each success batch.</summary>
    internal static Task<IResult> ListFilesAsync(HttpContext http) => ListFilesAsync(http, null);

    /// <summary>The same for one dataset, where its <c>files</c> member points.</summary>
    internal static Task<IResult> ListFilesOfAsync(HttpContext http, string datasetId) => ListFilesAsync(http, datasetId);

    internal static async Task<IResult> GetFileAsync(HttpContext http, string fileId)
    {
        var environment = CollectionEnvironment.Of(http);
        return fileId.EndsWith("-1", StringComparison.Ordinal)
            && await environment.Batches.FindAsync(fileId[..^2], http.RequestAborted) is { HasData: true } batch
                ? CollectionAnswers.Json(new JsonObject { [fileId] = File(batch, environment) })
                : CollectionAnswers.NotFound($"There is no file [{fileId}]");
    }

    /// <summary><c>dataSetViews</c>: every dataset has one view, of the same id.</summary>
    internal static Task<IResult> ListViewsAsync(HttpContext http) => ListAsync(http, ViewsAsync);

    internal static Task<IResult> GetViewAsync(HttpContext http, string viewId) => GetAsync(http, ViewsAsync, "view", viewId);

    internal static Task<IResult> ListLastBatchesAsync(HttpContext http) => ListAsync(http, LastBatchesAsync);

    internal static Task<IResult> GetLastBatchAsync(HttpContext http, string datasetId) => GetAsync(http, LastBatchesAsync, "batch of a dataset", datasetId);

    /// <summary>The older <c>connections</c>: those of the flow service.</summary>
    internal static Task<IResult> ListConnectionsAsync(HttpContext http) => ListAsync(http, ConnectionsAsync);

    internal static Task<IResult> GetConnectionAsync(HttpContext http, string id) => GetAsync(http, ConnectionsAsync, "connection", id);

    /// <summary><c>accounts</c> are of sources that pull; producers push here, so there are none.</summary>
    internal static Task<IResult> ListAccountsAsync(HttpContext http) => ListAsync(http, NoAccountsAsync);

    internal static Task<IResult> GetAccountAsync(HttpContext http, string id) => GetAsync(http, NoAccountsAsync, "account", id);

    private static async Task<IResult> ListFilesAsync(HttpContext http, string? datasetId)
    {
        if (CatalogQuery.Parse(http.Request.Query, out var query) is { } fault)
            return CollectionAnswers.BadRequest(fault);
        var environment = CollectionEnvironment.Of(http);
        var selection = BatchSelection.Of(query).WithData(datasetId);
        await selection.SayTotalAsync(query, environment.Batches, http);
        var files = (await environment.Batches.ListAsync(selection, http.RequestAborted)).Select(batch => (FileIdOf(batch), File(batch, environment)));
        return CollectionAnswers.Json(selection.IsWhole ? query.Show(files) : query.Apply(files, http.Response));
    }

    private static async Task<IResult> ListAsync(HttpContext http, Func<HttpContext, Task<IEnumerable<(string Id, JsonObject Document)>>> read) =>
        CatalogQuery.Parse(http.Request.Query, out var query) is { } fault
            ? CollectionAnswers.BadRequest(fault)
            : CollectionAnswers.Json(query.Apply(await read(http), http.Response));

    private static async Task<IResult> GetAsync(
        HttpContext http, Func<HttpContext, Task<IEnumerable<(string Id, JsonObject Document)>>> read, string what, string id) =>
        (await read(http)).FirstOrDefault(one => one.Id == id) is ({ } found, { } document)
            ? CollectionAnswers.Json(new JsonObject { [found] = document })
            : CollectionAnswers.NotFound($"There is no {what} [{id}]");

    private static async Task<IEnumerable<(string Id, JsonObject Document)>> ViewsAsync(HttpContext http)
    {
        var environment = CollectionEnvironment.Of(http);
        var datasets = await environment.Datasets.ListAsync(http.RequestAborted);
        return datasets.Select(dataset => (dataset.DatasetId, new JsonObject
        {
            ["id"] = dataset.DatasetId,
            ["dataSetId"] = dataset.DatasetId,
            ["imsOrg"] = environment.Organisation.OrgId,
            ["sandboxId"] = environment.Name.Value,
            ["isDefault"] = true,
            ["version"] = $"1.0.{dataset.Version - 1}",
            ["created"] = dataset.CreatedMs,
            ["updated"] = dataset.ModifiedMs,
            ["createdClient"] = dataset.CreatedBy,
            ["createdUser"] = dataset.CreatedBy,
            ["updatedUser"] = dataset.CreatedBy,
            ["files"] = $"@/dataSets/{dataset.DatasetId}/views/{dataset.DatasetId}/files",
        }));
    }

    private static async Task<IEnumerable<(string Id, JsonObject Document)>> LastBatchesAsync(HttpContext http)
    {
        var environment = CollectionEnvironment.Of(http);
        var last = await environment.Batches.ListLastAsync(null, http.RequestAborted);
        return last.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, new JsonObject
        {
            ["lastBatchId"] = one.Value.BatchId,
            ["lastBatchStatus"] = one.Value.Status,
            ["lastSuccessfulBatchId"] = one.Value.SuccessId,
            ["lastFailedBatchId"] = one.Value.FailedId,
            ["imsOrg"] = environment.Organisation.OrgId,
            ["sandboxId"] = environment.Name.Value,
            ["created"] = one.Value.CreatedMs,
            ["updated"] = one.Value.UpdatedMs,
        }));
    }

    private static async Task<IEnumerable<(string Id, JsonObject Document)>> ConnectionsAsync(HttpContext http)
    {
        var environment = CollectionEnvironment.Of(http);
        var graph = await environment.Flows.LoadAsync(http.RequestAborted);
        return graph.OfKind(FlowResource.Connections).Select(connection =>
        {
            var document = connection.Read();
            document.Remove("auth");
            document["id"] = connection.ResourceId;
            document["imsOrg"] = environment.Organisation.OrgId;
            document["sandboxId"] = environment.Name.Value;
            document["state"] = connection.IsEnabled ? FlowResource.Enabled : FlowResource.Disabled;
            document["created"] = connection.CreatedMs;
            document["updated"] = connection.ModifiedMs;
            document["createdClient"] = connection.CreatedBy;
            document["createdUser"] = connection.CreatedBy;
            document["updatedUser"] = connection.ModifiedBy;
            return (connection.ResourceId, document);
        });
    }

    private static Task<IEnumerable<(string Id, JsonObject Document)>> NoAccountsAsync(HttpContext http) =>
        Task.FromResult<IEnumerable<(string Id, JsonObject Document)>>([]);

    private static string FileIdOf(Batch batch) => batch.BatchId + "-1";

    private static JsonObject File(Batch batch, CollectionEnvironment environment) => new()
    {
        ["id"] = FileIdOf(batch),
        ["batchId"] = batch.BatchId,
        ["dataSetViewId"] = batch.OwnerId,
        ["imsOrg"] = environment.Organisation.OrgId,
        ["availableDates"] = new JsonObject(),
        ["createdUser"] = "streaming-ingestion",
        ["createdClient"] = "streaming-ingestion",
        ["updatedUser"] = "streaming-ingestion",
        ["version"] = $"1.0.{batch.Version - 1}",
        ["created"] = batch.CreatedMs,
        ["updated"] = batch.UpdatedMs,
        ["isValid"] = true,
        ["records"] = batch.RecordCount,
        ["size"] = batch.PlainBytes,
    };
}
