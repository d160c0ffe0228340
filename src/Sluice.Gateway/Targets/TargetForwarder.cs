using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Targets;

/// <summary>Sends requests to targets and reads their answers; what goes wrong becomes the documented fault (contract gateway.md 3.3, 6.2).</summary>
/// <remarks>Threading: any. Connections are kept and shared by all flows with the same settings.</remarks>
internal sealed class TargetForwarder(GatewayOptions options) : IDisposable
{
    // Requests that nobody waits for, all flows together.
    private const int MaxForgotten = 1_000;

    private readonly ConcurrentDictionary<ConnectionSettings, HttpMessageInvoker> _invokers = new();
    private int _forgotten;

    /// <summary>Sends the flow's request to its target; the answer is the flow's response.</summary>
    internal async ValueTask<Fault?> SendAsync(FlowContext flow, Uri? address, TargetSettings settings)
    {
        flow.TargetUri = address ?? flow.TargetUri;
        flow.Times.TargetSentStart = Now(flow);
        var fault = await SendAsync(flow, new Exchange(flow.Request, flow.Response, settings.StreamsResponse || flow.ProxyEndpoint.StreamsResponse), address, settings);
        if (fault is null && flow.Response.Stream is null)
            flow.Times.TargetReceivedEnd = Now(flow);
        return fault;
    }

    /// <summary>Sends any request and fills its response; returns the fault where there is none.</summary>
    internal async ValueTask<Fault?> SendAsync(FlowContext flow, Exchange exchange, Uri? address, TargetSettings settings)
    {
        if (address is null)
            return new Fault("messaging.runtime.TargetMissing", "The target's address cannot be read");
        using var request = MakeRequest(exchange.Request, address, flow);
        var late = flow.Leases.RentPatience(settings.IoTimeout);
        await using var leaving = flow.Cancellation.UnsafeRegister(static late => ((CancellationTokenSource)late!).Cancel(), late);
        HttpResponseMessage? response = null;
        try
        {
            response = await InvokerFor(settings).SendAsync(request, late.Token);
            if (ReferenceEquals(exchange.Request, flow.Request))
                flow.Times.TargetSentEnd = flow.Times.TargetReceivedStart = Now(flow);
            return await ReadAsync(flow, exchange, response, settings, late);
        }
        catch (OperationCanceledException) when (!flow.Cancellation.IsCancellationRequested)
        {
            return new Fault("messaging.adaptors.http.flow.GatewayTimeout", "Gateway Timeout", 504);
        }
        catch (HttpRequestException failure)
        {
            return FaultOf(failure);
        }
        catch (IOException failure)
        {
            return failure.InnerException is HttpRequestException inner ? FaultOf(inner) : Cut();
        }
        finally
        {
            if (response is not null && exchange.Response.Stream is null)
                response.Dispose();
        }
    }

    /// <summary>Sends a request that nobody waits for; its answer is thrown away. False when too many are under way already.</summary>
    internal bool TrySendAndForget(FlowContext flow, Message request, Uri address, TargetSettings settings)
    {
        if (Interlocked.Increment(ref _forgotten) > MaxForgotten)
        {
            Interlocked.Decrement(ref _forgotten);
            return false;
        }
        // The flow's memory goes back to its owners before this is sent.
        request.Body = request.Body.ToArray();
        _ = ForgetAsync(MakeRequest(request, address, flow), settings);
        return true;
    }

