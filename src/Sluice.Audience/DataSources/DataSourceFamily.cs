using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;
using Sluice.Audience.Models;
using Sluice.Audience.Traits;

namespace Sluice.Audience.DataSources;

/// <summary><c>/datasources/</c> (contract audience.md 3.1): made and changed by admins only, seen by everybody.</summary>
internal sealed class DataSourceFamily(AudienceLimits limits) : Family<DataSource>
{
    internal const long DefaultRetentionSeconds = 720 * DaySeconds;
    internal const long MaxVisitorIdVersion = 1;
    internal const long SamplingMs = 14 * DaySeconds * 1_000;

    internal static readonly string[] IdTypes = ["COOKIE", "CROSS_DEVICE", "DEVICE_ADVERTISING_ID"];
    internal static readonly string[] ExportRestrictions = ["PII", "ONSITE_PERSONALIZATION", "ONSITE_AD_TARGETING", "OFFSITE_AD_TARGETING"];

    private const long DaySeconds = 86_400;
    private static readonly string[] SubIdTypes = ["CROSS_DEVICE_PERSON", "CROSS_DEVICE_HOUSEHOLD"];
    private static readonly string[] Statuses = ["ACTIVE", "INACTIVE"];

    internal override EntityKind<DataSource> Kind => Kinds.DataSources;

    internal override string Noun => "data source";

    internal override IReadOnlyList<string> Required => ["name"];

    internal override FieldSet<DataSource> Fields { get; } = new(
        Field.Number<DataSource>("pid", _ => Organisation.AccountId),
        Field.Text<DataSource>("name", one => one.Name),
        Field.Text<DataSource>("description", one => one.Description),
        Field.Text<DataSource>("status", one => one.Status),
        Field.Text<DataSource>("integrationCode", one => one.IntegrationCode),
        Field.Texts<DataSource>("dataExportRestrictions", one => one.DataExportRestrictions),
        Field.Number<DataSource>("createTime", one => one.CreateTime),
        Field.Number<DataSource>("updateTime", one => one.UpdateTime),
        Field.Number<DataSource>("crUID", one => one.CrUid),
        Field.Number<DataSource>("upUID", one => one.UpUid),
        Field.Flag<DataSource>("linkNamespace", one => one.LinkNamespace),
        Field.Text<DataSource>("type", one => one.Type).ReadOnly(),
        Field.Text<DataSource>("subIdType", one => one.SubIdType),
        Field.Flag<DataSource>("inboundS2S", one => one.InboundS2S),
        Field.Flag<DataSource>("outboundS2S", one => one.OutboundS2S),
        Field.Flag<DataSource>("useAudienceManagerVisitorID", one => one.UseAudienceManagerVisitorID),
        Field.Flag<DataSource>("allowDataSharing", one => one.AllowDataSharing),
        Field.Flag<DataSource>("masterDataSourceIdProvider", one => one.MasterDataSourceIdProvider),
        Field.Flag<DataSource>("uniqueTraitIntegrationCodes", one => one.UniqueTraitIntegrationCodes),
        Field.Flag<DataSource>("uniqueSegmentIntegrationCodes", one => one.UniqueSegmentIntegrationCodes),
        Field.Number<DataSource>("marketingCloudVisitorIdVersion", one => one.MarketingCloudVisitorIdVersion),
        Field.Text<DataSource>("idType", one => one.IdType),
        Field.Flag<DataSource>("samplingEnabled", one => one.SamplingEnabled),
        Field.Number<DataSource>("samplingStartTime", one => one.SamplingStartTime).ReadOnly(),
        Field.Number<DataSource>("samplingEndTime", one => one.SamplingEndTime).ReadOnly(),
        Field.Flag<DataSource>("allowDeviceGraphSharing", one => one.AllowDeviceGraphSharing),
        Field.Flag<DataSource>("supportsAuthenticatedProfile", one => one.SupportsAuthenticatedProfile),
        Field.Text<DataSource>("authenticatedProfileName", one => one.AuthenticatedProfileName ?? one.Name),
        Field.Flag<DataSource>("deviceGraph", one => one.DeviceGraph),
        Field.Text<DataSource>("deviceGraphName", one => one.DeviceGraphName ?? ""),
        Field.Number<DataSource>("customNamespaceId", one => one.Id).ReadOnly(),
        Field.Text<DataSource>("customNamespaceCode", one => one.CustomNamespaceCode).ReadOnly(),
        Field.Number<DataSource>("customerProfileDataRetention", one => one.CustomerProfileDataRetention),
        Field.Number<DataSource>("dataSourceId", one => one.Id),
        Field.Numbers<DataSource>("containerIds", one => one.ContainerIds));

