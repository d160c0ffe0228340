namespace Sluice.Profiles.Populations;

/// <summary>What all traits and segments had at the end of a day that is over; it never changes.</summary>
public sealed class ClosedDay
{
    private readonly Dictionary<long, byte[]> _numbers;

    internal ClosedDay(Dictionary<long, byte[]> numbers) => _numbers = numbers;

    /// <summary>The numbers of a trait.</summary>
    public TraitNumbers Trait(long sid, MetricsType type) => Of(sid, type).OfTrait;

    /// <summary>The numbers of a segment.</summary>
    public SegmentNumbers Segment(long sid, MetricsType type) => Of(sid, type).OfSegment;

    private LineNumbers Of(long sid, MetricsType type) => LineNumbers.Sum(
        PopulationHistory.LinesOf(sid, type).Select(line => _numbers.TryGetValue(line, out var bytes) ? LineNumbers.Read(bytes) : LineNumbers.None));
}
