using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Traits;

/// <summary>An earlier rule of a trait.</summary>
internal sealed record TraitRuleVersion(long Version, string Rule, long UpUid, long UpdateTime);

/// <summary>What a visitor can be found to be (contract audience.md 3.3).</summary>
internal sealed record Trait : Entity
{
    internal const string RuleBased = "RULE_BASED_TRAIT";
    internal const string Onboarded = "ON_BOARDED_TRAIT";
    internal const string Algorithmic = "ALGO_TRAIT";
    internal const string OfFolder = "FOLDER_TRAIT";

    /// <summary>Of everybody who was seen; ours, the original's word is not known.</summary>
    internal const string ActiveAudience = "ACTIVE_AUDIENCE_TRAIT";

    /// <summary>Of everybody with an id of a data source; ours likewise.</summary>
    internal const string Synced = "DATA_SOURCE_SYNCED_TRAIT";

    public string Name { get; init; } = "";
    public string? Description { get; init; }
    public string? Comments { get; init; }
    public string? IntegrationCode { get; init; }
    public string TraitType { get; init; } = RuleBased;
    public long DataSourceId { get; init; }
    public long FolderId { get; init; }

    /// <summary>As the author wrote it; null for kinds that have none.</summary>
    public string? TraitRule { get; init; }

    /// <summary>The query of an event call that realizes it, as far as the rule's equalities tell; null where they tell nothing.</summary>
    public string? SampleQuery { get; init; }

    /// <summary>From 0, one more with each change of the rule.</summary>
    public long TraitRuleVersion { get; init; }

    /// <summary>Earlier rules, newest first, at most ten.</summary>
    public IReadOnlyList<TraitRuleVersion> EarlierRules { get; init; } = [];

    /// <summary>Days a realization counts; 0: for ever.</summary>
    public long Ttl { get; init; }

    public long PixelType { get; init; }
    public long CategoryId { get; init; }
    public string Status { get; init; } = "ACTIVE";
    public long? AlgoModelId { get; init; }
    public string? ThresholdType { get; init; }
    public double? ThresholdValue { get; init; }
}
