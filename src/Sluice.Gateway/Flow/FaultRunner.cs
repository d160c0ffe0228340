using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Gateway.Flow;

/// <summary>The error state: the error message, then the fault rules of the endpoint where the fault arose (contract gateway.md 3.6).</summary>
internal static class FaultRunner
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static async ValueTask RunAsync(FlowContext flow, Fault fault)
    {
        Enter(flow, fault);
        var wasRun = await EndpointAsync(flow, flow.Endpoint);
        // What no rule of the target took up is the proxy's.
        if (!wasRun && flow.Endpoint != flow.ProxyEndpoint)
        {
            flow.Endpoint = flow.ProxyEndpoint;
            await EndpointAsync(flow, flow.ProxyEndpoint);
        }
    }

    /// <summary>Makes the default body of a fault (contract gateway.md 6.1).</summary>
    internal static string DefaultBody(Fault fault) =>
        $"{{\"fault\":{{\"faultstring\":{JsonSerializer.Serialize(fault.Text, Relaxed)},\"detail\":{{\"errorcode\":{JsonSerializer.Serialize(fault.Code, Relaxed)}}}}}}}";

    private static void Enter(FlowContext flow, Fault fault)
    {
        flow.Fault = flow.LastFault = fault;
        flow.Direction = Direction.Error;
        flow.Trace?.Faulted(fault);
        if (fault.Answer is { } answer)
        {
            flow.Error.CopyFrom(answer);
            return;
        }
        flow.Error.Clear(isRequest: false);
        (flow.Error.Status, flow.Error.Reason) = (fault.Status, fault.Reason);
        flow.Error.Headers.Set("Content-Type", "application/json");
        flow.Error.Content = DefaultBody(fault);
    }

    /// <summary>Whether a rule of the endpoint was chosen, or its default ran.</summary>
    private static async ValueTask<bool> EndpointAsync(FlowContext flow, EndpointPlan endpoint)
    {
        var chosen = Array.Find(endpoint.FaultRules, rule => rule.Condition is null || rule.Condition.Holds(flow));
        var hasRaised = chosen is not null && await RuleAsync(flow, chosen);
        if (endpoint.DefaultFaultRule is not { } byDefault || hasRaised || (chosen is not null && !byDefault.AlwaysEnforce)
            || (byDefault.Condition is not null && !byDefault.Condition.Holds(flow)))
            return chosen is not null;
        await RuleAsync(flow, byDefault);
        return true;
    }

    /// <summary>Whether the rule ended with a fault that was raised on purpose.</summary>
    private static async ValueTask<bool> RuleAsync(FlowContext flow, FaultRule rule)
    {
        // A step that fails in the error state makes its own fault the error, and ends the rule.
        if (await FlowRunner.ListAsync(flow, rule.Name, rule.Steps) is not { } fault)
            return false;
        Enter(flow, fault);
        return fault.IsRaised;
    }
}
