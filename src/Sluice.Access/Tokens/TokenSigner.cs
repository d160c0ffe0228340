using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Sluice.Access;

/// <summary>Signs the JWTs of the <c>/ims</c> paths (RS256) and reads them back.</summary>
internal sealed class TokenSigner(Organisation organisation, SnapshotSource snapshots, TimeProvider clock)
{
    /// <summary>The <c>aud</c> of our tokens: nobody else's token is taken for one.</summary>
    private const string Audience = "sluice";

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>Signs a token for a client, or for a user who let the client act; then with the family that the sign-in began.</summary>
    internal string Sign(string issuer, Client client, User? user, string scope, string familyId, TimeSpan lifetime)
    {
        var now = clock.GetUtcNow();
        var key = snapshots.Current.SigningKeyAt(now.ToUnixTimeMilliseconds());
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = now.Add(lifetime).UtcDateTime,
            SigningCredentials = new SigningCredentials(key.Key, SecurityAlgorithms.RsaSha256),
            Claims = new Dictionary<string, object>
            {
                ["jti"] = Guid.NewGuid().ToString("N"),
                ["sub"] = user?.Username ?? client.TechnicalAccount,
                ["type"] = "access_token",
                ["client_id"] = client.ClientId,
                ["uid"] = user?.UserId ?? 0,
                ["iat_ms"] = now.ToUnixTimeMilliseconds(),
                ["org"] = organisation.OrgId,
                ["fid"] = familyId,
                ["scope"] = scope,
            },
        });
    }

    /// <summary>Reads a token whose signature one of our keys made; null when it is forged, malformed or not an access token of ours.</summary>
    internal async Task<KnownToken?> ReadAsync(string token)
    {
        // Expiry is judged later: the same token is looked at again and again.
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidateIssuer = false, // our key is proof enough, and the host we are called by may change
            ValidAudience = Audience,
            IssuerSigningKeys = snapshots.Current.Keys.Where(key => key.RetiredMs is null).Select(key => key.Key),
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            RequireExpirationTime = true,
            ValidateLifetime = false,
        });
        return result.IsValid && result.SecurityToken is JsonWebToken read
            && read.TryGetPayloadValue<string>("type", out var type) && type == "access_token"
            && read.TryGetPayloadValue<string>("org", out var orgId) && orgId == organisation.OrgId
            && read.TryGetPayloadValue<string>("client_id", out var clientId)
            && read.TryGetPayloadValue<long>("uid", out var userId)
            && read.TryGetPayloadValue<long>("iat_ms", out var issuedMs)
                ? new KnownToken
                {
                    ClientId = clientId,
                    UserId = userId,
                    Scope = read.TryGetPayloadValue<string>("scope", out var scope) ? scope : "",
                    IssuedMs = issuedMs,
                    ExpiresMs = new DateTimeOffset(read.ValidTo, TimeSpan.Zero).ToUnixTimeMilliseconds(),
                    KeyId = read.Kid,
                    FamilyId = read.TryGetPayloadValue<string>("fid", out var familyId) ? familyId : "",
                }
                : null;
    }

    /// <summary>Whether the token names a signing key that this node does not know: another node may just have made it.</summary>
    internal bool NamesUnknownKey(string token)
    {
        try
        {
            return new JsonWebToken(token).Kid is { Length: > 0 } keyId && snapshots.Current.Keys.All(key => key.KeyId != keyId);
        }
        catch (ArgumentException)
        {
            return false; // no JWT at all
        }
    }
}
