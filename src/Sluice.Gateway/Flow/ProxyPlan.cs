using System.Collections.Frozen;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Deployments;
using Sluice.Gateway.Policies;

namespace Sluice.Gateway.Flow;

/// <summary>One deployed revision, compiled for its environment: all that a request needs, and no XML. Never changes; a redeploy swaps it.</summary>
internal sealed class ProxyPlan
{
    internal required string Organization { get; init; }

    internal required string Environment { get; init; }

    internal required string Name { get; init; }

    internal required int Revision { get; init; }

    /// <summary>What the deployment put before the base paths; empty for nothing.</summary>
    internal required string ApplicationBasePath { get; init; }

    internal required ProxyEndpointPlan[] Endpoints { get; init; }

    internal required FrozenDictionary<string, TargetPlan> Targets { get; init; }

    /// <summary>Property sets of the bundle, as <c>propertyset.{set}.{key}</c>.</summary>
    internal required FrozenDictionary<string, string> PropertySets { get; init; }

    /// <summary>Names of the cache resources that its policies name: the plan is as these were when it was made.</summary>
    internal required IReadOnlySet<string> CacheNames { get; init; }

    /// <summary>Its response caches, by name.</summary>
    internal required IReadOnlyList<ResponseCache> ResponseCaches { get; init; }

    internal required ProxyCounts Counts { get; init; }

    /// <summary>What was passed over when it was compiled.</summary>
    internal required IReadOnlyList<BundleFault> Warnings { get; init; }
}

/// <summary>One deployed revision of a shared flow, compiled.</summary>
internal sealed class SharedFlowPlan
{
    internal required string Name { get; init; }

    internal required int Revision { get; init; }

    internal required Step[] Steps { get; init; }

    internal required FrozenDictionary<string, string> PropertySets { get; init; }

    /// <summary>Names of the cache resources that its policies name.</summary>
    internal required IReadOnlySet<string> CacheNames { get; init; }
}

/// <summary>The shared flows that an environment runs around every proxy (contract gateway.md 3.4).</summary>
internal sealed record FlowHooks(FlowHook? PreProxy, FlowHook? PreTarget, FlowHook? PostTarget, FlowHook? PostProxy)
{
    internal static readonly FlowHooks None = new(null, null, null, null);

    /// <summary>The name of a hook that runs the shared flow; null when none does.</summary>
    internal string? FindHookOf(string sharedFlow) =>
        PreProxy?.SharedFlow == sharedFlow ? "PreProxyFlowHook" : PreTarget?.SharedFlow == sharedFlow ? "PreTargetFlowHook"
        : PostTarget?.SharedFlow == sharedFlow ? "PostTargetFlowHook" : PostProxy?.SharedFlow == sharedFlow ? "PostProxyFlowHook" : null;
}

/// <summary>One hook: the shared flow by name, looked up when it runs, and whether its faults count.</summary>
internal sealed record FlowHook(string SharedFlow, bool ContinueOnError);
