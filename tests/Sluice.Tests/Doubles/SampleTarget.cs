using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Sluice.Tests.Doubles;

/// <summary>A request as a target got it.</summary>
internal sealed record TargetCall(string Method, string PathAndQuery, string Protocol, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>A target of proxies: a real HTTP server that keeps what it gets and answers as it is told.</summary>
internal sealed class SampleTarget : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<TargetCall> _calls = new();

    private SampleTarget(WebApplication app) => _app = app;

    internal string Url => _app.Urls.Single();

    internal IReadOnlyList<TargetCall> Calls => [.. _calls];

    /// <summary>What a call is answered; at first 200 and a text that counts the calls.</summary>
    internal Func<HttpContext, int, Task> Answer { get; set; } = (http, number) => http.Response.WriteAsync($"answer {number}");

    internal static Task<SampleTarget> StartAsync() => StartAsync(_ => { });

    /// <summary>One that listens in its own way: with TLS, over HTTP/2.</summary>
    internal static async Task<SampleTarget> StartAsync(Action<ListenOptions> listen)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.UTF8;
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen);
        });
        var app = builder.Build();
        var target = new SampleTarget(app);
        app.UseWebSockets();
        app.Run(target.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return target;
    }

    /// <summary>Answers every call alike.</summary>
    internal void AnswerWith(int status, string body, params (string Name, string Value)[] headers) => Answer = (http, _) =>
    {
        http.Response.StatusCode = status;
        foreach (var (name, value) in headers)
            http.Response.Headers.Append(name, value);
        return http.Response.WriteAsync(body);
    };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        var feature = http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!;
        _calls.Enqueue(new TargetCall(
            http.Request.Method, feature.RawTarget, http.Request.Protocol, http.Request.Headers.ToDictionary(one => one.Key, one => one.Value.ToString(), StringComparer.OrdinalIgnoreCase), body));
        await Answer(http, _calls.Count);
    }
}
