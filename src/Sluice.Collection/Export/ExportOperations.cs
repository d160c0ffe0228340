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
    private const string RowErrors = "row_errors";
    private const string RowErrorsFile = "row_errors/validation_errors_0.json";
    private const string RowErrorSamples = "row_error_samples.json";
    private const string InputFiles = "input_files";

    /// <summary><c>GET /batches/{id}/files</c>: the data files of a success batch; a failed one has none here.</summary>
    internal static async Task<IResult> ListFilesAsync(HttpContext http, string batchId)
    {
        if (await FindLandedAsync(http, batchId) is not { } batch)
            return NoSuchBatch(batchId);
        return Page(http, !batch.HasData ? [] : [new JsonObject
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
        }]);
    }

    /// <summary><c>GET, HEAD /batches/{id}/failed[?path=]</c>: the failed messages with their reasons.</summary>
    internal static async Task<IResult> GetFailedAsync(HttpContext http, string batchId)
    {
        if (await FindLandedAsync(http, batchId) is not { IsFailed: true } batch)
            return CollectionAnswers.NotFound($"There is no failed batch [{batchId}]");
        var part = $"part-00000-{batch.BatchId}-c000.json";
        return http.Request.Query["path"].ToString() switch
        {
            "" => Page(http, [Entry(http, batch, "failed", "_SUCCESS", 0), Entry(http, batch, "failed", part, batch.PlainBytes)]),
            "_SUCCESS" => Results.Bytes([], "application/octet-stream"),
            var path when path == part => Send(http, batch),
            var path => CollectionAnswers.NotFound($"The batch has no file [{path}]"),
        };
    }

    /// <summary><c>GET, HEAD /batches/{id}/meta[?path=]</c>: diagnostics; streamed messages come in no files, so <c>input_files</c> is empty.</summary>
    internal static async Task<IResult> GetMetaAsync(HttpContext http, string batchId)
    {
        if (await FindLandedAsync(http, batchId) is not { } batch)
            return NoSuchBatch(batchId);
        var path = http.Request.Query["path"].ToString();
        JsonObject[] errorEntries = batch.IsFailed ? [Entry(http, batch, "meta", RowErrors, 0), Entry(http, batch, "meta", RowErrorSamples, batch.PlainBytes)] : [];
        return path switch
        {
            "" => Page(http, [Entry(http, batch, "meta", InputFiles, 0), .. errorEntries]),
            InputFiles => Page(http, []),
            RowErrors => Page(http, batch.IsFailed ? [Entry(http, batch, "meta", RowErrorsFile, batch.PlainBytes)] : []),
            RowErrorsFile when batch.IsFailed => Send(http, batch),
            RowErrorSamples or "row_errors_sample.json" when batch.IsFailed =>
                new LakeFileHead(CollectionEnvironment.Of(http).Lake, batch, MaxPage),
            _ => CollectionAnswers.NotFound($"The batch has no diagnostics [{path}]"),
        };
    }

    /// <summary><c>GET, HEAD /files/{dataSetFileId}[?path=]</c>: what is in a data file, or its bytes.</summary>
    internal static async Task<IResult> GetFileAsync(HttpContext http, string fileId)
    {
        var batchId = fileId.EndsWith("-1", StringComparison.Ordinal) ? fileId[..^2] : "";
        if (await FindLandedAsync(http, batchId) is not { HasData: true } batch)
            return CollectionAnswers.NotFound($"There is no file [{fileId}]");
        var name = $"{batch.BatchId}.json";
        var path = http.Request.Query["path"].ToString();
        if (path.Length == 0)
            return Page(http, [Entry(http, batch, null, name, batch.PlainBytes)]);
        if (path != name)
            return CollectionAnswers.NotFound($"The file has no part [{path}]");
        var withEnvelope = http.Request.Query["envelope"].ToString().Equals("true", StringComparison.OrdinalIgnoreCase);
        return Send(http, batch, withEnvelope);
    }

    // A batch without a file is still loading, was deleted or replaced, or was registered by a client.
    private static async Task<Batch?> FindLandedAsync(HttpContext http, string batchId) =>
        await CollectionEnvironment.Of(http).Batches.FindAsync(batchId, http.RequestAborted) is { HasFile: true } batch ? batch : null;

    private static LakeFileResult Send(HttpContext http, Batch batch, bool withEnvelope = false) =>
        new(CollectionEnvironment.Of(http).Lake, batch, withEnvelope);

    private static string FileIdOf(Batch batch) => batch.BatchId + "-1";

    private static IResult NoSuchBatch(string batchId) => CollectionAnswers.NotFound($"There is no landed batch [{batchId}]");

    // path stands last in the address: one known client cuts there and asks again (contract 4.4).
    private static JsonObject Entry(HttpContext http, Batch batch, string? view, string name, long length) => new()
    {
        ["name"] = name[(name.LastIndexOf('/') + 1)..],
        ["length"] = Number(length),
        ["_links"] = Self(http, view is null ? $"/files/{FileIdOf(batch)}?path={name}" : $"/batches/{batch.BatchId}/{view}?path={name}"),
    };

    private static JsonObject Self(HttpContext http, string path) => new()
    {
        ["self"] = new JsonObject { ["href"] = $"{http.Request.Scheme}://{http.Request.Host}{Base}{path}" },
    };

    private static IResult Page(HttpContext http, JsonObject[] entries)
    {
        var (start, limit) = (0, MaxPage);
        if (http.Request.Query.TryGetValue("limit", out var sentLimit)
            && (!int.TryParse(sentLimit, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is 0 or > MaxPage))
            return CollectionAnswers.BadRequest($"'limit' must be between 1 and {MaxPage}");
        if (http.Request.Query.TryGetValue("start", out var sentStart)
            && !int.TryParse(sentStart, NumberStyles.None, CultureInfo.InvariantCulture, out start))
            return CollectionAnswers.BadRequest("'start' must be a whole number, 0 or more");
        JsonArray data = [.. entries.Skip(start).Take(limit)];
        return CollectionAnswers.Json(new JsonObject
        {
            ["data"] = data,
            ["_page"] = new JsonObject { ["limit"] = limit, ["count"] = data.Count },
        });
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
