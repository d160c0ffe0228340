namespace Sluice.Storage;

/// <summary>One change that other nodes of the store must learn of.</summary>
/// <param name="Seq">Counts up from 1 without gaps, in the order of the commits.</param>
/// <param name="Kind">What kind of thing changed, in the words of the door that wrote it.</param>
/// <param name="Subject">Which one; empty for all of the kind.</param>
public sealed record ChangeEntry(long Seq, string Kind, string Subject);

/// <summary>The <c>change_log</c> table: how the nodes of one store learn of each other's changes (design.md section 3).</summary>
/// <remarks>
/// A change is noted in the transaction that makes it, so nobody sees one without the other. The sequence row is locked until the commit, so a
/// reader never sees a number before a smaller one.
/// </remarks>
public static class ChangeLog
{
    private const int MaxRowsRead = 1_000;

    /// <summary>Notes a change; it counts from the commit on.</summary>
    public static async Task AddAsync(SqlSession session, string kind, string subject, TimeProvider clock)
    {
        var seq = await session.NextIdAsync("change_log");
        await session.ExecuteAsync(
            "insert into change_log (seq, kind, subject, at_ms) values (@seq, @kind, @subject, @at)",
            new { seq, kind, subject, at = clock.GetUtcNow().ToUnixTimeMilliseconds() });
    }

    /// <summary>The number of the newest change, 0 when there was none.</summary>
    public static Task<long> LastAsync(SqlStore sql, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<long>("select coalesce(max(last), 0) from id_sequence where name = 'change_log'"), cancellation);

    /// <summary>The changes after <paramref name="seq"/>, oldest first; null when some of them were forgotten already, and all must be read anew.</summary>
    public static async Task<IReadOnlyList<ChangeEntry>?> ReadAfterAsync(SqlStore sql, long seq, CancellationToken cancellation)
    {
        var rows = await sql.ReadAsync(
            session => session.QueryAsync<Row>(
                "select seq as Seq, kind as Kind, subject as Subject from change_log where seq > @seq order by seq limit @limit",
                new { seq, limit = MaxRowsRead }), cancellation);
        if (rows.Count > 0)
            return rows[0].Seq == seq + 1 ? [.. rows.Select(row => new ChangeEntry(row.Seq, row.Kind, row.Subject))] : null;
        return await LastAsync(sql, cancellation) == seq ? [] : null;
    }

    /// <summary>Forgets what is older; a node that slept longer reads everything anew.</summary>
    public static Task TrimAsync(SqlStore sql, DateTimeOffset before, CancellationToken cancellation) => sql.WriteAsync(
        session => session.ExecuteAsync("delete from change_log where at_ms < @before", new { before = before.ToUnixTimeMilliseconds() }), cancellation);

    private sealed class Row
    {
        public long Seq { get; set; }
        public string Kind { get; set; } = "";
        public string Subject { get; set; } = "";
    }
}