    internal override Func<DataSource, bool>? Filter(RowView view)
    {
        var code = view.Query.Text("integrationCode");
        var (inbound, outbound) = (view.Query.Flag("inboundOnly"), view.Query.Flag("outboundOnly"));
        return code.Length == 0 && !inbound && !outbound ? null
            : one => (code.Length == 0 || one.IntegrationCode == code) && (!inbound || one.InboundS2S) && (!outbound || one.OutboundS2S);
    }

    internal override long? TraitOf(DataSource row) => row.SyncedTraitSid;

    internal override bool Stays(DataSource row) => row.IntegrationCode == DataSource.AutomaticCode;

    internal override async Task<Outcome<DataSource>> CreateAsync(Draft draft, Body body, Caller caller)
    {
        if (!caller.IsAdmin)
            return AudienceProblem.Forbidden("Only admins make data sources");
        if (draft.Current.Table(Kind).Count >= limits.DataSources)
            return AudienceProblem.Limit($"There are {limits.DataSources} data sources already");
        var read = Read(body, new DataSource
        {
            UniqueTraitIntegrationCodes = body.Flag("uniqueTraitIntegrationCodes", false),
            UniqueSegmentIntegrationCodes = body.Flag("uniqueSegmentIntegrationCodes", false),
            CustomerProfileDataRetention = DefaultRetentionSeconds,
            SamplingStartTime = draft.NowMs,
            SamplingEndTime = draft.NowMs + SamplingMs,
        }, draft);
        return (body.Problem ?? FindConflict(draft, read)) is { } problem ? problem : await SystemTraits.FollowAsync(draft, await draft.AddAsync(Kind, read));
    }

    internal override async Task<Outcome<DataSource>> UpdateAsync(Draft draft, DataSource row, Body body, Caller caller)
    {
        if (!caller.IsAdmin)
            return AudienceProblem.Forbidden("Only admins change data sources");
        var read = Read(body, row, draft);
        if (read.IdType != row.IdType && MergeRulesOf(draft.Current, row.Id).FirstOrDefault() is { } mergeRule)
            body.Refuse("idType", $"cannot change while a merge rule reads the data source: {mergeRule}");
        if (Stays(row) && (read.IntegrationCode != row.IntegrationCode || !read.DataExportRestrictions.SequenceEqual(row.DataExportRestrictions)))
            body.Refuse("integrationCode, dataExportRestrictions", "of the automatic data source cannot change");
        return (body.Problem ?? FindConflict(draft, read)) is { } problem ? problem : await SystemTraits.FollowAsync(draft, draft.Change(Kind, read));
    }

    internal override Task<AudienceProblem?> RemoveAsync(Draft draft, DataSource row, Caller caller)
    {
        var users = UsersOf(draft.Current, row.Id).Take(20).ToList();
        var problem = !caller.IsAdmin ? AudienceProblem.Forbidden("Only admins delete data sources")
            : Stays(row) ? AudienceProblem.Conflict("cannot_delete_entity", "The automatic data source stays")
            : users.Count > 0 ? AudienceProblem.Conflict("cannot_delete_entity_mapped", $"Data source {row.Id} is in use", users)
            : SystemTraits.Remove(draft, row);
        if (problem is null)
            draft.Remove(Kind, row);
        return Task.FromResult(problem);
    }

    /// <summary>What belongs to a data source, one line each.</summary>
    private static IEnumerable<string> UsersOf(CatalogueSnapshot catalogue, long dataSourceId) =>
        catalogue.Table(Kinds.Traits).Rows.Where(one => one.DataSourceId == dataSourceId && one.TraitType != Trait.Synced).Select(one => $"Trait {one.Id}")
            .Concat(catalogue.Table(Kinds.Segments).Rows.Where(one => one.DataSourceId == dataSourceId).Select(one => $"Segment {one.Id}"))
            .Concat(catalogue.Table(Kinds.Destinations).Rows.Where(one => one.DataSourceId == dataSourceId).Select(one => $"Destination {one.Id}"))
            .Concat(MergeRulesOf(catalogue, dataSourceId))
            .Concat(ModelUse.OfDataSource(catalogue, dataSourceId));

