using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Regions;

/// <summary>A place where edge servers of the original stand; its id is the <c>dcs_region</c> that clients keep (contract audience.md 3.14).</summary>
internal sealed record Region : Entity
{
    public string Location { get; init; } = "";
    public string Host { get; init; } = "";

    internal string Code => Host[..Host.IndexOf('.', StringComparison.Ordinal)].ToUpperInvariant();

    internal static EntityTable<Region> All { get; } = (EntityTable<Region>)EntityTable<Region>.Empty.WithAll(
    [
        Of(3, "apse", "Asia Pacific, Singapore"),
        Of(4, "sae", "South America, São Paulo"),
        Of(6, "irl1", "Europe, Ireland"),
        Of(7, "use", "North America, east coast"),
        Of(8, "apse2", "Australia, Sydney"),
        Of(9, "usw2", "North America, west coast"),
        Of(11, "tyo3", "Asia, Tokyo"),
        Of(12, "ind1", "India, Mumbai"),
    ]);

    private static Region Of(long id, string name, string location) => new() { Id = id, Version = 1, Host = name + ".demdex.net", Location = location };
}
