using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Collection.Batches;

namespace Sluice.Collection.Datasets;

/// <summary>A dataset on the wire (contract collection.md 4.1).</summary>
internal static class DatasetBody
{
    private const int MaxNameCharacters = 512;
    private const int MaxDocumentCharacters = 262_144; // a list answers a hundred of them

    // What only the server says; a client's own value for one of these is dropped.
    private static readonly string[] ServerMembers =
    [
        "id", "version", "imsOrg", "created", "updated", "createdClient", "createdUser", "updatedUser", "files", "viewId", "sandboxId",
        "lastBatchId", "lastBatchStatus", "lastSuccessfulBatch", "lastFailedBatch",
    ];

    /// <summary>Checks what a client sent and removes what only the server says; the fault names the member.</summary>
    internal static string? Clean(JsonObject sent, Func<string, bool> isKnownSchema)
    {
        foreach (var member in ServerMembers)
            sent.Remove(member);
        if (JsonBounds.Fault(sent, JsonBounds.MaxDepth) is { } fault)
            return fault;
        if (sent.ToJsonString(JsonFormat.Readable).Length > MaxDocumentCharacters)
            return $"A dataset takes no more than {MaxDocumentCharacters} characters";
        if (sent["name"]?.GetValueKind() != JsonValueKind.String || sent["name"]!.GetValue<string>() is not { Length: > 0 and <= MaxNameCharacters })
            return $"'name' must be a string of 1 to {MaxNameCharacters} characters";
        if (sent["schemaRef"] is not JsonObject schemaRef || schemaRef["id"]?.GetValueKind() != JsonValueKind.String)
            return "'schemaRef.id' must be the $id of a schema";
        if (sent["tags"] is { } tags && (tags is not JsonObject map || map.Any(tag => !IsTextArray(tag.Value))))
            return "'tags' must be an object of arrays of strings";
        if (sent["deduplication"] is { } flag && flag.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
            return "'deduplication' must be true or false";
        if (sent["deduplicationWindowSeconds"] is { } window
            && (window is not JsonValue number || !number.TryGetValue(out long seconds) || seconds is < 60 or > 31_536_000))
            return "'deduplicationWindowSeconds' must be a whole number from 60 to 31536000";
        var schemaId = schemaRef["id"]!.GetValue<string>();
        return isKnownSchema(schemaId) ? null : $"'schemaRef.id' refers to an unknown schema [{schemaId}]";
    }

    /// <summary>The catalog object as a client sees it.</summary>
    internal static JsonObject Write(Dataset dataset, string orgId, string sandbox, LastBatches? last)
    {
        var document = dataset.Read();
        document["version"] = $"1.0.{dataset.Version - 1}";
        document["imsOrg"] = orgId;
        document["sandboxId"] = sandbox;
        document["created"] = dataset.CreatedMs;
        document["updated"] = dataset.ModifiedMs;
        document["createdClient"] = dataset.CreatedBy;
        document["createdUser"] = dataset.CreatedBy;
        document["updatedUser"] = dataset.CreatedBy;
        document["viewId"] = dataset.DatasetId;
        document["files"] = $"@/dataSets/{dataset.DatasetId}/views/{dataset.DatasetId}/files";
        AddLast(document, last);
        return document;
    }

    /// <summary>Adds what is known of its newest batches.</summary>
    internal static void AddLast(JsonObject document, LastBatches? last)
    {
        if (last is null)
            return;
        document["lastBatchId"] = last.BatchId;
        document["lastBatchStatus"] = last.Status;
        document["lastSuccessfulBatch"] = last.SuccessId;
        document["lastFailedBatch"] = last.FailedId;
    }

    internal static string NameOf(Dataset dataset)
    {
        using var document = JsonDocument.Parse(dataset.Document, new() { MaxDepth = JsonBounds.MaxDepth });
        return document.RootElement.GetProperty("name").GetString()!;
    }

    internal static string SchemaIdOf(JsonObject document) => document["schemaRef"]?["id"]?.GetValue<string>() ?? "";

    /// <summary>The version as an <c>ETag</c>.</summary>
    internal static string ETag(Dataset dataset) => $"\"{dataset.Version.ToString(CultureInfo.InvariantCulture)}\"";

    internal static bool HasTag(JsonObject document, string tag, string value) =>
        document["tags"]?[tag] is JsonArray values && values.Any(one => one is JsonValue text && text.ToString() == value);

    /// <summary>How long ids of its messages are remembered, in seconds; 0 when they are not (extensions of ours, as on inlets).</summary>
    internal static long DeduplicationSeconds(JsonObject document) =>
        document["deduplication"] is JsonValue flag && flag.TryGetValue(out bool isOn) && isOn
            ? document["deduplicationWindowSeconds"]?.GetValue<long>() ?? Inlets.Inlet.DefaultDeduplicationWindowSeconds
            : 0;

    private static bool IsTextArray(JsonNode? value) =>
        value is JsonArray array && array.All(one => one?.GetValueKind() == JsonValueKind.String);
}
