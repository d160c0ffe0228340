using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Mappings;

/// <summary>A segment sent to a destination, between two days and under an alias (contract audience.md 3.6).</summary>
internal sealed record Mapping : Entity
{
    public long DestinationId { get; init; }

    /// <summary>The destination's type, which never changes.</summary>
    public string DestinationType { get; init; } = "";

    public long Sid { get; init; }

    /// <summary>The segment's name, which follows it.</summary>
    public string? ElementName { get; init; }

    /// <summary>The segment's description, which follows it.</summary>
    public string? ElementDescription { get; init; }

    public string ElementStatus { get; init; } = "active";

    /// <summary>As <c>yyyy-mm-dd</c>, UTC: the first day it is sent.</summary>
    public string StartDate { get; init; } = "";

    /// <summary>As <c>yyyy-mm-dd</c>, UTC: the last day it is sent; null for no end.</summary>
    public string? EndDate { get; init; }

    /// <summary>Which survive when a cookie is too small: 1 first, then 2. Cookie destinations only.</summary>
    public long? Priority { get; init; }

    public string? Url { get; init; }
    public string? SecureUrl { get; init; }
    public string? TraitAlias { get; init; }
    public string? ValueAlias { get; init; }
}
