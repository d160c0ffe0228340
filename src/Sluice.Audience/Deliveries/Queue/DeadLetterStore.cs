using Sluice.Storage;

namespace Sluice.Audience.Deliveries.Queue;

/// <summary>Dead letters in SQL, at most <see cref="MaxLetters"/> of a destination.</summary>
internal sealed class DeadLetterStore(SqlStore sql)
{
    internal const int MaxLetters = 10_000;
    internal const int MaxChosen = 1_000; // ids of one request

    private const string Columns =
        """
        id as Id, destination as Destination, at_ms as AtMs, users as Users, user_count as UserCount, attempts as Attempts, last_status as LastStatus,
        last_error as LastError, waiting as Waiting
        """;

    /// <summary>Puts a letter down; false when there is no room for it.</summary>
    internal Task<bool> TryAddAsync(DeadLetter letter, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        if (await session.FindAsync<long>("select count(*) from audience_dead_letter where destination = @Destination", letter) >= MaxLetters)
            return false;
        letter.Id = await session.NextIdAsync("audience_dead_letter");
        await session.ExecuteAsync(
            """
            insert into audience_dead_letter (id, destination, at_ms, users, user_count, attempts, last_status, last_error, waiting)
            values (@Id, @Destination, @AtMs, @Users, @UserCount, @Attempts, @LastStatus, @LastError, @Waiting)
            """, letter);
        return true;
    }, cancellation);

    /// <summary>Letters of a destination behind one of them, oldest first.</summary>
    internal Task<List<DeadLetter>> ListAsync(long destination, long after, int limit, CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<DeadLetter>(
            $"select {Columns} from audience_dead_letter where destination = @destination and id > @after order by id limit @limit", new { destination, after, limit }), cancellation);

    internal Task<long> CountAsync(long destination, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<long>("select count(*) from audience_dead_letter where destination = @destination", new { destination }), cancellation);

    /// <summary>The oldest letter that somebody asked to send again.</summary>
    internal Task<DeadLetter?> FindWaitingAsync(long destination, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<DeadLetter>(
            $"select {Columns} from audience_dead_letter where destination = @destination and waiting order by id limit 1", new { destination }), cancellation);

    /// <summary>Asks to send letters again: those with these ids, or all. Returns how many there are.</summary>
    internal Task<long> RedeliverAsync(long destination, IReadOnlyList<long>? ids, CancellationToken cancellation) =>
        EachAsync("update audience_dead_letter set waiting = @yes where destination = @destination", destination, ids, cancellation);

    /// <summary>Throws letters away: those with these ids, or all. Returns how many there were.</summary>
    internal Task<long> RemoveAsync(long destination, IReadOnlyList<long>? ids, CancellationToken cancellation) =>
        EachAsync("delete from audience_dead_letter where destination = @destination", destination, ids, cancellation);

    /// <summary>A letter that was sent again was refused again.</summary>
    internal Task RefusedAsync(DeadLetter letter, CancellationToken cancellation) => sql.WriteAsync(
        session => session.ExecuteAsync(
            "update audience_dead_letter set waiting = @Waiting, attempts = @Attempts, last_status = @LastStatus, last_error = @LastError where id = @Id", letter), cancellation);

    /// <summary>Throws letters away that nobody asked for in a long time.</summary>
    internal Task<int> ForgetAsync(long beforeMs, CancellationToken cancellation) => sql.WriteAsync(
        session => session.ExecuteAsync("delete from audience_dead_letter where at_ms < @beforeMs", new { beforeMs }), cancellation);

    private Task<long> EachAsync(string statement, long destination, IReadOnlyList<long>? ids, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        if (ids is null)
            return await session.ExecuteAsync(statement, new { destination, yes = true });
        var count = 0L;
        foreach (var id in ids.Distinct())
            count += await session.ExecuteAsync($"{statement} and id = @id", new { destination, id, yes = true });
        return count;
    }, cancellation);
}
