using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Collection.Batches;

namespace Sluice.Collection.FlowService;

/// <summary>The runs of a flow: one for each batch that its dataset got since the flow began (contract collection.md 2.2).</summary>
internal static class FlowRuns
{
    private const string FlowCondition = "flowId==";
    private const int MaxFilteredRuns = 10_000; // a filtered list looks at so many of the newest; 15-minute windows fill it in fifty days

    /// <summary><c>GET /runs?property=flowId==…</c>, newest first.</summary>
    internal static async Task<IResult> ListAsync(HttpContext http)
    {
        if (FlowQuery.Parse(http.Request.Query, out var query) is { } fault)
            return FlowProblems.BadRequest(fault);
        if (query.Conditions.Find(condition => condition.StartsWith(FlowCondition, StringComparison.Ordinal)) is not { } condition)
            return FlowProblems.BadRequest("'property' must name a flow: property=flowId=={id}");
        var environment = CollectionEnvironment.Of(http);
        var graph = await environment.Flows.LoadAsync(http.RequestAborted);
        if (graph.Find(FlowResource.Flows, condition[FlowCondition.Length..]) is not { } flow)
            return CollectionAnswers.Json(query.Show([], hasMore: false, 0, http.Request));

        var isPage = query.IsNewestFirst(conditionsTakenOver: 1);
        var selection = BatchSelection.OfDataset(
            graph.DatasetOf(flow) ?? "", flow.CreatedMs, isPage ? query.Start : 0, isPage ? query.Limit + 1 : MaxFilteredRuns);
        var batches = await environment.Batches.ListAsync(selection, http.RequestAborted);
        var runs = batches.Select(batch => Write(batch, flow, environment));
        return CollectionAnswers.Json(isPage
            ? query.Show(runs.Take(query.Limit), batches.Count > query.Limit, batches.Count, http.Request)
            : query.Apply(runs, http.Request));
    }

    internal static async Task<IResult> GetAsync(HttpContext http, string runId)
    {
        var environment = CollectionEnvironment.Of(http);
        var graph = await environment.Flows.LoadAsync(http.RequestAborted);
        var at = runId.IndexOf(':');
        return at > 0 && graph.Find(FlowResource.Flows, runId[..at]) is { } flow
            && await environment.Batches.FindAsync(runId[(at + 1)..], http.RequestAborted) is { } batch
            && batch.OwnerId == graph.DatasetOf(flow) && batch.CreatedMs >= flow.CreatedMs
                ? CollectionAnswers.Json(new JsonObject { ["items"] = new JsonArray(Write(batch, flow, environment)) })
                : FlowProblems.NotFound("runs", runId);
    }

    private static JsonObject Write(Batch batch, FlowResource flow, CollectionEnvironment environment) => new()
    {
        ["id"] = $"{flow.ResourceId}:{batch.BatchId}",
        ["createdAt"] = batch.CreatedMs,
        ["updatedAt"] = batch.UpdatedMs,
        ["createdBy"] = flow.CreatedBy,
        ["updatedBy"] = flow.CreatedBy,
        ["createdClient"] = flow.CreatedBy,
        ["updatedClient"] = flow.CreatedBy,
        ["sandboxId"] = environment.Name.Value,
        ["sandboxName"] = environment.Name.Value,
        ["imsOrgId"] = environment.Organisation.OrgId,
        ["flowId"] = flow.ResourceId,
        ["flowSpec"] = new JsonObject { ["id"] = FlowSpecs.WithoutMapping, ["version"] = "1.0" },
        ["batchId"] = batch.BatchId,
        ["metrics"] = new JsonObject
        {
            ["durationSummary"] = new JsonObject { ["startedAtUTC"] = batch.CreatedMs, ["completedAtUTC"] = batch.CompletedMs > 0 ? batch.CompletedMs : null },
            ["sizeSummary"] = new JsonObject { ["inputBytes"] = batch.PlainBytes, ["outputBytes"] = batch.IsFailed ? 0 : batch.FileBytes },
            ["recordSummary"] = new JsonObject
            {
                ["inputRecordCount"] = batch.RecordCount,
                ["outputRecordCount"] = batch.IsFailed ? 0 : batch.RecordCount,
                ["failedRecordCount"] = batch.IsFailed ? batch.RecordCount : 0,
            },
            ["fileSummary"] = new JsonObject { ["outputFileCount"] = batch.HasData ? 1 : 0 },
            ["statusSummary"] = new JsonObject { ["status"] = batch.Status, ["errors"] = JsonNode.Parse(batch.Errors) },
        },
        ["etag"] = $"\"{batch.BatchId}-{batch.Version.ToString(CultureInfo.InvariantCulture)}\"",
    };
}
