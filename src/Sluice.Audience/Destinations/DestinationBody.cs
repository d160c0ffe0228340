using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.DataSources;
using Sluice.Audience.Deliveries.Send;

namespace Sluice.Audience.Destinations;

/// <summary>Reads what a client sends as a destination: the common members, then those of its type (contract audience.md 3.6).</summary>
internal static class DestinationBody
{
    internal static readonly string[] Platforms = ["BROWSER", "ANDROID", "iOS", "ALL"];

    private const string Alias = "%ALIAS%";
    private const int MaxUrlCharacters = 8_192;
    private const long MaxCookieBytes = 4_096; // what browsers keep of one cookie
    private const int MaxSecretCharacters = 1_024;
    private const long MaxRetentionHours = 24 * 90;
    private const long MaxTtlDays = 36_500;

    private static readonly string[] AutoFillers = ["NONE", "SID", "IC"];
    private static readonly string[] Restrictions = ["all_domains", "inclusion", "exclusion"];
    private static readonly string[] Formats = [Destination.SingleKey, Destination.KeyValue];

    internal static Destination Read(Body body, Destination old, CatalogueSnapshot catalogue)
    {
        var read = old with
        {
            Name = body.RequiredText("name", old.Name),
            Description = body.Text("description", old.Description, 4_000),
            Status = ReadStatus(body, old.Status),
            DomainRestrictions = body.Word("domainRestrictions", old.DomainRestrictions, Restrictions) ?? old.DomainRestrictions,
            SiteIds = body.Numbers("siteIDs", old.SiteIds, 1_000),
            StartDate = body.Date("startDate", old.StartDate),
            EndDate = body.Date("endDate", old.EndDate),
            DataSourceId = body.Number("dataSourceId", old.DataSourceId),
            MappingAutoFiller = body.Word("mappingAutoFiller", old.MappingAutoFiller, AutoFillers) ?? old.MappingAutoFiller,
            DevicePlatform = body.Word("devicePlatform", old.DevicePlatform, Platforms) ?? old.DevicePlatform,
            DataExportLabels = body.Texts("dataExportLabels", old.DataExportLabels),
            MapAllSegments = body.Flag("mapAllSegments", old.MapAllSegments),
            MaxMappings = body.Number("maxMappings", old.MaxMappings),
            HideReferrer = body.Flag("hideReferrer", old.HideReferrer),
            SerializationEnabled = body.Flag("serializationEnabled", old.SerializationEnabled),
        };
        Check(body, read, catalogue);
        return read.DestinationType switch
        {
            Destination.Url => ReadUrl(body, read),
            Destination.Cookie => ReadCookie(body, read),
            _ => ReadServer(body, read, catalogue),
        };
    }

