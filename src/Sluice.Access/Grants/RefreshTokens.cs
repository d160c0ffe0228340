using Sluice.Storage;

namespace Sluice.Access;

/// <summary>Refresh tokens (RFC 6749 section 6): each is used once and replaced; one that comes twice revokes its whole family.</summary>
internal sealed class RefreshTokens(SqlStore sql, SnapshotSource snapshots, AuditLog audit, TimeProvider clock)
{
    /// <summary>Uses the token up and lets <paramref name="grant"/> make the next ones in the same transaction.</summary>
    internal Task<GrantOutcome> UseAsync(
        Client client, TokenForm form, string address, Func<SqlSession, ProvenFamily, Task<TokenGranted>> grant, CancellationToken cancellation)
    {
        var (token, wanted) = (form["refresh_token"], form["scope"]);
        if (form.Fault is not null || token.Length == 0)
            return Task.FromResult(GrantOutcome.Refuse("invalid_request", form.Fault ?? "refresh_token is missing."));
        var hash = SecretHash.Of(token);
        return sql.WriteAsync(async session =>
        {
            var row = await TokenStore.FindRefreshTokenAsync(session, hash);
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            if (row is null || row.ClientId != client.ClientId)
                return Refuse("The refresh token is unknown, or another client's.");
            if (row.RevokedMs is not null)
                return Refuse("The refresh token is revoked.");
            if (row.ExpiresMs <= now)
                return Refuse("The refresh token expired.");
            if (row.UsedMs is not null)
                return await RevokeAsync(session, row, client, address);

            var user = snapshots.Current.Users.GetValueOrDefault(row.UserId);
            if (user?.Document.Status != UserStatus.Active || row.IssuedMs < Math.Max(user.TokensSinceMs, client.Document.TokensSinceMs))
                return Refuse("The user is gone or not active, or the tokens were revoked.");
            if (!IsWithin(wanted, row.Scope))
                return GrantOutcome.Refuse("invalid_scope", $"The scope was [{row.Scope}]; it cannot grow.");
            if (!await TokenStore.UseRefreshTokenAsync(session, hash, now))
                return await RevokeAsync(session, row, client, address); // two came at the same moment
            return GrantOutcome.Grant(await grant(session, new ProvenFamily(row.FamilyId, user, wanted.Length == 0 ? row.Scope : wanted, null)), user.Username);
        }, cancellation);
    }

    /// <summary>Whether every word of the wanted scope stands in the granted one.</summary>
    internal static bool IsWithin(string wanted, string granted) =>
        wanted.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(granted.Split(' ').Contains);

    private async Task<GrantOutcome> RevokeAsync(SqlSession session, StoredToken row, Client client, string address)
    {
        await TokenStore.RevokeFamilyAsync(session, row.FamilyId, clock);
        await audit.AddAsync(session, new AuditEntry
        {
            Kind = AuditKinds.Reuse,
            Outcome = "refused",
            Actor = client.ClientId,
            ClientId = client.ClientId,
            Address = address,
            Detail = "A refresh token came twice; all tokens of that sign-in are revoked",
        });
        return Refuse("The refresh token was used already; all tokens of that sign-in are revoked.");
    }

    private static GrantOutcome Refuse(string description) => GrantOutcome.Refuse("invalid_grant", description);
}
