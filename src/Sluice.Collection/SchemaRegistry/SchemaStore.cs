using Sluice.Storage;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>The tenant's schemas in SQL.</summary>
internal sealed class SchemaStore(SqlStore sql)
{
    private const string Columns =
        """
        schema_id as SchemaId, alt_id as AltId, title as Title, document as Document, created_ms as CreatedMs,
        created_by as CreatedBy, modified_ms as ModifiedMs, version as Version
        """;

    internal Task<List<SchemaResource>> ListAsync(CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<SchemaResource>($"select {Columns} from schema_resource order by created_ms, schema_id"), cancellation);

    /// <summary>Finds by <c>$id</c>, by <c>meta:altId</c>, or by the bare hex at the end of either.</summary>
    internal Task<SchemaResource?> FindAsync(string tenantId, string id, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<SchemaResource>(
            $"select {Columns} from schema_resource where schema_id = @id or alt_id = @id or schema_id = @byHex",
            new { id, byHex = SchemaIds.Full(tenantId, id) }), cancellation);

    internal Task AddAsync(SchemaResource schema, CancellationToken cancellation) => sql.WriteAsync(
        session => session.ExecuteAsync(
            """
            insert into schema_resource (schema_id, alt_id, title, document, created_ms, created_by, modified_ms, version)
            values (@SchemaId, @AltId, @Title, @Document, @CreatedMs, @CreatedBy, @ModifiedMs, 1)
            """, schema), cancellation);
}

/// <summary>How schema ids are made (contract collection.md 3.1).</summary>
internal static class SchemaIds
{
    internal static string Full(string tenantId, string hex) => $"https://ns.adobe.com/{tenantId}/schemas/{hex}";

    internal static string Alternate(string tenantId, string hex) => $"_{tenantId}.schemas.{hex}";
}
