using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Segments;

/// <summary>Whom a rule over traits holds for (contract audience.md 3.4).</summary>
internal sealed record Segment : Entity
{
    public string Name { get; init; } = "";
    public string? Description { get; init; }
    public string? IntegrationCode { get; init; }

    /// <summary>As the author wrote it.</summary>
    public string SegmentRule { get; init; } = "";

    /// <summary>The traits of the rule, each once, in the order in which they stand there.</summary>
    public IReadOnlyList<long> Traits { get; init; } = [];

    public bool CodeViewOnly { get; init; }
    public long DataSourceId { get; init; }
    public long? MergeRuleDataSourceId { get; init; }
    public long FolderId { get; init; }
    public string Status { get; init; } = "ACTIVE";

    /// <summary>Ms since 1970.</summary>
    public long? StartTime { get; init; }
}
