using Sluice.Collection.Inlets;

namespace Sluice.Collection.FlowService;

/// <summary>Every resource of the flow service at one moment, and what hangs on what.</summary>
/// <remarks>The chain: inlet, connection, source connection, flow, target connection, dataset.</remarks>
internal sealed class FlowGraph
{
    private readonly Dictionary<string, FlowResource> _byId = new(StringComparer.Ordinal);

    /// <summary>Resources oldest first; a connection whose inlet is gone is gone with it.</summary>
    internal FlowGraph(IEnumerable<FlowResource> resources, IEnumerable<Inlet> inlets)
    {
        var inletsById = inlets.ToDictionary(inlet => inlet.InletId, StringComparer.Ordinal);
        foreach (var resource in resources)
        {
            if (resource.Kind == FlowResource.Connections)
            {
                resource.Inlet = inletsById.GetValueOrDefault(resource.UpstreamId);
                if (resource.Inlet is null)
                    continue;
            }
            _byId.Add(resource.ResourceId, resource);
        }
    }

    internal IEnumerable<FlowResource> OfKind(string kind) => _byId.Values.Where(resource => resource.Kind == kind);

    internal FlowResource? Find(string kind, string? id) =>
        id is not null && _byId.TryGetValue(id, out var resource) && resource.Kind == kind ? resource : null;

    internal FlowResource? ConnectionOf(FlowResource resource) => resource.Kind switch
    {
        FlowResource.Connections => resource,
        FlowResource.SourceConnections => Find(FlowResource.Connections, resource.UpstreamId),
        FlowResource.Flows => Find(FlowResource.SourceConnections, resource.UpstreamId) is { } source ? ConnectionOf(source) : null,
        _ => null,
    };

    /// <summary>The dataset a flow's target connection names, or null.</summary>
    internal string? DatasetOf(FlowResource flow) => Find(FlowResource.TargetConnections, flow.DownstreamId)?.DownstreamId;

    /// <summary>The id of the connection that stands on each inlet that has one.</summary>
    internal Dictionary<string, string> ConnectionsByInlet() =>
        OfKind(FlowResource.Connections).ToDictionary(connection => connection.UpstreamId, connection => connection.ResourceId, StringComparer.Ordinal);

    /// <summary>The dataset of each inlet that an enabled flow binds to one; of several flows the newest.</summary>
    internal Dictionary<string, string> DatasetsByInlet()
    {
        var bound = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var flow in OfKind(FlowResource.Flows).Where(flow => flow.IsEnabled))
        {
            if (Find(FlowResource.SourceConnections, flow.UpstreamId) is { IsEnabled: true } source
                && Find(FlowResource.TargetConnections, flow.DownstreamId) is { IsEnabled: true } target
                && ConnectionOf(source) is { } connection)
                bound[connection.UpstreamId] = target.DownstreamId;
        }
        return bound;
    }
}
