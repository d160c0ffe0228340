using Sluice.Collection.Batches;
using Sluice.Collection.FailedMessages;
using Sluice.Storage;

namespace Sluice.Collection.Replays;

/// <summary>Replays in SQL, and the exchange of a window's batches in one transaction.</summary>
internal sealed class ReplayStore(SqlStore sql)
{
    private const string Columns =
        """
        replay_id as ReplayId, from_offset as FromOffset, to_offset as ToOffset, dataset_id as DatasetId, state as State, reason as Reason,
        at_offset as AtOffset, windows_total as WindowsTotal, windows_done as WindowsDone, bytes_total as BytesTotal, bytes_done as BytesDone,
        batches_replaced as BatchesReplaced, records as Records, created_ms as CreatedMs, created_by as CreatedBy, updated_ms as UpdatedMs
        """;

    internal Task<List<Replay>> ListAsync(CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<Replay>($"select {Columns} from replay order by replay_id desc"), cancellation);

    internal Task<Replay?> FindAsync(string replayId, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<Replay>($"select {Columns} from replay where replay_id = @replayId", new { replayId }), cancellation);

    internal Task<List<Replay>> ListRunningAsync(CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<Replay>($"select {Columns} from replay where state = 'running' order by replay_id"), cancellation);

    /// <summary>Adds a replay unless so many are under way already; false then.</summary>
    internal Task<bool> TryAddAsync(Replay replay, int mostRunning, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        if (await session.FindAsync<long>("select count(*) from replay where state = 'running'") >= mostRunning)
            return false;
        await session.ExecuteAsync(
            """
            insert into replay (replay_id, from_offset, to_offset, dataset_id, state, reason, at_offset, windows_total, windows_done,
                bytes_total, bytes_done, batches_replaced, records, created_ms, created_by, updated_ms)
            values (@ReplayId, @FromOffset, @ToOffset, @DatasetId, @State, @Reason, @AtOffset, @WindowsTotal, @WindowsDone,
                @BytesTotal, @BytesDone, @BatchesReplaced, @Records, @CreatedMs, @CreatedBy, @UpdatedMs)
            """, replay);
        return true;
    }, cancellation);

    internal Task<bool> TryCancelAsync(string replayId, CancellationToken cancellation) => sql.WriteAsync(async session =>
        await session.ExecuteAsync("update replay set state = 'cancelled' where replay_id = @replayId and state = 'running'", new { replayId }) == 1, cancellation);

    /// <summary>The windows that overlap a part of the journal, oldest first.</summary>
    internal Task<List<LandedWindow>> ListWindowsAsync(long fromOffset, long toOffset, string datasetId, CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<LandedWindow>(
            $"""
            select distinct from_offset as FromOffset, next_offset as NextOffset from batch
            where from_offset >= 0 and from_offset < @toOffset and next_offset > @fromOffset and status in ('success', 'failed')
                {(datasetId.Length > 0 ? "and owner_id = @datasetId" : "")}
            order by from_offset
            """, new { fromOffset, toOffset, datasetId }), cancellation);

    /// <summary>The batches of a window that a replay replaces.</summary>
    internal Task<List<Batch>> ListBatchesAsync(LandedWindow window, string datasetId, CancellationToken cancellation) => sql.ReadAsync(
        session => BatchStore.ListOfWindowAsync(session, window.FromOffset, window.NextOffset, datasetId), cancellation);

    /// <summary>The plans of replays that a stopped process left.</summary>
    internal Task<List<Batch>> ListPlansAsync(CancellationToken cancellation) => sql.ReadAsync(BatchStore.ListReplayPlansAsync, cancellation);

    internal Task RemovePlansAsync(CancellationToken cancellation) => sql.WriteAsync(
        session => session.ExecuteAsync($"delete from batch where {BatchStore.IsReplayPlan}"), cancellation);

    /// <summary>Puts new batches in the place of old ones, unless the old ones have changed meanwhile; and notes how far the replay is.</summary>
    /// <returns>Whether the replay goes on, has been cancelled, or met batches that have changed.</returns>
    internal Task<ReplayStep> CommitAsync(Replay replay, IReadOnlyList<Batch> old, IReadOnlyList<Batch> made, CancellationToken cancellation) =>
        sql.WriteAsync(async session =>
        {
            if (await session.ExecuteAsync("update replay set state = state where replay_id = @ReplayId and state = 'running'", replay) == 0)
                return ReplayStep.Cancelled;
            foreach (var batch in old)
            {
                if (!await BatchStore.TryReplaceAsync(session, batch, replay.UpdatedMs))
                    return ReplayStep.Changed;
            }
            foreach (var batch in made)
            {
                await BatchStore.RegisterReplayedAsync(session, batch);
                if (batch.IsFailed)
                    await FailureStore.MoveAsync(session, old.First(one => one.IsFailed && one.OwnerId == batch.OwnerId).BatchId, batch.Failures);
            }
            await UpdateAsync(session, replay);
            return ReplayStep.Done;
        }, cancellation);

    internal Task UpdateAsync(Replay replay, CancellationToken cancellation) => sql.WriteAsync(session => UpdateAsync(session, replay), cancellation);

    private static async Task UpdateAsync(SqlSession session, Replay replay) => await session.ExecuteAsync(
        """
        update replay set state = @State, reason = @Reason, at_offset = @AtOffset, windows_done = @WindowsDone, bytes_done = @BytesDone,
            batches_replaced = @BatchesReplaced, records = @Records, updated_ms = @UpdatedMs
        where replay_id = @ReplayId and state = 'running'
        """, replay);
}

/// <summary>How a window's exchange came out.</summary>
internal enum ReplayStep
{
    Done,
    Changed,
    Cancelled,
}
