using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Collection.Batches;

namespace Sluice.Collection.Export;

/// <summary>Reading landed data: <c>/data/foundation/export</c> (contract collection.md 4.4).</summary>
internal static class ExportOperations
{
    private const int MaxPage = 100;
    private const string Base = "/data/foundation/export";

    /// <summary><c>GET /batches/{id}/files</c>: the data files of a success batch; a failed one has none here.</summary>
    internal static async Task<IResult> ListFilesAsync(HttpContext http, string batchId)
    {
        if (await FindLandedAsync(http, batchId) is not { } batch)
            return NoSuchBatch(batchId);
        var data = new JsonArray();
        if (!batch.IsFailed)
        {
            data.Add((JsonNode)new JsonObject
            {
                ["dataSetFileId"] = FileIdOf(batch),
                ["dataSetViewId"] = batch.OwnerId,
                ["version"] = "1.0.0",
                ["created"] = Number(batch.CompletedMs),
                ["updated"] = Number(batch.CompletedMs),
                ["isValid"] = true,
                ["records"] = batch.RecordCount,
                ["size"] = batch.PlainBytes,
                ["_links"] = Self(http, $"/files/{FileIdOf(batch)}"),
            });
        }
        return Page(data);
    }

    /// <summary><c>GET /batches/{id}/failed[?path=]</c>: the failed messages with their reasons.</summary>
    internal static async Task<IResult> GetFailedAsync(HttpContext http, string batchId)
    {
        if (await FindLandedAsync(http, batchId) is not { IsFailed: true } batch)
            return CollectionAnswers.NotFound($"There is no failed batch [{batchId}]");
        var part = $"part-00000-{batch.BatchId}-c000.json";
        return http.Request.Query["path"].ToString() switch
        {
            "" => Page([Entry(http, batch, "failed", "_SUCCESS", 0), Entry(http, batch, "failed", part, batch.PlainBytes)]),
            "_SUCCESS" => Results.Bytes([], "application/octet-stream"),
            var path when path == part => new LakeFileResult(CollectionEnvironment.Of(http).Lake, batch, withEnvelope: false),
            var path => CollectionAnswers.NotFound($"The batch has no file [{path}]"),
        };
    }

    /// <summary><c>GET, HEAD /files/{dataSetFileId}[?path=]</c>: what is in a data file, or its bytes.</summary>
    internal static async Task<IResult> GetFileAsync(HttpContext http, string fileId)
    {
        var batchId = fileId.EndsWith("-1", StringComparison.Ordinal) ? fileId[..^2] : "";
        if (await FindLandedAsync(http, batchId) is not { IsFailed: false } batch)
            return CollectionAnswers.NotFound($"There is no file [{fileId}]");
        var name = $"{batch.BatchId}.json";
        var path = http.Request.Query["path"].ToString();
        if (path.Length == 0)
            return Page([Entry(http, batch, null, name, batch.PlainBytes)]);
        if (path != name)
            return CollectionAnswers.NotFound($"The file has no part [{path}]");
        var withEnvelope = http.Request.Query["envelope"].ToString().Equals("true", StringComparison.OrdinalIgnoreCase);
        return new LakeFileResult(CollectionEnvironment.Of(http).Lake, batch, withEnvelope);
    }

    /// <summary><c>GET /datasets/{id}/preview</c>: the first rows of the newest batch.</summary>
    internal static async Task<IResult> PreviewAsync(HttpContext http, string datasetId)
    {
        var environment = CollectionEnvironment.Of(http);
        if (await environment.Datasets.FindAsync(datasetId, http.RequestAborted) is null)
            return CollectionAnswers.NotFound($"There is no dataset [{datasetId}]");
        var rows = new JsonArray();
        if (await environment.Batches.FindNewestAsync(datasetId, http.RequestAborted) is { } batch
            && LakeFile.OpenLines(environment.Lake, batch.Path) is { } lines)
        {
            using (lines)
            {
                while (rows.Count < MaxPage && await lines.ReadLineAsync(http.RequestAborted) is { } line)
                    rows.Add(JsonNode.Parse(line));
            }
        }
        return CollectionAnswers.Json(new JsonObject { ["data"] = rows });
    }

    private static async Task<Batch?> FindLandedAsync(HttpContext http, string batchId) =>
        await CollectionEnvironment.Of(http).Batches.FindAsync(batchId, http.RequestAborted) is { } batch && batch.Status != Batch.Loading
            ? batch
            : null;

    private static string FileIdOf(Batch batch) => batch.BatchId + "-1";

    private static IResult NoSuchBatch(string batchId) => CollectionAnswers.NotFound($"There is no landed batch [{batchId}]");

    // path stands last in the address: one known client cuts there and asks again (contract 4.4).
    private static JsonObject Entry(HttpContext http, Batch batch, string? view, string name, long length) => new JsonObject
    {
        ["name"] = name,
        ["length"] = Number(length),
        ["_links"] = Self(http, view is null ? $"/files/{FileIdOf(batch)}?path={name}" : $"/batches/{batch.BatchId}/{view}?path={name}"),
    };

    private static JsonObject Self(HttpContext http, string path) => new()
    {
        ["self"] = new JsonObject { ["href"] = $"{http.Request.Scheme}://{http.Request.Host}{Base}{path}" },
    };

    private static IResult Page(JsonArray data) => CollectionAnswers.Json(new JsonObject
    {
        ["data"] = data,
        ["_page"] = new JsonObject { ["limit"] = MaxPage, ["count"] = data.Count },
    });

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
