using Sluice.Gateway.Bundles;

namespace Sluice.Gateway.Deployments;

/// <summary>What came of a wish to deploy.</summary>
internal abstract record DeployOutcome
{
    private DeployOutcome()
    {
    }

    /// <summary>It is served.</summary>
    internal sealed record Deployed(DeploymentRow Row, IReadOnlyList<BundleFault> Warnings) : DeployOutcome;

    /// <summary>Something in it is wrong; nothing changed.</summary>
    internal sealed record Refused(IReadOnlyList<BundleFault> Faults, IReadOnlyList<BundleFault> Warnings) : DeployOutcome;

    /// <summary>There is no such revision.</summary>
    internal sealed record NoSuchRevision : DeployOutcome;

    /// <summary>Another revision is deployed, and the call did not say that it may be replaced.</summary>
    internal sealed record OtherRevision(int Revision) : DeployOutcome;
}
