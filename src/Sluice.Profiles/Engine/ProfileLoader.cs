using Sluice.Profiles.State;

namespace Sluice.Profiles.Engine;

/// <summary>Reads profiles from the store before they are needed, many at a time and without holding anybody up: those that are named, and whom <see cref="Foresight"/> finds.</summary>
internal sealed class ProfileLoader(Lock gate, ProfileStore store, ProfileTable profiles, Foresight foresight)
{
    /// <summary>Reads what it takes to carry out something about some ids.</summary>
    /// <param name="keys">The ids.</param>
    /// <param name="timeMs">When it happens; ms since 1970.</param>
    /// <param name="cancellation">Ends the read.</param>
    internal async Task LoadAsync(IReadOnlyCollection<ProfileKey> keys, long timeMs, CancellationToken cancellation)
    {
        List<ProfileKey> missing;
        lock (gate)
            missing = profiles.MissingOf(keys);
        if (missing.Count > 0)
        {
            var found = await store.ReadAsync(missing, cancellation);
            lock (gate)
                profiles.TakeIn(found, missing);
        }
        await LoadAheadAsync(() => MissingOf(keys, timeMs), cancellation);
    }

    /// <summary>Reads profiles, and what it takes to look at their memberships.</summary>
    internal async Task LoadAsync(IReadOnlyCollection<int> numbers, CancellationToken cancellation)
    {
        List<int> missing;
        lock (gate)
            missing = profiles.MissingOf(numbers);
        await LoadMissingAsync(missing, cancellation);
        await LoadAheadAsync(() => foresight.MissingOf(numbers), cancellation);
    }

    /// <summary>Who is needed and not in memory, as of now; under the lock.</summary>
    internal IReadOnlyCollection<int> MissingOf(IEnumerable<ProfileKey> keys, long timeMs) => foresight.MissingOf(keys, UtcDay.Of(timeMs / 1000));

    private async Task LoadAheadAsync(Func<IReadOnlyCollection<int>> look, CancellationToken cancellation)
    {
        var asked = new HashSet<int>();
        while (true)
        {
            List<int> missing;
            lock (gate)
                missing = [.. look().Where(asked.Add)];
            if (missing.Count == 0)
                return;
            await LoadMissingAsync(missing, cancellation);
        }
    }

    private async Task LoadMissingAsync(List<int> missing, CancellationToken cancellation)
    {
        if (missing.Count == 0)
            return;
        var found = await store.ReadAsync(missing, cancellation);
        lock (gate)
            profiles.TakeIn(found, []);
    }
}
