using Sluice.Storage;

namespace Sluice.Access;

/// <summary>A row of a token table, with its family: the tokens that descend from one sign-in, which are revoked together.</summary>
internal sealed class StoredToken
{
    public string FamilyId { get; set; } = "";
    public string ClientId { get; set; } = "";
    public long UserId { get; set; }
    public string Scope { get; set; } = "";
    public long? RevokedMs { get; set; }
    public long IssuedMs { get; set; }
    public long ExpiresMs { get; set; }
    public long? UsedMs { get; set; }
}

/// <summary>The tables of opaque tokens, each kept as its hash, and of JWTs revoked before their time.</summary>
internal static class TokenStore
{
    /// <summary>How long after its end a token is still called expired instead of unknown.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(7);

    internal static async Task<string> AddFamilyAsync(SqlSession session, string clientId, long userId, string scope, long nowMs, long expiresMs)
    {
        var familyId = Guid.NewGuid().ToString("N");
        await session.ExecuteAsync(
            """
            insert into token_family (family_id, client_id, user_id, scope, created_ms, expires_ms)
            values (@familyId, @clientId, @userId, @scope, @nowMs, @expiresMs)
            """, new { familyId, clientId, userId, scope, nowMs, expiresMs });
        return familyId;
    }

    internal static Task ProlongFamilyAsync(SqlSession session, string familyId, long expiresMs) => session.ExecuteAsync(
        "update token_family set expires_ms = @expiresMs where family_id = @familyId and expires_ms < @expiresMs", new { familyId, expiresMs });

    internal static Task AddAccessTokenAsync(
        SqlSession session, string token, string familyId, string scope, long nowMs, long expiresMs) => session.ExecuteAsync(
        "insert into access_token (token_hash, family_id, scope, issued_ms, expires_ms) values (@hash, @familyId, @scope, @nowMs, @expiresMs)",
        new { hash = SecretHash.Of(token), familyId, scope, nowMs, expiresMs });

    internal static Task AddRefreshTokenAsync(SqlSession session, string token, string familyId, long nowMs, long expiresMs) => session.ExecuteAsync(
        "insert into refresh_token (token_hash, family_id, issued_ms, expires_ms) values (@hash, @familyId, @nowMs, @expiresMs)",
        new { hash = SecretHash.Of(token), familyId, nowMs, expiresMs });

    internal static Task<StoredToken?> FindAccessTokenAsync(SqlSession session, string hash) => session.FindAsync<StoredToken>(
        """
        select t.family_id as FamilyId, f.client_id as ClientId, f.user_id as UserId, t.scope as Scope, f.revoked_ms as RevokedMs,
            t.issued_ms as IssuedMs, t.expires_ms as ExpiresMs
        from access_token t join token_family f on f.family_id = t.family_id where t.token_hash = @hash
        """, new { hash });

    internal static Task<StoredToken?> FindRefreshTokenAsync(SqlSession session, string hash) => session.FindAsync<StoredToken>(
        """
        select t.family_id as FamilyId, f.client_id as ClientId, f.user_id as UserId, f.scope as Scope, f.revoked_ms as RevokedMs,
            t.issued_ms as IssuedMs, t.expires_ms as ExpiresMs, t.used_ms as UsedMs
        from refresh_token t join token_family f on f.family_id = t.family_id where t.token_hash = @hash
        """, new { hash });

    /// <summary>Uses a refresh token up; false when somebody was faster.</summary>
    internal static async Task<bool> UseRefreshTokenAsync(SqlSession session, string hash, long nowMs) => await session.ExecuteAsync(
        "update refresh_token set used_ms = @nowMs where token_hash = @hash and used_ms is null", new { hash, nowMs }) == 1;

    internal static async Task RevokeFamilyAsync(SqlSession session, string familyId, TimeProvider clock)
    {
        await session.ExecuteAsync(
            "update token_family set revoked_ms = @nowMs where family_id = @familyId and revoked_ms is null",
            new { familyId, nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds() });
        await ChangeLog.AddAsync(session, AccessChanges.Family, familyId, clock);
    }

    /// <summary>Revokes one access token, opaque or JWT, until it would have ended anyway.</summary>
    internal static async Task RevokeAccessTokenAsync(SqlSession session, string hash, long expiresMs, TimeProvider clock)
    {
        await session.ExecuteAsync("delete from access_token where token_hash = @hash", new { hash });
        await session.ExecuteAsync(
            "insert into revoked_token (token_hash, expires_ms) values (@hash, @expiresMs) on conflict (token_hash) do nothing", new { hash, expiresMs });
        await ChangeLog.AddAsync(session, AccessChanges.Token, hash, clock);
    }

    /// <summary>Whether a JWT was revoked, by itself or with its family (empty: it has none).</summary>
    internal static async Task<bool> IsRevokedAsync(SqlSession session, string hash, string familyId) => await session.FindAsync<string>(
        """
        select token_hash from revoked_token where token_hash = @hash
        union all
        select family_id from token_family where family_id = @familyId and revoked_ms is not null
        """, new { hash, familyId }) is not null;

    /// <summary>Notes an assertion's use; null the first time, else when the first time was.</summary>
    internal static async Task<long?> UseAssertionAsync(SqlSession session, string hash, long nowMs, long expiresMs)
    {
        var isFirst = await session.ExecuteAsync(
            """
            insert into used_assertion (assertion_hash, first_used_ms, expires_ms) values (@hash, @nowMs, @expiresMs)
            on conflict (assertion_hash) do nothing
            """, new { hash, nowMs, expiresMs }) == 1;
        return isFirst ? null : await session.FindAsync<long>("select first_used_ms from used_assertion where assertion_hash = @hash", new { hash });
    }

    /// <summary>Deletes what can no longer matter.</summary>
    internal static async Task SweepAsync(SqlSession session, long nowMs)
    {
        var longPast = nowMs - (long)Remembered.TotalMilliseconds;
        await session.ExecuteAsync("delete from access_token where expires_ms < @longPast", new { longPast });
        await session.ExecuteAsync("delete from refresh_token where expires_ms < @longPast", new { longPast });
        await session.ExecuteAsync("delete from authorization_code where expires_ms < @longPast", new { longPast });
        await session.ExecuteAsync("delete from token_family where expires_ms < @longPast", new { longPast });
        await session.ExecuteAsync("delete from revoked_token where expires_ms < @nowMs", new { nowMs });
        await session.ExecuteAsync("delete from used_assertion where expires_ms < @nowMs", new { nowMs });
        await session.ExecuteAsync("delete from web_session where expires_ms < @nowMs", new { nowMs });
    }
}
