namespace Sluice.Collection.Observe;

/// <summary>The datapoints of one group: a value for each interval in which something was counted.</summary>
/// <param name="Group">What the group is of, by the names of the filters that group.</param>
internal sealed record MetricGroup(IReadOnlyList<(string Filter, string Value)> Group, SortedDictionary<long, double> Points);

/// <summary>Answers one query from the counts in SQL, within a bound on the points it reads.</summary>
internal sealed class MetricReader(MetricStore metrics, MetricQuery query)
{
    private const int MaxPoints = 100_000;

    private int _left = MaxPoints;

    /// <summary>The groups of one metric; null when the query asks for too many points.</summary>
    internal async Task<List<MetricGroup>?> ReadAsync(MetricChoice choice, CancellationToken cancellation)
    {
        var granularity = choice.Metric.IsDaily && query.Granularity < Granularity.Day ? Granularity.Day : query.Granularity;
        var points = new List<MetricPoint>();
        if (choice.Metric.Measure is { } measure)
        {
            var owners = choice.Filters.FirstOrDefault(filter => !filter.IsNamespace)?.Values;
            foreach (var owner in owners is { Count: > 0 } ? owners : [null!])
            {
                var found = await metrics.ReadAsync(measure, owner, query.FromMs, query.ToMs, granularity.StepMs(), _left + 1, cancellation);
                _left -= found.Count;
                if (_left < 0)
                    return null;
                points.AddRange(found);
            }
        }
        var codes = choice.Filters.FirstOrDefault(filter => filter.IsNamespace)?.Values;
        if (codes is { Count: > 0 })
            points.RemoveAll(point => !codes.Contains(point.Detail, StringComparer.OrdinalIgnoreCase));

        return [.. points.GroupBy(point => string.Join('\0', GroupOf(choice, point).Select(one => one.Value))).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new MetricGroup(GroupOf(choice, group.First()), PointsOf(choice, granularity, group)))];
    }

    internal static string TooMany => $"The query asks for more than {MaxPoints} points; shorten the range, or ask for wider intervals or fewer groups";

    private static List<(string Filter, string Value)> GroupOf(MetricChoice choice, MetricPoint point) =>
        [.. choice.Filters.Where(filter => filter.GroupsBy).Select(filter => (filter.Name, filter.IsNamespace ? point.Detail : point.OwnerId))];

    // First each series within an interval, then across the series of the group.
    private static SortedDictionary<long, double> PointsOf(MetricChoice choice, Granularity granularity, IEnumerable<MetricPoint> points) => new(
        points.GroupBy(point => granularity.BeginningOf(point.BucketMs)).ToDictionary(
            interval => interval.Key,
            interval => Aggregate(choice.Aggregator, interval.GroupBy(point => (point.OwnerId, point.Detail)).Select(series => Downsample(choice.Downsample, series)))));

    private static double Downsample(string function, IEnumerable<MetricPoint> series) => function switch
    {
        "avg" => (double)series.Sum(point => point.Sum) / series.Sum(point => point.Count),
        "min" => series.Min(point => point.Least),
        "max" => series.Max(point => point.Most),
        _ => series.Sum(point => point.Sum),
    };

    private static double Aggregate(string function, IEnumerable<double> series) => function switch
    {
        "avg" => series.Average(),
        "min" => series.Min(),
        "max" => series.Max(),
        _ => series.Sum(),
    };
}
