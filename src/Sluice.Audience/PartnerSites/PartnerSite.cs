using Sluice.Audience.Catalogue;

namespace Sluice.Audience.PartnerSites;

/// <summary>A domain of the account's, which cookie destinations may be limited to (contract audience.md 3.7).</summary>
internal sealed record PartnerSite : Entity
{
    /// <summary>A host name in lower case; with a dot before it where all hosts below it are meant too.</summary>
    public string Url { get; init; } = "";
}
