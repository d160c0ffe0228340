using Sluice.Profiles.Populations;

namespace Sluice.Tests.Profiles;

/// <summary>The numbers of reports, found by looking at everything that ever happened: what the history has to agree with.</summary>
internal sealed class NaivePopulations(Func<long, int, int> endOf)
{
    private static readonly int[] Windows = [1, 7, 14, 30, 60, 90];

    private readonly List<(long Sid, ProfileNumber Profile, int Day, long Count)> _realized = [];
    private readonly HashSet<(long Sid, ProfileNumber Profile)> _held = [];
    private readonly HashSet<(long Sid, ProfileNumber Profile)> _members = [];
    private readonly List<(long Sid, ProfileNumber Profile, int Day)> _left = [];
    private readonly HashSet<(long Sid, ProfileNumber Profile, int Day)> _seen = [];
    private readonly Dictionary<(long Sid, MetricsType Type, int Day), string> _closed = [];

    public int Today { get; private set; }

    public NaivePopulations Copy()
    {
        var copy = new NaivePopulations(endOf) { Today = Today };
        copy._realized.AddRange(_realized);
        copy._held.UnionWith(_held);
        copy._members.UnionWith(_members);
        copy._left.AddRange(_left);
        copy._seen.UnionWith(_seen);
        foreach (var (key, numbers) in _closed)
            copy._closed.Add(key, numbers);
        return copy;
    }

    public void BeginDay(int day, IReadOnlyList<long> traits, IReadOnlyList<long> segments)
    {
        if (Today == 0)
            Today = day;
        for (; Today < day; Today++, LetGo())
        {
            foreach (var type in Enum.GetValues<MetricsType>())
            {
                foreach (var trait in traits)
                    _closed[(trait, type, Today)] = Trait(trait, type);
                foreach (var segment in segments)
                    _closed[(segment, type, Today)] = Segment(segment, type);
            }
        }
    }

    public void Realized(long sid, ProfileNumber profile, int day, long count)
    {
        _realized.Add((sid, profile, day, count));
        if (endOf(sid, Newest(sid, profile)) > Today)
            _held.Add((sid, profile));
    }

    public void Removed(long sid, ProfileNumber profile) => _held.Remove((sid, profile));

    public void Entered(long sid, ProfileNumber profile) => _members.Add((sid, profile));

    public void Left(long sid, ProfileNumber profile)
    {
        if (_members.Remove((sid, profile)))
            _left.Add((sid, profile, Today));
    }

    public void Seen(long sid, ProfileNumber profile, int day) => _seen.Add((sid, profile, day));

    public void LetGo() => _held.RemoveWhere(one => endOf(one.Sid, Newest(one.Sid, one.Profile)) <= Today);

    public void Forget(long sid)
    {
        _realized.RemoveAll(one => one.Sid == sid);
        _held.RemoveWhere(one => one.Sid == sid);
        _members.RemoveWhere(one => one.Sid == sid);
        _left.RemoveAll(one => one.Sid == sid);
        _seen.RemoveWhere(one => one.Sid == sid);
        foreach (var key in _closed.Keys.Where(one => one.Sid == sid).ToList())
            _closed.Remove(key);
    }

    /// <summary>What <see cref="Text(TraitNumbers)"/> says of the same trait.</summary>
    public string Trait(long sid, MetricsType type)
    {
        var mine = _realized.Where(one => one.Sid == sid && Is(type, one.Profile)).ToList();
        var uniques = Each(days => mine.Where(one => one.Day > Today - days).Select(one => one.Profile).Distinct().Count());
        var counts = Each(days => mine.Where(one => one.Day > Today - days).Sum(one => one.Count));
        return $"{uniques} | {counts} | {Population(sid, type).Count}";
    }

    public string Segment(long sid, MetricsType type)
    {
        var seen = _seen.Where(one => one.Sid == sid && Is(type, one.Profile)).ToList();
        var left = _left.Where(one => one.Sid == sid && Is(type, one.Profile)).ToList();
        var members = _members.Where(one => one.Sid == sid && Is(type, one.Profile)).Select(one => one.Profile).ToList();
        var instant = Each(days => seen.Where(one => one.Day > Today - days).Select(one => one.Profile).Distinct().Count());
        var total = Each(days => days == 1 ? members.Count : left.Where(one => one.Day > Today - days).Select(one => one.Profile).Union(members).Count());
        return $"{instant} | {total}";
    }

    public string? Closed(long sid, MetricsType type, int day) => _closed.GetValueOrDefault((sid, type, day));

    public HashSet<int> Population(long sid, MetricsType type) =>
        [.. _held.Concat(_members).Where(one => one.Sid == sid && Is(type, one.Profile)).Select(one => one.Profile.Value)];

    public HashSet<int> Within(long sid, MetricsType type, int days) =>
        [.. _realized.Where(one => one.Day > Today - days).Select(one => (one.Sid, one.Profile))
            .Concat(_left.Where(one => one.Day > Today - days).Select(one => (one.Sid, one.Profile))).Concat(_members)
            .Where(one => one.Sid == sid && Is(type, one.Profile)).Select(one => one.Profile.Value)];

    public static string Text(TraitNumbers numbers) => $"{Text(numbers.Uniques)} | {Text(numbers.Counts)} | {numbers.Population}";

    public static string Text(SegmentNumbers numbers) => $"{Text(numbers.Instant)} | {Text(numbers.Total)}";

    private static string Text(WindowCounts counts) => string.Join(' ', Windows.Select(days => counts[days]).Append(counts.Lifetime));

    private static string Each(Func<int, long> count) => string.Join(' ', Windows.Append(1_000_000).Select(count));

    private static bool Is(MetricsType type, ProfileNumber profile) => type == MetricsType.All || profile.IsDevice == (type == MetricsType.Device);

    private int Newest(long sid, ProfileNumber profile) => _realized.Where(one => one.Sid == sid && one.Profile == profile).Max(one => one.Day);
}
