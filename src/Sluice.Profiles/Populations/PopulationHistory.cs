namespace Sluice.Profiles.Populations;

/// <summary>Takes in who realized which trait and who is in which segment, and knows the numbers of reports exactly (audience contract, section 5.9).</summary>
/// <remarks>
/// Guarantees: a number is that of one moment, between two facts. Closed days keep their numbers: what comes late for a day (a backfill) counts in
/// the windows, lifetimes and populations from now on, and in no trend of a day before.
/// Threading: one thread tells facts and stores them (<see cref="PopulationStore"/>); any thread may ask. An answer holds facts up only while it adds up
/// counts or puts the sets together that it needs; it works on those afterwards.
/// </remarks>
internal sealed class PopulationHistory
{
    private readonly Lock _gate = new();
    private readonly Func<long, int, int> _endOf;
    private readonly PopulationLines _lines;
    private readonly FactLog _log = new();
    private readonly Dictionary<(long Line, int Day), byte[]> _frozen = [];
    private readonly List<long> _forgotten = [];
    private long _next;

    /// <param name="endOf">The first day on which a trait is not held any more, by its sid and the day of its newest realization: <see cref="int.MaxValue"/> for never, 0 for a trait that is no more.</param>
    internal PopulationHistory(Func<long, int, int> endOf)
        : this(endOf, new PopulationLines(), 1)
    {
    }

    internal PopulationHistory(Func<long, int, int> endOf, PopulationLines lines, long next) => (_endOf, _lines, _next) = (endOf, lines, next);

    /// <summary>The day that is not closed; facts of later days are refused.</summary>
    internal int Today => _lines.Today ?? throw new InvalidOperationException("No day has begun.");

    /// <summary>The same; null when no day has begun yet.</summary>
    internal int? Day => _lines.Today;

    /// <summary>Closes the days before, each with the numbers it ended with, and lets go of realizations whose life is over.</summary>
    internal void BeginDay(int day)
    {
        lock (_gate)
        {
            if (_lines.Today is null)
                Tell(new PopulationFact(FactKind.DayBegan, 0, Day: day));
            while (_lines.Today < day)
            {
                Freeze(Today);
                Tell(new PopulationFact(FactKind.DayBegan, 0, Day: Today + 1));
                LetGoOfAll();
            }
        }
    }

    /// <summary>Traits may have been given other lives: those for whom they are over by now do not hold the traits any more.</summary>
    internal void LivesChanged()
    {
        lock (_gate)
            LetGoOfAll();
    }

    /// <summary>A profile realized a trait on this day, or on one that is closed.</summary>
    /// <param name="trait">The trait's sid.</param>
    /// <param name="profile">Who.</param>
    /// <param name="day">When.</param>
    /// <param name="count">How often.</param>
    /// <param name="isOnceOnly">Whether realizations of this trait are not counted, as those of onboarded and algorithmic traits.</param>
    internal void Realized(long trait, ProfileNumber profile, int day, int count = 1, bool isOnceOnly = false)
    {
        RefuseLater(day);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        lock (_gate)
        {
            var line = PopulationLine.NumberOf(trait, profile.IsDevice);
            var isHeld = _endOf(trait, day) > Today
                || _lines.Trait(line).FindDay(profile.Value) is { } newest && newest > day && _endOf(trait, newest) > Today;
            Tell(new PopulationFact(isHeld ? FactKind.Realized : FactKind.RealizedInVain, line, profile.Value, day, isOnceOnly ? 0 : count));
        }
    }

    /// <summary>A trait was taken off a profile: not by its life, which this knows itself.</summary>
    internal void Removed(long trait, ProfileNumber profile) => TellIfKnown(FactKind.TakenOff, trait, profile);

    /// <summary>A profile became a member.</summary>
    internal void Entered(long segment, ProfileNumber profile)
    {
        lock (_gate)
            Tell(new PopulationFact(FactKind.Entered, PopulationLine.NumberOf(segment, profile.IsDevice), profile.Value));
    }

