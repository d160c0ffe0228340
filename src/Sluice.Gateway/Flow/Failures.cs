using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Flow;

/// <summary>Leaves behind what a failed policy sets, whether or not the flow goes on (contract gateway.md 3.5).</summary>
internal static class Failures
{
    internal static void Note(FlowContext flow, Policy policy, Fault fault)
    {
        if (policy.FailedPrefix is { } prefix)
        {
            flow.SetOwn($"{prefix}.{policy.Name}.failed", ValueText.True);
            flow.SetOwn($"{prefix}.failed", ValueText.True);
        }
        flow.LastFault = fault;
    }
}
