using Sluice.Collection.FailedMessages;
using Sluice.Storage;

namespace Sluice.Collection.Batches;

/// <summary>The batches of an environment in SQL, and how far landing has come in the journal.</summary>
internal sealed class BatchStore(SqlStore sql)
{
    private const string Columns =
        """
        batch_id as BatchId, owner_kind as OwnerKind, owner_id as OwnerId, outcome as Outcome, status as Status,
        created_ms as CreatedMs, updated_ms as UpdatedMs, completed_ms as CompletedMs, record_count as RecordCount,
        plain_bytes as PlainBytes, file_bytes as FileBytes, path as Path, errors as Errors, from_offset as FromOffset, next_offset as NextOffset
        """;

    internal Task<List<Batch>> ListAsync(CancellationToken cancellation) =>
        sql.ReadAsync(session => session.QueryAsync<Batch>($"select {Columns} from batch order by created_ms desc, batch_id desc"), cancellation);

    internal Task<Batch?> FindAsync(string batchId, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<Batch>($"select {Columns} from batch where batch_id = @batchId", new { batchId }), cancellation);

    /// <summary>The newest batches of every dataset that has any.</summary>
    internal async Task<Dictionary<string, LastBatches>> ListLastAsync(CancellationToken cancellation)
    {
        // Ids sort by time, so the newest of a kind is the greatest.
        var newest = await sql.ReadAsync(session => session.QueryAsync<Batch>(
            """
            select owner_id as OwnerId, outcome as Outcome, max(batch_id) as BatchId from batch
            where status <> 'loading' and owner_kind = 'dataSet' group by owner_id, outcome
            """), cancellation);
        return newest.GroupBy(batch => batch.OwnerId).ToDictionary(group => group.Key, group =>
        {
            var last = group.MaxBy(batch => batch.BatchId, StringComparer.Ordinal)!;
            return new LastBatches
            {
                BatchId = last.BatchId,
                Status = last.Outcome,
                SuccessId = group.FirstOrDefault(batch => !batch.IsFailed)?.BatchId,
                FailedId = group.FirstOrDefault(batch => batch.IsFailed)?.BatchId,
            };
        });
    }

    /// <summary>The newest success batch of a dataset, or null.</summary>
    internal Task<Batch?> FindNewestAsync(string datasetId, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<Batch>(
            $"select {Columns} from batch where owner_id = @datasetId and status = 'success' order by batch_id desc", new { datasetId }), cancellation);

    /// <summary>The landed batches of a dataset or, for messages without one, of an inlet.</summary>
    internal Task<List<Batch>> ListByOwnerAsync(string ownerId, CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<Batch>(
            $"select {Columns} from batch where owner_id = @ownerId and status in ('success', 'failed') order by batch_id", new { ownerId }), cancellation);

    /// <summary>Landed batches whose window was open at some time between the two, oldest first.</summary>
    internal Task<List<Batch>> ListAroundAsync(long fromMs, long toMs, int most, CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<Batch>(
            $"""
            select {Columns} from batch where created_ms <= @toMs and completed_ms >= @fromMs and status in ('success', 'failed')
            order by created_ms, batch_id limit @most
            """, new { fromMs, toMs, most }), cancellation);

    /// <summary>The offset a consumer goes on from, or null before its first commit.</summary>
    internal Task<long?> FindOffsetAsync(string consumer, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<long?>("select next_offset from consumer where name = @consumer", new { consumer }), cancellation);

    /// <summary>The plans that a stopped process left behind.</summary>
    internal Task<List<Batch>> ListPlansAsync(CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<Batch>($"select {Columns} from batch where status = 'loading' order by batch_id"), cancellation);

    internal Task AddPlansAsync(IReadOnlyList<Batch> plans, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        foreach (var plan in plans)
        {
            await session.ExecuteAsync(
                """
                insert into batch (batch_id, owner_kind, owner_id, outcome, status, created_ms, updated_ms, completed_ms,
                    record_count, plain_bytes, file_bytes, path, errors)
                values (@BatchId, @OwnerKind, @OwnerId, @Outcome, @Status, @CreatedMs, @UpdatedMs, @CompletedMs,
                    @RecordCount, @PlainBytes, @FileBytes, @Path, @Errors)
                """, plan);
        }
    }, cancellation);

    /// <summary>Registers the cut batches and the consumer's offset in one transaction; plans that were not used go.</summary>
    internal Task CommitCutAsync(string consumer, long nextOffset, IReadOnlyList<Batch> landed, CancellationToken cancellation) =>
        sql.WriteAsync(async session =>
        {
            foreach (var batch in landed)
            {
                await session.ExecuteAsync(
                    """
                    update batch set status = @Status, updated_ms = @UpdatedMs, completed_ms = @CompletedMs, record_count = @RecordCount,
                        plain_bytes = @PlainBytes, file_bytes = @FileBytes, errors = @Errors, from_offset = @FromOffset, next_offset = @NextOffset
                    where batch_id = @BatchId
                    """, batch);
                await FailureStore.AddAsync(session, batch.Failures);
            }
            await session.ExecuteAsync("delete from batch where status = 'loading'");
            await session.ExecuteAsync(
                """
                insert into consumer (name, next_offset) values (@consumer, @nextOffset)
                on conflict (name) do update set next_offset = excluded.next_offset
                """, new { consumer, nextOffset });
        }, cancellation);
}