    /// <summary>A profile was a member until this day.</summary>
    internal void Left(long segment, ProfileNumber profile, int day)
    {
        RefuseLater(day);
        TellIfKnown(FactKind.Left, segment, profile, day);
    }

    /// <summary>A member was seen on this day.</summary>
    internal void Seen(long segment, ProfileNumber profile, int day)
    {
        RefuseLater(day);
        lock (_gate)
            Tell(new PopulationFact(FactKind.Seen, PopulationLine.NumberOf(segment, profile.IsDevice), profile.Value, day));
    }

    /// <summary>A trait or segment is no more, and its numbers with it.</summary>
    internal void Forget(long sid)
    {
        lock (_gate)
        {
            foreach (var line in LinesOf(sid, MetricsType.All))
            {
                if (!Tell(new PopulationFact(FactKind.Forgotten, line)))
                    continue;
                _forgotten.Add(line);
                foreach (var day in _frozen.Keys.Where(one => one.Line == line).ToList())
                    _frozen.Remove(day);
            }
        }
    }

    /// <summary>The numbers of a trait as of now.</summary>
    internal TraitNumbers Trait(long sid, MetricsType type) => Numbers(sid, type).OfTrait;

    /// <summary>The numbers of a segment as of now.</summary>
    internal SegmentNumbers Segment(long sid, MetricsType type) => Numbers(sid, type).OfSegment;

    /// <summary>Those that hold a trait or are members of a segment now; the caller's own.</summary>
    internal ProfileSet Population(long sid, MetricsType type) => Union(SetsOf(sid, type, line => line.Current()));

    /// <summary>Those that realized a trait, or were members of a segment, on one of the last days, today included; the caller's own.</summary>
    internal ProfileSet Population(long sid, MetricsType type, int days) => Union(SetsOf(sid, type, line => line.Since(Today - days + 1)));

    /// <summary>How many two traits or segments share, of those that hold them now or, with a look-back, did within so many days.</summary>
    internal PopulationOverlap Overlap(long one, long other, MetricsType type, int? lookBackDays = null)
    {
        var left = lookBackDays is { } days ? Population(one, type, days) : Population(one, type);
        var right = lookBackDays is { } back ? Population(other, type, back) : Population(other, type);
        return new PopulationOverlap(left.Count, right.Count, SetAlgebra.CountBoth(left, right));
    }

    /// <summary>What closed days have of a line in memory only, since it is not stored yet; and whether what is stored is to be deleted.</summary>
    internal (SortedList<int, LineNumbers> Days, bool IsForgotten) FrozenNow(long line)
    {
        lock (_gate)
        {
            var found = new SortedList<int, LineNumbers>();
            foreach (var (key, numbers) in _frozen.Where(one => one.Key.Line == line))
                found[key.Day] = LineNumbers.Read(numbers);
            return (found, _forgotten.Contains(line));
        }
    }

    /// <summary>Of every line the last numbers up to the end of a day that are in memory only, with their day; and the lines whose stored days are to be deleted.</summary>
    internal (Dictionary<long, (int Day, byte[] Numbers)> Last, HashSet<long> Forgotten) FrozenThrough(int day)
    {
        lock (_gate)
        {
            var last = new Dictionary<long, (int Day, byte[] Numbers)>();
            foreach (var (key, numbers) in _frozen)
            {
                if (key.Day <= day && (!last.TryGetValue(key.Line, out var known) || known.Day < key.Day))
                    last[key.Line] = (key.Day, numbers);
            }
            return (last, [.. _forgotten]);
        }
    }

    /// <summary>The numbers of some lines together as of now, with the day that is now.</summary>
    internal (int Today, LineNumbers Numbers) NumbersNow(long sid, MetricsType type)
    {
        lock (_gate)
            return (Today, Numbers(sid, type));
    }

