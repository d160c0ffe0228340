using System.Collections.Frozen;
using System.Globalization;
using Sluice.Gateway.Flow;

namespace Sluice.Gateway.Variables;

/// <summary>The variables that the platform itself sets (contract gateway.md 5.3), each a line: how it is read, and written where it can be.</summary>
internal static class VariableCatalogue
{
    private static readonly FrozenDictionary<string, VariableRef> All = Entries().ToFrozenDictionary(one => one.Name, one => one, StringComparer.Ordinal);

    internal static VariableRef? Find(string name) => All.GetValueOrDefault(name);

    private static IEnumerable<VariableRef> Entries() =>
    [
        Read("organization.name", flow => flow.Proxy.Organization),
        Read("environment.name", flow => flow.Proxy.Environment),
        Read("apiproxy.name", flow => flow.Proxy.Name),
        Read("apiproxy.revision", flow => flow.Proxy.Revision.ToString(CultureInfo.InvariantCulture)),
        Read("apiproxy.basepath", flow => flow.ProxyEndpoint.BasePath),
        Read("application.basepath", flow => flow.Proxy.ApplicationBasePath),
        Read("proxy.name", flow => flow.ProxyEndpoint.Name),
        Read("proxy.basepath", flow => flow.BasePath),
        Read("proxy.pathsuffix", flow => flow.PathSuffix),
        Read("proxy.url", flow => $"{flow.Http.Request.Scheme}://{flow.Http.Request.Host.Value}{flow.ClientUri}"),
        Read("proxy.client.ip", ClientIp),
        Read("proxy.flow.name", flow => flow.ProxyFlow?.Name),
        Read("proxy.flow.description", flow => flow.ProxyFlow?.Description),
        Read("client.ip", ClientIp),
        Read("client.host", flow => flow.Http.Request.Host.Host),
        Read("client.port", flow => ValueText.Box(flow.Http.Connection.RemotePort)),
        Read("client.scheme", flow => flow.Http.Request.Scheme),
        Read("client.resolved.ip", ClientIp),
        Read("current.flow.name", flow => flow.FlowName),
        Read("current.flow.description", flow => flow.Direction == Direction.Error ? null : flow.Endpoint == flow.ProxyEndpoint ? flow.ProxyFlow?.Description : flow.TargetFlow?.Description),
        Read("current.shared.flow.name", flow => flow.SharedFlow?.Name),
        Read("messageid", flow => flow.Http.TraceIdentifier),
        Read("request.transportid", flow => flow.Http.TraceIdentifier),
        Read("virtualhost.name", flow => flow.Http.Request.IsHttps ? "secure" : "default"),
        Read("virtualhost.ssl.enabled", flow => ValueText.Of(flow.Http.Request.IsHttps)),
        Read("virtualhost.aliases.values", flow => (IReadOnlyList<string>)[flow.Http.Request.Host.Host]),
        Read("tls.protocol", flow => Tls(flow)?.Protocol.ToString()),
        Read("tls.cipher", flow => Tls(flow)?.NegotiatedCipherSuite?.ToString()),
        Read("tls.server.name", flow => Tls(flow)?.HostName is { Length: > 0 } name ? name : null),
        Read("is.error", flow => ValueText.Of(flow.Fault is not null)),

        Read("fault.name", flow => flow.LastFault?.Name),
        Read("fault.type", flow => flow.LastFault?.Name),
        Read("fault.category", flow => flow.LastFault is { } fault ? CategoryOf(fault) : null),
        Read("error.message", flow => flow.Fault?.Text),
        Read("error.state", flow => flow.Fault is null ? null : ValueText.Box(flow.Target is null ? 2 : 6)),

        Read("route.name", flow => flow.RouteName),
        Read("route.target", flow => flow.Target?.Name),
        Read("target.name", flow => flow.Target?.Name),
        Read("target.flow.name", flow => flow.TargetFlow?.Name),
        Read("target.flow.description", flow => flow.TargetFlow?.Description),
        Write("target.url", flow => flow.TargetUrl ?? flow.TargetUri?.OriginalString, (flow, value) => flow.TargetUrl = value is null ? null : ValueText.Of(value)),
        Write("target.copy.pathsuffix", flow => ValueText.Of(flow.CopiesPathSuffix), (flow, value) => flow.CopiesPathSuffix = IsTrue(value)),
        Write("target.copy.queryparams", flow => ValueText.Of(flow.CopiesQuery), (flow, value) => flow.CopiesQuery = IsTrue(value)),
        Read("target.basepath", flow => flow.TargetUri?.AbsolutePath),
        Read("target.scheme", flow => flow.TargetUri?.Scheme),
        Read("target.host", flow => flow.TargetUri?.Host),
        Read("target.port", flow => flow.TargetUri is { } uri ? ValueText.Box(uri.Port) : null),
        Read("target.ssl.enabled", flow => flow.TargetUri is { } uri ? ValueText.Of(uri.Scheme == Uri.UriSchemeHttps) : null),

        .. Times("client.received.start", flow => flow.Times.ClientReceivedStart),
        .. Times("client.received.end", flow => flow.Times.ClientReceivedEnd),
        .. Times("client.sent.start", flow => flow.Times.ClientSentStart),
        .. Times("client.sent.end", flow => flow.Times.ClientSentEnd),
        .. Times("target.sent.start", flow => flow.Times.TargetSentStart),
        .. Times("target.sent.end", flow => flow.Times.TargetSentEnd),
        .. Times("target.received.start", flow => flow.Times.TargetReceivedStart),
        .. Times("target.received.end", flow => flow.Times.TargetReceivedEnd),

        Read("system.timestamp", flow => flow.Clock.GetUtcNow().ToUnixTimeMilliseconds()),
        Read("system.time", flow => TimeText(flow.Clock.GetUtcNow())),
        Read("system.time.zone", _ => "UTC"),
        Read("system.time.year", flow => ValueText.Box(flow.Clock.GetUtcNow().Year)),
        Read("system.time.month", flow => ValueText.Box(flow.Clock.GetUtcNow().Month)),
        Read("system.time.day", flow => ValueText.Box(flow.Clock.GetUtcNow().Day)),
        Read("system.time.dayofweek", flow => ValueText.Box((int)flow.Clock.GetUtcNow().DayOfWeek + 1)),
        Read("system.time.hour", flow => ValueText.Box(flow.Clock.GetUtcNow().Hour)),
        Read("system.time.minute", flow => ValueText.Box(flow.Clock.GetUtcNow().Minute)),
        Read("system.time.second", flow => ValueText.Box(flow.Clock.GetUtcNow().Second)),
        Read("system.time.millisecond", flow => ValueText.Box(flow.Clock.GetUtcNow().Millisecond)),
        Read("system.uuid", _ => NodeId),
        Read("router.uuid", _ => NodeId),
        Read("system.pod.name", _ => "gateway"),
        Read("system.region.name", _ => "local"),
    ];

