using Sluice.Access;
using Sluice.Audience.Deliveries.Send;
using Sluice.Audience.Lists;
using Sluice.Audience.Mappings;

namespace Sluice.Audience.Destinations;

/// <summary>The members of a destination: the common ones in lists, all of its type in single objects (contract audience.md 3.6).</summary>
internal static class DestinationFields
{
    internal static FieldSet<Destination> All { get; } = new(
    [
        Field.Number<Destination>("destinationId", one => one.Id),
        Field.Number<Destination>("pid", _ => Organisation.AccountId),
        Field.Text<Destination>("name", one => one.Name),
        Field.Text<Destination>("description", one => one.Description),
        Field.Text<Destination>("destinationType", one => one.DestinationType),
        Field.Text<Destination>("status", one => one.Status),
        Field.Text<Destination>("domainRestrictions", one => one.DomainRestrictions),
        Field.Number<Destination>("dataSourceId", one => one.DataSourceId),
        Field.Number<Destination>("crUID", one => one.CrUid),
        Field.Number<Destination>("upUID", one => one.UpUid),
        Field.Number<Destination>("createTime", one => one.CreateTime),
        Field.Number<Destination>("updateTime", one => one.UpdateTime),
        .. Details(
            Field.Text<Destination>("startDate", one => one.StartDate),
            Field.Text<Destination>("endDate", one => one.EndDate),
            Field.Text<Destination>("mappingAutoFiller", one => one.MappingAutoFiller),
            Field.Text<Destination>("devicePlatform", one => one.DevicePlatform),
            Field.Texts<Destination>("dataExportLabels", one => one.DataExportLabels),
            Field.Flag<Destination>("mapAllSegments", one => one.MapAllSegments),
            Field.Number<Destination>("maxMappings", one => one.MaxMappings),
            Field.Flag<Destination>("hideReferrer", one => one.HideReferrer),
            Field.Text<Destination>("batchConfiguration", _ => null).ReadOnly(),
            Field.Number<Destination>("tagType", _ => 0).OnlyOn(IsUrl).ReadOnly(),
            Field.Flag<Destination>("serializationEnabled", one => one.SerializationEnabled).OnlyOn(one => !IsServer(one)),
            Field.Text<Destination>("urlFormatString", one => one.UrlFormatString).OnlyOn(IsUrl),
            Field.Text<Destination>("secureUrlFormatString", one => one.SecureUrlFormatString).OnlyOn(IsUrl),
            Field.Text<Destination>("delimiter", one => one.Delimiter).OnlyOn(IsUrl),
            Field.Number<Destination>("adServerTypeID", one => one.AdServerTypeId).OnlyOn(IsCookie),
            Field.Text<Destination>("cookieName", one => one.CookieName).OnlyOn(IsCookie),
            Field.Text<Destination>("cnameDomain", one => one.CnameDomain).OnlyOn(IsCookie),
            Field.Number<Destination>("maxSize", one => one.MaxSize).OnlyOn(IsCookie),
            Field.Number<Destination>("ttl", one => one.Ttl).OnlyOn(IsCookie),
            Field.Numbers<Destination>("siteIDs", one => one.SiteIds).OnlyOn(IsCookie),
            Field.Text<Destination>("formatType", one => one.FormatType).OnlyOn(IsCookie),
            Field.Text<Destination>("singleKey", one => one.SingleKeyName).OnlyOn(IsCookie),
            Field.Text<Destination>("keySeparator", one => one.KeySeparator).OnlyOn(IsCookie),
            Field.Text<Destination>("valueSeparator", one => one.ValueSeparator).OnlyOn(IsCookie),
            Field.Text<Destination>("serializationSeparator", one => one.SerializationSeparator).OnlyOn(IsCookie),
            Field.Number<Destination>("transferMethod", _ => 0).OnlyOn(IsCookie).ReadOnly(),
            Field.Flag<Destination>("uparamEnabled", _ => false).OnlyOn(IsCookie).ReadOnly(),
            Field.Text<Destination>("serverUrl", one => one.ServerUrl).OnlyOn(IsServer),
            Field.Text<Destination>("signatureHeader", one => one.SignatureHeader ?? MessageSignature.DefaultHeader).OnlyOn(IsServer),
            Field.Text<Destination>("signatureAlgorithm", one => one.SignatureAlgorithm ?? MessageSignature.DefaultAlgorithm).OnlyOn(IsServer),
            Field.Text<Destination>("signatureKey", one => Masked(one.SignatureKey)).OnlyOn(IsServer),
            Field.Text<Destination>("oauthTokenUrl", one => one.OauthTokenUrl).OnlyOn(IsServer),
            Field.Text<Destination>("oauthClientId", one => one.OauthClientId).OnlyOn(IsServer),
            Field.Text<Destination>("oauthClientSecret", one => Masked(one.OauthClientSecret)).OnlyOn(IsServer),
            Field.Number<Destination>("deliveryRetentionHours", one => one.DeliveryRetentionHours).OnlyOn(IsServer)),
        Field.Custom<Destination>("mappings", (json, one, view) => MappingFields.WriteOf(json, one, view), view => view.IsSingle || ShowsMappings(view)),
        Field.Custom<Destination>("permissions", WritePermissions, view => view.Query.IncludesPermissions),
    ]);

    /// <summary>What is shown of a secret; sent back, it leaves the secret as it is.</summary>
    internal const string Mask = "********";

    private static string? Masked(string? secret) => string.IsNullOrEmpty(secret) ? null : Mask;

    /// <summary>Whether the reader asked for the mappings of each destination.</summary>
    internal static bool ShowsMappings(RowView view) => view.Query.Flag("includeMappings") || view.Query.Number("containsSegment") is not null;

    private static bool IsUrl(Destination one) => one.DestinationType == Destination.Url;

    private static bool IsCookie(Destination one) => one.DestinationType == Destination.Cookie;

    private static bool IsServer(Destination one) => one.DestinationType == Destination.Server;

    // Rows of lists are compact (contract audience.md 2.3).
    private static Field<Destination>[] Details(params Field<Destination>[] fields)
    {
        foreach (var field in fields)
            field.IsShown = view => view.IsSingle;
        return fields;
    }

    private static void WritePermissions(System.Text.Json.Utf8JsonWriter json, Destination one, RowView view)
    {
        json.WriteStartArray("permissions");
        foreach (var name in RightNames.NamesOf(view.Caller.RightsOn(ObjectKind.Destination, one.Id, null) & ~ObjectRights.Create))
            json.WriteStringValue(name);
        json.WriteEndArray();
    }
}
