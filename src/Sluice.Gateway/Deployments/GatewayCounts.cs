using System.Collections.Concurrent;
using Sluice.Gateway.Caches;

namespace Sluice.Gateway.Deployments;

/// <summary>What the proxies of an environment did on this node since it started, by their names: a redeploy goes on counting.</summary>
/// <remarks>Threading: any.</remarks>
internal sealed class GatewayCounts
{
    // Names come from bundles, also from those that are only checked.
    private const int MostKept = 50_000;

    private readonly ConcurrentDictionary<string, ProxyCounts> _proxies = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Proxy, string Policy), CacheCounts> _caches = new();

    internal ProxyCounts OfProxy(string name) => _proxies.TryGetValue(name, out var known) ? known
        : _proxies.Count >= MostKept ? new ProxyCounts()
        : _proxies.GetOrAdd(name, _ => new ProxyCounts());

    internal CacheCounts OfCache(string proxy, string policy) => _caches.TryGetValue((proxy, policy), out var known) ? known
        : _caches.Count >= MostKept ? new CacheCounts()
        : _caches.GetOrAdd((proxy, policy), _ => new CacheCounts());
}

/// <summary>How many requests a proxy answered, and how.</summary>
internal sealed class ProxyCounts
{
    private long _requests;
    private long _clientErrors;
    private long _serverErrors;

    internal long Requests => Interlocked.Read(ref _requests);

    /// <summary>Answers of status 400 to 499.</summary>
    internal long ClientErrors => Interlocked.Read(ref _clientErrors);

    /// <summary>Answers of status 500 and above.</summary>
    internal long ServerErrors => Interlocked.Read(ref _serverErrors);

    internal void Answered(int status)
    {
        Interlocked.Increment(ref _requests);
        if (status >= 500)
            Interlocked.Increment(ref _serverErrors);
        else if (status >= 400)
            Interlocked.Increment(ref _clientErrors);
    }
}
