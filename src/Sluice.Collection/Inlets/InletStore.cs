using Sluice.Collection.FlowService;
using Sluice.Storage;

namespace Sluice.Collection.Inlets;

/// <summary>The inlets of an environment in SQL.</summary>
internal sealed class InletStore(SqlStore sql)
{
    private const string Columns =
        """
        inlet_id as InletId, name as Name, description as Description, source_id as SourceId, data_type as DataType,
        authentication_required as AuthenticationRequired, dataset_id as DatasetId, status as Status,
        validation as Validation, requests_per_second as RequestsPerSecond, messages_per_second as MessagesPerSecond,
        deduplication as Deduplication, deduplication_window_seconds as DeduplicationWindowSeconds, created_ms as CreatedMs, created_by as CreatedBy,
        modified_ms as ModifiedMs, modified_by as ModifiedBy, version as Version
        """;

    private const string InsertValues =
        """
        insert into inlet (inlet_id, name, description, source_id, data_type, authentication_required, dataset_id, status, validation,
            requests_per_second, messages_per_second, deduplication, deduplication_window_seconds, created_ms, created_by, modified_ms, modified_by, version)
        select @InletId, @Name, @Description, @SourceId, @DataType, @AuthenticationRequired, @DatasetId, @Status, @Validation,
            @RequestsPerSecond, @MessagesPerSecond, @Deduplication, @DeduplicationWindowSeconds, @CreatedMs, @CreatedBy, @ModifiedMs, @ModifiedBy, 1
        """;

    internal Task<List<Inlet>> ListAsync(CancellationToken cancellation) => sql.ReadAsync(ListAsync, cancellation);

    internal Task<Inlet?> FindAsync(string inletId, CancellationToken cancellation) =>
        sql.ReadAsync(session => session.FindAsync<Inlet>($"select {Columns} from inlet where inlet_id = @inletId", new { inletId }), cancellation);

    /// <summary>Adds an inlet unless the same source already has one of this data type; false then.</summary>
    internal Task<bool> TryAddAsync(Inlet inlet, CancellationToken cancellation) => sql.WriteAsync(async session =>
        await session.ExecuteAsync(
            $"{InsertValues} where not exists (select 1 from inlet where source_id = @SourceId and data_type = @DataType)", inlet) == 1, cancellation);

    /// <summary>Replaces an inlet's settings if nobody changed it since it was read; false otherwise.</summary>
    internal Task<bool> TryUpdateAsync(Inlet inlet, CancellationToken cancellation) =>
        sql.WriteAsync(session => TryUpdateAsync(session, inlet), cancellation);

    /// <summary>Removes an inlet and the connection that stands on it.</summary>
    internal Task<bool> TryRemoveAsync(string inletId, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        await FlowStore.RemoveOfInletAsync(session, inletId);
        return await session.ExecuteAsync("delete from inlet where inlet_id = @inletId", new { inletId }) == 1;
    }, cancellation);

    /// <summary>The same steps as parts of a larger transaction, for the connection that stands on the inlet.</summary>
    internal static Task<List<Inlet>> ListAsync(SqlSession session) =>
        session.QueryAsync<Inlet>($"select {Columns} from inlet order by created_ms, inlet_id");

    internal static Task AddAsync(SqlSession session, Inlet inlet) => session.ExecuteAsync(InsertValues, inlet);

    internal static async Task<bool> TryUpdateAsync(SqlSession session, Inlet inlet) =>
        await session.ExecuteAsync(
            """
            update inlet set name = @Name, description = @Description, source_id = @SourceId, data_type = @DataType,
                authentication_required = @AuthenticationRequired, dataset_id = @DatasetId, status = @Status,
                validation = @Validation, requests_per_second = @RequestsPerSecond, messages_per_second = @MessagesPerSecond,
                deduplication = @Deduplication, deduplication_window_seconds = @DeduplicationWindowSeconds,
                modified_ms = @ModifiedMs, modified_by = @ModifiedBy, version = version + 1
            where inlet_id = @InletId and version = @Version
            """, inlet) == 1;
}
