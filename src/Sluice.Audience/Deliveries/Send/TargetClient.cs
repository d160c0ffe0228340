using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Net.Sockets;

namespace Sluice.Audience.Deliveries.Send;

/// <summary>Sends one request to a partner: bounded in time and in what is read of the answer, never following a redirect, and through no proxy.</summary>
internal sealed class TargetClient : IDisposable
{
    private const int MaxAnswerBytes = 16_384; // a token may be some KiB
    private const int ConnectionsPerTarget = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3); // contract audience.md 5.6
    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    private readonly HttpClient _http;
    private readonly bool _allowLoopback;
    private readonly TimeProvider _clock;

    public TargetClient(AudienceOptions options, TimeProvider clock)
    {
        (_allowLoopback, _clock) = (options.AllowLoopbackTargets, clock);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            MaxConnectionsPerServer = ConnectionsPerTarget,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2), // then its name is looked up again
            MaxResponseHeadersLength = 16,
            ConnectCallback = (context, cancellation) => TargetRule.ConnectAsync(context.DnsEndPoint, options.AllowLoopbackTargets, cancellation),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // each request has its own
        };
    }

    /// <summary>Makes one request.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="body">The content.</param>
    /// <param name="mediaType">What the content is.</param>
    /// <param name="headers">Names and values beside.</param>
    /// <param name="stop">Gives the request up, as if it was never made.</param>
    /// <exception cref="OperationCanceledException">Stopped: what came of it is not known.</exception>
    internal async Task<TargetAnswer> PostAsync(
        string url, ReadOnlyMemory<byte> body, string mediaType, IReadOnlyList<(string Name, string Value)> headers, CancellationToken stop)
    {
        if (TargetRule.Fault(url, _allowLoopback) is { } fault)
            return TargetAnswer.None($"The URL {fault}");
        using var patience = new CancellationTokenSource(Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType, mediaType == MediaTypeNames.Application.Json ? "utf-8" : null);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.TryAddWithoutValidation("User-Agent", "Sluice");
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return TargetAnswer.Of((int)response.StatusCode, RestOf(response), await ReadSomeAsync(response, either.Token));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return TargetAnswer.None($"No answer within {Patience.TotalSeconds.ToString(CultureInfo.InvariantCulture)} seconds");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException)
        {
            return TargetAnswer.None(failure.InnerException is { } inner ? $"{failure.Message} {inner.Message}" : failure.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private TimeSpan? RestOf(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter?.Delta ?? response.Headers.RetryAfter?.Date - _clock.GetUtcNow();
        return asked > LongestRest ? LongestRest : asked;
    }

    private static async Task<byte[]> ReadSomeAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var buffer = new byte[MaxAnswerBytes];
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var read = await body.ReadAtLeastAsync(buffer, MaxAnswerBytes, throwOnEndOfStream: false, cancellation);
        return buffer[..read];
    }
}
