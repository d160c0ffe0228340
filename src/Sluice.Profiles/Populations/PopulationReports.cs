using Sluice.Storage;

namespace Sluice.Profiles.Populations;

/// <summary>The numbers of traits and segments as reports ask for them (audience contract, section 5.9): exact, and as of now where a day is not over.</summary>
/// <remarks>Any number of threads may ask. Days are whole UTC days since 1970-01-01.</remarks>
public sealed class PopulationReports
{
    private const int MaxClosedDays = 4; // of 100,000 traits, some 10 MB each

    private readonly PopulationStore _store;
    private readonly Lock _turn = new();
    private readonly List<(int Day, Task<ClosedDay> Numbers)> _closedDays = []; // the one asked for last at the end

    internal PopulationReports(PopulationStore store) => _store = store;

    /// <summary>The day that is not over; null before the first one has begun.</summary>
    public int? Today => _store.History.Day;

    /// <summary>The numbers of a trait as of now.</summary>
    public TraitNumbers Trait(long sid, MetricsType type) => _store.History.Trait(sid, type);

    /// <summary>The numbers of a segment as of now.</summary>
    public SegmentNumbers Segment(long sid, MetricsType type) => _store.History.Segment(sid, type);

    /// <summary>The numbers of a trait for each day of a range up to today: today's as of now, those of closed days as they were at their end.</summary>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public Task<SortedList<int, TraitNumbers>> TraitTrendAsync(long sid, MetricsType type, int firstDay, int lastDay, CancellationToken cancellation) =>
        Today is null ? Task.FromResult(new SortedList<int, TraitNumbers>()) : _store.TraitTrendAsync(sid, type, firstDay, lastDay, cancellation);

    /// <summary>The same for a segment.</summary>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public Task<SortedList<int, SegmentNumbers>> SegmentTrendAsync(long sid, MetricsType type, int firstDay, int lastDay, CancellationToken cancellation) =>
        Today is null ? Task.FromResult(new SortedList<int, SegmentNumbers>()) : _store.SegmentTrendAsync(sid, type, firstDay, lastDay, cancellation);

    /// <summary>The numbers that everything had at the end of a day; the last few such days are kept in memory.</summary>
    /// <param name="day">A day that is over.</param>
    /// <param name="cancellation">Gives up the wait.</param>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public Task<ClosedDay> ClosedDayAsync(int day, CancellationToken cancellation)
    {
        if (Today is not { } today || day >= today)
            throw new ArgumentOutOfRangeException(nameof(day), day, "The day is not over.");
        lock (_turn)
        {
            var known = _closedDays.FindIndex(one => one.Day == day);
            var numbers = known >= 0 && !_closedDays[known].Numbers.IsFaulted ? _closedDays[known].Numbers
                : _store.ReadClosedDayAsync(day, CancellationToken.None); // for whoever asks meanwhile, too
            if (known >= 0)
                _closedDays.RemoveAt(known);
            else if (_closedDays.Count == MaxClosedDays)
                _closedDays.RemoveAt(0);
            _closedDays.Add((day, numbers));
            return numbers.WaitAsync(cancellation);
        }
    }

    /// <summary>How many traits or segments share, pair by pair: of those that hold them now or, with a look-back, did within so many days.</summary>
    public IReadOnlyList<PopulationOverlap> Overlaps(IReadOnlyList<(long One, long Other)> pairs, MetricsType type, int? lookBackDays)
    {
        if (Today is null)
            return [.. pairs.Select(_ => default(PopulationOverlap))];
        var sets = new Dictionary<long, ProfileSet>();
        var overlaps = new List<PopulationOverlap>(pairs.Count);
        foreach (var (one, other) in pairs)
        {
            var (left, right) = (SetOf(one), SetOf(other));
            overlaps.Add(new PopulationOverlap(left.Count, right.Count, SetAlgebra.CountBoth(left, right)));
        }
        return overlaps;

        ProfileSet SetOf(long sid)
        {
            if (!sets.TryGetValue(sid, out var set))
                sets[sid] = set = lookBackDays is { } days ? _store.History.Population(sid, type, days) : _store.History.Population(sid, type);
            return set;
        }
    }
}
