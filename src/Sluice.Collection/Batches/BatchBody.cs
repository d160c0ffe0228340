using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Collection.Batches;

/// <summary>A batch on the wire (contract collection.md 4.2).</summary>
internal static class BatchBody
{
    private const int MaxDocumentCharacters = 65_536;
    private const int MaxPredecessors = 100;

    private static readonly string[] ClientMembers =
        ["externalId", "tags", "replay", "inputFormat", "metrics", "errors", "createdClient", "enableErrorDiagnostics", "partialIngestionPercent"];

    // Of what landing cut, the rest is the server's to say.
    private static readonly string[] StreamingMembers = ["externalId", "tags", "replay"];

    internal static JsonObject Write(Batch batch, string orgId, string sandbox)
    {
        var document = new JsonObject
        {
            ["id"] = batch.BatchId,
            ["imsOrg"] = orgId,
            ["sandboxId"] = sandbox,
            ["status"] = batch.Status,
            ["created"] = batch.CreatedMs,
            ["updated"] = batch.UpdatedMs,
            ["started"] = batch.CreatedMs,
            ["createdClient"] = "streaming-ingestion",
            ["createdUser"] = "streaming-ingestion",
            ["updatedUser"] = "streaming-ingestion",
            ["version"] = $"1.0.{batch.Version - 1}",
            ["inputFormat"] = new JsonObject { ["format"] = "json" },
            ["relatedObjects"] = new JsonArray(new JsonObject { ["type"] = batch.OwnerKind, ["id"] = batch.OwnerId }),
            ["metrics"] = new JsonObject
            {
                ["inputByteSize"] = batch.PlainBytes,
                ["inputFileCount"] = 0,
                ["inputRecordCount"] = batch.RecordCount,
                ["outputByteSize"] = batch.IsFailed ? 0 : batch.FileBytes,
                ["outputRecordCount"] = batch.IsFailed ? 0 : batch.RecordCount,
                ["failedRecordCount"] = batch.IsFailed ? batch.RecordCount : 0,
                ["partitionCount"] = 1,
            },
            ["errors"] = JsonNode.Parse(batch.Errors),
            ["tags"] = new JsonObject(),
        };
        if (batch.CompletedMs > 0)
            document["completed"] = batch.CompletedMs;
        foreach (var (name, value) in batch.Document == "{}" ? [] : Read(batch))
            document[name] = value?.DeepClone();
        return document;
    }

    /// <summary>The version as an <c>ETag</c>.</summary>
    internal static string ETag(Batch batch) => $"\"{batch.Version.ToString(CultureInfo.InvariantCulture)}\"";

    /// <summary>Takes over what a client says of a batch; the fault names the member.</summary>
    internal static string? Apply(JsonObject sent, Batch batch, string clientId)
    {
        var document = Read(batch);
        var allowed = batch.Origin == Batch.Streaming ? StreamingMembers : ClientMembers;
        foreach (var (name, value) in sent)
        {
            if (name is "status" or "relatedObjects" or "datasetId")
                continue; // looked at by the operation
            if (!allowed.Contains(name, StringComparer.Ordinal))
                return $"'{name}' cannot be set on a {(batch.Origin == Batch.Streaming ? "streaming " : "")}batch";
            if (value is not null && Fault(name, value) is { } fault)
                return $"'{name}' {fault}";
            document.Remove(name);
            if (value is not null)
                document[name] = value.DeepClone();
        }
        if (batch.Origin == Batch.Registered)
        {
            document["createdUser"] ??= clientId;
            document["createdClient"] ??= clientId;
            document["updatedUser"] = clientId;
        }
        batch.Document = document.ToJsonString(JsonFormat.Readable);
        return batch.Document.Length > MaxDocumentCharacters ? $"A batch takes no more than {MaxDocumentCharacters} characters" : null;
    }

    /// <summary>The batches it replaces, when a client says so in <c>replay.predecessors</c>.</summary>
    internal static string[] PredecessorsOf(Batch batch) =>
        Read(batch)["replay"]?["predecessors"] is JsonArray ids ? [.. ids.Select(id => id!.GetValue<string>())] : [];

    private static string? Fault(string name, JsonNode value) => name switch
    {
        "externalId" or "createdClient" => value.GetValueKind() == JsonValueKind.String ? null : "must be a string",
        "enableErrorDiagnostics" => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? null : "must be true or false",
        "partialIngestionPercent" => value.GetValueKind() == JsonValueKind.Number ? null : "must be a number",
        "errors" => value is JsonArray errors && errors.All(one => one is JsonObject) ? null : "must be an array of objects",
        "metrics" => value is JsonObject metrics && metrics.All(one => one.Value?.GetValueKind() == JsonValueKind.Number) ? null : "must be an object of numbers",
        "replay" => value is JsonObject replay && (replay["predecessors"] is null || IsTextArray(replay["predecessors"]))
            ? null
            : $"must be an object whose 'predecessors' are at most {MaxPredecessors} batch ids",
        _ => value is JsonObject ? null : "must be an object",
    };

    private static bool IsTextArray(JsonNode? value) =>
        value is JsonArray { Count: <= MaxPredecessors } array && array.All(one => one?.GetValueKind() == JsonValueKind.String);

    private static JsonObject Read(Batch batch) => (JsonObject)JsonNode.Parse(batch.Document, documentOptions: new() { MaxDepth = JsonBounds.MaxDepth })!;
}
