using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sluice.Tests.Doubles;

/// <summary>A message as a partner got it.</summary>
internal sealed record PartnerMessage(string Body, IReadOnlyDictionary<string, string> Headers)
{
    internal JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>Its users as <c>partner id: alias=status …</c>.</summary>
    internal IEnumerable<string> Users => Json[nameof(Users)]!.AsArray().Select(user =>
        $"{user!["DataPartner_UUID"]}: {string.Join(' ', user["Segments"]!.AsArray().Select(one => $"{one!["Segment_ID"]}={one["Status"]}"))}");

    internal string Sha256(string key) => Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(Body)));
}

/// <summary>A partner of S2S destinations: a real HTTP server that keeps what it gets and answers as it is told, and gives tokens on a path of their own.</summary>
internal sealed class PartnerServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<PartnerMessage> _messages = new();
    private int _tokens;

    private PartnerServer(WebApplication app) => _app = app;

    internal string Url => _app.Urls.Single() + "/users";

    internal string TokenUrl => _app.Urls.Single() + "/token";

    internal IReadOnlyList<PartnerMessage> Messages => [.. _messages];

    internal IEnumerable<string> Users => _messages.SelectMany(message => message.Users);

    /// <summary>How often a token was asked for.</summary>
    internal int Tokens => _tokens;

    /// <summary>What the n-th message (from 1) is answered; 200 at first.</summary>
    internal Func<int, HttpContext, int> Answer { get; set; } = (_, _) => 200;

    internal static async Task<PartnerServer> StartAsync(string url = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var app = builder.Build();
        var partner = new PartnerServer(app);
        app.MapPost("/users", partner.TakeAsync);
        app.MapPost("/token", partner.GrantAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return partner;
    }

    /// <summary>Waits until what was got is as wanted.</summary>
    internal Task WaitAsync(Func<PartnerServer, bool> isAsWanted) =>
        Until.SeenAsync(() => Task.FromResult(string.Join(" | ", Users)), _ => isAsWanted(this));

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new StreamReader(http.Request.Body);
        var message = new PartnerMessage(
            await body.ReadToEndAsync(http.RequestAborted), http.Request.Headers.ToDictionary(one => one.Key, one => one.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        int number;
        lock (_messages)
        {
            _messages.Enqueue(message);
            number = _messages.Count;
        }
        http.Response.StatusCode = Answer(number, http);
    }

    private async Task GrantAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var isKnown = http.Request.Headers.Authorization == "Basic " + Convert.ToBase64String("ann:hush"u8) && form["grant_type"] == "client_credentials";
        http.Response.StatusCode = isKnown ? 200 : 401;
        if (isKnown)
            await http.Response.WriteAsync($$"""{"access_token":"t{{Interlocked.Increment(ref _tokens)}}","token_type":"bearer","expires_in":600}""");
    }
}
