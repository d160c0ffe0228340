using System.Text;
using System.Text.Json;
using Sluice.Gateway.Sealing;
using Sluice.Storage;

namespace Sluice.Gateway.Consumers;

/// <summary>Reads and writes developers, apps and products inside one session: the tables <c>gateway_developer</c> and those after it.</summary>
internal sealed class ConsumerRows(SqlSession session, Sealer sealer)
{
    private readonly List<string> _touched = [];

    /// <summary>What was written, in the words of <see cref="ConsumerDirectory"/>; empty when nothing changed.</summary>
    internal IReadOnlyList<string> Touched => _touched;

    internal async Task<Developer?> FindDeveloperAsync(string name)
    {
        var email = name.ToLowerInvariant();
        return await session.FindAsync<string>("select body from gateway_developer where id = @name or email = @email", new { name, email }) is { } body ? Read(body, ConsumerJson.Default.Developer) : null;
    }

    internal async Task<List<Developer>> DevelopersAsync() =>
        [.. (await session.QueryAsync<string>("select body from gateway_developer")).Select(body => Read(body, ConsumerJson.Default.Developer))];

    internal Task<long> CountAsync(string table) => session.FindAsync<long>($"select count(*) from {table}");

    internal async Task SaveAsync(Developer developer)
    {
        await session.ExecuteAsync(
            "insert into gateway_developer (id, email, body) values (@id, @email, @body) on conflict (id) do update set email = excluded.email, body = excluded.body",
            new { id = developer.DeveloperId, email = developer.Email, body = JsonSerializer.Serialize(developer, ConsumerJson.Default.Developer) });
        _touched.Add(ConsumerDirectory.DeveloperSubject + developer.DeveloperId);
    }

    /// <summary>Takes a developer away with all apps and their keys.</summary>
    internal async Task RemoveAsync(Developer developer)
    {
        foreach (var app in await session.QueryAsync<string>("select id from gateway_app where developer_id = @id", new { id = developer.DeveloperId }))
            await RemoveAppAsync(app);
        await session.ExecuteAsync("delete from gateway_developer where id = @id", new { id = developer.DeveloperId });
        _touched.Add(ConsumerDirectory.DeveloperSubject + developer.DeveloperId);
    }

    internal async Task<DeveloperApp?> FindAppAsync(string developerId, string name) =>
        await session.FindAsync<string>("select body from gateway_app where developer_id = @developerId and name = @name", new { developerId, name }) is { } body ? await WithCredentialsAsync(body) : null;

    internal async Task<DeveloperApp?> FindAppAsync(string id) =>
        await session.FindAsync<string>("select body from gateway_app where id = @id", new { id }) is { } body ? await WithCredentialsAsync(body) : null;

    internal async Task<List<DeveloperApp>> AppsAsync()
    {
        var credentials = (await session.QueryAsync<CredentialRow>(CredentialRow.Select + " order by position")).ToLookup(row => row.AppId);
        return [.. (await session.QueryAsync<string>("select body from gateway_app")).Select(body => Read(body, ConsumerJson.Default.DeveloperApp))
            .Select(app => app with { Credentials = [.. credentials[app.AppId].Select(Open)] })];
    }

    internal Task<long> CountAppsAsync(string developerId) => session.FindAsync<long>("select count(*) from gateway_app where developer_id = @developerId", new { developerId });

    /// <summary>Whether a key is anybody's already.</summary>
    internal async Task<bool> HasKeyAsync(string key) => await session.FindAsync<string>("select app_id from gateway_credential where consumer_key = @key", new { key }) is not null;

    internal async Task SaveAsync(DeveloperApp app)
    {
        await RemoveCredentialsAsync(app.AppId);
        await session.ExecuteAsync(
            "insert into gateway_app (id, developer_id, name, body) values (@id, @developer, @name, @body) on conflict (id) do update set body = excluded.body",
            new { id = app.AppId, developer = app.DeveloperId, name = app.Name, body = JsonSerializer.Serialize(app, ConsumerJson.Default.DeveloperApp) });
        for (var position = 0; position < app.Credentials.Length; position++)
            await AddAsync(app.AppId, app.Credentials[position], position);
        _touched.Add(ConsumerDirectory.AppSubject + app.AppId);
    }

