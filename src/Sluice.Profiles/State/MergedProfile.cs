using Sluice.Profiles.Rules.Evaluate;

namespace Sluice.Profiles.State;

/// <summary>What segment rules see of a person: the traits of all profiles that a merge rule joins, as of a day; counts add up (contract section 5.5).</summary>
/// <remarks>For one thread at a time; used again for the next person by <see cref="Begin"/>. Folder traits answer for the traits below them.</remarks>
internal sealed class MergedProfile : IProfileView
{
    private readonly Func<long, int, int> _endOf;
    private readonly Func<long, IReadOnlyList<long>?> _inFolderOf;
    private readonly List<ReadOnlyMemory<byte>> _profiles = [];
    private int _today;

    /// <param name="endOf">The day on which a trait's realization of a day ends; 0 for a trait that is no more.</param>
    /// <param name="inFolderOf">The traits that a folder trait stands for; null for any other trait.</param>
    internal MergedProfile(Func<long, int, int> endOf, Func<long, IReadOnlyList<long>?> inFolderOf) => (_endOf, _inFolderOf) = (endOf, inFolderOf);

    /// <summary>Begins with another person.</summary>
    internal void Begin(int today)
    {
        _profiles.Clear();
        _today = today;
    }

    /// <summary>Adds a profile's traits.</summary>
    internal void Add(ReadOnlyMemory<byte> traits) => _profiles.Add(traits);

    public bool Holds(long sid) => Sum(sid, int.MinValue, int.MaxValue) > 0;

    public long Realizations(long sid) => Sum(sid, int.MinValue, int.MaxValue);

    public long RealizationsSince(long sid, int day) => Sum(sid, day, int.MaxValue);

    public long RealizationsUntil(long sid, int day) => Sum(sid, int.MinValue, day);

    private long Sum(long sid, int firstDay, int lastDay)
    {
        if (_inFolderOf(sid) is not { } below)
            return SumOfOne(sid, firstDay, lastDay);
        long sum = 0;
        foreach (var one in below)
            sum += SumOfOne(one, firstDay, lastDay);
        return sum;
    }

    private long SumOfOne(long sid, int firstDay, int lastDay)
    {
        long sum = 0;
        foreach (var profile in _profiles)
        {
            if (ProfileTraits.TryFind(profile.Span, sid, out var memory) && _endOf(sid, memory.LastDay) > _today)
                sum += memory.Count(firstDay, lastDay);
        }
        return sum;
    }
}