    private static IEnumerable<string> MergeRulesOf(CatalogueSnapshot catalogue, long dataSourceId) =>
        catalogue.Table(Kinds.MergeRules).Rows.Where(one => one.CrossDeviceDataSourceIds.Contains(dataSourceId)).Select(one => $"Merge rule {one.Id}");

    private AudienceProblem? FindConflict(Draft draft, DataSource read) =>
        !string.IsNullOrEmpty(read.IntegrationCode)
            && draft.Current.Table(Kind).Rows.FirstOrDefault(one => one.Id != read.Id && one.IntegrationCode == read.IntegrationCode) is { } twin
                ? AudienceProblem.Conflict("duplicate_integration_code", $"The integration code [{read.IntegrationCode}] is that of data source {twin.Id}")
                : null;

    private static DataSource Read(Body body, DataSource old, Draft draft)
    {
        var idType = body.Word("idType", old.IdType, IdTypes) ?? old.IdType;
        var samples = body.Flag("samplingEnabled", old.SamplingEnabled);
        var restrictions = body.Texts("dataExportRestrictions", old.DataExportRestrictions);
        if (restrictions.FirstOrDefault(one => !ExportRestrictions.Contains(one)) is { } unknown)
            body.Refuse("dataExportRestrictions", $"cannot hold [{unknown}]; it can hold {string.Join(", ", ExportRestrictions)}");
        if (idType == "CROSS_DEVICE" && string.IsNullOrEmpty(body.Text("integrationCode", old.IntegrationCode)))
            body.Refuse("integrationCode", "is required where idType is CROSS_DEVICE");
        var startsSampling = samples && !old.SamplingEnabled;
        return old with
        {
            Name = body.RequiredText("name", old.Name),
            Description = body.Text("description", old.Description, 4_000),
            Status = body.Word("status", old.Status, Statuses) ?? old.Status,
            IntegrationCode = body.Text("integrationCode", old.IntegrationCode),
            IdType = idType,
            SubIdType = body.Word("subIdType", old.SubIdType ?? (idType == "CROSS_DEVICE" ? "CROSS_DEVICE_PERSON" : null), SubIdTypes),
            LinkNamespace = body.Flag("linkNamespace", old.LinkNamespace),
            DataExportRestrictions = restrictions,
            InboundS2S = body.Flag("inboundS2S", old.InboundS2S),
            OutboundS2S = body.Flag("outboundS2S", old.OutboundS2S),
            UseAudienceManagerVisitorID = idType != "CROSS_DEVICE" && body.Flag("useAudienceManagerVisitorID", old.UseAudienceManagerVisitorID),
            MarketingCloudVisitorIdVersion = body.Number("marketingCloudVisitorIdVersion", old.MarketingCloudVisitorIdVersion, 0, MaxVisitorIdVersion) ?? 0,
            MasterDataSourceIdProvider = body.Flag("masterDataSourceIdProvider", old.MasterDataSourceIdProvider),
            AllowDataSharing = body.Flag("allowDataSharing", old.AllowDataSharing),
            AllowDeviceGraphSharing = body.Flag("allowDeviceGraphSharing", old.AllowDeviceGraphSharing),
            SupportsAuthenticatedProfile = body.Flag("supportsAuthenticatedProfile", old.SupportsAuthenticatedProfile),
            AuthenticatedProfileName = body.Text("authenticatedProfileName", old.AuthenticatedProfileName),
            DeviceGraph = body.Flag("deviceGraph", old.DeviceGraph),
            DeviceGraphName = body.Text("deviceGraphName", old.DeviceGraphName),
            CustomerProfileDataRetention =
                body.Number("customerProfileDataRetention", old.CustomerProfileDataRetention, 30 * DaySeconds, 1_800 * DaySeconds) ?? DefaultRetentionSeconds,
            SamplingEnabled = samples,
            SamplingStartTime = startsSampling ? draft.NowMs : old.SamplingStartTime,
            SamplingEndTime = startsSampling ? draft.NowMs + SamplingMs : old.SamplingEndTime,
            ContainerIds = body.Numbers("containerIds", old.ContainerIds),
        };
    }
}