    /// <summary>Whether a text is an address that a browser can call; it may begin with the macro for either protocol.</summary>
    internal static bool IsUrl(string? text) =>
        text is { Length: > 0 and <= MaxUrlCharacters }
        && Uri.TryCreate(text.Replace("%http_proto%", "http", StringComparison.OrdinalIgnoreCase), UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    private static void Check(Body body, Destination read, CatalogueSnapshot catalogue)
    {
        if (read.DataExportLabels.FirstOrDefault(one => !DataSourceFamily.ExportRestrictions.Contains(one)) is { } label)
            body.Refuse("dataExportLabels", $"cannot hold [{label}]; it can hold {string.Join(", ", DataSourceFamily.ExportRestrictions)}");
        if (read.DataSourceId is { } source && catalogue.Find(Kinds.DataSources, source) is null)
            body.Refuse("dataSourceId", $"names no data source: {source}");
        if (read.EndDate is not null && string.CompareOrdinal(read.EndDate, read.StartDate) < 0)
            body.Refuse("endDate", "must not be before startDate");
        foreach (var site in read.SiteIds.Where(site => catalogue.Find(Kinds.PartnerSites, site) is null))
            body.Refuse("siteIDs", $"names no partner site: {site}");
        if (read.DomainRestrictions == "inclusion" && read.SiteIds.Count == 0)
            body.Refuse("siteIDs", "must name the sites to include");
    }

    private static string ReadStatus(Body body, string old) =>
        body.Word("status", old, "ACTIVE", "INACTIVE", "1", "0") switch { "1" => "ACTIVE", "0" => "INACTIVE", null => old, var word => word };

    private static Destination ReadUrl(Body body, Destination read)
    {
        read = read with
        {
            UrlFormatString = body.Text("urlFormatString", read.UrlFormatString, MaxUrlCharacters),
            SecureUrlFormatString = body.Text("secureUrlFormatString", read.SecureUrlFormatString, MaxUrlCharacters),
            Delimiter = body.Text("delimiter", read.Delimiter),
        };
        if (!read.SerializationEnabled)
            return read;
        foreach (var (name, text) in (ReadOnlySpan<(string, string?)>)[("urlFormatString", read.UrlFormatString), ("secureUrlFormatString", read.SecureUrlFormatString)])
        {
            if (string.IsNullOrEmpty(text))
                body.Refuse(name, "is required when serializationEnabled is true");
            else if (!IsUrl(text) || !text.Contains(Alias, StringComparison.OrdinalIgnoreCase))
                body.Refuse(name, $"must be an http or https URL that holds {Alias}");
        }
        if (string.IsNullOrEmpty(read.Delimiter))
            body.Refuse("delimiter", "is required when serializationEnabled is true");
        return read;
    }

    private static Destination ReadCookie(Body body, Destination read)
    {
        read = read with
        {
            AdServerTypeId = body.Number("adServerTypeID", read.AdServerTypeId == 0 ? 1 : read.AdServerTypeId) ?? 1,
            CookieName = body.RequiredText("cookieName", read.CookieName),
            CnameDomain = body.Text("cnameDomain", read.CnameDomain),
            MaxSize = body.Number("maxSize", read.MaxSize == 0 ? MaxCookieBytes : read.MaxSize, 1, MaxCookieBytes) ?? MaxCookieBytes,
            Ttl = body.Number("ttl", read.Ttl, 0, MaxTtlDays) ?? 0,
            FormatType = body.Word("formatType", read.FormatType, Formats) ?? read.FormatType,
            SingleKeyName = body.Text("singleKey", read.SingleKeyName),
            KeySeparator = body.Text("keySeparator", read.KeySeparator ?? "="),
            ValueSeparator = body.Text("valueSeparator", read.ValueSeparator ?? "&"),
            SerializationSeparator = body.Text("serializationSeparator", read.SerializationSeparator ?? (read.SerializationEnabled ? ";" : null)),
        };
        if (read.CookieName?.Any(letter => letter <= ' ' || letter > '~' || "()<>@,;:\\\"/[]?={}".Contains(letter, StringComparison.Ordinal)) == true)
            body.Refuse("cookieName", "holds a character that the name of a cookie cannot have");
        if (read.FormatType == Destination.SingleKey && string.IsNullOrEmpty(read.SingleKeyName))
            body.Refuse("singleKey", "is required when formatType is single_key");
        if (read.SerializationEnabled && string.IsNullOrEmpty(read.SerializationSeparator))
            body.Refuse("serializationSeparator", "is required when serializationEnabled is true");
        return read;
    }

    private static Destination ReadServer(Body body, Destination read, CatalogueSnapshot catalogue)
    {
        read = read with
        {
            ServerUrl = body.RequiredText("serverUrl", read.ServerUrl, TargetRule.MaxUrlCharacters),
            SignatureHeader = body.Text("signatureHeader", read.SignatureHeader) is { Length: > 0 } header ? header : MessageSignature.DefaultHeader,
            SignatureAlgorithm = body.Word("signatureAlgorithm", read.SignatureAlgorithm, MessageSignature.Algorithms) ?? read.SignatureAlgorithm,
            SignatureKey = ReadSecret(body, "signatureKey", read.SignatureKey),
            OauthTokenUrl = body.Text("oauthTokenUrl", read.OauthTokenUrl, TargetRule.MaxUrlCharacters),
            OauthClientId = body.Text("oauthClientId", read.OauthClientId),
            OauthClientSecret = ReadSecret(body, "oauthClientSecret", read.OauthClientSecret),
            DeliveryRetentionHours = body.Number("deliveryRetentionHours", read.DeliveryRetentionHours, 1, MaxRetentionHours),
        };
        if (read.ServerUrl.Length > 0 && TargetRule.Fault(read.ServerUrl) is { } urlFault)
            body.Refuse("serverUrl", urlFault);
        if (!MessageSignature.IsHeader(read.SignatureHeader))
            body.Refuse("signatureHeader", "must be the name of a header that means nothing else, of letters, digits, - and _");
        string?[] oauth = [read.OauthTokenUrl, read.OauthClientId, read.OauthClientSecret];
        if (oauth.Any(string.IsNullOrEmpty) && !oauth.All(string.IsNullOrEmpty))
            body.Refuse("oauthTokenUrl, oauthClientId, oauthClientSecret", "must all be there, or none");
        if (!string.IsNullOrEmpty(read.OauthTokenUrl) && TargetRule.Fault(read.OauthTokenUrl) is { } tokenFault)
            body.Refuse("oauthTokenUrl", tokenFault);
        if (read.DataSourceId is null)
            body.Refuse("dataSourceId", "is required: it names whose ids the server knows");
        else if (catalogue.Find(Kinds.DataSources, read.DataSourceId.Value) is { MasterDataSourceIdProvider: false })
            body.Refuse("dataSourceId", "must name a data source whose masterDataSourceIdProvider is true");
        return read;
    }

    // What is sent back as it was shown stays.
    private static string? ReadSecret(Body body, string name, string? old) => body.Text(name, old, MaxSecretCharacters) is var text && text == DestinationFields.Mask ? old : text;
}
