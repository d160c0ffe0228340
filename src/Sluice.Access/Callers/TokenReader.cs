using System.Buffers;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>Tells whose a presented token is: from memory the second time, else by its signature or by SQL.</summary>
internal sealed class TokenReader(SqlStore sql, Organisation organisation, TokenSigner signer, SnapshotSource snapshots, TokenCache cache, TimeProvider clock)
{
    // A forged token with an invented key id costs one read of the snapshot in this time, not one each.
    private static readonly TimeSpan UnknownKeyPause = TimeSpan.FromSeconds(1);

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

    private long _lastReloadMs;

    internal ValueTask<CallerFinding> FindAsync(ReadOnlyMemory<char> token, CancellationToken cancellation)
    {
        if (token.Length > TokenKey.MaxTokenCharacters || token.Span.ContainsAnyExcept(TokenCharacters))
            return new(CallerFinding.Invalid);
        var key = TokenKey.Of(token.Span);
        return cache.TryGet(key, out var known) ? new(Judge(known)) : new(LookUpAsync(token.ToString(), key, cancellation));
    }

    /// <summary>What a token says that is neither forged, unknown nor revoked; it may be expired.</summary>
    internal async Task<KnownToken?> ReadAsync(string token, CancellationToken cancellation)
    {
        var hash = SecretHash.Of(token);
        if (!token.Contains('.', StringComparison.Ordinal))
            return await FindOpaqueAsync(hash, cancellation);
        if (signer.NamesUnknownKey(token))
            await ReloadForKeyAsync(cancellation);
        return await signer.ReadAsync(token) is { } known && !await sql.ReadAsync(session => TokenStore.IsRevokedAsync(session, hash, known.FamilyId), cancellation)
            ? known
            : null;
    }

    internal CallerFinding Judge(KnownToken known) =>
        known.Judge(snapshots.Current, organisation, clock.GetUtcNow().ToUnixTimeMilliseconds());

    private async Task<CallerFinding> LookUpAsync(string token, TokenKey key, CancellationToken cancellation)
    {
        var removals = cache.Removals;
        if (await ReadAsync(token, cancellation) is not { } known)
            return CallerFinding.Invalid;
        var finding = Judge(known);
        if (finding.Verdict == TokenVerdict.Valid)
            cache.Add(key, known, removals);
        return finding;
    }

    private async Task<KnownToken?> FindOpaqueAsync(string hash, CancellationToken cancellation)
    {
        var row = await sql.ReadAsync(session => TokenStore.FindAccessTokenAsync(session, hash), cancellation);
        return row is null || row.RevokedMs is not null
            ? null
            : new KnownToken
            {
                ClientId = row.ClientId,
                UserId = row.UserId,
                Scope = row.Scope,
                IssuedMs = row.IssuedMs,
                ExpiresMs = row.ExpiresMs,
                FamilyId = row.FamilyId,
            };
    }

    private async Task ReloadForKeyAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var last = Interlocked.Read(ref _lastReloadMs);
        if (now - last >= UnknownKeyPause.TotalMilliseconds && Interlocked.CompareExchange(ref _lastReloadMs, now, last) == last)
            await snapshots.ReloadAsync(cancellation);
    }
}
