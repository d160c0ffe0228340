using Sluice.Storage;

namespace Sluice.Audience.Backfills;

/// <summary>The backfills of an environment, in SQL.</summary>
internal sealed class BackfillStore(SqlStore sql)
{
    private const string Columns = """
        id as Id, sid as Sid, from_offset as FromOffset, to_offset as ToOffset, at_offset as AtOffset, state as State, realizations as Realizations, profiles as Profiles,
        created_ms as CreatedMs, updated_ms as UpdatedMs, created_by as CreatedBy, from_ms as FromMs, journal_from as JournalFrom, events_from_ms as EventsFromMs,
        without_identities as WithoutIdentities, reason as Reason
        """;

    internal Task<List<Backfill>> ListAsync(CancellationToken cancellation) =>
        sql.ReadAsync(session => session.QueryAsync<Backfill>($"select {Columns} from backfill order by created_ms desc, id limit 1000"), cancellation);

    internal Task<List<Backfill>> ListOfAsync(long sid, CancellationToken cancellation) =>
        sql.ReadAsync(session => session.QueryAsync<Backfill>($"select {Columns} from backfill where sid = @sid", new { sid }), cancellation);

    internal Task<Backfill?> FindAsync(string id, CancellationToken cancellation) =>
        sql.ReadAsync(session => session.FindAsync<Backfill>($"select {Columns} from backfill where id = @id", new { id }), cancellation);

    /// <summary>The oldest that runs.</summary>
    internal Task<Backfill?> FindRunningAsync(CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<Backfill>($"select {Columns} from backfill where state = @state order by created_ms, id limit 1", new { state = Backfill.Running }), cancellation);

    internal Task AddAsync(IReadOnlyList<Backfill> backfills, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        foreach (var one in backfills)
        {
            await session.ExecuteAsync(
                """
                insert into backfill (id, sid, from_offset, to_offset, at_offset, state, realizations, profiles, created_ms, updated_ms, created_by, from_ms)
                values (@Id, @Sid, @FromOffset, @ToOffset, @AtOffset, @State, @Realizations, @Profiles, @CreatedMs, @UpdatedMs, @CreatedBy, @FromMs)
                """, one);
        }
    }, cancellation);

    /// <summary>Goes on in its life, if nobody else did meanwhile.</summary>
    internal Task<bool> ChangeStateAsync(string id, string from, string to, long nowMs, CancellationToken cancellation) => sql.WriteAsync(
        async session => await session.ExecuteAsync("update backfill set state = @to, updated_ms = @nowMs where id = @id and state = @from", new { id, from, to, nowMs }) == 1,
        cancellation);

    /// <summary>Notes where it reads what.</summary>
    internal Task BeginAsync(Backfill one, CancellationToken cancellation) => sql.WriteAsync(
        session => session.ExecuteAsync(
            "update backfill set journal_from = @JournalFrom, events_from_ms = @EventsFromMs, without_identities = @WithoutIdentities where id = @Id", one), cancellation);

    /// <summary>Ends it for a reason, if it runs.</summary>
    internal Task FailAsync(Backfill one, CancellationToken cancellation) => sql.WriteAsync(
        session => session.ExecuteAsync(
            "update backfill set state = 'failed', reason = @Reason, updated_ms = @UpdatedMs where id = @Id and state = 'running'", one), cancellation);

    /// <summary>Notes how far it is.</summary>
    internal Task ProgressAsync(Backfill one, CancellationToken cancellation) => sql.WriteAsync(
        session => session.ExecuteAsync(
            "update backfill set at_offset = @AtOffset, realizations = @Realizations, profiles = @Profiles, updated_ms = @UpdatedMs where id = @Id", one), cancellation);
}
