using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Lists;
using Sluice.Audience.Segments;
using Sluice.Audience.Traits;
using Sluice.Profiles.Populations;

namespace Sluice.Audience.Reports;

/// <summary>What a report is about: traits or segments, with what differs between the two.</summary>
internal abstract class Subject<T, TNumbers>
    where T : Entity
    where TNumbers : class
{
    /// <summary>What one is called in messages.</summary>
    internal abstract string Noun { get; }

    internal abstract EntityKind<T> Kind { get; }

    /// <summary>The members that say which one a row is about.</summary>
    internal abstract IEnumerable<Field<ReportRow<T, TNumbers>>> Identity { get; }

    /// <summary>The numbers of a report over one interval, by the names of their members; those that follow an interval, and those that do not.</summary>
    internal abstract IReadOnlyList<Measure<TNumbers>> Measures { get; }

    /// <summary>All windows at once, as <c>uniques1Day</c>.</summary>
    internal abstract IReadOnlyList<Measure<TNumbers>> AllMeasures { get; }

    /// <summary>The nine numbers of a day in CSV (contract audience.md 3.15).</summary>
    internal abstract IEnumerable<Measure<TNumbers>> Columns(int days);

    /// <summary>By what the largest come first.</summary>
    internal abstract WindowCounts SizeOf(TNumbers numbers);

    internal abstract TNumbers Now(PopulationReports reports, long sid, MetricsType type);

    internal abstract TNumbers At(ClosedDay day, long sid, MetricsType type);

    internal abstract Task<SortedList<int, TNumbers>> TrendAsync(PopulationReports reports, long sid, MetricsType type, int first, int last, CancellationToken cancellation);

    internal abstract ObjectRights RightsOn(Caller caller, T one);

    internal abstract string NameOf(T one);

    internal abstract long DataSourceOf(T one);

    /// <summary>The parameters of lists that narrow the report.</summary>
    internal abstract Func<T, bool> Filter(ListQuery query);
}

/// <summary>One number of a report: its member, and how it is read for an interval of so many days.</summary>
internal sealed record Measure<TNumbers>(string Name, Func<TNumbers, int, long> Of);

/// <inheritdoc cref="Subject{T, TNumbers}"/>
internal sealed class TraitSubject : Subject<Trait, TraitNumbers>
{
    private static readonly string[] Members = ["sid", "pid", "name", "description", "dataSourceId", "folderId", "traitType", "status", "crUID", "upUID", "createTime", "updateTime"];

    internal override string Noun => "trait";

    internal override EntityKind<Trait> Kind => Kinds.Traits;

    internal override IEnumerable<Field<ReportRow<Trait, TraitNumbers>>> Identity =>
        Members.Select(name => TraitFields.All.Find(name)!.Of<ReportRow<Trait, TraitNumbers>>(row => row.Object));

    internal override IReadOnlyList<Measure<TraitNumbers>> Measures { get; } =
    [
        new("uniques", (numbers, days) => numbers.Uniques[days]),
        new("count", (numbers, days) => numbers.Counts[days]),
        new("populationUniques", (numbers, _) => numbers.Population),
    ];

    internal override IReadOnlyList<Measure<TraitNumbers>> AllMeasures { get; } =
    [
        .. MetricWindow.All.Select(window => new Measure<TraitNumbers>("uniques" + window.Name, (numbers, _) => window.Of(numbers.Uniques))),
        .. MetricWindow.All.Select(window => new Measure<TraitNumbers>("count" + window.Name, (numbers, _) => window.Of(numbers.Counts))),
        new("populationUniques", (numbers, _) => numbers.Population),
    ];

    internal override IEnumerable<Measure<TraitNumbers>> Columns(int days) =>
        [.. AllMeasures.Take(MetricWindow.All.Count), Measures[1] with { Name = $"count{days}Day" }, Measures[2]];

    internal override WindowCounts SizeOf(TraitNumbers numbers) => numbers.Uniques;

    internal override TraitNumbers Now(PopulationReports reports, long sid, MetricsType type) => reports.Trait(sid, type);

    internal override TraitNumbers At(ClosedDay day, long sid, MetricsType type) => day.Trait(sid, type);

    internal override Task<SortedList<int, TraitNumbers>> TrendAsync(PopulationReports reports, long sid, MetricsType type, int first, int last, CancellationToken cancellation) =>
        reports.TraitTrendAsync(sid, type, first, last, cancellation);

    internal override ObjectRights RightsOn(Caller caller, Trait one) => caller.RightsOn(ObjectKind.Trait, one.Id, one.DataSourceId);

    internal override string NameOf(Trait one) => one.Name;

    internal override long DataSourceOf(Trait one) => one.DataSourceId;

    internal override Func<Trait, bool> Filter(ListQuery query)
    {
        var types = query.Texts("restrictType");
        return one => types.Count == 0 || types.Contains(one.TraitType, StringComparer.OrdinalIgnoreCase);
    }
}

/// <inheritdoc cref="Subject{T, TNumbers}"/>
internal sealed class SegmentSubject : Subject<Segment, SegmentNumbers>
{
    private static readonly string[] Members =
        ["sid", "pid", "name", "description", "dataSourceId", "folderId", "mergeRuleDataSourceId", "status", "crUID", "upUID", "createTime", "updateTime"];

    internal override string Noun => "segment";

    internal override EntityKind<Segment> Kind => Kinds.Segments;

    internal override IEnumerable<Field<ReportRow<Segment, SegmentNumbers>>> Identity =>
        Members.Select(name => SegmentFields.All.Find(name)!.Of<ReportRow<Segment, SegmentNumbers>>(row => row.Object));

    internal override IReadOnlyList<Measure<SegmentNumbers>> Measures { get; } =
        [new("instantUniques", (numbers, days) => numbers.Instant[days]), new("totalUniques", (numbers, days) => numbers.Total[days])];

    internal override IReadOnlyList<Measure<SegmentNumbers>> AllMeasures { get; } =
    [
        .. MetricWindow.All.Select(window => new Measure<SegmentNumbers>("instantUniques" + window.Name, (numbers, _) => window.Of(numbers.Instant))),
        .. MetricWindow.All.Select(window => new Measure<SegmentNumbers>("totalUniques" + window.Name, (numbers, _) => window.Of(numbers.Total))),
    ];

    internal override IEnumerable<Measure<SegmentNumbers>> Columns(int days) =>
        [Measures[0] with { Name = $"instantUniques{days}Day" }, .. AllMeasures.Skip(MetricWindow.All.Count - 1)];

    internal override WindowCounts SizeOf(SegmentNumbers numbers) => numbers.Total;

    internal override SegmentNumbers Now(PopulationReports reports, long sid, MetricsType type) => reports.Segment(sid, type);

    internal override SegmentNumbers At(ClosedDay day, long sid, MetricsType type) => day.Segment(sid, type);

    internal override Task<SortedList<int, SegmentNumbers>> TrendAsync(PopulationReports reports, long sid, MetricsType type, int first, int last, CancellationToken cancellation) =>
        reports.SegmentTrendAsync(sid, type, first, last, cancellation);

    internal override ObjectRights RightsOn(Caller caller, Segment one) => caller.RightsOn(ObjectKind.Segment, one.Id, one.DataSourceId);

    internal override string NameOf(Segment one) => one.Name;

    internal override long DataSourceOf(Segment one) => one.DataSourceId;

    internal override Func<Segment, bool> Filter(ListQuery query) => _ => true;
}