    /// <summary>What has to be stored; what comes meanwhile is not in it. Call it again if it could not be stored.</summary>
    /// <param name="partsFor">How many parts to store, by how many began to differ since the last time.</param>
    internal PopulationChanges TakeChanges(Func<int, int> partsFor)
    {
        lock (_gate)
        {
            var facts = _log.Take();
            var seq = _next++;
            var (keys, othersFrom) = _lines.Dirty.Oldest(partsFor(_lines.Dirty.TakeNew()));
            var parts = new List<(PartKey, byte[])>();
            foreach (var key in keys)
            {
                if (_lines.TryFind(key.Line, out var line))
                    parts.Add((key, PartBytes.Write(line, key.High, seq)));
            }
            return new PopulationChanges(seq, _lines.Today, facts, keys.Count, parts, [.. _forgotten], [.. _frozen], Math.Min(othersFrom ?? seq, seq));
        }
    }

    /// <summary>The changes are stored.</summary>
    internal void Stored(PopulationChanges changes)
    {
        lock (_gate)
        {
            _log.Drop(changes.Facts.Count);
            _lines.Dirty.Stored(changes.PartCount, changes.Seq);
            _forgotten.RemoveRange(0, changes.Forgotten.Count);
            foreach (var (key, numbers) in changes.Frozen)
            {
                if (_frozen.TryGetValue(key, out var now) && now == numbers)
                    _frozen.Remove(key);
            }
        }
    }

    internal static IEnumerable<long> LinesOf(long sid, MetricsType type)
    {
        if (type != MetricsType.CrossDevice)
            yield return PopulationLine.NumberOf(sid, isDevice: true);
        if (type != MetricsType.Device)
            yield return PopulationLine.NumberOf(sid, isDevice: false);
    }

    private LineNumbers Numbers(long sid, MetricsType type)
    {
        lock (_gate)
            return LineNumbers.Sum(LinesOf(sid, type).Select(line => _lines.TryFind(line, out var found) ? found.NumbersOn(Today) : LineNumbers.None));
    }

    // A segment's members are a snapshot; of a trait the days are put together here, some milliseconds for millions of profiles.
    private List<ProfileSet> SetsOf(long sid, MetricsType type, Func<PopulationLine, ProfileSet> setOf)
    {
        var sets = new List<ProfileSet>();
        lock (_gate)
        {
            foreach (var line in LinesOf(sid, type))
            {
                if (_lines.TryFind(line, out var found))
                    sets.Add(setOf(found));
            }
        }
        return sets;
    }

    private static ProfileSet Union(List<ProfileSet> sets)
    {
        var all = sets.Count == 0 ? new ProfileSet() : sets[0];
        foreach (var set in sets.Skip(1))
            all.OrWith(set);
        return all;
    }

    private void Freeze(int day)
    {
        foreach (var (number, line) in _lines.All)
        {
            var numbers = line.NumbersOn(day).ToBytes();
            if (line.LastFrozen.AsSpan().SequenceEqual(numbers))
                continue;
            line.LastFrozen = numbers;
            _frozen[(number, day)] = numbers;
        }
    }

    private void LetGoOfAll()
    {
        foreach (var line in _lines.All.Where(one => one.Value is TraitLine).Select(one => one.Key).ToList())
            LetGo(line);
    }

    private void LetGo(long line)
    {
        if (_lines.TryFind(line, out var found) && found is TraitLine trait && trait.FindOver(Today, day => _endOf(line / 2, day)) is { } last)
            Tell(new PopulationFact(FactKind.LifeOver, line, Day: last));
    }

    private void TellIfKnown(FactKind kind, long sid, ProfileNumber profile, int day = 0)
    {
        lock (_gate)
        {
            var line = PopulationLine.NumberOf(sid, profile.IsDevice);
            if (!_lines.TryFind(line, out var found) || found is SegmentLine segment && !segment.IsMember(profile.Value))
                return;
            Tell(new PopulationFact(kind, line, profile.Value, day));
        }
    }

    private bool Tell(in PopulationFact fact)
    {
        if (!_lines.Apply(fact, _next))
            return false;
        _log.Add(fact);
        return true;
    }

    private void RefuseLater(int day) => ArgumentOutOfRangeException.ThrowIfGreaterThan(day, Today);
}
