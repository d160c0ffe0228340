using Sluice.Audience.Catalogue;

namespace Sluice.Audience.MergeRules;

/// <summary>Which profiles are read as one person's (contract audience.md 5.5); segments name it by its id.</summary>
internal sealed record MergeRule : Entity
{
    internal const string NoCrossDevice = "NO_CROSS_DEVICE";
    internal const string CurrentAuthenticated = "CURRENT_AUTHENTICATED";
    internal const string LastAuthenticated = "LAST_AUTHENTICATED";
    internal const string AllCrossDevice = "ALL_CROSS_DEVICE";
    internal const string NoDevice = "NO_DEVICE";
    internal const string OwnDevice = "DEVICE";
    internal const string ProfileLink = "PROFILE_LINK";
    internal const string ExternalGraph = "EXTERNAL_GRAPH";

    public string Name { get; init; } = "";
    public string? Description { get; init; }

    /// <summary>Whether segments without a merge rule of their own go by it; at most one is.</summary>
    public bool IsDefault { get; init; }

    public IReadOnlyList<string> DataExportRestrictions { get; init; } = [];
    public string CrossDeviceOption { get; init; } = NoCrossDevice;

    /// <summary>The data sources whose customers are read; empty for those of all.</summary>
    public IReadOnlyList<long> CrossDeviceDataSourceIds { get; init; } = [];

    public string DeviceOption { get; init; } = OwnDevice;

    /// <summary>The rule that a segment goes by: its own, else the default one; null where neither is there.</summary>
    internal static MergeRule? Of(CatalogueSnapshot catalogue, long? id) =>
        (id is { } own ? catalogue.Find(Kinds.MergeRules, own) : null) ?? DefaultOf(catalogue);

    internal static MergeRule? DefaultOf(CatalogueSnapshot catalogue) => catalogue.Table(Kinds.MergeRules).Rows.FirstOrDefault(one => one.IsDefault);
}
