using System.Buffers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Targets;

/// <summary>A WebSocket that a client opened with a target through a proxy: bytes go both ways as they come, and are not looked at.</summary>
/// <remarks>
/// Guarantees: each way holds one buffer, and reads on when it is passed on. It ends when either side ends, when nothing moved for the target's
/// <c>io.timeout.millis</c>, or when the program stops; both connections are closed then. Threading: two loops, which share the clock of idleness alone.
/// </remarks>
internal sealed class WebSocketPass(Stream target, TimeSpan patience, CancellationToken stopping)
{
    private const int BufferBytes = 16 << 10;
    private const string WebSocket = "websocket";

    /// <summary>Whether a request asks for a WebSocket: by an upgrade (RFC 6455 section 4.1), or over HTTP/2 by an extended CONNECT (RFC 8441).</summary>
    internal static bool IsAsked(HttpContext http) => http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect
        ? WebSocket.Equals(connect.Protocol, StringComparison.OrdinalIgnoreCase)
        : WebSocket.Equals(http.Request.Headers.Upgrade, StringComparison.OrdinalIgnoreCase) && http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    /// <summary>Makes a request one that asks a target for a WebSocket.</summary>
    internal static void Ask(HttpRequestMessage request)
    {
        (request.Version, request.VersionPolicy) = (System.Net.HttpVersion.Version11, HttpVersionPolicy.RequestVersionExact);
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", WebSocket);
        // Over HTTP/2 clients need none.
        if (!request.Headers.Contains("Sec-WebSocket-Key"))
            request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)));
    }

    /// <summary>Tells the client that its WebSocket is open, and passes bytes on until it is not. The answer's headers are the target's.</summary>
    internal async Task RunAsync(FlowContext flow)
    {
        var http = flow.Http;
        ResponseWriter.CopyHead(flow, flow.Response);
        // Who reads slowly makes the target wait, and is not sent away for it.
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        await using var client = await AcceptAsync(http);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        over.CancelAfter(patience);
        var there = PassAsync(client, target, over);
        var back = PassAsync(target, client, over);
        var endedItself = await await Task.WhenAny(there, back);
        await over.CancelAsync();
        await Task.WhenAll(there, back);
        // Bytes that nobody takes must not keep the connection.
        if (!endedItself && !stopping.IsCancellationRequested)
            http.Abort();
    }

    private static ValueTask<Stream> AcceptAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            http.Response.StatusCode = StatusCodes.Status200OK;
            http.Response.Headers.Remove("Sec-WebSocket-Accept");
            return connect.AcceptAsync();
        }
        http.Response.Headers.Upgrade = WebSocket;
        return new ValueTask<Stream>(http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync());
    }

    /// <summary>True when the source ended by itself, and all it sent was passed on.</summary>
    private async Task<bool> PassAsync(Stream source, Stream sink, CancellationTokenSource over)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (int read; (read = await source.ReadAsync(buffer.AsMemory(0, BufferBytes), over.Token)) > 0;)
            {
                over.CancelAfter(patience);
                await sink.WriteAsync(buffer.AsMemory(0, read), over.Token);
                await sink.FlushAsync(over.Token);
            }
            return true;
        }
        catch (Exception end) when (end is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            return false; // One side is gone, or its time is over.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
