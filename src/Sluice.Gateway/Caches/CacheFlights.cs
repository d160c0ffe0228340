using System.Collections.Concurrent;

namespace Sluice.Gateway.Caches;

/// <summary>One fetch that others wait for.</summary>
internal sealed class CacheFlight(CacheFlights flights, string identity)
{
    private readonly TaskCompletionSource<CachedResponse?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was stored; null when nothing could be.</summary>
    internal Task<CachedResponse?> Done => _done.Task;

    /// <summary>Lets everybody go who waits. Only the first call counts.</summary>
    internal void End(CachedResponse? entry)
    {
        flights.Remove(identity);
        _done.TrySetResult(entry);
    }
}

/// <summary>Which keys are being fetched now, for policies that ask for it: one request goes to the target, the others wait for what it stores.</summary>
internal sealed class CacheFlights
{
    private readonly ConcurrentDictionary<string, CacheFlight> _flights = new(StringComparer.Ordinal);

    /// <summary>The flight of a key; <paramref name="isLeader"/> says whether the caller is to fetch.</summary>
    internal CacheFlight Join(string identity, out bool isLeader)
    {
        var mine = new CacheFlight(this, identity);
        var flight = _flights.GetOrAdd(identity, mine);
        isLeader = ReferenceEquals(flight, mine);
        return flight;
    }

    internal void Remove(string identity) => _flights.TryRemove(identity, out _);
}
