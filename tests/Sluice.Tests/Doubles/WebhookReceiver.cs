using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sluice.Tests.Doubles;

/// <summary>A notification as it came over the wire.</summary>
public sealed record ReceivedNotification(string Id, string Timestamp, string Signature, string Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public JsonNode Event => Json["event"]!;

    /// <summary>Whether it carries the signature that this secret gives, as Standard Webhooks asks for.</summary>
    public bool IsSignedWith(string secret)
    {
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        return Signature == "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{Id}.{Timestamp}.{Body}")))
            && long.Parse(Timestamp, CultureInfo.InvariantCulture) > 1_600_000_000;
    }
}

/// <summary>Somebody who is notified: a real HTTP server that keeps what it gets and answers as it is told.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedNotification> _received = new();

    private WebhookReceiver(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single() + "/hook";

    public IReadOnlyList<ReceivedNotification> Received => [.. _received];

    /// <summary>What the n-th request (from 1) is answered; 200 at first.</summary>
    public Func<int, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.MapPost("/{**path}", receiver.ReceiveAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>Waits until so many requests have come.</summary>
    public async Task<IReadOnlyList<ReceivedNotification>> WaitAsync(int count)
    {
        await Until.TrueAsync(() => _received.Count >= count);
        return Received;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new StreamReader(http.Request.Body);
        var text = await body.ReadToEndAsync(http.RequestAborted);
        var headers = http.Request.Headers;
        int number;
        lock (_received)
        {
            _received.Enqueue(new ReceivedNotification(headers["webhook-id"]!, headers["webhook-timestamp"]!, headers["webhook-signature"]!, text));
            number = _received.Count;
        }
        await Answer(number, http);
    }
}
