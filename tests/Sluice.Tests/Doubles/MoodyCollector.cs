using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sluice.Tests.Doubles;

/// <summary>What befalls a request.</summary>
internal enum Mood
{
    /// <summary>It is received.</summary>
    Fair,

    /// <summary>It is answered with <see cref="Whim.Status"/>; nothing of it is stored.</summary>
    Refuse,

    /// <summary>The line is cut before anything is stored.</summary>
    CutBefore,

    /// <summary>All is stored, and the line is cut within the answer.</summary>
    CutAfter,

    /// <summary>No answer comes before the sender loses patience.</summary>
    Stall,
}

/// <summary>What befalls one request, with what it is told.</summary>
internal sealed record Whim(Mood Mood, int Status = 0, string? RetryAfter = null)
{
    internal static Whim None { get; } = new(Mood.Fair);

    internal static Whim Of(int status, string? retryAfter = null) => new(Mood.Refuse, status, retryAfter);
}

/// <summary>A request as it came.</summary>
internal sealed record CollectorRequest(string Key, string Text, IReadOnlyList<string> Ids, string? Token);

/// <summary>A collection endpoint over real sockets that misbehaves as it is told, and honours <c>Idempotency-Key</c>.</summary>
internal sealed class MoodyCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly List<CollectorRequest> _requests = [];
    private readonly List<string> _stored = [];
    private readonly Dictionary<string, (string Text, string Answer)> _answers = [];
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _awaited = new();
    private int _tokens;

    private MoodyCollector(WebApplication app) => _app = app;

    internal Uri Inlet => new(_app.Urls.Single() + "/collection/inlet");

    internal Uri TokenAddress => new(_app.Urls.Single() + "/ims/token/v3");

    /// <summary>What befalls the n-th request, from 1.</summary>
    internal Func<int, CollectorRequest, Whim> Whims { get; set; } = (_, _) => Whim.None;

    /// <summary>The status of a message's entry at the n-th request; 0 for none.</summary>
    internal Func<int, string, int> Entries { get; set; } = (_, _) => 0;

    /// <summary>What every request waits for before anything befalls it.</summary>
    internal Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Whether answers lack their last entry.</summary>
    internal bool DropsEntries { get; set; }

    internal int TokenLifetimeSeconds { get; set; } = 86_400;

    internal int Tokens => _tokens;

    internal IReadOnlyList<CollectorRequest> Requests
    {
        get { lock (_lock) return [.. _requests]; }
    }

    /// <summary>The ids of what was stored, in order.</summary>
    internal IReadOnlyList<string> Stored
    {
        get { lock (_lock) return [.. _stored]; }
    }

    internal static async Task<MoodyCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var collector = new MoodyCollector(app);
        app.MapPost("/collection/inlet", collector.ReceiveAsync);
        app.MapPost("/ims/token/v3", collector.GrantAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    /// <summary>A message of this id, of exactly so many bytes when that is said.</summary>
    internal static byte[] Message(string id, int bytes = 0)
    {
        var text = "{\"body\":{\"xdmEntity\":{\"_id\":\"" + id + "\",\"x\":\"\"}}}";
        return System.Text.Encoding.UTF8.GetBytes(text.Replace("\"x\":\"", "\"x\":\"" + new string('x', Math.Max(0, bytes - text.Length)), StringComparison.Ordinal));
    }

    /// <summary>Ends when so many requests have come.</summary>
    internal Task CameAsync(int requests)
    {
        lock (_lock)
        {
            var came = _awaited.GetOrAdd(requests, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            if (_requests.Count >= requests)
                came.TrySetResult();
            return came.Task.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var text = await reader.ReadToEndAsync(http.RequestAborted);
        var ids = JsonNode.Parse(text)!["messages"]!.AsArray().Select(one => one!["body"]!["xdmEntity"]!["_id"]!.GetValue<string>()).ToList();
        var request = new CollectorRequest(http.Request.Headers["Idempotency-Key"].ToString(), text, ids, http.Request.Headers.Authorization);
        int number;
        lock (_lock)
        {
            _requests.Add(request);
            number = _requests.Count;
            if (_awaited.TryGetValue(number, out var came))
                came.TrySetResult();
        }
        await Gate;
        var whim = Whims(number, request);
        switch (whim.Mood)
        {
            case Mood.Refuse:
                http.Response.StatusCode = whim.Status;
                if (whim.RetryAfter is not null)
                    http.Response.Headers.RetryAfter = whim.RetryAfter;
                await http.Response.WriteAsync($$$"""{"type":"x","status":{{{whim.Status}}},"title":"T","report":{"message":"moody {{{whim.Status}}}"}}""", http.RequestAborted);
                return;
            case Mood.CutBefore:
                http.Abort();
                return;
            case Mood.Stall:
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return;
        }
        var answer = Store(number, request);
        if (answer is null)
        {
            http.Response.StatusCode = 422;
            return;
        }
        http.Response.StatusCode = 207;
        http.Response.ContentLength = answer.Length;
        if (whim.Mood == Mood.CutAfter)
        {
            await http.Response.WriteAsync(answer[..(answer.Length / 2)], http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            http.Abort();
            return;
        }
        await http.Response.WriteAsync(answer, http.RequestAborted);
    }

    private string? Store(int number, CollectorRequest request)
    {
        lock (_lock)
        {
            if (_answers.TryGetValue(request.Key, out var known))
                return known.Text == request.Text ? known.Answer : null;
            var responses = new JsonArray();
            for (var index = 0; index < request.Ids.Count; index++)
            {
                var status = Entries(number, request.Ids[index]);
                if (status == 0)
                    _stored.Add(request.Ids[index]);
                responses.Add((JsonNode)(status == 0
                    ? new JsonObject { ["xactionId"] = $"{number}:{index}" }
                    : new JsonObject { ["xactionId"] = $"{number}-{index}", ["status"] = status, ["statusCode"] = status, ["message"] = $"entry {status}" }));
            }
            if (DropsEntries)
                responses.RemoveAt(responses.Count - 1);
            var answer = new JsonObject { ["inletId"] = "inlet", ["batchId"] = number.ToString(CultureInfo.InvariantCulture), ["responses"] = responses }.ToJsonString();
            _answers[request.Key] = (request.Text, answer);
            return answer;
        }
    }

    private async Task GrantAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (form["client_secret"] != "hush")
        {
            http.Response.StatusCode = 401;
            await http.Response.WriteAsync("""{"error":"invalid_client","error_description":"no such client"}""", http.RequestAborted);
            return;
        }
        await http.Response.WriteAsync(
            $$"""{"access_token":"token-{{Interlocked.Increment(ref _tokens)}}","token_type":"bearer","expires_in":{{TokenLifetimeSeconds}}}""", http.RequestAborted);
    }
}
