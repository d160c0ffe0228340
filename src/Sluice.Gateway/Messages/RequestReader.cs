using Microsoft.AspNetCore.Http;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Targets;

namespace Sluice.Gateway.Messages;

/// <summary>Makes the flow's request of what the server parsed. A body is read whole before the flow begins, unless the proxy streams it (contract gateway.md 3.2, 3.3).</summary>
internal static class RequestReader
{
    /// <summary>Returns the fault of a body that cannot be taken, or null.</summary>
    internal static ValueTask<Fault?> ReadAsync(FlowContext flow, string path, int basePathLength)
    {
        var (http, message) = (flow.Http, flow.Request);
        var request = http.Request;
        flow.TakePath(path, basePathLength);
        message.Headers.ShowIncoming(request.Headers);
        (message.Verb, message.Version, message.Path) = (request.Method, VersionOf(request.Protocol), path);
        message.ShowQuery(request.QueryString.Value);
        // What opens a WebSocket over HTTP/2 is to flows the GET that it is over HTTP/1.1; its body is the socket.
        if (request.Method == HttpMethods.Connect && WebSocketPass.IsAsked(http))
        {
            message.Verb = HttpMethods.Get;
            return default;
        }
        return request.ContentLength is > 0 || request.Headers.TransferEncoding.Count > 0 || (request.ContentLength is null && HttpProtocol.IsHttp2(request.Protocol) && HasBody(http))
            ? ReadBodyAsync(flow)
            : default;
    }

    private static async ValueTask<Fault?> ReadBodyAsync(FlowContext flow)
    {
        var request = flow.Http.Request;
        var options = flow.Snapshot.Services.Options;
        if (flow.ProxyEndpoint.StreamsRequest)
        {
            if (flow.Http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
                limit.MaxRequestBodySize = null;
            flow.Request.Stream = request.Body;
            return null;
        }
        if (request.ContentLength > options.MaxBodyBytes)
            return TooBig();
        try
        {
            if (await BodyReader.ReadAsync(request.Body, options.MaxBodyBytes, flow, (int)(request.ContentLength ?? 0)) is not { } body)
                return TooBig();
            flow.Request.Body = body;
            flow.Times.ClientReceivedEnd = flow.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            return null;
        }
        catch (BadHttpRequestException fault)
        {
            return fault.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooBig() : new Fault("protocol.http.BadFormData", fault.Message, fault.StatusCode);
        }
    }

    private static Fault TooBig() => new("protocol.http.TooBigBody", "Body buffer overflow", 413);

    private static bool HasBody(HttpContext http) => http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? false;

    private static string VersionOf(string protocol) => HttpProtocol.IsHttp2(protocol) ? "2.0" : HttpProtocol.IsHttp10(protocol) ? "1.0" : "1.1";
}
