using Sluice.Gateway.Bundles;
using Sluice.Storage;

namespace Sluice.Gateway.Deployments;

/// <summary>One deployed revision, as the database has it.</summary>
internal sealed class DeploymentRow
{
    public string Kind { get; set; } = "";
    public string Name { get; set; } = "";
    public long Revision { get; set; }

    /// <summary>Put before the proxy's own base paths; empty for nothing.</summary>
    public string BasePath { get; set; } = "";
    public long DeployedMs { get; set; }
    public string DeployedBy { get; set; } = "";
}

/// <summary>Which revisions an environment runs: the table <c>gateway_deployment</c>.</summary>
internal sealed class DeploymentStore(SqlStore sql, TimeProvider clock)
{
    /// <summary>The kind of notes by which other nodes learn of a change.</summary>
    internal const string ChangeKind = "gateway";

    private const string Columns = "kind as Kind, name as Name, revision as Revision, base_path as BasePath, deployed_ms as DeployedMs, deployed_by as DeployedBy";

    internal Task<List<DeploymentRow>> ListAsync(CancellationToken cancellation) =>
        sql.ReadAsync(session => session.QueryAsync<DeploymentRow>($"select {Columns} from gateway_deployment order by kind, name"), cancellation);

    internal Task<DeploymentRow?> FindAsync(BundleKind kind, string name, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<DeploymentRow>($"select {Columns} from gateway_deployment where kind = @kind and name = @name", new { kind = kind.Word(), name }), cancellation);

    internal Task SaveAsync(DeploymentRow row, CancellationToken cancellation) => sql.WriteAsync(
        async session =>
        {
            await session.ExecuteAsync(
                """
                insert into gateway_deployment (kind, name, revision, base_path, deployed_ms, deployed_by)
                values (@Kind, @Name, @Revision, @BasePath, @DeployedMs, @DeployedBy)
                on conflict (kind, name) do update set revision = excluded.revision, base_path = excluded.base_path,
                    deployed_ms = excluded.deployed_ms, deployed_by = excluded.deployed_by
                """, row);
            await ChangeLog.AddAsync(session, ChangeKind, row.Name, clock);
        }, cancellation);

    internal Task RemoveAsync(BundleKind kind, string name, CancellationToken cancellation) => sql.WriteAsync(
        async session =>
        {
            await session.ExecuteAsync("delete from gateway_deployment where kind = @kind and name = @name", new { kind = kind.Word(), name });
            await ChangeLog.AddAsync(session, ChangeKind, name, clock);
        }, cancellation);
}
