namespace Sluice.Collection.Observe;

/// <summary>How much of one thing was counted in one minute.</summary>
/// <param name="OwnerId">The dataset or inlet; empty for the environment.</param>
/// <param name="Detail">The namespace's code; empty where there is none.</param>
/// <param name="BucketMs">The minute's beginning.</param>
internal sealed record MetricRow(Measure Measure, string OwnerId, string Detail, long BucketMs, long Value)
{
    internal const long MinuteMs = 60_000;

    internal static long MinuteOf(long ms) => ms - ms % MinuteMs;
}

/// <summary>What was counted of one series in one interval, as SQL adds it up.</summary>
internal sealed class MetricPoint
{
    public string OwnerId { get; set; } = "";
    public string Detail { get; set; } = "";
    public long BucketMs { get; set; }
    public long Sum { get; set; }
    public long Count { get; set; }
    public long Least { get; set; }
    public long Most { get; set; }
}
