using Sluice.Collection.Land;

namespace Sluice.Collection;

/// <summary>Whether the door can do its work, for <c>/health/ready</c> and <c>/metrics</c>.</summary>
public sealed class CollectionHealth
{
    private readonly CollectionRuntime _collection;
    private readonly LandingService _landing;

    internal CollectionHealth(CollectionRuntime collection, LandingService landing)
    {
        _collection = collection;
        _landing = landing;
    }

    /// <summary>What is wrong, one sentence each; empty when all is well.</summary>
    public IReadOnlyList<string> Faults =>
    [
        .. _collection.Environments.Where(environment => environment.Journal.IsBroken)
            .Select(environment => $"The journal of {environment.Name} is broken; restart to recover it"),
        .. _landing.Landers.Select(lander => lander.StoppedBecause).OfType<string>().Select(reason => $"Landing has stopped: {reason}"),
    ];

    /// <summary>Bytes of the journals that landing has not registered yet.</summary>
    public long LandingLagBytes => _landing.Landers.Sum(lander => lander.LagBytes);
}
