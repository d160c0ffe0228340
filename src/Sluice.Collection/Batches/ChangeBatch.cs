using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Access;

namespace Sluice.Collection.Batches;

/// <summary>Registering, changing and deleting batches through the catalog, as internal producers do (contract collection.md 4.1, 4.2).</summary>
internal sealed class ChangeBatch(TimeProvider clock)
{
    /// <summary>POST: a batch of a dataset, <c>loading</c>; no files can be uploaded to it here.</summary>
    internal async Task<IResult> CreateAsync(HttpContext http)
    {
        var environment = CollectionEnvironment.Of(http);
        var (sent, fault) = await CollectionAnswers.ReadObjectAsync(http.Request, http.RequestAborted);
        if (sent is null)
            return CollectionAnswers.BadRequest(fault!);
        if (DatasetIdOf(sent) is not { } datasetId || await environment.Datasets.FindAsync(datasetId, http.RequestAborted) is null)
            return CollectionAnswers.BadRequest("'relatedObjects' must name one object with the type dataSet and the id of a dataset");
        if (sent["status"] is { } status && Text(status) != Batch.Loading)
            return CollectionAnswers.BadRequest("'status' of a new batch must be loading");

        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var batch = new Batch
        {
            BatchId = Ulid.New(now),
            OwnerId = datasetId,
            CreatedMs = now,
            UpdatedMs = now,
            Origin = Batch.Registered,
        };
        if (BatchBody.Apply(sent, batch, Caller.Of(http).ClientId) is { } reason)
            return CollectionAnswers.BadRequest(reason);
        if (CollectionAnswers.IsDryRun(http))
            return Reference(batch, 200);
        if (!await environment.Batches.TryAddAsync(batch, http.RequestAborted))
            return CollectionAnswers.BadRequest($"'relatedObjects' refers to an unknown dataset [{datasetId}]");
        http.Response.Headers.Location = $"/data/foundation/catalog/batches/{batch.BatchId}";
        return Reference(batch, 201);
    }

    /// <summary>PATCH: sets the members it names; a new status must be a step of the life cycle.</summary>
    internal async Task<IResult> ChangeAsync(HttpContext http, string batchId)
    {
        var (sent, fault) = await CollectionAnswers.ReadObjectAsync(http.Request, http.RequestAborted);
        return sent is null ? CollectionAnswers.BadRequest(fault!) : await ApplyAsync(http, batchId, sent);
    }

    /// <summary>DELETE: the batch stays in the catalog as <c>deleted</c>; its files leave the lake.</summary>
    internal Task<IResult> RemoveAsync(HttpContext http, string batchId) =>
        ApplyAsync(http, batchId, new JsonObject { ["status"] = Batch.Deleted });

    private async Task<IResult> ApplyAsync(HttpContext http, string batchId, JsonObject sent)
    {
        var environment = CollectionEnvironment.Of(http);
        if (await environment.Batches.FindAsync(batchId, http.RequestAborted) is not { } batch)
            return CollectionAnswers.NotFound($"There is no batch [{batchId}]");
        if (!CollectionAnswers.IsWanted(http, BatchBody.ETag(batch)))
            return CollectionAnswers.Stale("batch");
        if (sent["relatedObjects"] is not null || sent["datasetId"] is not null)
            return CollectionAnswers.BadRequest("'relatedObjects' of a batch cannot be changed");
        if (batch.Status == Batch.Deleted)
            return CollectionAnswers.BadRequest("A batch with the status [deleted] cannot be changed");
        if (sent.ContainsKey("status") && Text(sent["status"]) is null)
            return CollectionAnswers.BadRequest("'status' must be a string");

        var wanted = Text(sent["status"]) ?? batch.Status;
        if ((BatchLifeCycle.Fault(batch, wanted) ?? BatchBody.Apply(sent, batch, Caller.Of(http).ClientId)) is { } reason)
            return CollectionAnswers.BadRequest(reason);
        var isDone = wanted is Batch.Success or Batch.Active;
        var replaced = isDone && batch.Status != wanted ? BatchBody.PredecessorsOf(batch) : [];
        batch.Status = wanted;
        batch.UpdatedMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (isDone || wanted is Batch.Failed or Batch.Failure)
        {
            batch.Outcome = isDone ? Batch.Success : Batch.Failed;
            batch.CompletedMs = batch.CompletedMs == 0 ? batch.UpdatedMs : batch.CompletedMs;
        }
        if (CollectionAnswers.IsDryRun(http))
            return Reference(batch, 200);
        if (!await environment.Batches.TryUpdateAsync(batch, replaced, http.RequestAborted))
            return CollectionAnswers.Stale("batch");
        if (wanted == Batch.Deleted)
            environment.Batches.AnnounceDeletion();
        return Reference(batch, 200);
    }

    private static string? DatasetIdOf(JsonObject sent) => sent["relatedObjects"] is JsonArray { Count: 1 } related
        ? related[0] is JsonObject one && Text(one["type"]) == Batch.DatasetOwner ? Text(one["id"]) : null
        : Text(sent["datasetId"]);

    private static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static IResult Reference(Batch batch, int status) => CollectionAnswers.Json(new JsonArray($"@/batches/{batch.BatchId}"), status);
}
