using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Reports;

/// <summary>A trait or segment in a report, with its numbers; its place in the report is its id.</summary>
internal sealed record ReportRow<T, TNumbers> : Entity
    where T : Entity
    where TNumbers : class
{
    public required T Object { get; init; }

    /// <summary>As of the report's day; null where the object was not there yet.</summary>
    public TNumbers? Numbers { get; init; }

    /// <summary>How much more there are than at the beginning of the interval.</summary>
    public long? Delta { get; init; }

    /// <summary>The same in percent of what there were; null where there were none.</summary>
    public double? DeltaPercent { get; init; }
}
