using Sluice.Storage;

namespace Sluice.Gateway.Bundles;

/// <summary>Proxies and shared flows: what a revision is of.</summary>
internal enum BundleKind
{
    Proxy,
    SharedFlow,
}

/// <summary>The words for kinds in the database.</summary>
internal static class BundleKinds
{
    internal static string Word(this BundleKind kind) => kind == BundleKind.Proxy ? "proxy" : "sharedflow";

    internal static BundleKind Of(string word) => word == "proxy" ? BundleKind.Proxy : BundleKind.SharedFlow;
}

/// <summary>A stored revision with its archive.</summary>
internal sealed record StoredBundle(BundleKind Kind, string Name, int Revision, byte[] Zip);

/// <summary>A stored revision without its archive, as lists show it.</summary>
internal sealed class RevisionRow
{
    public string Kind { get; set; } = "";
    public string Name { get; set; } = "";
    public long Revision { get; set; }
    public string DisplayName { get; set; } = "";
    public string Description { get; set; } = "";
    public long CreatedMs { get; set; }
    public string CreatedBy { get; set; } = "";
}

/// <summary>Revisions of an organization: the table <c>gateway_revision</c>. A revision never changes.</summary>
internal sealed class BundleStore(SqlStore sql, TimeProvider clock)
{
    private const string Columns =
        "kind as Kind, name as Name, revision as Revision, display_name as DisplayName, description as Description, created_ms as CreatedMs, created_by as CreatedBy";

    internal Task<List<RevisionRow>> ListAsync(BundleKind kind, string? name, CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<RevisionRow>(
            $"select {Columns} from gateway_revision where kind = @kind{(name is null ? "" : " and name = @name")} order by name, revision", new { kind = kind.Word(), name }), cancellation);

    internal async Task<StoredBundle?> FindAsync(BundleKind kind, string name, int revision, CancellationToken cancellation) =>
        await sql.ReadAsync(
            session => session.FindAsync<byte[]>(
                "select zip from gateway_revision where kind = @kind and name = @name and revision = @revision", new { kind = kind.Word(), name, revision = (long)revision }), cancellation) is { } zip
            ? new StoredBundle(kind, name, revision, zip)
            : null;

    /// <summary>Keeps an archive as the next revision of its name.</summary>
    internal Task<RevisionRow> AddAsync(ProxyBundle bundle, byte[] zip, string by, CancellationToken cancellation) => sql.WriteAsync(
        async session =>
        {
            var kind = bundle.IsSharedFlow ? BundleKind.SharedFlow : BundleKind.Proxy;
            var row = new RevisionRow
            {
                Kind = kind.Word(),
                Name = bundle.Name,
                // Counted by the sequence table, so that a deleted revision's number is not given again.
                Revision = await session.NextIdAsync($"gateway {kind.Word()} {bundle.Name}"),
                DisplayName = bundle.DisplayName,
                Description = bundle.Description ?? "",
                CreatedMs = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                CreatedBy = by,
            };
            await session.ExecuteAsync(
                """
                insert into gateway_revision (kind, name, revision, zip, display_name, description, created_ms, created_by)
                values (@Kind, @Name, @Revision, @Zip, @DisplayName, @Description, @CreatedMs, @CreatedBy)
                """,
                new { row.Kind, row.Name, row.Revision, Zip = zip, row.DisplayName, row.Description, row.CreatedMs, row.CreatedBy });
            return row;
        }, cancellation);

    internal Task<int> RemoveAsync(BundleKind kind, string name, int? revision, CancellationToken cancellation) => sql.WriteAsync(
        session => session.ExecuteAsync(
            $"delete from gateway_revision where kind = @kind and name = @name{(revision is null ? "" : " and revision = @revision")}", new { kind = kind.Word(), name, revision = (long?)revision }), cancellation);
}
