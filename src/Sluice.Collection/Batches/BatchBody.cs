using System.Text.Json.Nodes;

namespace Sluice.Collection.Batches;

/// <summary>A batch on the wire (contract collection.md 4.2).</summary>
internal static class BatchBody
{
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
            ["version"] = "1.0.0",
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
        return document;
    }
}
