using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Storage;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>The resources, descriptors and audit entries of an environment in SQL.</summary>
internal sealed class RegistryStore(SqlStore sql)
{
    private const string Stamps = "created_ms as CreatedMs, created_by as CreatedBy, modified_ms as ModifiedMs, modified_by as ModifiedBy, version as Version";
    private const string ResourceColumns = $"resource_id as Id, resource_type as Kind, is_global as IsGlobal, document as Document, {Stamps}";
    private const string DescriptorColumns = $"descriptor_id as Id, document as Document, {Stamps}";
    private const int AuditPage = 100;

    /// <summary>The id and version of everything stored: what tells whether a document must be read again.</summary>
    internal Task<(List<VersionRow> Resources, List<VersionRow> Descriptors)> ListVersionsAsync(CancellationToken cancellation) =>
        sql.ReadAsync(async session =>
        {
            var resources = await session.QueryAsync<VersionRow>(
                "select resource_id as Id, version as Version, modified_ms as ModifiedMs from registry_resource order by created_ms, resource_id");
            var descriptors = await session.QueryAsync<VersionRow>(
                "select descriptor_id as Id, version as Version, modified_ms as ModifiedMs from registry_descriptor order by created_ms, descriptor_id");
            return (resources, descriptors);
        }, cancellation);

    internal async Task<List<RegistryResource>> ListResourcesAsync(CancellationToken cancellation) =>
        [.. (await sql.ReadAsync(session => session.QueryAsync<Row>($"select {ResourceColumns} from registry_resource"), cancellation)).Select(Resource)];

    internal Task<RegistryResource?> FindResourceAsync(string id, CancellationToken cancellation) => sql.ReadAsync(
        async session => await session.FindAsync<Row>($"select {ResourceColumns} from registry_resource where resource_id = @id", new { id }) is { } row
            ? Resource(row)
            : null, cancellation);

    internal async Task<List<Descriptor>> ListDescriptorsAsync(CancellationToken cancellation) =>
        [.. (await sql.ReadAsync(session => session.QueryAsync<Row>($"select {DescriptorColumns} from registry_descriptor"), cancellation)).Select(
            row => new Descriptor(row.Id, Parse(row.Document), row.Stamp()))];

    /// <summary>Writes a change if nobody changed the same rows meanwhile; false, and nothing is written, otherwise.</summary>
    internal async Task<bool> TryWriteAsync(RegistryChange change, IReadOnlyList<AuditEntry> audit, CancellationToken cancellation)
    {
        try
        {
            await sql.WriteAsync(async session =>
            {
                foreach (var one in change.Put)
                    Demand(await PutAsync(session, one));
                foreach (var one in change.PutDescriptors)
                    Demand(await PutAsync(session, one));
                if (change.RemovedId is { } gone)
                {
                    Demand(await session.ExecuteAsync("delete from registry_resource where resource_id = @gone", new { gone }));
                    await session.ExecuteAsync("delete from registry_descriptor where schema_id = @gone", new { gone });
                }
                if (change.RemovedDescriptorId is { } removed)
                    Demand(await session.ExecuteAsync("delete from registry_descriptor where descriptor_id = @removed", new { removed }));
                foreach (var entry in audit)
                    await AddAsync(session, entry);
            }, cancellation);
            return true;
        }
        catch (LostRaceException)
        {
            return false;
        }
    }

    /// <summary>The newest audit entries of a resource, newest first.</summary>
    internal Task<List<AuditEntry>> ListAuditAsync(string resourceId, CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<AuditEntry>(
            $"""
            select resource_id as ResourceId, action as Action, version as Version, at_ms as AtMs, client_id as ClientId, places as Places
            from registry_audit where resource_id = @resourceId order by audit_id desc limit {AuditPage}
            """, new { resourceId }), cancellation);

    private static void Demand(int rows)
    {
        if (rows != 1)
            throw new LostRaceException();
    }

    private static Task<int> PutAsync(SqlSession session, RegistryResource one) => session.ExecuteAsync(
        one.Stamp.Version == 1
            ? """
              insert into registry_resource (resource_id, resource_type, is_global, document, created_ms, created_by, modified_ms, modified_by, version)
              values (@Id, @Kind, @IsGlobal, @Document, @CreatedMs, @CreatedBy, @ModifiedMs, @ModifiedBy, @Version) on conflict (resource_id) do nothing
              """
            : """
              update registry_resource set resource_type = @Kind, document = @Document, modified_ms = @ModifiedMs, modified_by = @ModifiedBy, version = @Version
              where resource_id = @Id and version = @Before
              """,
        Parameters(one.Id, one.Type.Path, one.IsGlobal, one.Document, one.Stamp));

