using Sluice.Collection.Inlets;
using Sluice.Storage;

namespace Sluice.Collection.FlowService;

/// <summary>The resources of the flow service in SQL; a connection and its inlet are always changed in one transaction.</summary>
internal sealed class FlowStore(SqlStore sql)
{
    private const string Columns =
        """
        resource_id as ResourceId, kind as Kind, state as State, upstream_id as UpstreamId, downstream_id as DownstreamId,
        document as Document, created_ms as CreatedMs, created_by as CreatedBy, modified_ms as ModifiedMs, modified_by as ModifiedBy, version as Version
        """;

    internal Task<FlowGraph> LoadAsync(CancellationToken cancellation) => sql.ReadAsync(
        async session => new FlowGraph(
            await session.QueryAsync<FlowResource>($"select {Columns} from flow_resource order by created_ms, resource_id"),
            await InletStore.ListAsync(session)),
        cancellation);

    internal Task AddAsync(FlowResource resource, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        if (resource.Inlet is { } inlet)
            await InletStore.AddAsync(session, inlet);
        await session.ExecuteAsync(
            """
            insert into flow_resource (resource_id, kind, state, upstream_id, downstream_id, document, created_ms, created_by, modified_ms, modified_by, version)
            values (@ResourceId, @Kind, @State, @UpstreamId, @DownstreamId, @Document, @CreatedMs, @CreatedBy, @ModifiedMs, @ModifiedBy, 1)
            """, resource);
    }, cancellation);

    /// <summary>Replaces a resource, and an inlet under it, if nobody changed it since it was read; false otherwise.</summary>
    internal Task<bool> TryUpdateAsync(FlowResource resource, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        // The inlet's row decides for a connection: it is changed first, and the second of two writers stops there.
        if (resource.Inlet is { } inlet && !await InletStore.TryUpdateAsync(session, inlet))
            return false;
        return await session.ExecuteAsync(
            """
            update flow_resource set state = @State, upstream_id = @UpstreamId, downstream_id = @DownstreamId, document = @Document,
                modified_ms = @ModifiedMs, modified_by = @ModifiedBy, version = version + 1
            where resource_id = @ResourceId and (version = @Version or kind = 'connections')
            """, resource) == 1;
    }, cancellation);

    /// <summary>Removes a resource and what hangs on it, if nobody changed it since it was read; false otherwise.</summary>
    internal Task<bool> TryRemoveAsync(FlowResource resource, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        if (resource.Inlet is { } inlet)
        {
            if (await session.ExecuteAsync("delete from inlet where inlet_id = @InletId and version = @Version", inlet) == 0)
                return false;
            await RemoveOfInletAsync(session, inlet.InletId);
            return true;
        }
        if (await session.ExecuteAsync("delete from flow_resource where resource_id = @ResourceId and version = @Version", resource) == 0)
            return false;
        await session.ExecuteAsync(
            "delete from flow_resource where kind = 'flows' and (upstream_id = @ResourceId or downstream_id = @ResourceId)", resource);
        return true;
    }, cancellation);

    /// <summary>Removes the connection of an inlet with its source connections and their flows, in the transaction that removes the inlet.</summary>
    internal static async Task RemoveOfInletAsync(SqlSession session, string inletId)
    {
        const string connections = "select resource_id from flow_resource where kind = 'connections' and upstream_id = @inletId";
        const string sources = $"select resource_id from flow_resource where kind = 'sourceConnections' and upstream_id in ({connections})";
        await session.ExecuteAsync($"delete from flow_resource where kind = 'flows' and upstream_id in ({sources})", new { inletId });
        await session.ExecuteAsync($"delete from flow_resource where kind = 'sourceConnections' and upstream_id in ({connections})", new { inletId });
        await session.ExecuteAsync("delete from flow_resource where kind = 'connections' and upstream_id = @inletId", new { inletId });
    }
}
