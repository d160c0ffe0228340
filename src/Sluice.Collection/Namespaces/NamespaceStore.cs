using Sluice.Storage;

namespace Sluice.Collection.Namespaces;

/// <summary>The namespaces that the organisation made, in SQL.</summary>
internal sealed class NamespaceStore(SqlStore sql)
{
    /// <summary>Custom ids count up from here, far from every standard one.</summary>
    internal const long FirstCustomId = 10_000_000;

    /// <summary>Each one is in memory in every route table.</summary>
    internal const int MaxCustom = 5_000;

    private const string Columns =
        """
        namespace_id as Id, code as Code, name as Name, id_type as IdType, description as Description,
        created_ms as CreatedMs, created_by as CreatedBy, modified_ms as ModifiedMs
        """;

    internal Task<List<IdentityNamespace>> ListAsync(CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<IdentityNamespace>($"select {Columns} from identity_namespace order by namespace_id"), cancellation);

    internal Task<IdentityNamespace?> FindAsync(long id, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<IdentityNamespace>($"select {Columns} from identity_namespace where namespace_id = @id", new { id }), cancellation);

    internal Task<long> CountAsync(CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<long>("select count(*) from identity_namespace"), cancellation);

    /// <summary>Adds a namespace under the next id, unless its code is taken; false then.</summary>
    internal Task<bool> TryAddAsync(IdentityNamespace added, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        added.Id = FirstCustomId - 1 + await session.NextIdAsync("identity_namespace");
        return await session.ExecuteAsync(
            """
            insert into identity_namespace (namespace_id, code, folded_code, name, id_type, description, created_ms, created_by, modified_ms)
            values (@Id, @Code, @FoldedCode, @Name, @IdType, @Description, @CreatedMs, @CreatedBy, @ModifiedMs)
            on conflict (folded_code) do nothing
            """, added) == 1;
    }, cancellation);

    internal Task UpdateAsync(IdentityNamespace changed, CancellationToken cancellation) => sql.WriteAsync(
        session => session.ExecuteAsync(
            "update identity_namespace set name = @Name, description = @Description, modified_ms = @ModifiedMs where namespace_id = @Id", changed), cancellation);
}