    private static Task<int> PutAsync(SqlSession session, Descriptor one) => session.ExecuteAsync(
        one.Stamp.Version == 1
            ? """
              insert into registry_descriptor (descriptor_id, schema_id, document, created_ms, created_by, modified_ms, modified_by, version)
              values (@Id, @Kind, @Document, @CreatedMs, @CreatedBy, @ModifiedMs, @ModifiedBy, @Version) on conflict (descriptor_id) do nothing
              """
            : """
              update registry_descriptor set schema_id = @Kind, document = @Document, modified_ms = @ModifiedMs, modified_by = @ModifiedBy, version = @Version
              where descriptor_id = @Id and version = @Before
              """,
        Parameters(one.Id, one.SchemaId, false, one.Document, one.Stamp));

    private static object Parameters(string id, string kind, bool isGlobal, JsonElement document, ResourceStamp stamp) => new
    {
        Id = id,
        Kind = kind,
        IsGlobal = isGlobal,
        Document = document.GetRawText(),
        stamp.CreatedMs,
        stamp.CreatedBy,
        stamp.ModifiedMs,
        stamp.ModifiedBy,
        stamp.Version,
        Before = stamp.Version - 1,
    };

    // The log keeps as much of a resource as a client can read; each change has a version of its own.
    private static async Task AddAsync(SqlSession session, AuditEntry entry)
    {
        await session.ExecuteAsync(
            """
            insert into registry_audit (audit_id, resource_id, action, version, at_ms, client_id, places)
            values (@id, @ResourceId, @Action, @Version, @AtMs, @ClientId, @Places)
            """,
            new { id = await session.NextIdAsync("registry_audit"), entry.ResourceId, entry.Action, entry.Version, entry.AtMs, entry.ClientId, entry.Places });
        await session.ExecuteAsync(
            "delete from registry_audit where resource_id = @ResourceId and version <= @oldest",
            new { entry.ResourceId, oldest = entry.Version - AuditPage });
    }

    private static RegistryResource Resource(Row row)
    {
        var document = Parse(row.Document);
        // Rows of the first tables hold the document as it was served.
        if (!row.IsGlobal && document.TryGetProperty("$id", out _))
            document = ServerMembers.Without(document);
        return new RegistryResource(row.Id, ResourceType.Find(row.Kind) ?? ResourceType.Schema, row.IsGlobal, document, row.Stamp());
    }

    private static JsonElement Parse(string document) =>
        JsonElement.Parse(document, new JsonDocumentOptions { MaxDepth = JsonFormat.Readable.MaxDepth });

    /// <summary>A change of something that is no longer as it was read: rolls the transaction back.</summary>
    private sealed class LostRaceException : Exception;

    private sealed class Row
    {
        public string Id { get; set; } = "";
        public string Kind { get; set; } = "";
        public bool IsGlobal { get; set; }
        public string Document { get; set; } = "";
        public long CreatedMs { get; set; }
        public string CreatedBy { get; set; } = "";
        public long ModifiedMs { get; set; }
        public string ModifiedBy { get; set; } = "";
        public long Version { get; set; }

        internal ResourceStamp Stamp() => new(CreatedMs, CreatedBy, ModifiedMs, ModifiedBy, Version);
    }
}

/// <summary>What identifies the state of a stored row.</summary>
internal sealed class VersionRow
{
    public string Id { get; set; } = "";
    public long Version { get; set; }
    public long ModifiedMs { get; set; }
}

/// <summary>One change of one resource, as <c>/rpc/auditlog</c> tells it.</summary>
internal sealed class AuditEntry
{
    public string ResourceId { get; set; } = "";

    /// <summary><c>add</c>, <c>replace</c>, <c>patch</c>, <c>import</c> or <c>delete</c>.</summary>
    public string Action { get; set; } = "";
    public long Version { get; set; }
    public long AtMs { get; set; }
    public string ClientId { get; set; } = "";

    /// <summary>The pointers that a patch wrote to, as a JSON array; empty for other actions.</summary>
    public string Places { get; set; } = "[]";

    internal static string PlacesOf(IEnumerable<string> paths) => new JsonArray([.. paths.Take(100).Select(path => (JsonNode)path)]).ToJsonString();
}
