using Microsoft.AspNetCore.Http;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>Makes the tokens that a grant was decided on: JWTs for the <c>/ims</c> paths, uuids for the <c>/oauth</c> paths.</summary>
internal sealed class TokenIssuer(SqlStore sql, TokenSigner signer, AccessOptions options, TimeProvider clock)
{
    /// <summary>What the legacy paths grant unless asked for less (contract audience.md 1.1).</summary>
    internal const string LegacyScope = "read write";

    /// <summary>The issuer's address, as the discovery document names it.</summary>
    internal string IssuerOf(HttpRequest request) => options.Issuer?.TrimEnd('/') ?? $"{request.Scheme}://{request.Host}";

    /// <summary>A JWT for a client itself.</summary>
    internal TokenGranted GrantJwt(HttpRequest request, Client client, string scope) => GrantJwt(request, client, new ProvenFamily("", null, scope, null), null);

    /// <summary>A JWT for a user who let the client act; it ends with its family.</summary>
    internal TokenGranted GrantJwt(HttpRequest request, Client client, ProvenFamily proven, string? refreshToken) => new(
        signer.Sign(IssuerOf(request), client, proven.User, proven.Scope, proven.FamilyId, options.TokenLifetime),
        "bearer", refreshToken, (long)options.TokenLifetime.TotalSeconds, null);

    /// <summary>A uuid token, and a refresh token where the client is enabled for it, in a family of their own.</summary>
    internal Task<TokenGranted> GrantOpaqueAsync(Client client, User user, string scope, bool withRefresh, CancellationToken cancellation) =>
        sql.WriteAsync(async session =>
        {
            var familyId = await AddFamilyAsync(session, client, user, scope);
            return await GrantOpaqueAsync(session, familyId, scope, withRefresh && client.Allows(GrantTypes.RefreshToken));
        }, cancellation);

    /// <summary>A uuid token in a family that is there.</summary>
    internal async Task<TokenGranted> GrantOpaqueAsync(SqlSession session, string familyId, string scope, bool withRefresh)
    {
        var now = clock.GetUtcNow();
        var accessToken = Guid.NewGuid().ToString(); // version 4: 122 random bits
        await TokenStore.AddAccessTokenAsync(
            session, accessToken, familyId, scope, now.ToUnixTimeMilliseconds(), (now + options.LegacyTokenLifetime).ToUnixTimeMilliseconds());
        var refreshToken = withRefresh ? await AddRefreshTokenAsync(session, familyId) : null;
        return new TokenGranted(accessToken, "bearer", refreshToken, (long)options.LegacyTokenLifetime.TotalSeconds, scope);
    }

    internal Task<string> AddFamilyAsync(SqlSession session, Client client, User user, string scope)
    {
        var now = clock.GetUtcNow();
        return TokenStore.AddFamilyAsync(session, client.ClientId, user.UserId, scope, now.ToUnixTimeMilliseconds(), EndOfFamily(now));
    }

    internal async Task<string> AddRefreshTokenAsync(SqlSession session, string familyId)
    {
        var now = clock.GetUtcNow();
        var token = Guid.NewGuid().ToString();
        await TokenStore.AddRefreshTokenAsync(
            session, token, familyId, now.ToUnixTimeMilliseconds(), (now + options.RefreshTokenLifetime).ToUnixTimeMilliseconds());
        await TokenStore.ProlongFamilyAsync(session, familyId, EndOfFamily(now));
        return token;
    }

    // Nothing of a family outlives its last refresh token or access token.
    private long EndOfFamily(DateTimeOffset now) =>
        (now + (options.RefreshTokenLifetime > options.LegacyTokenLifetime ? options.RefreshTokenLifetime : options.LegacyTokenLifetime)).ToUnixTimeMilliseconds();
}
