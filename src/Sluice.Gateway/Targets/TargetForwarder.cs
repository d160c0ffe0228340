using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Targets;

/// <summary>Sends requests to targets and reads their answers; what goes wrong becomes the documented fault (contract gateway.md 3.3, 6.2).</summary>
/// <remarks>Threading: any.</remarks>
internal sealed class TargetForwarder(GatewayOptions options, OpenSockets sockets) : IDisposable
{
    // Requests that nobody waits for, all flows together.
    private const int MaxForgotten = 1_000;

    private readonly TargetClients _clients = new(options);
    private int _forgotten;

    /// <summary>Sends the flow's request to its target; the answer is the flow's response.</summary>
    internal async ValueTask<Fault?> SendAsync(FlowContext flow, TargetDestination to, TargetSettings settings)
    {
        flow.TargetUri = to.Address ?? flow.TargetUri;
        flow.Times.TargetSentStart = Now(flow);
        var fault = await SendAsync(flow, new Exchange(flow.Request, flow.Response, settings.StreamsResponse || flow.ProxyEndpoint.StreamsResponse), to, settings);
        if (fault is null && flow.Response.Stream is null)
            flow.Times.TargetReceivedEnd = Now(flow);
        return fault;
    }

    /// <summary>Sends any request and fills its response; returns the fault where there is none.</summary>
    internal async ValueTask<Fault?> SendAsync(FlowContext flow, Exchange exchange, TargetDestination to, TargetSettings settings)
    {
        if (to.Address is null)
            return new Fault("messaging.runtime.TargetMissing", "The target's address cannot be read");
        var terms = to.TermsFor(flow, out var untrusted);
        if (untrusted is not null)
            return untrusted;
        using var request = TargetRequest.Make(exchange.Request, to, flow);
        IDisposable? place = null;
        if (ReferenceEquals(exchange.Response, flow.Response) && flow.Depth == 0 && WebSocketPass.IsAsked(flow.Http))
        {
            place = sockets.TryOpen();
            if (place is null)
                return Unavailable();
            WebSocketPass.Ask(request);
        }
        var late = flow.Leases.RentPatience(settings.IoTimeout);
        await using var leaving = flow.Cancellation.UnsafeRegister(static late => ((CancellationTokenSource)late!).Cancel(), late);
        HttpResponseMessage? response = null;
        try
        {
            response = await _clients.For(settings, terms).SendAsync(request, late.Token);
            if (ReferenceEquals(exchange.Request, flow.Request))
                flow.Times.TargetSentEnd = flow.Times.TargetReceivedStart = Now(flow);
            if (place is not null && response.StatusCode == System.Net.HttpStatusCode.SwitchingProtocols)
                return await OpenAsync(flow, response, place, settings, late);
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
        catch (SocketException)
        {
            // A connection that died between being made and being asked who its peer is: the runtime lets this one through bare.
            return Unavailable();
        }
        finally
        {
            if (flow.Socket is null)
                place?.Dispose();
            if (response is not null && exchange.Response.Stream is null && flow.Socket is null)
                response.Dispose();
        }
    }

    /// <summary>Sends a request that nobody waits for; its answer is thrown away. False when too many are under way already.</summary>
    internal bool TrySendAndForget(FlowContext flow, Message request, TargetDestination to, TargetSettings settings)
    {
        var terms = to.TermsFor(flow, out var untrusted);
        if (untrusted is not null)
            return false;
        if (Interlocked.Increment(ref _forgotten) > MaxForgotten)
        {
            Interlocked.Decrement(ref _forgotten);
            return false;
        }
        // The flow's memory goes back to its owners before this is sent.
        request.Body = request.Body.ToArray();
        _ = ForgetAsync(TargetRequest.Make(request, to, flow), settings, terms);
        return true;
    }

    private async Task ForgetAsync(HttpRequestMessage request, TargetSettings settings, TlsTerms? terms)
    {
        try
        {
            using (request)
            {
                using var late = new CancellationTokenSource(settings.IoTimeout);
                using var response = await _clients.For(settings, terms).SendAsync(request, late.Token);
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody waits to hear of it (contract gateway.md 7).
        }
        finally
        {
            Interlocked.Decrement(ref _forgotten);
        }
    }

    public void Dispose() => _clients.Dispose();

    private async ValueTask<Fault?> OpenAsync(FlowContext flow, HttpResponseMessage response, IDisposable place, TargetSettings settings, CancellationTokenSource late)
    {
        flow.Leases.Keep(response);
        flow.Leases.Keep(place);
        flow.Response.Clear(isRequest: false);
        flow.Response.Status = (int)response.StatusCode;
        TargetRequest.Take(flow.Response.Headers, response);
        flow.Socket = new WebSocketPass(await response.Content.ReadAsStreamAsync(late.Token), settings.IoTimeout, sockets.Stopping);
        late.CancelAfter(Timeout.InfiniteTimeSpan);
        return null;
    }

    private async ValueTask<Fault?> ReadAsync(FlowContext flow, Exchange exchange, HttpResponseMessage response, TargetSettings settings, CancellationTokenSource late)
    {
        var answer = exchange.Response;
        answer.Clear(isRequest: false);
        (answer.Status, answer.Reason) = ((int)response.StatusCode, response.ReasonPhrase);
        TargetRequest.Take(answer.Headers, response);
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

    internal static Fault HandshakeFault(string why) => new("messaging.adaptors.http.flow.SslHandshakeFailed", $"SSL Handshake failed: {why}", 503);

    private static Fault FaultOf(HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError => HandshakeFault(failure.InnerException is AuthenticationException why ? why.Message : "it was broken off"),
        // A target that wants a certificate says so after the handshake of TLS 1.3, as an alert in the place of its answer.
        _ when HasAlert(failure) => HandshakeFault("the target does not accept the gateway's certificate, or wants one"),
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError => Unavailable(),
        HttpRequestError.ConfigurationLimitExceeded => new Fault("protocol.http.TooBigHeaders", "Header buffer overflow", 502),
        _ => Cut(),
    };

    private static bool HasAlert(Exception? failure) => failure is not null && (failure is CryptographicException or AuthenticationException || HasAlert(failure.InnerException));

    private static Fault Unavailable() => new("messaging.adaptors.http.flow.ServiceUnavailable", "The Service is temporarily unavailable", 503);

    private static Fault Cut() => new("messaging.adaptors.http.flow.UnexpectedEOFAtTarget", "Unexpected EOF at target", 502);

    private static Fault TooBig() => new("protocol.http.TooBigBody", "Body buffer overflow", 502);

    private static long Now(FlowContext flow) => flow.Clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>A request, and the message that its answer is put in.</summary>
internal readonly record struct Exchange(Message Request, Message Response, bool StreamsResponse = false);
