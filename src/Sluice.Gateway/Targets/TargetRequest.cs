using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Primitives;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Targets;

/// <summary>A flow's message as the request that a target gets, and a target's headers as those of a message: what concerns one connection alone stays behind.</summary>
internal static class TargetRequest
{
    internal static HttpRequestMessage Make(Message source, TargetDestination to, FlowContext flow)
    {
        var request = new HttpRequestMessage(MethodOf(source.Verb), to.Address);
        (request.Version, request.VersionPolicy) = VersionFor(to);
        if (source.Stream is { } stream)
            request.Content = new StreamContent(stream);
        else if (source.Body is { IsEmpty: false } body)
            request.Content = new ReadOnlyMemoryContent(body);
        else if (source.Verb is "POST" or "PUT" or "PATCH")
            request.Content = new ReadOnlyMemoryContent(default);
        var client = flow.Http.Request.Headers;
        var clientHost = client.Host;
        var named = Hop.NamedBy(client.Connection);
        foreach (ref readonly var field in source.Headers.Fields)
        {
            var (name, value) = field;
            if (Hop.IsHop(name) || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.StartsWith(':'))
                continue;
            // The target is called by its own name, unless a policy gave another.
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase) && value == clientHost)
                continue;
            // A client's "Connection" takes its own headers off, but none that a policy put in their place.
            if (named is not null && named.Contains(name, StringComparer.OrdinalIgnoreCase) && client[name] == value)
                continue;
            if (!request.Headers.TryAddWithoutValidation(name, value))
                (request.Content ??= new ReadOnlyMemoryContent(default)).Headers.TryAddWithoutValidation(name, value);
        }
        return request;
    }

    /// <summary>Puts a target's headers into a message.</summary>
    internal static void Take(HeaderList headers, HttpResponseMessage response)
    {
        var named = response.Headers.NonValidated.TryGetValues("Connection", out var connection) ? Hop.NamedBy(new StringValues([.. connection])) : null;
        Take(headers, response.Headers, named);
        Take(headers, response.Content.Headers, named);
    }

    private static void Take(HeaderList headers, HttpHeaders source, string[]? named)
    {
        foreach (var (name, values) in source.NonValidated)
        {
            if (Hop.IsHop(name) || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || (named is not null && named.Contains(name, StringComparer.OrdinalIgnoreCase)))
                continue;
            foreach (var value in values)
                headers.Add(name, value);
        }
    }

    // Over TLS both sides agree on one. Without, nothing could: a target that speaks HTTP/2 there has to be known to.
    private static (Version Version, HttpVersionPolicy Policy) VersionFor(TargetDestination to) => to switch
    {
        { SpeaksHttp2: false } => (HttpVersion.Version11, HttpVersionPolicy.RequestVersionOrLower),
        { Address.Scheme: "https" } => (HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower),
        { SpeaksHttp2: true } => (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact),
        _ => (HttpVersion.Version11, HttpVersionPolicy.RequestVersionOrLower),
    };

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
}

/// <summary>Where a request goes, and how it is spoken to there.</summary>
/// <param name="Address">Null where it cannot be read.</param>
/// <param name="SpeaksHttp2">True: also without TLS. False: never. Null: when both sides agree on it over TLS.</param>
/// <param name="Tls">What holds of handshakes; null trusts whom the system trusts, and shows nothing.</param>
internal readonly record struct TargetDestination(Uri? Address, bool? SpeaksHttp2 = null, TargetTls? Tls = null)
{
    /// <summary>The terms of handshakes, null for the usual ones; or the fault of terms that cannot be kept.</summary>
    internal TlsTerms? TermsFor(FlowContext flow, out Fault? fault)
    {
        fault = null;
        if (Tls is null || Address is null)
            return null;
        if (Address.Scheme != Uri.UriSchemeHttps)
        {
            fault = Tls.Enforces ? TargetForwarder.HandshakeFault("Enforce is set, and the target's address is not https") : null;
            return null;
        }
        var terms = Tls.TermsFor(flow, flow.Snapshot.Keystores, out var missing);
        fault = missing is null ? null : TargetForwarder.HandshakeFault(missing);
        return terms;
    }
}
