using System.Diagnostics;
using Sluice.Profiles.State;

namespace Sluice.Profiles.Populations;

/// <summary>Who realized a trait when, how often it was realized, and who holds it: those realized within its life, less those it was taken off.</summary>
internal sealed class TraitLine : PopulationLine
{
    private readonly LatestDays _realized = new();
    private readonly ProfileSet _off = new(); // among those with a day: the trait was taken off them, or their life with it is over
    private readonly SortedList<int, long> _counts = [];
    private long _countBefore;

    /// <summary>The last day that was let go of because the life of what was realized then is over.</summary>
    internal int OverThrough { get; private set; } = int.MinValue;

    internal override IEnumerable<(SetPlace Place, ProfileSet Set)> Sets =>
        _realized.Days.Select(one => (new SetPlace(SetRole.Realized, one.Day), one.Set))
            .Append((new SetPlace(SetRole.RealizedBefore), _realized.Before)).Append((new SetPlace(SetRole.TakenOff), _off));

    internal override ProfileSet SetAt(SetPlace place) => place.Role switch
    {
        SetRole.Realized => _realized.On(place.Day),
        SetRole.RealizedBefore => _realized.Before,
        SetRole.TakenOff => _off,
        _ => throw new UnreachableException(),
    };

    /// <summary>The day of a profile's newest realization, if it is remembered.</summary>
    internal int? FindDay(int profile) => _realized.Find(profile);

    /// <summary>The profile realized it on a day; returns whether the sets changed.</summary>
    /// <param name="profile">Who.</param>
    /// <param name="day">When.</param>
    /// <param name="isHeld">Whether the life of its newest realization lasts.</param>
    internal bool Realize(int profile, int day, bool isHeld)
    {
        var isChanged = _realized.Mark(profile, day);
        if (!isHeld)
            return _off.Add(profile) || isChanged;
        isChanged |= _off.Remove(profile);
        // A longer life, given to the trait since, brings a day back that was over.
        if (_realized.Find(profile) is { } newest && newest <= OverThrough)
            OverThrough = newest - 1;
        return isChanged;
    }

    internal void Count(int day, long count) => _counts[day] = _counts.GetValueOrDefault(day) + count;

    /// <summary>Takes it off a profile; returns whether the profile held it.</summary>
    internal bool TakeOff(int profile) => _realized.Find(profile) is not null && _off.Add(profile);

    /// <summary>The last day, up to which the life of what was realized is over, where days are over that were not before; else null.</summary>
    internal int? FindOver(int today, Func<int, int> endOf)
    {
        int? last = null;
        foreach (var (day, _) in _realized.Days)
        {
            if (day <= OverThrough)
                continue;
            if (endOf(day) > today)
                break;
            last = day;
        }
        return last;
    }

    /// <summary>Nobody holds it any more whose newest realization is of that day or an earlier one; returns the sets of those days.</summary>
    internal IEnumerable<ProfileSet> LetGo(int lastDay)
    {
        OverThrough = Math.Max(OverThrough, lastDay);
        var over = _realized.Days.Where(one => one.Day <= lastDay).Select(one => one.Set).ToList();
        foreach (var set in over)
            _off.OrWith(set);
        return over;
    }

    internal override IEnumerable<ProfileSet> Fold(int today)
    {
        while (_counts.Count > 0 && _counts.GetKeyAtIndex(0) <= today - WindowCounts.LongestDays)
        {
            _countBefore += _counts.GetValueAtIndex(0);
            _counts.RemoveAt(0);
        }
        _realized.Trim(today);
        var folded = _realized.Fold(Math.Min(OverThrough, today - WindowCounts.LongestDays)).Select(one => one.Set).ToList();
        foreach (var set in folded)
            _off.AndNotWith(set);
        return folded;
    }

    internal override LineNumbers NumbersOn(int today)
    {
        var (uniques, counts) = (new WindowCounts(), new WindowCounts());
        long held = -_off.Count;
        foreach (var (day, set) in _realized.Days)
        {
            uniques.AddAged(today - day, set.Count);
            held += set.Count;
        }
        uniques.AddToLifetime(_realized.Before.Count);
        foreach (var (day, count) in _counts)
            counts.AddAged(today - day, count);
        counts.AddToLifetime(_countBefore);
        return new LineNumbers(uniques, counts, held);
    }

    internal override ProfileSet Current()
    {
        var held = Since(int.MinValue);
        held.AndNotWith(_off);
        return held;
    }

    internal override ProfileSet Since(int firstDay) => _realized.Since(firstDay);

    internal override void WriteHeader(StoredBytes to)
    {
        to.AddVarint(UtcDay.Pack(OverThrough));
        to.AddVarint((ulong)_countBefore);
        to.AddVarint((ulong)_counts.Count);
        foreach (var (day, count) in _counts)
        {
            to.AddVarint(UtcDay.Pack(day));
            to.AddVarint((ulong)count);
        }
    }

    internal override void ReadHeader(scoped ref ReadOnlySpan<byte> from)
    {
        OverThrough = UtcDay.Unpack(Varint.Read(ref from));
        _countBefore = StoredBytes.TakeNumber(ref from, 0, long.MaxValue);
        for (var left = StoredBytes.TakeNumber(ref from, 0, int.MaxValue); left > 0; left--)
            Count(UtcDay.Unpack(Varint.Read(ref from)), StoredBytes.TakeNumber(ref from, 0, long.MaxValue));
    }
}
