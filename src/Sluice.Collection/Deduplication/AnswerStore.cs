using System.Security.Cryptography;
using Sluice.Storage;

namespace Sluice.Collection.Deduplication;

/// <summary>An answer on its way into SQL.</summary>
internal sealed record StoredAnswer(byte[] KeyHash, byte[] BodyHash, uint ExpiresSeconds, GivenAnswer Answer);

/// <summary>A known key as SQL has it.</summary>
internal sealed class AnswerKeyRow
{
    public byte[] KeyHash { get; set; } = [];
    public byte[] BodyHash { get; set; } = [];
    public long ExpiresSeconds { get; set; }
}

/// <summary>The answers to requests with an <c>Idempotency-Key</c> in SQL, and the secret that keys are made with.</summary>
internal sealed class AnswerStore(SqlStore sql)
{
    private sealed class AnswerRow
    {
        public int Status { get; set; }
        public byte[] Answer { get; set; } = [];
        public int TimeAt { get; set; }
        public long TimeMs { get; set; }
    }

    /// <summary>The secret that keys are made with; the first caller ever makes it.</summary>
    internal Task<byte[]> FindSecretAsync(CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        await session.ExecuteAsync(
            "insert into deduplication_secret (id, secret) values (1, @secret) on conflict (id) do nothing",
            new { secret = RandomNumberGenerator.GetBytes(KeyHash.SecretBytes) });
        return (await session.FindAsync<byte[]>("select secret from deduplication_secret where id = 1"))!;
    }, cancellation);

    internal Task<List<AnswerKeyRow>> ListKeysAsync(uint nowSeconds, CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<AnswerKeyRow>(
            """
            select key_hash as KeyHash, body_hash as BodyHash, expires_s as ExpiresSeconds from request_answer
            where expires_s > @now order by expires_s
            """, new { now = (long)nowSeconds }), cancellation);

    internal async Task<GivenAnswer?> FindAsync(byte[] keyHash, CancellationToken cancellation)
    {
        var row = await sql.ReadAsync(
            session => session.FindAsync<AnswerRow>(
                "select status as Status, answer as Answer, time_at as TimeAt, time_ms as TimeMs from request_answer where key_hash = @keyHash",
                new { keyHash }), cancellation);
        return row is null ? null : new GivenAnswer(row.Status, row.Answer, row.TimeAt, row.TimeMs);
    }

    /// <summary>Adds answers, again ones included, and deletes expired ones.</summary>
    internal Task AddAsync(IReadOnlyList<StoredAnswer> answers, uint nowSeconds, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        await session.ExecuteAsync("delete from request_answer where expires_s <= @now", new { now = (long)nowSeconds });
        foreach (var (keyHash, bodyHash, expiresSeconds, answer) in answers)
        {
            await session.ExecuteAsync(
                """
                insert into request_answer (key_hash, body_hash, expires_s, status, answer, time_at, time_ms)
                values (@keyHash, @bodyHash, @expires, @status, @text, @timeAt, @timeMs)
                on conflict (key_hash) do update set body_hash = excluded.body_hash, expires_s = excluded.expires_s,
                    status = excluded.status, answer = excluded.answer, time_at = excluded.time_at, time_ms = excluded.time_ms
                """,
                new { keyHash, bodyHash, expires = (long)expiresSeconds, status = answer.Status, text = answer.Text, timeAt = answer.TimeAt, timeMs = answer.TimeMs });
        }
    }, cancellation);
}
