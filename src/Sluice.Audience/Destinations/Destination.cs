using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Destinations;

/// <summary>Where the members of segments are sent (contract audience.md 3.6). Which members count depends on its type.</summary>
internal sealed record Destination : Entity
{
    /// <summary>URLs called by the visitor's browser.</summary>
    internal const string Url = "PUSH";

    /// <summary>A cookie written on the visitor's page.</summary>
    internal const string Cookie = "ADS";

    /// <summary>Messages from server to server; ours, the original makes them by hand.</summary>
    internal const string Server = "S2S";

    internal const string SingleKey = "single_key";
    internal const string KeyValue = "key_value";

    public string Name { get; init; } = "";
    public string? Description { get; init; }
    public string DestinationType { get; init; } = Url;
    public string Status { get; init; } = "ACTIVE";

    /// <summary><c>all_domains</c>, <c>inclusion</c> or <c>exclusion</c>.</summary>
    public string DomainRestrictions { get; init; } = "all_domains";

    /// <summary>The partner sites that are included or excluded.</summary>
    public IReadOnlyList<long> SiteIds { get; init; } = [];

    /// <summary>As <c>yyyy-mm-dd</c>, UTC.</summary>
    public string? StartDate { get; init; }

    /// <summary>As <c>yyyy-mm-dd</c>, UTC.</summary>
    public string? EndDate { get; init; }

    /// <summary>Whose ids the receiver knows people by.</summary>
    public long? DataSourceId { get; init; }

    public string MappingAutoFiller { get; init; } = "NONE";
    public string DevicePlatform { get; init; } = "ALL";
    public IReadOnlyList<string> DataExportLabels { get; init; } = [];
    public bool MapAllSegments { get; init; }
    public long? MaxMappings { get; init; }
    public bool HideReferrer { get; init; }

    /// <summary>Whether several values share one URL, or one key of a cookie.</summary>
    public bool SerializationEnabled { get; init; }

    public string? UrlFormatString { get; init; }
    public string? SecureUrlFormatString { get; init; }
    public string? Delimiter { get; init; }

    public long AdServerTypeId { get; init; }
    public string? CookieName { get; init; }
    public string? CnameDomain { get; init; }

    /// <summary>Bytes that the cookie's value may have.</summary>
    public long MaxSize { get; init; }

    /// <summary>Days the cookie lives; 0 for as long as the browser is open.</summary>
    public long Ttl { get; init; }

    public string FormatType { get; init; } = KeyValue;

    /// <summary>The one key of the format <c>single_key</c>.</summary>
    public string? SingleKeyName { get; init; }

    public string? KeySeparator { get; init; }
    public string? ValueSeparator { get; init; }
    public string? SerializationSeparator { get; init; }

    /// <summary>Where a server takes messages.</summary>
    public string? ServerUrl { get; init; }

    /// <summary>Which header carries the signature of a message; null for the default one.</summary>
    public string? SignatureHeader { get; init; }

    /// <summary>How messages are signed; null for the default way.</summary>
    public string? SignatureAlgorithm { get; init; }

    /// <summary>Signs messages; never shown. Without, they are not signed.</summary>
    public string? SignatureKey { get; init; }

    /// <summary>Where tokens for the server come from; without, messages carry none.</summary>
    public string? OauthTokenUrl { get; init; }

    public string? OauthClientId { get; init; }

    /// <summary>Never shown.</summary>
    public string? OauthClientSecret { get; init; }

    /// <summary>How long changes wait for the server when it takes nothing; null for as long as they are kept at all.</summary>
    public long? DeliveryRetentionHours { get; init; }
}
