using Sluice.Gateway.Bundles;
using Sluice.Gateway.Conditions;

namespace Sluice.Gateway.Flow;

/// <summary>One policy of a deployed bundle, compiled: everything that its XML says is decided, what is left is done for each request.</summary>
/// <remarks>Threading: one instance runs in many flows at once; what changes is in the <see cref="FlowContext"/>.</remarks>
internal abstract class Policy(PolicyElement source)
{
    internal string Name { get; } = source.Name;

    internal string DisplayName { get; } = source.DisplayName;

    internal string Kind { get; } = source.Kind;

    internal SourceSpot Spot { get; } = source.Xml.Spot;

    internal bool IsEnabled { get; } = source.Xml.FlagAttribute("enabled", byDefault: true);

    internal bool ContinuesOnError { get; } = source.Xml.FlagAttribute("continueOnError", byDefault: false);

    /// <summary>What its <c>.failed</c> variables begin with; null for a policy that sets none (contract gateway.md 6.3).</summary>
    internal virtual string? FailedPrefix => null;

    /// <summary>Does its work; returns the fault that it ended in, or null.</summary>
    internal abstract ValueTask<Fault?> RunAsync(FlowContext flow);
}

/// <summary>One step of a flow: a policy, and when it runs.</summary>
internal sealed record Step(Policy Policy, Condition? Condition)
{
    internal static readonly Step[] None = [];
}
