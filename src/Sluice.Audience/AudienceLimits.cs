using System.Reflection;

namespace Sluice.Audience;

/// <summary>The limits of contract audience.md section 7, each settable from 0 to 10,000,000, published by <c>GET /v1/limits</c>.</summary>
public sealed class AudienceLimits
{
    /// <summary>Data sources. Default 10,000 (ours: the original names none).</summary>
    public int DataSources { get; set; } = 10_000;

    /// <summary>Traits of all types together. Default 100,000.</summary>
    public int Traits { get; set; } = 100_000;

    /// <summary>Rule-based traits. Default 100,000.</summary>
    public int RuleBasedTraits { get; set; } = 100_000;

    /// <summary>Onboarded traits. Default 100,000.</summary>
    public int OnboardedTraits { get; set; } = 100_000;

    /// <summary>Algorithmic traits. Default 50.</summary>
    public int AlgoTraits { get; set; } = 50;

    /// <summary>Folder traits. Default 2,000.</summary>
    public int FolderTraits { get; set; } = 2_000;

    /// <summary>Folders of traits, and folders of segments. Default 2,000 each.</summary>
    public int Folders { get; set; } = 2_000;

    /// <summary>How deep folders lie below their root. Default 5.</summary>
    public int FolderDepth { get; set; } = 5;

    /// <summary>Segments. Default 20,000.</summary>
    public int Segments { get; set; } = 20_000;

    /// <summary>Traits in one segment. Default 5,000, which is also the most.</summary>
    public int TraitsOfSegment { get; set; } = 5_000;

    /// <summary>Merge rules but for those of the next limit. Default 3.</summary>
    public int MergeRules { get; set; } = 3;

    /// <summary>Merge rules that read all customers of a device. Default 1.</summary>
    public int AllCrossDeviceMergeRules { get; set; } = 1;

    /// <summary>Destinations of all types together. Default 1,000.</summary>
    public int Destinations { get; set; } = 1_000;

    /// <summary>URL destinations. Default 1,000.</summary>
    public int UrlDestinations { get; set; } = 1_000;

    /// <summary>Cookie destinations. Default 1,000.</summary>
    public int CookieDestinations { get; set; } = 1_000;

    /// <summary>Server-to-server destinations. Default 100.</summary>
    public int ServerDestinations { get; set; } = 100;

    /// <summary>Mappings of segments to destinations. Default 200,000 (ours: the original names none).</summary>
    public int Mappings { get; set; } = 200_000;

    /// <summary>Derived signals. Default 50,000.</summary>
    public int DerivedSignals { get; set; } = 50_000;

    /// <summary>Partner sites. Default 10,000 (ours).</summary>
    public int PartnerSites { get; set; } = 10_000;

    /// <summary>Custom trait types. Default 1,000 (ours).</summary>
    public int TraitTypes { get; set; } = 1_000;

    /// <summary>Active look-alike models. Default 20.</summary>
    public int ActiveModels { get; set; } = 20;

    /// <summary>Models, active or not. Default 1,000 (ours).</summary>
    public int Models { get; set; } = 1_000;

    /// <summary>Traits excluded from a model. Default 500.</summary>
    public int ExcludedTraits { get; set; } = 500;

    /// <summary>The reason a limit is refused, or null when all are in range.</summary>
    internal string? Fault => Values().Where(one => one.Value is < 0 or > 10_000_000)
        .Select(one => $"Audience:Limits:{one.Name} is {one.Value}; it must be between 0 and 10,000,000").FirstOrDefault();

    /// <summary>Every limit with its name.</summary>
    internal IEnumerable<(string Name, int Value)> Values() =>
        typeof(AudienceLimits).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => (property.Name, (int)property.GetValue(this)!));
}
