using Sluice.Collection;

namespace Sluice.Metrics;

/// <summary>What the overview draws: how fast this node counted and how far it was behind, for a day, in memory alone.</summary>
internal sealed class Figures : IDisposable
{
    // The last half hour in tenths of minutes, the last day in minutes: both fit a page's width, and a day is half a megabyte.
    private static readonly TimeSpan Fine = TimeSpan.FromSeconds(10);
    private const int FinePoints = 180;
    private const int CoarsePoints = 1_440;
    private const int FinePerCoarse = 6;

    /// <summary>The counters that are asked, by the names they have on the page.</summary>
    internal static readonly (string Name, string Metric, string? Label)[] Counters =
    [
        ("accepted", "sluice_collection_messages_total", "outcome=\"accepted\""),
        ("rejected", "sluice_collection_messages_total", "outcome=\"rejected\""),
        ("duplicates", "sluice_collection_messages_total", "outcome=\"duplicate\""),
        ("turnedAway", "sluice_collection_requests_total", "outcome=\"unavailable\""),
        ("events", "sluice_audience_events_total", null),
        ("segmentChanges", "sluice_audience_segment_changes_total", null),
        ("gatewayRequests", "sluice_gateway_requests_total", null),
        ("gatewayClientErrors", "sluice_gateway_client_errors_total", null),
        ("gatewayServerErrors", "sluice_gateway_server_errors_total", null),
        ("cacheHits", "sluice_gateway_cache_hits_total", null),
        ("cacheMisses", "sluice_gateway_cache_misses_total", null),
    ];

    /// <summary>What stands for itself and is not counted up.</summary>
    internal static readonly string[] Levels = ["landingLagBytes", "profilesLagBytes"];

    private static readonly (string Metric, string? Label)[] Asked =
        [.. Counters.Select(one => (one.Metric, one.Label)), ("sluice_audience_lag_bytes", null)];

    private readonly Lock _lock = new();
    private readonly PrometheusText _metrics;
    private readonly CollectionHealth? _collection;
    private readonly TimeProvider _clock;
    private readonly Queue<FigurePoint> _fine = new(FinePoints);
    private readonly Queue<FigurePoint> _coarse = new(CoarsePoints);
    private readonly ITimer _timer;
    private double[] _finePrevious;
    private double[] _coarsePrevious;
    private int _turn;

    public Figures(PrometheusText metrics, IServiceProvider services, TimeProvider clock)
    {
        (_metrics, _collection, _clock) = (metrics, services.GetService<CollectionHealth>(), clock);
        Since = clock.GetUtcNow();
        _finePrevious = _coarsePrevious = Read();
        _timer = clock.CreateTimer(_ => Take(), null, Fine, Fine);
    }

    /// <summary>From when on figures are known: the start of this process.</summary>
    internal DateTimeOffset Since { get; }

    /// <summary>The points of the last minutes, the oldest first, and how far they are apart.</summary>
    internal (TimeSpan Step, IReadOnlyList<FigurePoint> Points) Last(TimeSpan range)
    {
        var isFine = range <= Fine * FinePoints;
        var from = (_clock.GetUtcNow() - range).ToUnixTimeMilliseconds();
        lock (_lock)
            return (isFine ? Fine : Fine * FinePerCoarse, [.. (isFine ? _fine : _coarse).Where(point => point.AtMs > from)]);
    }

    public void Dispose() => _timer.Dispose();

    private void Take()
    {
        var now = Read();
        var at = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_lock)
        {
            Add(_fine, FinePoints, new FigurePoint(at, Passed(_finePrevious)));
            _finePrevious = now;
            if (++_turn % FinePerCoarse != 0)
                return;
            Add(_coarse, CoarsePoints, new FigurePoint(at, Passed(_coarsePrevious)));
            _coarsePrevious = now;
        }

        // A proxy that was taken away takes its counts along: that is no negative traffic.
        double[] Passed(double[] previous) =>
            [.. now.Select((value, index) => index < Counters.Length ? Math.Max(0, value - previous[index]) : value)];
    }

    private double[] Read()
    {
        var totals = _metrics.Totals(Asked);
        return [.. totals[..Counters.Length], _collection?.LandingLagBytes ?? 0, totals[^1]];
    }

    private static void Add(Queue<FigurePoint> points, int atMost, FigurePoint point)
    {
        if (points.Count == atMost)
            points.Dequeue();
        points.Enqueue(point);
    }
}

/// <summary>What was counted in one step, and how far behind the node was at its end.</summary>
/// <param name="AtMs">The end of the step.</param>
/// <param name="Values">The counters in their order, then the levels in theirs.</param>
internal readonly record struct FigurePoint(long AtMs, double[] Values);
