using System.Globalization;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Templates;

namespace Sluice.Gateway.Targets;

/// <summary>How a target endpoint reaches its target (contract gateway.md 3.3).</summary>
internal abstract class TargetConnection
{
    private readonly bool[] _success = new bool[1_000];

    protected TargetConnection(IReadOnlyDictionary<string, string> properties)
    {
        var codes = properties.GetValueOrDefault("success.codes") is { Length: > 0 } text ? text : "1xx,2xx,3xx";
        foreach (var code in codes.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (code is [>= '1' and <= '9', 'x' or 'X', 'x' or 'X'])
                Array.Fill(_success, true, (code[0] - '0') * 100, 100);
            else if (int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 999)
                _success[status] = true;
        }
    }

    /// <summary>Whether an answer with this status goes on in the normal flow.</summary>
    internal bool IsSuccess(int status) => status is >= 0 and < 1_000 && _success[status];

    /// <summary>Sends the flow's request; its response is then the flow's. Returns the fault where there is none.</summary>
    internal abstract ValueTask<Fault?> SendAsync(FlowContext flow, TargetPlan target);

    /// <summary>Asks its servers whether they are well; null for none.</summary>
    internal virtual HealthMonitor? Monitor => null;

    /// <summary>The connection of a target endpoint's XML.</summary>
    internal static TargetConnection Compile(EndpointElement source, CompileContext context)
    {
        var xml = source.Xml;
        if (xml.Child("HTTPTargetConnection") is { } http)
            return HttpTarget.Compile(source.Name, http, context);
        if (xml.Child("WebSocketTargetConnection") is { } webSocket)
            return HttpTarget.CompileWebSocket(source.Name, webSocket, context);
        if (xml.Child("LocalTargetConnection") is { } local)
            return LocalTarget.Compile(local, context);
        var other = xml.Children.FirstOrDefault(child => child.Name is "ScriptTarget" or "HostedTarget" or "IntegrationEndpoint");
        context.Fault("UnsupportedTarget", other is null ? $"The target endpoint '{source.Name}' has no connection" : $"{other.Name} is not run by this gateway", (other ?? xml).Spot);
        return new LocalTarget("", null, null);
    }

    /// <summary>A target endpoint without flows, of a route rule's address.</summary>
    internal static TargetPlan PlanOfUrl(string name, BundleElement url, CompileContext context) => new()
    {
        Name = name,
        PreRequest = Step.None,
        PreResponse = Step.None,
        Flows = [],
        PostRequest = Step.None,
        PostResponse = Step.None,
        FaultRules = [],
        DefaultFaultRule = null,
        Properties = System.Collections.Frozen.FrozenDictionary<string, string>.Empty,
        Connection = new HttpTarget(TargetSettings.Default, Template.Parse(url.Text!, url.Spot, context.Faults), null, null),
    };
}
