using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;
using Sluice.Gateway.Templates;

namespace Sluice.Gateway.Targets;

/// <summary>A target spoken to over HTTP: one address, or several target servers in turn.</summary>
internal sealed class HttpTarget(TargetSettings settings, Template? url, Template? path, LoadBalancer? balancer) : TargetConnection(settings.Properties)
{
    private HealthMonitor? _monitor;

    internal override HealthMonitor? Monitor => _monitor;

    /// <summary>A connection of WebSockets: <c>ws</c> and <c>wss</c> are http and https before the upgrade, and are sent what is no upgrade, too.</summary>
    internal static HttpTarget CompileWebSocket(string endpoint, BundleElement connection, CompileContext context) =>
        Compile(endpoint, connection, context, scheme: text =>
            text.StartsWith("ws://", StringComparison.OrdinalIgnoreCase) ? "http" + text[2..] : text.StartsWith("wss://", StringComparison.OrdinalIgnoreCase) ? "https" + text[3..] : text);

    internal static HttpTarget Compile(string endpoint, BundleElement connection, CompileContext context, TimeSpan? ioTimeout = null, Func<string, string>? scheme = null)
    {
        context.WarnOfUnknown(connection, "URL", "LoadBalancer", "Path", "Properties", "SSLInfo", "HealthMonitor");
        var settings = TargetSettings.Read(connection);
        settings = settings with { IoTimeout = ioTimeout ?? settings.IoTimeout, Tls = TargetTls.Compile(connection.Child("SSLInfo"), context) };
        var path = connection.Child("Path") is { Text: { } pathText } pathElement ? context.Template(pathText, pathElement.Spot) : null;
        if (connection.Child("LoadBalancer") is { } balancerXml)
        {
            var balancer = LoadBalancer.Compile(balancerXml, context);
            return new HttpTarget(settings, null, path, balancer) { _monitor = connection.Child("HealthMonitor") is { } health ? HealthMonitor.Compile(health, balancer, context) : null };
        }
        if (connection.Child("HealthMonitor") is { } monitor)
            context.Fault("HealthMonitorWithoutLoadBalancer", $"The target endpoint '{endpoint}' has a HealthMonitor, which works with a LoadBalancer only (TD016)", monitor.Spot);
        if (connection.Child("URL") is not { Text: { } text } url)
        {
            context.Fault("URLMissing", $"The target endpoint '{endpoint}' has neither a URL nor a LoadBalancer", connection.Spot);
            return new HttpTarget(settings, null, null, null);
        }
        text = scheme?.Invoke(text) ?? text;
        if (!text.StartsWith('{') && !(Uri.TryCreate(text.Split('{')[0], UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            context.Fault("InvalidURL", $"'{text}' is no http or https address", url.Spot);
        return new HttpTarget(settings, context.Template(text, url.Spot), null, null);
    }

    internal override ValueTask<Fault?> SendAsync(FlowContext flow, TargetPlan target)
    {
        if (LacksLength(flow))
            return new(new Fault("messaging.adaptors.http.flow.LengthRequired", "'Content-Length' is missing", 411));
        var forwarder = flow.Snapshot.Services.Targets;
        if (balancer is null || flow.TargetUrl is not null)
            return forwarder.SendAsync(flow, Own(TargetAddress.Of(flow, flow.TargetUrl ?? url?.Fill(flow) ?? "")), settings);
        var canRetry = !(settings.StreamsRequest && flow.Request.Stream is not null);
        return BalanceAsync(flow, flow.Response, canRetry, server => forwarder.SendAsync(flow, Of(server, TargetAddress.Of(flow, AddressOf(flow, server))), settings));
    }

    /// <summary>Sends a request of a policy's own; what the client's path and query are does not matter.</summary>
    internal ValueTask<Fault?> SendAsync(FlowContext flow, Exchange exchange)
    {
        var forwarder = flow.Snapshot.Services.Targets;
        return balancer is null
            ? forwarder.SendAsync(flow, exchange, Own(TargetAddress.Of(exchange.Request, url?.Fill(flow) ?? "")), settings)
            : BalanceAsync(flow, exchange.Response, canRetry: true, server => forwarder.SendAsync(flow, exchange, Of(server, TargetAddress.Of(exchange.Request, AddressOf(flow, server))), settings));
    }

    /// <summary>Sends a request of a policy's own that nobody waits for.</summary>
    internal Fault? SendAndForget(FlowContext flow, Message request)
    {
        var server = balancer?.Choose(flow, tried: null);
        var address = TargetAddress.Of(request, (balancer is null ? url?.Fill(flow) : server is null ? null : AddressOf(flow, server)) ?? "");
        if (address is null)
            return new Fault("messaging.runtime.TargetMissing", "The target's address cannot be read");
        flow.Snapshot.Services.Targets.TrySendAndForget(flow, request, server is null ? Own(address) : Of(server, address), settings);
        return null;
    }

    // Of the client's own request: what a policy made has its length.
    private bool LacksLength(FlowContext flow)
    {
        var client = flow.Http.Request;
        return flow.Request.IsEmpty && client.ContentLength is null && client.Protocol.StartsWith("HTTP/1", StringComparison.Ordinal) && client.Headers.TransferEncoding.Count == 0
            && ((client.Method == "POST" && flow.Request.Verb == "POST" && !settings.TakesPostWithoutLength) || (client.Method == "PUT" && flow.Request.Verb == "PUT" && !settings.TakesPutWithoutLength));
    }

    private TargetDestination Own(Uri? address) => new(address, settings.SpeaksHttp2, settings.Tls);

    private TargetDestination Of(BalancedServer server, Uri? address) => new(address, server.Entity?.SpeaksHttp2 ?? settings.SpeaksHttp2, server.Entity?.Tls ?? settings.Tls);

    private string AddressOf(FlowContext flow, BalancedServer server) => server.Entity?.Address + path?.Fill(flow);

    // Each server once at most, as long as the request can be sent again.
    private async ValueTask<Fault?> BalanceAsync(FlowContext flow, Message response, bool canRetry, Func<BalancedServer, ValueTask<Fault?>> send)
    {
        List<BalancedServer>? tried = null;
        Fault? fault = null;
        while (true)
        {
            if (balancer!.Choose(flow, tried) is not { } server)
                return tried is null ? new Fault("messaging.adaptors.http.flow.NoActiveTargets", "The Service is temporarily unavailable", 503) : fault;
            flow.SetOwn("loadbalancing.targetserver", server.Name);
            flow.SetOwn("loadbalancing.isfallback", Variables.ValueText.Of(server.IsFallback));
            // A WebSocket is in use until it ends.
            var use = server.Use();
            try
            {
                fault = await send(server);
            }
            finally
            {
                if (flow.Socket is null)
                    use.Dispose();
                else
                    flow.Leases.Keep(use);
            }
            var isUnhealthy = fault is not null ? !flow.Cancellation.IsCancellationRequested : balancer.IsUnhealthy(response.Status);
            server.Note(isUnhealthy, balancer.MaxFailures);
            if (!isUnhealthy || !balancer.Retries || balancer.Count == 1 || !canRetry)
                return fault;
            (tried ??= []).Add(server);
            flow.SetOwn("loadbalancing.failedservers", server.Name);
        }
    }
}
