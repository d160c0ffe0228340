using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>A key pair with which access tokens are signed.</summary>
/// <param name="KeyId">Stands in the head of each token as <c>kid</c>.</param>
/// <param name="Key">Both halves.</param>
/// <param name="CreatedMs">When it was made, ms since 1970.</param>
/// <param name="ActiveMs">From when on it signs; it is published earlier, so that everybody knows it by then.</param>
/// <param name="RetiredMs">From when on its tokens are no longer taken; null while they are.</param>
internal sealed record SigningKey(string KeyId, RsaSecurityKey Key, long CreatedMs, long ActiveMs, long? RetiredMs);

/// <summary>The installation's signing keys: all of them check tokens, the newest active one signs. All nodes of one store share them.</summary>
internal static class SigningKeys
{
    private const int KeyBits = 2048;

    /// <summary>Makes the first key when there is none.</summary>
    internal static async Task EnsureAsync(SqlStore sql, TimeProvider clock, CancellationToken cancellation)
    {
        if (await sql.ReadAsync(session => session.FindAsync<string>("select key_id from signing_key"), cancellation) is not null)
            return;
        var pem = NewPem();
        await sql.WriteAsync(session => session.ExecuteAsync(
            """
            insert into signing_key (key_id, private_key_pem, created_ms, active_ms)
            select @keyId, @pem, @now, @now where not exists (select 1 from signing_key)
            """, new { keyId = NewId(), pem, now = clock.GetUtcNow().ToUnixTimeMilliseconds() }), cancellation);
    }

    /// <summary>Adds a key that signs from <paramref name="activeMs"/> on. Returns its id.</summary>
    internal static async Task<string> AddAsync(SqlSession session, long nowMs, long activeMs)
    {
        var keyId = NewId();
        await session.ExecuteAsync(
            "insert into signing_key (key_id, private_key_pem, created_ms, active_ms) values (@keyId, @pem, @nowMs, @activeMs)",
            new { keyId, pem = NewPem(), nowMs, activeMs });
        return keyId;
    }

    internal static Task<int> RetireAsync(SqlSession session, string keyId, long nowMs) => session.ExecuteAsync(
        "update signing_key set retired_ms = @nowMs where key_id = @keyId and retired_ms is null", new { keyId, nowMs });

    internal static Task<int> ForgetAsync(SqlSession session, string keyId) =>
        session.ExecuteAsync("delete from signing_key where key_id = @keyId", new { keyId });

    /// <summary>All keys, newest first; those that are known already are not read from their text again.</summary>
    internal static async Task<IReadOnlyList<SigningKey>> ListAsync(SqlSession session, IReadOnlyList<SigningKey> known)
    {
        var rows = await session.QueryAsync<Row>(
            """
            select key_id as KeyId, private_key_pem as Pem, created_ms as CreatedMs, active_ms as ActiveMs, retired_ms as RetiredMs
            from signing_key
            """);
        return [.. rows.OrderByDescending(row => row.ActiveMs).ThenByDescending(row => row.CreatedMs).ThenBy(row => row.KeyId, StringComparer.Ordinal).Select(Read)];

        SigningKey Read(Row row)
        {
            var key = known.FirstOrDefault(one => one.KeyId == row.KeyId)?.Key ?? Import(row);
            return new SigningKey(row.KeyId, key, row.CreatedMs, row.ActiveMs, row.RetiredMs);
        }
    }

    private static RsaSecurityKey Import(Row row)
    {
        var rsa = RSA.Create();
        rsa.ImportFromPem(row.Pem);
        // No provider is cached: the library's cache is the process's and would outlive the key.
        return new RsaSecurityKey(rsa) { KeyId = row.KeyId, CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } };
    }

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    private static string NewPem()
    {
        using var made = RSA.Create(KeyBits);
        return made.ExportPkcs8PrivateKeyPem();
    }

    private sealed class Row
    {
        public string KeyId { get; set; } = "";
        public string Pem { get; set; } = "";
        public long CreatedMs { get; set; }
        public long ActiveMs { get; set; }
        public long? RetiredMs { get; set; }
    }
}
