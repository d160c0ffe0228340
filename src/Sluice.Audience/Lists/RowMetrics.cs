using Sluice.Profiles.Populations;

namespace Sluice.Audience.Lists;

/// <summary>The numbers of the row that is being written: looked up once, whatever number of its members show them.</summary>
/// <remarks>For one request, which writes its rows one after the other.</remarks>
internal sealed class RowMetrics(PopulationReports reports, MetricsType type)
{
    private (long Sid, TraitNumbers Numbers)? _trait;
    private (long Sid, SegmentNumbers Numbers)? _segment;

    internal TraitNumbers Trait(long sid)
    {
        if (_trait is not { } known || known.Sid != sid)
            _trait = known = (sid, reports.Trait(sid, type));
        return known.Numbers;
    }

    internal SegmentNumbers Segment(long sid)
    {
        if (_segment is not { } known || known.Sid != sid)
            _segment = known = (sid, reports.Segment(sid, type));
        return known.Numbers;
    }
}
