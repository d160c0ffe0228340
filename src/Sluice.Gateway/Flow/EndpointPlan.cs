using System.Collections.Frozen;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Conditions;
using Sluice.Gateway.Targets;

namespace Sluice.Gateway.Flow;

/// <summary>A conditional flow of an endpoint: the first whose condition holds runs.</summary>
internal sealed record ConditionalFlow(string Name, string? Description, Condition? Condition, Step[] Request, Step[] Response)
{
    /// <summary>Whether its condition looks at the response, so that it can only be chosen on the way back (contract gateway.md 3.4).</summary>
    internal bool IsChosenOnResponse => Condition?.ReadsResponse ?? false;
}

/// <summary>Steps for faults of some condition (contract gateway.md 3.6).</summary>
internal sealed record FaultRule(string Name, Condition? Condition, Step[] Steps, bool AlwaysEnforce);

/// <summary>What a proxy endpoint and a target endpoint share: three pairs of step lists, and what happens to faults.</summary>
internal abstract class EndpointPlan
{
    internal required string Name { get; init; }

    internal required Step[] PreRequest { get; init; }

    internal required Step[] PreResponse { get; init; }

    internal required ConditionalFlow[] Flows { get; init; }

    internal required Step[] PostRequest { get; init; }

    internal required Step[] PostResponse { get; init; }

    /// <summary>In the order in which they are tried: bottom to top for proxy endpoints, top to bottom for target endpoints.</summary>
    internal required FaultRule[] FaultRules { get; init; }

    internal required FaultRule? DefaultFaultRule { get; init; }

    internal required FrozenDictionary<string, string> Properties { get; init; }

    /// <summary>The first flow whose condition holds on the way there; null for none.</summary>
    internal ConditionalFlow? ChooseOnRequest(FlowContext flow)
    {
        foreach (var one in Flows)
        {
            if (!one.IsChosenOnResponse && (one.Condition is null || one.Condition.Holds(flow)))
                return one;
        }
        return null;
    }

    /// <summary>The first flow whose condition looks at the response, and holds.</summary>
    internal ConditionalFlow? ChooseOnResponse(FlowContext flow)
    {
        foreach (var one in Flows)
        {
            if (one.IsChosenOnResponse && one.Condition!.Holds(flow))
                return one;
        }
        return null;
    }

    internal bool Property(string name, bool byDefault) => BundleElement.ReadFlag(Properties.GetValueOrDefault(name), byDefault);
}

/// <summary>Where a proxy endpoint sends requests: to a target endpoint, an address, or nowhere.</summary>
internal sealed record RouteRule(string Name, Condition? Condition, TargetPlan? Target);

/// <summary>A proxy endpoint, ready to run.</summary>
internal sealed class ProxyEndpointPlan : EndpointPlan
{
    internal required string BasePath { get; init; }

    internal required RouteRule[] Routes { get; init; }

    internal required Step[] PostClient { get; init; }

    internal bool StreamsRequest { get; init; }

    internal bool StreamsResponse { get; init; }
}

/// <summary>A target endpoint, ready to run.</summary>
internal sealed class TargetPlan : EndpointPlan
{
    internal required TargetConnection Connection { get; init; }
}
