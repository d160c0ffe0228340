namespace Sluice.Profiles.Populations;

/// <summary>Profiles by the latest day on which something happened to them. Each stands on one day only, so a window that ends today is a sum of counts.</summary>
internal sealed class LatestDays
{
    private readonly List<DaySet> _days = []; // by day, ascending

    /// <summary>Those whose latest day was let go of.</summary>
    internal ProfileSet Before { get; } = new();

    internal IReadOnlyList<DaySet> Days => _days;

    /// <summary>Notes that it happened on a day; false when it happened on that day or a later one already.</summary>
    internal bool Mark(int profile, int day)
    {
        var at = IndexOf(profile);
        if (at >= 0 && _days[at].Day >= day)
            return false;
        if (at >= 0)
            _days[at].Set.Remove(profile);
        else
            Before.Remove(profile);
        On(day).Add(profile);
        return true;
    }

    /// <summary>The latest day of a profile; null when it has none, or one that was let go of.</summary>
    internal int? Find(int profile) => IndexOf(profile) is >= 0 and var at ? _days[at].Day : null;

    internal bool Remove(int profile) => IndexOf(profile) is >= 0 and var at ? _days[at].Set.Remove(profile) : Before.Remove(profile);

    /// <summary>The set of a day.</summary>
    internal ProfileSet On(int day)
    {
        var at = _days.Count;
        while (at > 0 && _days[at - 1].Day > day)
            at--;
        if (at > 0 && _days[at - 1].Day == day)
            return _days[at - 1].Set;
        var set = new ProfileSet();
        _days.Insert(at, new DaySet(day, set));
        return set;
    }

    /// <summary>Lets go of the days up to one, included; their profiles stay, without a day.</summary>
    internal IReadOnlyList<DaySet> Fold(int lastDay)
    {
        var count = 0;
        while (count < _days.Count && _days[count].Day <= lastDay)
            Before.OrWith(_days[count++].Set);
        var folded = _days[..count];
        _days.RemoveRange(0, count);
        return folded;
    }

    /// <summary>Gives back room that days before today took for profiles that never came.</summary>
    internal void Trim(int today)
    {
        if (_days.Count > 0 && _days[^1].Day == today - 1)
            _days[^1].Set.Trim();
    }

    /// <summary>Everybody from a day on.</summary>
    internal ProfileSet Since(int firstDay)
    {
        var all = new ProfileSet();
        foreach (var (day, set) in _days)
        {
            if (day >= firstDay)
                all.OrWith(set);
        }
        return all;
    }

    // The latest first: who comes again mostly came not long ago.
    private int IndexOf(int profile)
    {
        var at = _days.Count - 1;
        while (at >= 0 && !_days[at].Set.Contains(profile))
            at--;
        return at;
    }
}

/// <summary>Those whose latest day is this one.</summary>
internal readonly record struct DaySet(int Day, ProfileSet Set);
