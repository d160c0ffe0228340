using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Collection.Batches;

namespace Sluice.Collection.Export;

/// <summary>The first rows of a dataset or of a batch, for a person to look at (contract collection.md 4.3, 4.4).</summary>
internal static class PreviewOperations
{
    private const int MaxRows = 100;
    private const int MaxBatches = 20;
    private const int MaxCharacters = 4 << 20; // a hundred messages may be a hundred megabytes

    /// <summary><c>GET /datasets/{id}/preview</c>: rows of its newest batches.</summary>
    internal static async Task<IResult> PreviewAsync(HttpContext http, string datasetId)
    {
        var environment = CollectionEnvironment.Of(http);
        if (await environment.Datasets.FindAsync(datasetId, http.RequestAborted) is null)
            return CollectionAnswers.NotFound($"There is no dataset [{datasetId}]");
        var rows = new JsonArray();
        var charactersLeft = MaxCharacters;
        var newest = BatchSelection.OfDataset(datasetId, 0, 0, MaxBatches).WithData(null);
        foreach (var batch in await environment.Batches.ListAsync(newest, http.RequestAborted))
            charactersLeft = await ReadAsync(environment, batch, rows, charactersLeft, http.RequestAborted);
        return CollectionAnswers.Json(new JsonObject { ["data"] = rows });
    }

    /// <summary><c>GET /batches/{b}/datasets/{d}/preview</c>: the same for one batch, as columns and rows.</summary>
    internal static async Task<IResult> PreviewBatchAsync(HttpContext http, string batchId, string datasetId)
    {
        var environment = CollectionEnvironment.Of(http);
        if (await environment.Batches.FindAsync(batchId, http.RequestAborted) is not { HasData: true } batch || batch.OwnerId != datasetId)
            return CollectionAnswers.NotFound($"The dataset [{datasetId}] has no landed batch [{batchId}]");
        var lines = new JsonArray();
        await ReadAsync(environment, batch, lines, MaxCharacters, http.RequestAborted);

        var names = lines.OfType<JsonObject>().SelectMany(line => line.Select(member => member.Key)).Distinct(StringComparer.Ordinal).ToList();
        var columns = names.Select((name, index) => (JsonNode)new JsonObject { ["cid"] = $"{index + 1}", ["name"] = name });
        var rows = lines.OfType<JsonObject>().Select(line => (JsonNode)new JsonArray([.. names.Select(name => line[name]?.DeepClone())]));
        return CollectionAnswers.Json(new JsonObject
        {
            ["formatParams"] = new JsonObject { ["format"] = "json" },
            ["preview"] = new JsonObject { ["columns"] = new JsonArray([.. columns]), ["rows"] = new JsonArray([.. rows]) },
        });
    }

    private static async Task<int> ReadAsync(
        CollectionEnvironment environment, Batch batch, JsonArray rows, int charactersLeft, CancellationToken cancellation)
    {
        if (rows.Count >= MaxRows || LakeFile.OpenLines(environment.Lake, batch.Path) is not { } lines)
            return charactersLeft;
        using (lines)
        {
            while (rows.Count < MaxRows && await lines.ReadLineAsync(cancellation) is { } line)
            {
                charactersLeft -= line.Length;
                if (charactersLeft < 0)
                    break;
                rows.Add(JsonNode.Parse(line, documentOptions: new() { MaxDepth = JsonBounds.MaxDepth }));
            }
        }
        return charactersLeft;
    }
}
