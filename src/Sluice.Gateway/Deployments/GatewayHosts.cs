using System.Collections.Concurrent;
using Sluice.Storage;

namespace Sluice.Gateway.Deployments;

/// <summary>Which environment a host's proxies are of (Ruling 8): configured hosts, <c>{organization}-{environment}.</c> and any domain, the default one for every other.</summary>
internal sealed class GatewayHosts
{
    // Hosts come from clients; the answers for some of them are kept.
    private const int MostKept = 4_096;

    private readonly Dictionary<string, GatewayEnvironment> _configured = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, HostChoice> _known = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<GatewayEnvironment> _environments;
    private readonly GatewayEnvironment _default;
    private readonly string _organization;

    /// <exception cref="InvalidOperationException">A host is given to an environment that does not exist.</exception>
    internal GatewayHosts(IReadOnlyList<GatewayEnvironment> environments, string organization, GatewayOptions options)
    {
        (_environments, _organization) = (environments, organization);
        _default = Find(options.DefaultEnvironment) ?? throw new InvalidOperationException($"Gateway:DefaultEnvironment: there is no environment '{options.DefaultEnvironment}'; Storage:Environments names them");
        foreach (var (name, hosts) in options.Hosts)
        {
            var environment = Find(name) ?? throw new InvalidOperationException($"Gateway:Hosts:{name}: there is no such environment; Storage:Environments names them");
            foreach (var host in hosts)
                _configured[host] = environment;
        }
    }

    /// <summary>The environment of a <c>Host</c> header.</summary>
    internal HostChoice Choose(string host)
    {
        if (_known.TryGetValue(host, out var known))
            return known;
        var choice = Work(host);
        if (_known.Count < MostKept)
            _known[host] = choice;
        return choice;
    }

    internal GatewayEnvironment? Find(string name) => EnvironmentName.TryParse(name, out var wanted) ? _environments.FirstOrDefault(one => one.Name == wanted) : null;

    private HostChoice Work(string host)
    {
        var colon = host.LastIndexOf(':');
        var name = colon > host.LastIndexOf(']') ? host[..colon] : host;
        if (_configured.TryGetValue(name, out var environment))
            return new HostChoice(environment, IsGatewayOnly: true);
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var first = dot < 0 ? "" : name[..dot];
        if (first.StartsWith(_organization + "-", StringComparison.OrdinalIgnoreCase) && Find(first[(_organization.Length + 1)..]) is { } named)
            return new HostChoice(named, IsGatewayOnly: true);
        return new HostChoice(_default, IsGatewayOnly: false);
    }
}

/// <summary>Whose proxies answer on a host, and whether nothing else does.</summary>
internal sealed record HostChoice(GatewayEnvironment Environment, bool IsGatewayOnly);