    private async Task ForgetAsync(HttpRequestMessage request, TargetSettings settings)
    {
        try
        {
            using (request)
            {
                using var late = new CancellationTokenSource(settings.IoTimeout);
                using var response = await InvokerFor(settings).SendAsync(request, late.Token);
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody waits to hear of it (contract gateway.md 7).
        }
        finally
        {
            Interlocked.Decrement(ref _forgotten);
        }
    }

    public void Dispose()
    {
        foreach (var invoker in _invokers.Values)
            invoker.Dispose();
    }

    private async ValueTask<Fault?> ReadAsync(FlowContext flow, Exchange exchange, HttpResponseMessage response, TargetSettings settings, CancellationTokenSource late)
    {
        var answer = exchange.Response;
        answer.Clear(isRequest: false);
        (answer.Status, answer.Reason) = ((int)response.StatusCode, response.ReasonPhrase);
        Take(answer.Headers, response.Headers);
        Take(answer.Headers, response.Content.Headers);
        if (exchange.StreamsResponse)
        {
            flow.Leases.Keep(response);
            answer.Stream = await response.Content.ReadAsStreamAsync(late.Token);
            late.CancelAfter(Timeout.InfiniteTimeSpan);
            return null;
        }
        if (response.Content.Headers.ContentLength is > 0 and var length && length > options.MaxBodyBytes)
            return TooBig();
        await using var body = await response.Content.ReadAsStreamAsync(late.Token);
        if (await BodyReader.ReadAsync(body, options.MaxBodyBytes, flow, (int)Math.Min(response.Content.Headers.ContentLength ?? 0, options.MaxBodyBytes), late, settings.IoTimeout) is not { } bytes)
            return TooBig();
        answer.Body = bytes;
        return null;
    }

    private static HttpRequestMessage MakeRequest(Message source, Uri address, FlowContext flow)
    {
        var request = new HttpRequestMessage(MethodOf(source.Verb), address)
        {
            Version = address.Scheme == Uri.UriSchemeHttps ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        if (source.Stream is { } stream)
            request.Content = new StreamContent(stream);
        else if (source.Body is { IsEmpty: false } body)
            request.Content = new ReadOnlyMemoryContent(body);
        else if (source.Verb is "POST" or "PUT" or "PATCH")
            request.Content = new ReadOnlyMemoryContent(default);
        var clientHost = flow.Http.Request.Headers.Host;
        foreach (ref readonly var field in source.Headers.Fields)
        {
            var (name, value) = field;
            if (Hop.IsHop(name) || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.StartsWith(':'))
                continue;
            // The target is called by its own name, unless a policy gave another.
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase) && value == clientHost)
                continue;
            if (!request.Headers.TryAddWithoutValidation(name, value))
                (request.Content ??= new ReadOnlyMemoryContent(default)).Headers.TryAddWithoutValidation(name, value);
        }
        return request;
    }

    private static HttpMethod MethodOf(string verb) => verb switch
    {
        "GET" => HttpMethod.Get,
        "POST" => HttpMethod.Post,
        "PUT" => HttpMethod.Put,
        "DELETE" => HttpMethod.Delete,
        "PATCH" => HttpMethod.Patch,
        "HEAD" => HttpMethod.Head,
        "OPTIONS" => HttpMethod.Options,
        _ => new HttpMethod(verb),
    };

    private static void Take(HeaderList headers, HttpHeaders source)
    {
        foreach (var (name, values) in source.NonValidated)
        {
            if (Hop.IsHop(name) || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                continue;
            foreach (var value in values)
                headers.Add(name, value);
        }
    }

    private HttpMessageInvoker InvokerFor(TargetSettings settings) =>
        _invokers.GetOrAdd(new ConnectionSettings(settings.ConnectTimeout, settings.KeepAlive, settings.IgnoresCertificateErrors), Make);

    private HttpMessageInvoker Make(ConnectionSettings settings)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = settings.Connect,
            PooledConnectionIdleTimeout = settings.KeepAlive,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), // names may move
            MaxResponseHeadersLength = 64,
            EnableMultipleHttp2Connections = true,
            ConnectCallback = new GuardedConnect(options.AllowLoopbackTargets).ConnectAsync,
        };
        if (settings.IgnoresCertificateErrors)
            handler.SslOptions.RemoteCertificateValidationCallback = AcceptAny;
        return new HttpMessageInvoker(handler);
    }

    // The bundle says so: IgnoreValidationErrors (contract gateway.md 3.3).
    private static bool AcceptAny(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => errors == SslPolicyErrors.None || certificate is not null;

    private static Fault FaultOf(HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError => new Fault("messaging.adaptors.http.flow.SslHandshakeFailed", "SSL Handshake failed", 503),
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError => new Fault("messaging.adaptors.http.flow.ServiceUnavailable", "The Service is temporarily unavailable", 503),
        HttpRequestError.ConfigurationLimitExceeded => new Fault("protocol.http.TooBigHeaders", "Header buffer overflow", 502),
        _ => Cut(),
    };

    private static Fault Cut() => new("messaging.adaptors.http.flow.UnexpectedEOFAtTarget", "Unexpected EOF at target", 502);

    private static Fault TooBig() => new("protocol.http.TooBigBody", "Body buffer overflow", 502);

    private static long Now(FlowContext flow) => flow.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed record ConnectionSettings(TimeSpan Connect, TimeSpan KeepAlive, bool IgnoresCertificateErrors);
}

/// <summary>A request, and the message that its answer is put in.</summary>
internal readonly record struct Exchange(Message Request, Message Response, bool StreamsResponse = false);
