using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Storage;

namespace Sluice.Audience.Events;

/// <summary>Finds the environment of an event call: by host where event hosts are configured, else as that of any other call (contract audience.md 5.3).</summary>
internal sealed class EventHosts
{
    private readonly AudienceRuntime _audience;
    private readonly AccessRuntime _access;
    private readonly Dictionary<string, AudienceEnvironment> _hosts = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="InvalidOperationException">A host is given to an environment that does not exist.</exception>
    internal EventHosts(AudienceRuntime audience, AccessRuntime access, AudienceOptions options)
    {
        (_audience, _access) = (audience, access);
        foreach (var (text, hosts) in options.EventHosts)
        {
            if (!EnvironmentName.TryParse(text, out var name) || audience.FindEnvironment(name) is not { } environment)
                throw new InvalidOperationException($"Audience:EventHosts:{text}: there is no such environment; Storage:Environments names them");
            foreach (var host in hosts)
                _hosts[host] = environment;
        }
    }

    /// <summary>The environment; null when the host has none.</summary>
    internal AudienceEnvironment? Find(HttpRequest request) =>
        _hosts.Count > 0 ? _hosts.GetValueOrDefault(request.Host.Host)
        : _access.FindEnvironment(request) is { } name ? _audience.FindEnvironment(name)
        : null;
}