    internal async Task RemoveAppAsync(string id)
    {
        await RemoveCredentialsAsync(id);
        await session.ExecuteAsync("delete from gateway_app where id = @id", new { id });
        _touched.Add(ConsumerDirectory.AppSubject + id);
    }

    internal async Task<ApiProduct?> FindProductAsync(string name) =>
        await session.FindAsync<string>("select body from gateway_product where name = @name", new { name }) is { } body ? Read(body, ConsumerJson.Default.ApiProduct) : null;

    internal async Task<List<ApiProduct>> ProductsAsync() =>
        [.. (await session.QueryAsync<string>("select body from gateway_product")).Select(body => Read(body, ConsumerJson.Default.ApiProduct))];

    internal async Task SaveAsync(ApiProduct product)
    {
        await session.ExecuteAsync(
            "insert into gateway_product (name, body) values (@name, @body) on conflict (name) do update set body = excluded.body",
            new { name = product.Name, body = JsonSerializer.Serialize(product, ConsumerJson.Default.ApiProduct) });
        _touched.Add(ConsumerDirectory.ProductSubject + product.Name);
    }

    internal async Task RemoveProductAsync(string name)
    {
        await session.ExecuteAsync("delete from gateway_product where name = @name", new { name });
        _touched.Add(ConsumerDirectory.ProductSubject + name);
    }

    /// <summary>How many credentials are for a product.</summary>
    internal Task<long> CountUsersAsync(string product) => session.FindAsync<long>("select count(*) from gateway_credential_product where product = @product", new { product });

    private async Task<DeveloperApp> WithCredentialsAsync(string body)
    {
        var app = Read(body, ConsumerJson.Default.DeveloperApp);
        var rows = await session.QueryAsync<CredentialRow>(CredentialRow.Select + " where app_id = @id order by position", new { id = app.AppId });
        return app with { Credentials = [.. rows.Select(Open)] };
    }

    private async Task AddAsync(string appId, Credential credential, long position)
    {
        var key = credential.ConsumerKey;
        await session.ExecuteAsync(
            "insert into gateway_credential (consumer_key, app_id, secret_sealed, position, body) values (@key, @appId, @secret, @position, @body)",
            new { key, appId, secret = sealer.Seal(Encoding.UTF8.GetBytes(credential.ConsumerSecret), BelongsTo(key)), position, body = JsonSerializer.Serialize(credential, ConsumerJson.Default.Credential) });
        foreach (var product in credential.ApiProducts)
            await session.ExecuteAsync("insert into gateway_credential_product (consumer_key, product) values (@key, @product)", new { key, product = product.Apiproduct });
    }

    private async Task RemoveCredentialsAsync(string appId)
    {
        await session.ExecuteAsync("delete from gateway_credential_product where consumer_key in (select consumer_key from gateway_credential where app_id = @appId)", new { appId });
        await session.ExecuteAsync("delete from gateway_credential where app_id = @appId", new { appId });
    }

    // A secret that the ring cannot open any more is none: its key goes on to be found.
    private Credential Open(CredentialRow row) => Read(row.Body, ConsumerJson.Default.Credential) with
    {
        ConsumerSecret = sealer.TryOpen(row.SecretSealed, BelongsTo(row.ConsumerKey)) is { } secret ? Encoding.UTF8.GetString(secret) : "",
    };

    private static byte[] BelongsTo(string key) => Encoding.UTF8.GetBytes("credential\0" + key);

    private static T Read<T>(string body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => JsonSerializer.Deserialize(body, type)!;

    private sealed class CredentialRow
    {
        internal const string Select = "select consumer_key as ConsumerKey, app_id as AppId, secret_sealed as SecretSealed, body as Body from gateway_credential";

        public string ConsumerKey { get; set; } = "";
        public string AppId { get; set; } = "";
        public byte[] SecretSealed { get; set; } = [];
        public string Body { get; set; } = "";
    }
}
