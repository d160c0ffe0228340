using System.Collections.Frozen;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Keystores;
using Sluice.Gateway.Targets;

namespace Sluice.Gateway.Deployments;

/// <summary>One deployed proxy endpoint, as dispatch finds it.</summary>
internal sealed record DeployedEndpoint(ProxyPlan Proxy, ProxyEndpointPlan Endpoint);

/// <summary>Everything an environment serves, at one moment. A request takes it once and keeps it; a change swaps the reference.</summary>
internal sealed class DeploymentSnapshot
{
    private readonly Dictionary<string, DeployedEndpoint> _byPath = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DeployedEndpoint>.AlternateLookup<ReadOnlySpan<char>> _byPathSpan;
    private readonly List<(string[] Segments, DeployedEndpoint Endpoint)> _wildcards = [];
    private readonly IReadOnlyDictionary<string, SharedFlowPlan> _sharedFlows;
    private readonly EnvironmentEntities _entities;
    private readonly Dictionary<string, ProxyPlan> _byName;

    internal DeploymentSnapshot(
        GatewayServices services, IEnumerable<ProxyPlan> proxies, IReadOnlyDictionary<string, SharedFlowPlan> sharedFlows, EnvironmentEntities entities)
    {
        (Services, _sharedFlows, _entities) = (services, sharedFlows, entities);
        _byName = proxies.ToDictionary(proxy => proxy.Name, StringComparer.Ordinal);
        foreach (var proxy in _byName.Values)
        {
            foreach (var endpoint in proxy.Endpoints)
            {
                var deployed = new DeployedEndpoint(proxy, endpoint);
                if (endpoint.BasePath.Split('/').Contains("*"))
                    _wildcards.Add((endpoint.BasePath.Split('/'), deployed));
                else
                    _byPath[endpoint.BasePath] = deployed;
            }
        }
        _wildcards.Sort((one, other) => other.Segments.Length.CompareTo(one.Segments.Length));
        _byPathSpan = _byPath.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    internal GatewayServices Services { get; }

    internal FlowHooks Hooks => _entities.Hooks;

    /// <summary>Property sets of the environment; a bundle's own stand before them.</summary>
    internal FrozenDictionary<string, string> PropertySets => _entities.PropertySets;

    internal KeystoreBook Keystores => _entities.Keystores;

    internal IReadOnlyCollection<ProxyPlan> Proxies => _byName.Values;

    internal ProxyPlan? FindProxy(string name) => _byName.GetValueOrDefault(name);

    internal SharedFlowPlan? FindSharedFlow(string name) => _sharedFlows.GetValueOrDefault(name);

    internal TargetServerEntity? FindTargetServer(string name) => _entities.TargetServers.GetValueOrDefault(name);

    internal DeployedEndpoint? FindByName(string proxy, string? endpoint) =>
        _byName.GetValueOrDefault(proxy) is not { } plan ? null
        : Array.Find(plan.Endpoints, one => endpoint is null || one.Name == endpoint) is { } found ? new DeployedEndpoint(plan, found) : null;

    /// <summary>
    /// The endpoint with the longest base path that the path is under, at a segment's end (contract gateway.md 3.2). What it costs depends on the path,
    /// not on how many proxies there are; base paths with <c>*</c> are held against the path one by one.
    /// </summary>
    internal DeployedEndpoint? Find(ReadOnlySpan<char> path, out int basePathLength)
    {
        DeployedEndpoint? found = null;
        basePathLength = 0;
        for (var end = path.Length; end > 0; end = path[..end].LastIndexOf('/'))
        {
            if (_byPathSpan.TryGetValue(path[..end], out found))
            {
                basePathLength = end;
                break;
            }
        }
        if (_wildcards.Count > 0 && FindWildcard(path, out var length) is { } wildcard && length > basePathLength)
        {
            basePathLength = length;
            return wildcard;
        }
        // "/" is under no other base path, and is no part of what stands behind it.
        return found ?? _byPath.GetValueOrDefault("/");
    }

    private DeployedEndpoint? FindWildcard(ReadOnlySpan<char> path, out int length)
    {
        foreach (var (segments, endpoint) in _wildcards)
        {
            if (Matches(segments, path, out length))
                return endpoint;
        }
        length = 0;
        return null;
    }

    private static bool Matches(string[] segments, ReadOnlySpan<char> path, out int length)
    {
        length = 0;
        var at = 0;
        foreach (var range in path.Split('/'))
        {
            if (at == segments.Length)
                break;
            var part = path[range];
            if (segments[at] == "*" ? part.IsEmpty : !part.SequenceEqual(segments[at]))
                return false;
            (at, length) = (at + 1, range.End.GetOffset(path.Length));
        }
        return at == segments.Length;
    }
}
