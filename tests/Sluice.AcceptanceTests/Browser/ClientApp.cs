using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>A client as somebody would write it: takes the code at its own address, exchanges it, and greets the user by the name the API has.</summary>
internal sealed class ClientApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ClientApp(WebApplication app) => _app = app;

    internal string Callback => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/callback";

    /// <summary>Where the client's tokens come from, and as whom it asks for them.</summary>
    internal (HttpClient Sluice, string ClientId, string ClientSecret) Account { private get; set; }

    internal static async Task<ClientApp> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var client = new ClientApp(builder.Build());
        client._app.MapGet("/callback", (Delegate)client.GreetAsync);
        await client._app.StartAsync(TestContext.Current.CancellationToken);
        return client;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> GreetAsync(HttpContext http)
    {
        var text = http.Request.Query["error"] is [{ } error] ? $"Not allowed: {error}"
            : $"Hello {await ExchangeAsync(http.Request.Query["code"].ToString())}, state {http.Request.Query["state"]}";
        return Results.Text($"<!DOCTYPE html><title>Client</title><h1>{WebUtility.HtmlEncode(text)}</h1>", "text/html; charset=utf-8");
    }

    private async Task<string> ExchangeAsync(string code)
    {
        using var form = new FormUrlEncodedContent(
        [
            new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", Callback),
            new("client_id", Account.ClientId), new("client_secret", Account.ClientSecret),
        ]);
        using var granted = await Account.Sluice.PostAsync("/oauth/token", form);
        var token = JsonNode.Parse(await granted.Content.ReadAsStringAsync())!["access_token"]!.GetValue<string>();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/users/self") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var self = await Account.Sluice.SendAsync(request);
        return JsonNode.Parse(await self.Content.ReadAsStringAsync())!["username"]!.GetValue<string>();
    }
}
