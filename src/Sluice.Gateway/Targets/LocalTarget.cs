using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;

namespace Sluice.Gateway.Targets;

/// <summary>Another proxy of the same environment, called in this process (contract gateway.md 3.3).</summary>
internal sealed class LocalTarget(string path, string? proxy, string? endpoint) : TargetConnection(new Dictionary<string, string>())
{
    internal static LocalTarget Compile(BundleElement xml, CompileContext context)
    {
        var (proxy, path) = (xml.ChildText("APIProxy"), xml.ChildText("Path"));
        if (proxy is null && path is null)
            context.Fault("InvalidLocalTarget", "A LocalTargetConnection has an APIProxy, or a Path", xml.Spot);
        return new LocalTarget(path ?? "", proxy, xml.ChildText("ProxyEndpoint"));
    }

    internal override ValueTask<Fault?> SendAsync(FlowContext flow, TargetPlan target) =>
        TooDeep(flow) is { } fault ? new(fault) : LocalCall.RunAsync(flow, path, proxy, endpoint);

    /// <summary>Calls with a request of a policy's own; its path, where it was given one, stands behind the other proxy's base path.</summary>
    internal ValueTask<Fault?> SendAsync(FlowContext flow, Exchange exchange) =>
        TooDeep(flow) is { } fault ? new(fault) : LocalCall.RunAsync(flow, exchange, exchange.Request.Path, copiesQuery: true, (path, proxy, endpoint));

    private static Fault? TooDeep(FlowContext flow) => flow.Depth < FlowRunner.MaxDepth ? null
        : new Fault("messaging.adaptors.http.flow.ServiceUnavailable", $"Proxies call each other more than {FlowRunner.MaxDepth} deep", 503);
}
