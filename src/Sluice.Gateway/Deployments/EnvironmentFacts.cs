using Sluice.Gateway.Caches;
using Sluice.Gateway.Keystores;
using Sluice.Gateway.Targets;

namespace Sluice.Gateway.Deployments;

/// <summary>What a bundle may refer to in its environment, as it stood when the bundle was compiled.</summary>
internal sealed record EnvironmentFacts
{
    internal required string Organization { get; init; }

    internal required string Name { get; init; }

    /// <summary>Cache resources by name.</summary>
    internal required IReadOnlyDictionary<string, CacheResource> Caches { get; init; }

    internal required IReadOnlyDictionary<string, TargetServerEntity> TargetServers { get; init; }

    internal required KeystoreBook Keystores { get; init; }

    internal required IReadOnlySet<string> SharedFlows { get; init; }
}
