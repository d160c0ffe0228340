using Sluice.Profiles.State;

namespace Sluice.Profiles.Engine;

/// <summary>Finds whom it takes to carry something out before it begins, so that nothing is read in the middle of it: half an event cannot be taken back.</summary>
/// <remarks>
/// It goes the ways that <see cref="Applier"/> will go, with the same steps, and looks at links only. Who is not in memory is read outside the lock, and then it looks again
/// from there: each round leads at least a link further, and the last one misses nobody. Under the engine's lock.
/// </remarks>
internal sealed class Foresight(ProfileTable profiles, Applier applier)
{
    private readonly HashSet<Profile> _affected = [];
    private readonly HashSet<Profile> _read = [];

    /// <summary>The numbers of those who are needed for an event or an order about some ids, and are not in memory.</summary>
    /// <param name="keys">The ids.</param>
    /// <param name="day">When it happens.</param>
    internal IReadOnlyCollection<int> MissingOf(IEnumerable<ProfileKey> keys, int day) => !profiles.HasCold ? [] : profiles.LookAhead(() =>
    {
        _affected.Clear();
        foreach (var profile in keys.Select(profiles.FindHot).OfType<Profile>())
        {
            applier.Views.AddAffected(profile, _affected);
            foreach (var linked in LinkedOf(profile)) // a link that comes or goes changes what the other end's people read
                applier.Views.AddAffected(linked, _affected);
        }
        AddRead(day);
    });

    /// <summary>The same for looking at the memberships of some profiles.</summary>
    internal IReadOnlyCollection<int> MissingOf(IEnumerable<int> numbers) => !profiles.HasCold ? [] : profiles.LookAhead(() =>
    {
        _affected.Clear();
        _affected.UnionWith(numbers.Select(profiles.FindHot).OfType<Profile>());
        AddRead(applier.Day);
    });

    private void AddRead(int day)
    {
        _read.Clear();
        foreach (var profile in _affected)
        {
            if (profile.Links.Length == 0)
                continue;
            applier.AddInView(profile, _read);
            if (!applier.IsOver(profile, day))
                continue;
            foreach (var linked in LinkedOf(profile)) // it is forgotten, and they are looked at without it
                applier.AddInView(linked, _read);
        }
        foreach (var link in _read.SelectMany(profile => profile.Links))
            profiles.Find(link.Number);
    }

    private IEnumerable<Profile> LinkedOf(Profile profile) => profile.Links.Select(link => profiles.Find(link.Number)).OfType<Profile>();
}
