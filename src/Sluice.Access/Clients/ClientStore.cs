using System.Security.Cryptography;
using System.Text;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>Which token endpoints serve a client: one kind never gets a token from the other's.</summary>
internal enum ClientKind
{
    Api,
    Legacy,
}

/// <summary>The programs that may ask for tokens. Secrets are kept as salted SHA-256: they are long and random, so a slow hash adds nothing.</summary>
internal static class ClientStore
{
    internal static Task AddAsync(SqlSession session, ClientCredentials client, string name, ClientKind kind, long nowMs)
    {
        var salt = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        return session.ExecuteAsync(
            """
            insert into client (client_id, name, kind, secret_salt, secret_hash, created_ms)
            values (@ClientId, @name, @kind, @salt, @hash, @nowMs)
            """,
            new { client.ClientId, name, kind = Text(kind), salt, hash = Hash(salt, client.ClientSecret), nowMs });
    }

    internal static Task<bool> ExistsAsync(SqlStore sql, string clientId, CancellationToken cancellation) =>
        sql.ReadAsync(async session =>
            await session.FindAsync<string>("select client_id from client where client_id = @clientId", new { clientId }) is not null, cancellation);

    /// <summary>Tells whether the pair is right, in the same time for an unknown client as for a wrong secret.</summary>
    internal static async Task<bool> AcceptsAsync(
        SqlStore sql, ClientKind kind, string clientId, string clientSecret, CancellationToken cancellation)
    {
        var row = await sql.ReadAsync(session => session.FindAsync<Row>(
            "select secret_salt as Salt, secret_hash as Hash from client where client_id = @clientId and kind = @kind",
            new { clientId, kind = Text(kind) }), cancellation);
        var expected = row?.Hash ?? Hash("", "");
        var given = Hash(row?.Salt ?? "", clientSecret);
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(given)) && row is not null;
    }

    private static string Text(ClientKind kind) => kind == ClientKind.Api ? "api" : "legacy";

    private static string Hash(string salt, string secret) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(salt + ":" + secret)));

    private sealed class Row
    {
        public string Salt { get; set; } = "";
        public string Hash { get; set; } = "";
    }
}
