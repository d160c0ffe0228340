using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Collection.Inlets;

namespace Sluice.Collection.FlowService;

/// <summary>A resource of the flow service on the wire (contract collection.md 2.2).</summary>
internal static class FlowView
{
    private static readonly string[] ParameterMembers = ["sourceId", "inletUrl", "inletId", "authenticationRequired", "dataType", "name"];

    // Ours show only where they are used, as on inlets.
    private static readonly string[] OwnParameterMembers =
        ["description", "datasetId", "validation", "requestsPerSecond", "messagesPerSecond", "deduplication", "deduplicationWindowSeconds"];

    internal static JsonObject Write(FlowResource resource, FlowGraph graph, CollectionEnvironment environment, HttpRequest request, string? publicAddress)
    {
        var view = new JsonObject
        {
            ["id"] = resource.ResourceId,
            ["createdAt"] = resource.CreatedMs,
            ["updatedAt"] = Math.Max(resource.ModifiedMs, resource.Inlet?.ModifiedMs ?? 0),
            ["createdBy"] = resource.CreatedBy,
            ["updatedBy"] = resource.Inlet?.ModifiedBy ?? resource.ModifiedBy,
            ["createdClient"] = resource.CreatedBy,
            ["updatedClient"] = resource.Inlet?.ModifiedBy ?? resource.ModifiedBy,
            ["sandboxId"] = environment.Name.Value,
            ["sandboxName"] = environment.Name.Value,
            ["imsOrgId"] = environment.Organisation.OrgId,
        };
        foreach (var (name, value) in resource.Read())
            view[name] = value?.DeepClone();
        view["state"] = resource.IsEnabled ? FlowResource.Enabled : FlowResource.Disabled;
        if (resource.Inlet is { } inlet)
            view["auth"]!["params"] = Parameters(inlet, environment.Organisation.OrgId, request, publicAddress);
        if (resource.Kind == FlowResource.Flows)
            AddInherited(view, resource, graph, environment.Organisation.OrgId, request, publicAddress);
        view["version"] = resource.ETag;
        view["etag"] = resource.ETag;
        return view;
    }

    internal static JsonObject Reference(FlowResource resource) => new() { ["id"] = resource.ResourceId, ["etag"] = resource.ETag };

    private static JsonObject Parameters(Inlet inlet, string orgId, HttpRequest request, string? publicAddress)
    {
        var written = InletBody.Write(inlet, orgId, request, publicAddress);
        var parameters = new JsonObject();
        foreach (var name in ParameterMembers)
            parameters[name] = written[name]!.DeepClone();
        foreach (var name in OwnParameterMembers)
        {
            if (written[name] is { } value && value.ToString().Length > 0)
                parameters[name] = value.DeepClone();
        }
        return parameters;
    }

    private static void AddInherited(
        JsonObject view, FlowResource flow, FlowGraph graph, string orgId, HttpRequest request, string? publicAddress)
    {
        if (graph.ConnectionOf(flow) is not { Inlet: { } inlet } connection)
            return;
        view["inheritedAttributes"] = new JsonObject
        {
            ["sourceConnections"] = new JsonArray(new JsonObject
            {
                ["id"] = flow.UpstreamId,
                ["connectionSpec"] = Spec(FlowSpecs.Streaming),
                ["baseConnection"] = new JsonObject { ["id"] = connection.ResourceId, ["connectionSpec"] = Spec(FlowSpecs.Streaming) },
            }),
            ["targetConnections"] = new JsonArray(new JsonObject { ["id"] = flow.DownstreamId, ["connectionSpec"] = Spec(FlowSpecs.DataLake) }),
        };
        view["options"] = new JsonObject { ["inletUrl"] = InletBody.Write(inlet, orgId, request, publicAddress)["inletUrl"]!.DeepClone() };
    }

    private static JsonObject Spec(string id) => new() { ["id"] = id, ["version"] = "1.0" };
}
