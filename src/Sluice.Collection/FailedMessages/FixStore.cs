using Sluice.Storage;

namespace Sluice.Collection.FailedMessages;

/// <summary>Fixes in SQL: what was asked, and how far each has come.</summary>
internal sealed class FixStore(SqlStore sql)
{
    private const string Columns =
        """
        fix_id as FixId, fingerprint as Fingerprint, patch as Patch, is_dry_run as IsDryRun, state as State, last_batch_id as LastBatchId,
        at_batch_id as AtBatchId, at_line as AtLine, total as Total, passed as Passed, duplicate as Duplicate, refused as Refused,
        unreadable as Unreadable, from_offset as FromOffset, next_offset as NextOffset, detail as Detail,
        created_ms as CreatedMs, created_by as CreatedBy, updated_ms as UpdatedMs
        """;

    internal Task<List<Fix>> ListAsync(CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<Fix>($"select {Columns} from failure_fix order by fix_id desc"), cancellation);

    internal Task<Fix?> FindAsync(string fixId, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<Fix>($"select {Columns} from failure_fix where fix_id = @fixId", new { fixId }), cancellation);

    /// <summary>The fixes that are not over, oldest first.</summary>
    internal Task<List<Fix>> ListRunningAsync(CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<Fix>($"select {Columns} from failure_fix where state = 'running' order by fix_id"), cancellation);

    /// <summary>Adds a fix unless one of the same group is under way; false then.</summary>
    internal Task<bool> TryAddAsync(Fix fix, CancellationToken cancellation) => sql.WriteAsync(async session => await session.ExecuteAsync(
        """
        insert into failure_fix (fix_id, fingerprint, patch, is_dry_run, state, last_batch_id, at_batch_id, at_line, total, passed, duplicate,
            refused, unreadable, from_offset, next_offset, detail, created_ms, created_by, updated_ms)
        select @FixId, @Fingerprint, @Patch, @IsDryRun, @State, @LastBatchId, @AtBatchId, @AtLine, @Total, @Passed, @Duplicate,
            @Refused, @Unreadable, @FromOffset, @NextOffset, @Detail, @CreatedMs, @CreatedBy, @UpdatedMs
        where not exists (select 1 from failure_fix where fingerprint = @Fingerprint and state = 'running')
        """, fix) == 1, cancellation);

    /// <summary>Commits a step: how far the fix is, and which lines are left of the batch it works on.</summary>
    /// <returns>False when the fix was cancelled meanwhile; the step counts all the same.</returns>
    internal Task<bool> CommitAsync(Fix fix, FailureLines? lines, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        if (lines is not null)
            await FailureStore.UpdateAsync(session, lines);
        await session.ExecuteAsync(
            """
            update failure_fix set at_batch_id = @AtBatchId, at_line = @AtLine, passed = @Passed, duplicate = @Duplicate, refused = @Refused,
                unreadable = @Unreadable, from_offset = @FromOffset, next_offset = @NextOffset, detail = @Detail, updated_ms = @UpdatedMs
            where fix_id = @FixId
            """, fix);
        return await session.ExecuteAsync("update failure_fix set state = @State where fix_id = @FixId and state = 'running'", fix) == 1;
    }, cancellation);

    /// <summary>Ends a fix that cannot go on.</summary>
    internal Task FailAsync(string fixId, string reason, CancellationToken cancellation) => sql.WriteAsync(
        session => session.ExecuteAsync(
            "update failure_fix set state = 'failed', detail = @detail where fix_id = @fixId and state = 'running'",
            new { fixId, detail = FixDetail.Failed(reason) }), cancellation);

    /// <summary>Cancels a fix that is under way; false when it is not.</summary>
    internal Task<bool> TryCancelAsync(string fixId, CancellationToken cancellation) => sql.WriteAsync(async session =>
        await session.ExecuteAsync("update failure_fix set state = 'cancelled' where fix_id = @fixId and state = 'running'", new { fixId }) == 1, cancellation);
}
