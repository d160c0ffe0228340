using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Collection.Inlets;

namespace Sluice.Collection.FlowService;

/// <summary>The verbs that connections, source connections, target connections and flows have in common (contract collection.md 2.2).</summary>
internal sealed class FlowOperations(CollectionOptions options, TimeProvider clock)
{
    private static readonly string[] FixedPlaces =
        [.. FlowRules.ServerMembers.Select(member => "/" + member), "/auth/params/inletId", "/auth/params/inletUrl"];

    internal async Task<IResult> CreateAsync(HttpContext http, string kind)
    {
        var environment = CollectionEnvironment.Of(http);
        var (sent, fault) = await CollectionAnswers.ReadObjectAsync(http.Request, http.RequestAborted);
        if (sent is null)
            return FlowProblems.BadRequest(fault!);
        var resource = New(kind, Caller.Of(http).ClientId);
        var graph = await environment.Flows.LoadAsync(http.RequestAborted);
        if (await FlowRules.ApplyAsync(environment, graph, resource, sent, http.RequestAborted) is { } reason)
            return FlowProblems.BadRequest(reason);

        await environment.Flows.AddAsync(resource, http.RequestAborted);
        await environment.ReloadRoutesAsync(http.RequestAborted);
        resource.Version = 1;
        resource.Inlet?.Version = 1;
        return CollectionAnswers.Json(FlowView.Reference(resource), 201);
    }

    internal async Task<IResult> ListAsync(HttpContext http, string kind)
    {
        if (FlowQuery.Parse(http.Request.Query, out var query) is { } fault)
            return FlowProblems.BadRequest(fault);
        var graph = await CollectionEnvironment.Of(http).Flows.LoadAsync(http.RequestAborted);
        return CollectionAnswers.Json(query.Apply(graph.OfKind(kind).Select(resource => Write(http, resource, graph)), http.Request));
    }

    /// <summary>A single resource comes in <c>items</c> too.</summary>
    internal async Task<IResult> GetAsync(HttpContext http, string kind, string id)
    {
        var graph = await CollectionEnvironment.Of(http).Flows.LoadAsync(http.RequestAborted);
        if (graph.Find(kind, id) is not { } resource)
            return FlowProblems.NotFound(kind, id);
        http.Response.Headers.ETag = resource.ETag;
        return CollectionAnswers.Json(new JsonObject { ["items"] = new JsonArray(Write(http, resource, graph)) });
    }

    /// <summary>PATCH: a JSON Patch on the resource as GET shows it, for the version that <c>If-Match</c> names.</summary>
    internal async Task<IResult> PatchAsync(HttpContext http, string kind, string id)
    {
        var environment = CollectionEnvironment.Of(http);
        var (sent, fault) = await CollectionAnswers.ReadAsync(http.Request, http.RequestAborted);
        if (fault is not null)
            return FlowProblems.BadRequest(fault);
        var graph = await environment.Flows.LoadAsync(http.RequestAborted);
        if (graph.Find(kind, id) is not { } resource)
            return FlowProblems.NotFound(kind, id);
        if (http.Request.Headers.IfMatch.Count == 0)
            return FlowProblems.IfMatchMissing();
        if (!IsWanted(http, resource))
            return FlowProblems.Stale();

        var (patch, patchFault) = JsonPatch.Parse(sent);
        if (patch is null)
            return FlowProblems.BadRequest(patchFault!);
        if (patch.Paths.FirstOrDefault(IsFixed) is { } fixedPlace)
            return FlowProblems.BadRequest($"[{fixedPlace}] cannot be changed by a JSON Patch");
        var (patched, applyFault) = patch.Apply(Write(http, resource, graph));
        Touch(resource, Caller.Of(http).ClientId);
        if (applyFault is null)
            applyFault = await FlowRules.ApplyAsync(environment, graph, resource, patched!.AsObject(), http.RequestAborted);
        return applyFault is null ? await SaveAsync(http, environment, resource) : FlowProblems.BadRequest(applyFault);
    }

