using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>Signs access tokens (RS256) and tells whose a presented token is.</summary>
internal sealed class TokenSigner : IDisposable
{
    private const int KeyBits = 2048;
    private const string Issuer = "sluice";

    private readonly JsonWebTokenHandler _handler = new();
    private readonly RSA _rsa;
    private readonly RsaSecurityKey _key;
    private readonly TimeProvider _clock;

    private TokenSigner(RSA rsa, string keyId, TimeProvider clock)
    {
        _rsa = rsa;
        _key = new RsaSecurityKey(rsa) { KeyId = keyId };
        _clock = clock;
    }

    /// <summary>Loads the installation's key, making it on first use. All nodes of one store share it.</summary>
    internal static async Task<TokenSigner> OpenAsync(SqlStore sql, TimeProvider clock, CancellationToken cancellation)
    {
        var row = await FindKeyAsync(sql, cancellation);
        if (row is null)
        {
            using var made = RSA.Create(KeyBits);
            await sql.WriteAsync(session => session.ExecuteAsync(
                """
                insert into signing_key (key_id, private_key_pem, created_ms)
                select @keyId, @pem, @now where not exists (select 1 from signing_key)
                """,
                new
                {
                    keyId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
                    pem = made.ExportPkcs8PrivateKeyPem(),
                    now = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                }), cancellation);
            row = (await FindKeyAsync(sql, cancellation))!;
        }

        var rsa = RSA.Create();
        rsa.ImportFromPem(row.PrivateKeyPem);
        return new TokenSigner(rsa, row.KeyId, clock);
    }

    internal string Sign(string clientId, string orgId, string scope, TimeSpan lifetime)
    {
        var now = _clock.GetUtcNow();
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = now.Add(lifetime).UtcDateTime,
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.RsaSha256),
            Claims = new Dictionary<string, object>
            {
                ["jti"] = Guid.NewGuid().ToString("N"),
                ["type"] = "access_token",
                ["client_id"] = clientId,
                ["org"] = orgId,
                ["scope"] = scope,
            },
        });
    }

    /// <summary>Returns who presents the token, or null when it is forged, malformed or expired.</summary>
    internal async Task<Caller?> ReadAsync(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidateAudience = false,
            IssuerSigningKey = _key,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            RequireExpirationTime = true,
            LifetimeValidator = (notBefore, expires, _, _) =>
                _clock.GetUtcNow().UtcDateTime is var now && now < expires && (notBefore is null || now >= notBefore),
        });
        return result.IsValid && result.SecurityToken is JsonWebToken read
            && read.TryGetPayloadValue<string>("client_id", out var clientId)
            && read.TryGetPayloadValue<string>("org", out var orgId)
                ? new Caller(clientId, orgId)
                : null;
    }

    public void Dispose() => _rsa.Dispose();

    private static Task<KeyRow?> FindKeyAsync(SqlStore sql, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<KeyRow>(
            "select key_id as KeyId, private_key_pem as PrivateKeyPem from signing_key order by created_ms, key_id"), cancellation);

    private sealed class KeyRow
    {
        public string KeyId { get; set; } = "";
        public string PrivateKeyPem { get; set; } = "";
    }
}
