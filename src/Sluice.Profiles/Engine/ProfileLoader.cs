using Sluice.Profiles.State;

namespace Sluice.Profiles.Engine;

/// <summary>Reads profiles from the store before they are needed, many at a time and without holding anybody up.</summary>
internal sealed class ProfileLoader(Lock gate, ProfileStore store, ProfileTable profiles)
{
    /// <summary>Reads profiles in one go before they are needed, and those linked to them.</summary>
    internal async Task LoadAsync(IEnumerable<ProfileKey> keys, CancellationToken cancellation)
    {
        List<ProfileKey> missing;
        lock (gate)
            missing = profiles.MissingOf(keys);
        if (missing.Count == 0)
            return;
        var found = await store.ReadAsync(missing, cancellation);
        lock (gate)
            profiles.TakeIn(found, missing);
        await LoadAsync(found.SelectMany(profile => profile.Links).Select(link => link.Number), cancellation);
    }

    internal async Task LoadAsync(IEnumerable<int> numbers, CancellationToken cancellation)
    {
        List<int> missing;
        lock (gate)
            missing = profiles.MissingOf(numbers);
        if (missing.Count == 0)
            return;
        var found = await store.ReadAsync(missing, cancellation);
        lock (gate)
            profiles.TakeIn(found, []);
    }
}