    internal static async Task<IResult> RemoveAsync(HttpContext http, string kind, string id)
    {
        var environment = CollectionEnvironment.Of(http);
        var graph = await environment.Flows.LoadAsync(http.RequestAborted);
        if (graph.Find(kind, id) is not { } resource)
            return FlowProblems.NotFound(kind, id);
        if (!IsWanted(http, resource) || !await environment.Flows.TryRemoveAsync(resource, http.RequestAborted))
            return FlowProblems.Stale();
        await environment.ReloadRoutesAsync(http.RequestAborted);
        return Results.NoContent();
    }

    /// <summary><c>POST /{id}/action?op=enable|disable</c>.</summary>
    internal async Task<IResult> ActAsync(HttpContext http, string kind, string id)
    {
        var environment = CollectionEnvironment.Of(http);
        var isEnabling = http.Request.Query["op"].ToString() switch { "enable" => true, "disable" => false, _ => (bool?)null };
        if (isEnabling is null)
            return FlowProblems.BadRequest("'op' must be enable or disable");
        var graph = await environment.Flows.LoadAsync(http.RequestAborted);
        if (graph.Find(kind, id) is not { } resource)
            return FlowProblems.NotFound(kind, id);
        if (!IsWanted(http, resource))
            return FlowProblems.Stale();

        Touch(resource, Caller.Of(http).ClientId);
        resource.State = isEnabling.Value ? FlowResource.Enabled : FlowResource.Disabled;
        resource.Inlet?.Status = isEnabling.Value ? Inlet.Active : Inlet.Inactive;
        return await SaveAsync(http, environment, resource);
    }

    /// <summary><c>GET /connections/{id}/test</c>: whether producers can send to it now.</summary>
    internal static async Task<IResult> TestAsync(HttpContext http, string id)
    {
        var environment = CollectionEnvironment.Of(http);
        var graph = await environment.Flows.LoadAsync(http.RequestAborted);
        return graph.Find(FlowResource.Connections, id) is { } connection
            ? CollectionAnswers.Json(new JsonObject { ["id"] = id, ["status"] = environment.Routes.FindInlet(connection.UpstreamId) is null ? "disabled" : "ok" })
            : FlowProblems.NotFound(FlowResource.Connections, id);
    }

    private static async Task<IResult> SaveAsync(HttpContext http, CollectionEnvironment environment, FlowResource resource)
    {
        if (!await environment.Flows.TryUpdateAsync(resource, http.RequestAborted))
            return FlowProblems.Stale();
        await environment.ReloadRoutesAsync(http.RequestAborted);
        resource.Version++;
        resource.Inlet?.Version += 1;
        return CollectionAnswers.Json(FlowView.Reference(resource));
    }

    private FlowResource New(string kind, string clientId)
    {
        var now = clock.GetUtcNow();
        var resource = new FlowResource
        {
            ResourceId = Guid.CreateVersion7(now).ToString(),
            Kind = kind,
            CreatedMs = now.ToUnixTimeMilliseconds(),
            CreatedBy = clientId,
        };
        if (kind == FlowResource.Connections)
        {
            resource.Inlet = new Inlet
            {
                InletId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
                CreatedMs = resource.CreatedMs,
                CreatedBy = clientId,
            };
        }
        Touch(resource, clientId);
        return resource;
    }

    private void Touch(FlowResource resource, string clientId)
    {
        resource.ModifiedMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        resource.ModifiedBy = clientId;
        resource.Inlet?.ModifiedMs = resource.ModifiedMs;
        resource.Inlet?.ModifiedBy = clientId;
    }

    private static bool IsFixed(string path) =>
        path.Length == 0 || Array.Exists(FixedPlaces, place => path == place || path.StartsWith(place + "/", StringComparison.Ordinal));

    // The documentation's own requests leave the quotes out.
    private static bool IsWanted(HttpContext http, FlowResource resource)
    {
        var wanted = http.Request.Headers.IfMatch.ToString().Trim();
        return wanted.Length == 0 || wanted == "*" || wanted.Trim('"') == resource.ETag.Trim('"');
    }

    private JsonObject Write(HttpContext http, FlowResource resource, FlowGraph graph) =>
        FlowView.Write(resource, graph, CollectionEnvironment.Of(http), http.Request, options.PublicAddress);
}
