using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Models;

/// <summary>Looks for the traits that tell a baseline audience from everybody else (contract audience.md 3.11 and 5.10).</summary>
internal sealed record Model : Entity
{
    internal const string Active = "ACTIVE";
    internal const string Inactive = "INACTIVE";

    /// <summary>How many runs in a row may find no data before a model is inactive for good.</summary>
    internal const int MaxEmptyRuns = 3;

    public string Name { get; init; } = "";
    public string? Description { get; init; }

    /// <summary>Those whose traits are searched.</summary>
    public IReadOnlyList<long> DataSources { get; init; } = [];

    /// <summary>The baseline: a trait or a segment.</summary>
    public long Sid { get; init; }

    /// <summary>As the baseline's kind is called: <c>SEGMENT</c> or a type of traits.</summary>
    public string BaselineTraitType { get; init; } = "";

    public long AlgoTypeId { get; init; }

    /// <summary>Days.</summary>
    public long LookBackPeriod { get; init; }

    public string Status { get; init; } = Active;
    public IReadOnlyList<long> ExcludedTraits { get; init; } = [];

    /// <summary>What the newest run came to; null before any.</summary>
    public ModelRun? LatestRun { get; init; }

    /// <summary>When runs succeeded, in seconds since 1970, newest first.</summary>
    public IReadOnlyList<long> SuccessfulRuns { get; init; } = [];

    /// <summary>Runs without data since one had some.</summary>
    public int EmptyRuns { get; init; }
}
