using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Primitives;

namespace Sluice.Demo;

/// <summary>The target of the demo's proxy and of the sample bundles: a service of its own that counts how often it is asked, and answers as its query wishes.</summary>
internal sealed class WeatherService : IAsyncDisposable
{
    private const int MaxEchoedCharacters = 4_096;
    private const int MaxWaitMs = 2_000;

    private readonly WebApplication _app;
    private int _calls;

    private WeatherService(WebApplication app) => _app = app;

    internal int Calls => Volatile.Read(ref _calls);

    internal int Port => new Uri(_app.Urls.Single()).Port;

    internal static async Task<WeatherService> StartAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var service = new WeatherService(app);
        app.Map("/{**path}", service.AnswerAsync);
        await app.StartAsync(cancellation);
        return service;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var (query, response) = (http.Request.Query, http.Response);
        var call = Interlocked.Increment(ref _calls);
        if (Number(query["wait"], MaxWaitMs) is { } wait)
            await Task.Delay(wait, http.RequestAborted);
        var body = Encoding.UTF8.GetBytes(http.Request.Path.StartsWithSegments("/echo") ? await EchoAsync(http.Request) : Weather(query, call));

        response.StatusCode = Number(query["status"], 599) is >= 200 and var status ? status : StatusCodes.Status200OK;
        response.ContentType = "application/json";
        if (Number(query["max-age"], int.MaxValue) is { } seconds)
            response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"max-age={seconds}");
        if (query.ContainsKey("private"))
            response.Headers.CacheControl = "private";
        if (Number(query["tag"], int.MaxValue) is { } tag)
            response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{tag}\"");
        if (query.ContainsKey("gzip"))
        {
            response.Headers.ContentEncoding = "gzip";
            body = Packed(body);
        }
        if (response.StatusCode is not (StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified))
            await response.Body.WriteAsync(body, http.RequestAborted);
    }

    private static string Weather(IQueryCollection query, int call) => string.Create(
        CultureInfo.InvariantCulture, $"{{\"place\":\"{(query["w"].ToString() is { Length: <= 20 } place && place.All(char.IsAsciiDigit) ? place : "?")}\",\"sky\":\"clear\",\"askedTimes\":{call}}}");

    // What a proxy made of the client's request: the line, the headers that are not HTTP's own, the body.
    private static async Task<string> EchoAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        return new JsonObject
        {
            ["method"] = request.Method,
            ["path"] = request.Path.Value,
            ["query"] = request.QueryString.Value,
            ["headers"] = new JsonObject(request.Headers.Where(one => one.Key.StartsWith("X-", StringComparison.OrdinalIgnoreCase)).OrderBy(one => one.Key, StringComparer.OrdinalIgnoreCase)
                .Select(one => KeyValuePair.Create(one.Key.ToLowerInvariant(), (JsonNode?)one.Value.ToString()))),
            ["body"] = body.Length > MaxEchoedCharacters ? body[..MaxEchoedCharacters] : body,
        }.ToJsonString();
    }

    private static byte[] Packed(byte[] body)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(body);
        return packed.ToArray();
    }

    private static int? Number(StringValues text, int most) =>
        int.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number : null;
}
