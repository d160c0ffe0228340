using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Sluice.AcceptanceTests.Durability;
using Sluice.Storage;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>The program as a process, a client of it with a web page of its own, and a user.</summary>
internal sealed class PageHouse : IAsyncDisposable
{
    internal const string Password = "correct horse 7 battery";

    private readonly House _house;
    private readonly ServerProcess _server;
    private readonly HttpClient _admin;
    private readonly ClientApp _client;
    private readonly string _clientId;

    private PageHouse(House house, ServerProcess server, HttpClient admin, ClientApp client, string clientId) =>
        (_house, _server, _admin, _client, _clientId) = (house, server, admin, client, clientId);

    /// <summary>The link with which the client sends its users here.</summary>
    internal string Link =>
        $"{_admin.BaseAddress}oauth/authorize?response_type=code&client_id={_clientId}&redirect_uri={Uri.EscapeDataString(_client.Callback)}&state=s%204";

    internal Uri Address => _admin.BaseAddress!;

    internal static async Task<PageHouse> StartAsync()
    {
        var house = new House();
        var server = house.Start();
        var admin = await house.SignInAsync((await server.ReadyAsync())!);
        var client = await ClientApp.StartAsync();
        var made = await PostAsync(
            admin, "clients", new() { ["name"] = "Weather station", ["kind"] = "legacy", ["redirectUris"] = new JsonArray(client.Callback) });
        var clientId = made["client"]!["clientId"]!.GetValue<string>();
        client.Account = (new HttpClient(new SocketsHttpHandler()) { BaseAddress = admin.BaseAddress }, clientId, made["clientSecret"]!.GetValue<string>());
        var user = await PostAsync(admin, "users", new() { ["username"] = "ada", ["password"] = Password });
        await PostAsync(admin, $"users/{user["user"]!["userId"]}/password", new() { ["password"] = Password, ["temporary"] = false });
        return new PageHouse(house, server, admin, client, clientId);
    }

    /// <summary>Makes the user's password as old as if it had been set in 1970.</summary>
    internal async Task AgePasswordAsync()
    {
        await using var sql = new SqliteStore(Path.Combine(_house.Folder, "installation.db"));
        await sql.WriteAsync(
            session => session.ExecuteAsync("update user_account set password_set_ms = 0 where username = 'ada'"), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _admin.Dispose();
        await _server.DisposeAsync();
        _house.Dispose();
    }

    private static async Task<JsonNode> PostAsync(HttpClient admin, string path, JsonObject body)
    {
        using var answer = await admin.PostAsJsonAsync("/api/sluice/v1/" + path, body, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
