using Sluice.Audience.Catalogue;

namespace Sluice.Audience.DataSources;

/// <summary>Where ids, traits and segments come from, and to whom they belong (contract audience.md 3.1).</summary>
internal sealed record DataSource : Entity
{
    /// <summary>The code of the source that every account has (contract audience.md, Ruling 7).</summary>
    internal const string AutomaticCode = "adobe-provided";

    public string Name { get; init; } = "";
    public string? Description { get; init; }
    public string Status { get; init; } = "ACTIVE";
    public string? IntegrationCode { get; init; }
    public string Type { get; init; } = "GENERAL";
    public string IdType { get; init; } = "COOKIE";
    public string? SubIdType { get; init; }
    public bool LinkNamespace { get; init; }
    public IReadOnlyList<string> DataExportRestrictions { get; init; } = [];
    public bool InboundS2S { get; init; }
    public bool OutboundS2S { get; init; }
    public bool UseAudienceManagerVisitorID { get; init; }
    public long MarketingCloudVisitorIdVersion { get; init; }
    public bool MasterDataSourceIdProvider { get; init; }
    public bool AllowDataSharing { get; init; }
    public bool AllowDeviceGraphSharing { get; init; }
    public bool UniqueTraitIntegrationCodes { get; init; }
    public bool UniqueSegmentIntegrationCodes { get; init; }
    public bool SupportsAuthenticatedProfile { get; init; }
    public string? AuthenticatedProfileName { get; init; }
    public bool DeviceGraph { get; init; }
    public string? DeviceGraphName { get; init; }

    /// <summary>Seconds.</summary>
    public long CustomerProfileDataRetention { get; init; }

    public bool SamplingEnabled { get; init; }

    /// <summary>Ms since 1970.</summary>
    public long SamplingStartTime { get; init; }

    /// <summary>Ms since 1970; 14 days after the start.</summary>
    public long SamplingEndTime { get; init; }

    /// <summary>The trait of everybody with an id of it, once its settings wanted one.</summary>
    public long? SyncedTraitSid { get; init; }

    public IReadOnlyList<long> ContainerIds { get; init; } = [];

    /// <summary>Who gets a receipt for each inbound file.</summary>
    public IReadOnlyList<string> InboundMailingList { get; init; } = [];

    /// <summary>Generated at the first save: the name's letters and digits, and the id.</summary>
    internal string CustomNamespaceCode =>
        $"{new string([.. (IntegrationCode ?? Name).ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Take(40)])}_{Id}";
}
