using System.Threading.Channels;
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
        plain_bytes as PlainBytes, file_bytes as FileBytes, path as Path, errors as Errors, from_offset as FromOffset, next_offset as NextOffset,
        origin as Origin, document as Document, version as Version
        """;

    internal const string IsReplayPlan = "status = 'loading' and origin = 'replay'";

    private const string IsOver = "status in ('deleted', 'inactive')";
    private const string IsPlan = "status = 'loading' and origin = 'streaming'";

    // One word is enough: whoever hears it looks at all deleted batches.
    private readonly Channel<bool> _deletions = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    internal Task<List<Batch>> ListAsync(BatchSelection selection, CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<Batch>($"select {Columns} from batch {selection.Clauses}", selection.Parameters), cancellation);

    /// <summary>How many batches meet the conditions, whatever the page.</summary>
    internal async Task<long> CountAsync(BatchSelection selection, CancellationToken cancellation) => await sql.ReadAsync(
        session => session.FindAsync<long?>($"select count(*) from batch {selection.Where}", selection.Parameters), cancellation) ?? 0;

    internal Task<Batch?> FindAsync(string batchId, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<Batch>($"select {Columns} from batch where batch_id = @batchId", new { batchId }), cancellation);

    /// <summary>The newest batches of every dataset that has any, or of those named.</summary>
    internal async Task<Dictionary<string, LastBatches>> ListLastAsync(IReadOnlyList<string>? datasetIds, CancellationToken cancellation)
    {
        if (datasetIds is { Count: 0 })
            return [];
        var wanted = datasetIds?.Index().ToDictionary(one => $"id{one.Index}", object (one) => one.Item) ?? [];
        // Ids sort by time, so the newest of a kind is the greatest.
        var newest = await sql.ReadAsync(session => session.QueryAsync<Batch>(
            $"""
            select owner_id as OwnerId, outcome as Outcome, max(batch_id) as BatchId, max(created_ms) as CreatedMs, max(updated_ms) as UpdatedMs from batch
            where status in ('success', 'active', 'failed', 'failure') and owner_kind = 'dataSet' {(datasetIds is null ? "" : $"and owner_id in ({string.Join(", ", wanted.Keys.Select(name => "@" + name))})")}
            group by owner_id, outcome
            """, wanted), cancellation);
        return newest.GroupBy(batch => batch.OwnerId).ToDictionary(group => group.Key, group =>
        {
            var last = group.MaxBy(batch => batch.BatchId, StringComparer.Ordinal)!;
            return new LastBatches
            {
                BatchId = last.BatchId,
                Status = last.Outcome,
                SuccessId = group.FirstOrDefault(batch => !batch.IsFailed)?.BatchId,
                FailedId = group.FirstOrDefault(batch => batch.IsFailed)?.BatchId,
                CreatedMs = last.CreatedMs,
                UpdatedMs = last.UpdatedMs,
            };
        });
    }

    /// <summary>Whether a dataset has data: a success batch that is still listed.</summary>
    internal async Task<bool> HasDataAsync(string datasetId, CancellationToken cancellation) => await sql.ReadAsync(
        session => session.FindAsync<string>("select batch_id from batch where owner_id = @datasetId and status = 'success' limit 1", new { datasetId }), cancellation) is not null;

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
        session => session.QueryAsync<Batch>($"select {Columns} from batch where {IsPlan} order by batch_id"), cancellation);

    internal Task AddPlansAsync(IReadOnlyList<Batch> plans, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        foreach (var plan in plans)
            await InsertAsync(session, plan);
    }, cancellation);

    /// <summary>Adds a batch that a client registers, unless its dataset is gone; false then.</summary>
    internal Task<bool> TryAddAsync(Batch batch, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        if (!await TouchDatasetAsync(session, batch.OwnerId))
            return false;
        await InsertAsync(session, batch);
        return true;
    }, cancellation);

    /// <summary>Changes a batch if nobody changed it since it was read, and makes those it replaced inactive; false otherwise.</summary>
    internal Task<bool> TryUpdateAsync(Batch batch, IReadOnlyList<string> replaced, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        var isChanged = await session.ExecuteAsync(
            """
            update batch set status = @Status, outcome = @Outcome, updated_ms = @UpdatedMs, completed_ms = @CompletedMs, document = @Document,
                version = version + 1
            where batch_id = @BatchId and version = @Version
            """, batch) == 1;
        foreach (var batchId in isChanged ? replaced : [])
        {
            await session.ExecuteAsync(
                """
                update batch set status = 'inactive', updated_ms = @UpdatedMs, version = version + 1
                where batch_id = @batchId and owner_id = @OwnerId and status in ('success', 'active')
                """, new { batchId, batch.OwnerId, batch.UpdatedMs });
        }
        return isChanged;
    }, cancellation);

    /// <summary>Registers the cut batches and the consumer's offset in one transaction; plans that were not used go.</summary>
    /// <param name="alongside">What else is committed with the cut; it gets the batches whose dataset is still there.</param>
    internal async Task CommitCutAsync(
        string consumer, long nextOffset, IReadOnlyList<Batch> landed, Func<SqlSession, IReadOnlyList<Batch>, Task> alongside, CancellationToken cancellation)
    {
        var hasOrphans = await sql.WriteAsync(async session =>
        {
            var orphans = await ListOrphansAsync(session, landed);
            foreach (var batch in landed)
            {
                await session.ExecuteAsync(
                    """
                    update batch set status = @Status, updated_ms = @UpdatedMs, completed_ms = @CompletedMs, record_count = @RecordCount,
                        plain_bytes = @PlainBytes, file_bytes = @FileBytes, errors = @Errors, from_offset = @FromOffset, next_offset = @NextOffset,
                        header_count = @HeaderCount, last_header_ms = @LastHeaderMs
                    where batch_id = @BatchId
                    """, batch);
                if (orphans.Contains(batch.OwnerId))
                    await session.ExecuteAsync("update batch set status = 'deleted' where batch_id = @BatchId", batch);
                else
                    await FailureStore.AddAsync(session, batch.Failures);
            }
            await session.ExecuteAsync($"delete from batch where {IsPlan}");
            await session.ExecuteAsync(
                """
                insert into consumer (name, next_offset) values (@consumer, @nextOffset)
                on conflict (name) do update set next_offset = excluded.next_offset
                """, new { consumer, nextOffset });
            await alongside(session, [.. landed.Where(batch => !orphans.Contains(batch.OwnerId))]);
            return orphans.Count > 0;
        }, cancellation);
        if (hasOrphans)
            AnnounceDeletion();
    }

    /// <summary>The batches that landing cut of one window and that are still listed; of one dataset when it is named.</summary>
    internal static Task<List<Batch>> ListOfWindowAsync(SqlSession session, long fromOffset, long nextOffset, string datasetId) => session.QueryAsync<Batch>(
        $"""
        select {Columns} from batch where from_offset = @fromOffset and next_offset = @nextOffset and status in ('success', 'failed')
            {(datasetId.Length > 0 ? "and owner_id = @datasetId" : "")}
        """, new { fromOffset, nextOffset, datasetId });

    internal static Task<List<Batch>> ListReplayPlansAsync(SqlSession session) =>
        session.QueryAsync<Batch>($"select {Columns} from batch where {IsReplayPlan}");

    /// <summary>Makes a landed batch inactive if nobody has changed it since it was read; false otherwise.</summary>
    internal static async Task<bool> TryReplaceAsync(SqlSession session, Batch batch, long nowMs) => await session.ExecuteAsync(
        "update batch set status = 'inactive', updated_ms = @nowMs, version = version + 1 where batch_id = @BatchId and version = @Version",
        new { nowMs, batch.BatchId, batch.Version }) == 1;

    /// <summary>Makes a replay's plan a landed batch like any other.</summary>
    internal static Task<int> RegisterReplayedAsync(SqlSession session, Batch batch) => session.ExecuteAsync(
        """
        update batch set status = @Status, origin = 'streaming', updated_ms = @UpdatedMs, completed_ms = @CompletedMs, record_count = @RecordCount,
            plain_bytes = @PlainBytes, file_bytes = @FileBytes, errors = @Errors, from_offset = @FromOffset, next_offset = @NextOffset,
            header_count = @HeaderCount, last_header_ms = @LastHeaderMs
        where batch_id = @BatchId
        """, batch);

    /// <summary>Makes the batches of a dataset <c>deleted</c>, in the transaction that removes it. Its open window follows when it is cut.</summary>
    internal static Task MarkDeletedAsync(SqlSession session, string datasetId, long nowMs) => session.ExecuteAsync(
        $"""
        update batch set status = 'deleted', updated_ms = @nowMs, version = version + 1
        where owner_kind = 'dataSet' and owner_id = @datasetId and status <> 'deleted' and not ({IsPlan})
        """, new { datasetId, nowMs });

    /// <summary>Says that deleted batches have files; <see cref="DeletedFiles"/> hears it.</summary>
    internal void AnnounceDeletion() => _deletions.Writer.TryWrite(true);

    /// <summary>Waits for the next deletion.</summary>
    internal async Task DeletionAsync(CancellationToken cancellation) => await _deletions.Reader.ReadAsync(cancellation);

    /// <summary>Some of the deleted or replaced batches whose files are not removed yet.</summary>
    internal Task<List<Batch>> ListDeletedWithFilesAsync(CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<Batch>($"select {Columns} from batch where {IsOver} and path <> '' order by batch_id limit 100"), cancellation);

    internal Task ForgetFileAsync(string batchId, CancellationToken cancellation) => sql.WriteAsync(
        session => session.ExecuteAsync("update batch set path = '' where batch_id = @batchId and " + IsOver, new { batchId }), cancellation);

    private static Task<int> InsertAsync(SqlSession session, Batch batch) => session.ExecuteAsync(
        """
        insert into batch (batch_id, owner_kind, owner_id, outcome, status, created_ms, updated_ms, completed_ms,
            record_count, plain_bytes, file_bytes, path, errors, origin, document, version)
        values (@BatchId, @OwnerKind, @OwnerId, @Outcome, @Status, @CreatedMs, @UpdatedMs, @CompletedMs,
            @RecordCount, @PlainBytes, @FileBytes, @Path, @Errors, @Origin, @Document, 1)
        """, batch);

    // Datasets that were removed after their messages had been taken.
    private static async Task<HashSet<string>> ListOrphansAsync(SqlSession session, IReadOnlyList<Batch> landed)
    {
        var orphans = new HashSet<string>(StringComparer.Ordinal);
        foreach (var datasetId in landed.Where(batch => batch.OwnerKind == Batch.DatasetOwner).Select(batch => batch.OwnerId).Distinct())
        {
            if (!await TouchDatasetAsync(session, datasetId))
                orphans.Add(datasetId);
        }
        return orphans;
    }

    // Changes nothing, but holds the row until the transaction ends: a removal comes wholly before this batch, or wholly after and finds it.
    private static async Task<bool> TouchDatasetAsync(SqlSession session, string datasetId) =>
        await session.ExecuteAsync("update dataset set dataset_id = dataset_id where dataset_id = @datasetId", new { datasetId }) == 1;
}