    private static readonly string NodeId = Guid.NewGuid().ToString();

    private static IEnumerable<VariableRef> Times(string name, Func<FlowContext, long> read) =>
    [
        Read(name + ".timestamp", flow => read(flow) is > 0 and var at ? at : null),
        Read(name + ".time", flow => read(flow) is > 0 and var at ? TimeText(DateTimeOffset.FromUnixTimeMilliseconds(at)) : null),
    ];

    private static string TimeText(DateTimeOffset time) => time.ToString("ddd, dd MMM yyyy HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static object? ClientIp(FlowContext flow) => flow.Http.Connection.RemoteIpAddress is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : null;

    private static Microsoft.AspNetCore.Connections.Features.ITlsHandshakeFeature? Tls(FlowContext flow) => flow.Http.Features.Get<Microsoft.AspNetCore.Connections.Features.ITlsHandshakeFeature>();

    private static string CategoryOf(Fault fault) => fault.Code.StartsWith("messaging", StringComparison.Ordinal) || fault.Code.StartsWith("protocol", StringComparison.Ordinal) ? "Messaging" : "Step";

    private static bool IsTrue(object? value) => value is true || (value is string text && text.Equals("true", StringComparison.OrdinalIgnoreCase));

    private static CatalogueVariable Read(string name, Func<FlowContext, object?> read) => new(name, read, null);

    private static CatalogueVariable Write(string name, Func<FlowContext, object?> read, Action<FlowContext, object?> write) => new(name, read, write);

    private sealed class CatalogueVariable(string name, Func<FlowContext, object?> read, Action<FlowContext, object?>? write) : VariableRef(name)
    {
        protected override object? Read(FlowContext flow) => read(flow);

        protected override bool Write(FlowContext flow, object? value)
        {
            write?.Invoke(flow, value);
            return write is not null;
        }
    }
}
