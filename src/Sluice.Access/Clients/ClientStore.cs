using System.Text.Json;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>The <c>client</c>, <c>client_secret</c> and <c>client_key</c> tables.</summary>
internal static class ClientStore
{
    internal static Task AddAsync(SqlSession session, Client client) => session.ExecuteAsync(
        """
        insert into client (client_id, name, kind, document, technical_account, created_ms, updated_ms)
        values (@ClientId, @Name, @kind, @document, @TechnicalAccount, @CreatedMs, @UpdatedMs)
        """, Parameters(client));

    internal static Task ChangeAsync(SqlSession session, Client client) => session.ExecuteAsync(
        """
        update client set name = @Name, document = @document, technical_account = @TechnicalAccount, updated_ms = @UpdatedMs
        where client_id = @ClientId
        """, Parameters(client));

    internal static async Task RemoveAsync(SqlSession session, string clientId)
    {
        await session.ExecuteAsync("delete from client_secret where client_id = @clientId", new { clientId });
        await session.ExecuteAsync("delete from client_key where client_id = @clientId", new { clientId });
        await session.ExecuteAsync("delete from consent where client_id = @clientId", new { clientId });
        await session.ExecuteAsync("delete from client where client_id = @clientId", new { clientId });
    }

    internal static Task AddSecretAsync(SqlSession session, string clientId, ClientSecret secret) => session.ExecuteAsync(
        """
        insert into client_secret (secret_id, client_id, salt, hash, created_ms, expires_ms)
        values (@SecretId, @clientId, @Salt, @Hash, @CreatedMs, @ExpiresMs)
        """, new { secret.SecretId, clientId, secret.Salt, secret.Hash, secret.CreatedMs, secret.ExpiresMs });

    internal static Task<int> RemoveSecretAsync(SqlSession session, string clientId, string secretId) => session.ExecuteAsync(
        "delete from client_secret where client_id = @clientId and secret_id = @secretId", new { clientId, secretId });

    internal static Task AddKeyAsync(SqlSession session, string clientId, ClientKey key) => session.ExecuteAsync(
        """
        insert into client_key (key_id, client_id, public_key_pem, created_ms, expires_ms)
        values (@KeyId, @clientId, @PublicKeyPem, @CreatedMs, @ExpiresMs)
        """, new { key.KeyId, clientId, key.PublicKeyPem, key.CreatedMs, key.ExpiresMs });

    internal static Task<int> RemoveKeyAsync(SqlSession session, string clientId, string keyId) => session.ExecuteAsync(
        "delete from client_key where client_id = @clientId and key_id = @keyId", new { clientId, keyId });

    internal static async Task<List<Client>> ListAsync(SqlSession session)
    {
        var secrets = (await session.QueryAsync<SecretRow>(
            "select secret_id as SecretId, client_id as ClientId, salt as Salt, hash as Hash, created_ms as CreatedMs, expires_ms as ExpiresMs from client_secret"))
            .ToLookup(row => row.ClientId, row => new ClientSecret(row.SecretId, row.Salt, row.Hash, row.CreatedMs, row.ExpiresMs));
        var keys = (await session.QueryAsync<KeyRow>(
            "select key_id as KeyId, client_id as ClientId, public_key_pem as Pem, created_ms as CreatedMs, expires_ms as ExpiresMs from client_key"))
            .ToLookup(row => row.ClientId, row => new ClientKey(row.KeyId, row.Pem, row.CreatedMs, row.ExpiresMs));
        var rows = await session.QueryAsync<Row>(
            """
            select client_id as ClientId, name as Name, kind as Kind, document as Document, technical_account as TechnicalAccount,
                created_ms as CreatedMs, updated_ms as UpdatedMs
            from client
            """);
        return [.. rows.Select(row => row.Read(secrets[row.ClientId], keys[row.ClientId]))];
    }

    private static object Parameters(Client client) => new
    {
        client.ClientId,
        client.Name,
        kind = client.Kind == ClientKind.Api ? "api" : "legacy",
        document = JsonSerializer.Serialize(client.Document, StoredJson.Default.ClientDocument),
        client.TechnicalAccount,
        client.CreatedMs,
        client.UpdatedMs,
    };

    private sealed class Row
    {
        public string ClientId { get; set; } = "";
        public string Name { get; set; } = "";
        public string Kind { get; set; } = "";
        public string Document { get; set; } = "";
        public string TechnicalAccount { get; set; } = "";
        public long CreatedMs { get; set; }
        public long UpdatedMs { get; set; }

        internal Client Read(IEnumerable<ClientSecret> secrets, IEnumerable<ClientKey> keys) => new(
            ClientId, Kind == "api" ? ClientKind.Api : ClientKind.Legacy, Name, TechnicalAccount,
            Document.Length == 0 ? new ClientDocument() : JsonSerializer.Deserialize(Document, StoredJson.Default.ClientDocument)!,
            [.. secrets.OrderBy(one => one.CreatedMs)], [.. keys.OrderBy(one => one.CreatedMs)], CreatedMs, UpdatedMs);
    }

    private sealed class SecretRow
    {
        public string SecretId { get; set; } = "";
        public string ClientId { get; set; } = "";
        public string Salt { get; set; } = "";
        public string Hash { get; set; } = "";
        public long CreatedMs { get; set; }
        public long? ExpiresMs { get; set; }
    }

    private sealed class KeyRow
    {
        public string KeyId { get; set; } = "";
        public string ClientId { get; set; } = "";
        public string Pem { get; set; } = "";
        public long CreatedMs { get; set; }
        public long? ExpiresMs { get; set; }
    }
}
