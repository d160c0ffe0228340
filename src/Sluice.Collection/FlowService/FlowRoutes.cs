using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.FlowService;

/// <summary>The flow service, <c>/data/foundation/flowservice</c> (contract collection.md 2.2).</summary>
internal static class FlowRoutes
{
    internal static RouteGroupBuilder MapFlowService(this RouteGroupBuilder service)
    {
        string[] kinds = [FlowResource.Connections, FlowResource.SourceConnections, FlowResource.TargetConnections, FlowResource.Flows];
        foreach (var kind in kinds)
        {
            service.MapGet($"/{kind}", (HttpContext http, FlowOperations flow) => flow.ListAsync(http, kind));
            service.MapPost($"/{kind}", (HttpContext http, FlowOperations flow) => flow.CreateAsync(http, kind));
            service.MapGet($"/{kind}/{{id}}", (HttpContext http, string id, FlowOperations flow) => flow.GetAsync(http, kind, id));
            service.MapPatch($"/{kind}/{{id}}", (HttpContext http, string id, FlowOperations flow) => flow.PatchAsync(http, kind, id));
            service.MapDelete($"/{kind}/{{id}}", (HttpContext http, string id) => FlowOperations.RemoveAsync(http, kind, id));
            service.MapPost($"/{kind}/{{id}}/action", (HttpContext http, string id, FlowOperations flow) => flow.ActAsync(http, kind, id));
            service.MapPost($"/{kind}/search", () => FlowProblems.NotOffered($"Searching is not offered: use GET /{kind}?property=…"));
        }
        service.MapGet("/connections/{id}/test", FlowOperations.TestAsync);
        service.MapGet("/connections/{id}/explore", () => FlowProblems.NotOffered(
            "A streaming connection has nothing to explore: producers send to its inletUrl"));
        service.MapGet("/connections/{id}/configs", () => FlowProblems.NotOffered(
            "A streaming connection has no configs: GET /connections/{id} shows all of it"));

        service.MapGet("/runs", (Delegate)FlowRuns.ListAsync);
        service.MapGet("/runs/{runId}", FlowRuns.GetAsync);
        service.MapGet("/connectionSpecs", FlowSpecs.ListConnectionSpecs);
        service.MapGet("/connectionSpecs/{id}", FlowSpecs.GetConnectionSpec);
        service.MapGet("/flowSpecs", FlowSpecs.ListFlowSpecs);
        service.MapGet("/flowSpecs/{id}", FlowSpecs.GetFlowSpec);
        return service;
    }
}
