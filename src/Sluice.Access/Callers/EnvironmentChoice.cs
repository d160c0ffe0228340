using Microsoft.AspNetCore.Http;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>Finds the environment of a request: by <c>x-sandbox-name</c>, else by host, else production (design.md section 2).</summary>
internal sealed class EnvironmentChoice
{
    /// <summary>Test systems of the original by the second half of their host names (contract audience.md 1.3): never taken for production.</summary>
    private static readonly string[] KnownTestSystems = ["beta", "sandbox", "stage", "qa", "qe2", "qe3", "qe4", "qe5"];

    private static readonly string[] HostPrefixes = ["aam-", "api-", "bank-", "platform-"];

    private readonly HashSet<EnvironmentName> _environments;
    private readonly Dictionary<string, EnvironmentName> _hosts = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="InvalidOperationException">A host is given to an environment that does not exist.</exception>
    internal EnvironmentChoice(IEnumerable<EnvironmentName> environments, AccessOptions options)
    {
        _environments = [.. environments];
        foreach (var (text, hosts) in options.EnvironmentHosts)
        {
            if (!EnvironmentName.TryParse(text, out var name) || !_environments.Contains(name))
                throw new InvalidOperationException($"Access:EnvironmentHosts:{text}: there is no such environment; Storage:Environments names them");
            foreach (var host in hosts)
                _hosts[host] = name;
        }
    }

    /// <summary>Every environment, production first.</summary>
    internal IEnumerable<EnvironmentName> All => _environments.OrderBy(name => name == EnvironmentName.Production ? "" : name.Value, StringComparer.Ordinal);

    /// <summary>The environment, or the name that was asked for and does not exist.</summary>
    internal (EnvironmentName? Found, string Wanted) Find(HttpRequest request)
    {
        var given = request.Headers["x-sandbox-name"].ToString();
        return given.Length > 0 ? ByName(given) : ByHost(request.Host.Host);
    }

    private (EnvironmentName? Found, string Wanted) ByName(string wanted) =>
        EnvironmentName.TryParse(wanted, out var name) && _environments.Contains(name) ? (name, wanted) : (null, wanted);

    private (EnvironmentName? Found, string Wanted) ByHost(string host)
    {
        if (_hosts.TryGetValue(host, out var configured))
            return (configured, configured.Value);
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && Array.Find(HostPrefixes, prefix => host.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) is { } prefix && dot > prefix.Length)
        {
            var wanted = host[prefix.Length..dot];
            var found = ByName(wanted);
            if (found.Found is not null || KnownTestSystems.Contains(wanted, StringComparer.OrdinalIgnoreCase))
                return found;
        }
        return (EnvironmentName.Production, EnvironmentName.Production.Value);
    }
}
