using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Destinations;
using Sluice.Audience.Mappings;
using Sluice.Audience.Segments;

namespace Sluice.Audience.Events.Answers;

/// <summary>A cookie that the page is to write: an entry of <c>stuff</c>.</summary>
internal sealed record CookieEntry(string Name, string Value, long TtlDays, string Domain);

/// <summary>A URL that the page is to call, for pages of either protocol: an entry of <c>dests</c>.</summary>
internal sealed record UrlEntry(string Plain, string Secure);

/// <summary>What a person's segments send with the answer: cookies, and URLs when they were asked for (contract audience.md 5.6).</summary>
/// <remarks>Costs what the segments are mapped to, not what there is: mappings are found by segment, and whether data may leave is kept per version.</remarks>
internal sealed record DestinationAnswer(IReadOnlyList<CookieEntry> Cookies, IReadOnlyList<UrlEntry> Urls)
{
    private const int MaxUrls = 1_000;
    private const int MaxUrlCharacters = 8_192; // a serialized URL takes no more aliases beyond

    private static readonly ConditionalWeakTable<CatalogueSnapshot, ConcurrentDictionary<(long Segment, long Destination), bool>> MayLeave = [];

    internal static DestinationAnswer Nothing { get; } = new([], []);

    /// <summary>What is sent.</summary>
    /// <param name="catalogue">Destinations and what is mapped to them.</param>
    /// <param name="segments">Of which the person is a member.</param>
    /// <param name="visit">Who is where.</param>
    /// <param name="withUrls">Whether URLs were asked for.</param>
    internal static DestinationAnswer Of(CatalogueSnapshot catalogue, IReadOnlyList<long> segments, Visit visit, bool withUrls)
    {
        var byDestination = new SortedDictionary<long, List<Mapping>>();
        var mappings = MappingIndex.Of(catalogue);
        var today = visit.Now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        foreach (var sid in segments)
        {
            if (catalogue.Find(Kinds.Segments, sid) is not { Status: "ACTIVE" } segment)
                continue;
            foreach (var mapping in mappings.OfSegment(sid).Where(one => one.ElementStatus == "active" && IsWithin(today, one.StartDate, one.EndDate)))
            {
                if (mapping.DestinationType == Destination.Server || (mapping.DestinationType == Destination.Url && !withUrls)
                    || catalogue.Find(Kinds.Destinations, mapping.DestinationId) is not { } destination
                    || !IsServed(catalogue, destination, visit, today) || !Passes(catalogue, segment, destination))
                    continue;
                if (!byDestination.TryGetValue(mapping.DestinationId, out var mapped))
                    byDestination[mapping.DestinationId] = mapped = [];
                mapped.Add(mapping);
            }
        }
        return Write(catalogue, byDestination, visit);
    }

    /// <summary>Whether a page is on a site: a site that begins with a dot means all hosts below it too.</summary>
    internal static bool IsOn(string host, string site) =>
        site.StartsWith('.') ? host == site[1..] || host.EndsWith(site, StringComparison.Ordinal) : host == site;

    private static DestinationAnswer Write(CatalogueSnapshot catalogue, SortedDictionary<long, List<Mapping>> byDestination, Visit visit)
    {
        var (cookies, urls) = (new List<CookieEntry>(), new List<UrlEntry>());
        foreach (var (id, mappings) in byDestination)
        {
            var destination = catalogue.Find(Kinds.Destinations, id)!;
            if (destination.DestinationType == Destination.Cookie)
            {
                var value = CookieValue.Of(destination, mappings);
                if (value.Length > 0)
                    cookies.Add(new CookieEntry(destination.CookieName ?? "", value, destination.Ttl, destination.CnameDomain ?? ""));
            }
            else if (destination.SerializationEnabled)
                urls.Add(Serialized(destination, mappings, visit));
            else
            {
                urls.AddRange(mappings.OrderBy(one => one.Id).Where(one => !string.IsNullOrEmpty(one.Url)).Select(one =>
                    Entry(one.Url!, one.SecureUrl, Uri.EscapeDataString(one.TraitAlias ?? ""), visit)));
            }
        }
        return new DestinationAnswer(cookies, urls.Count <= MaxUrls ? urls : urls[..MaxUrls]);
    }

    private static UrlEntry Serialized(Destination destination, List<Mapping> mappings, Visit visit)
    {
        var aliases = "";
        foreach (var alias in mappings.OrderBy(one => one.Id).Select(one => one.TraitAlias).Where(one => !string.IsNullOrEmpty(one)).Distinct())
        {
            var longer = (aliases.Length == 0 ? "" : aliases + destination.Delimiter) + Uri.EscapeDataString(alias!);
            if (longer.Length > MaxUrlCharacters)
                break;
            aliases = longer;
        }
        return Entry(destination.UrlFormatString!, destination.SecureUrlFormatString, aliases, visit);
    }

    private static UrlEntry Entry(string plain, string? secure, string alias, Visit visit) =>
        new(UrlMacros.Fill(plain, alias, isSecure: false, visit), UrlMacros.Fill(string.IsNullOrEmpty(secure) ? plain : secure, alias, isSecure: true, visit));

    private static bool IsServed(CatalogueSnapshot catalogue, Destination destination, Visit visit, string today) =>
        destination.Status == "ACTIVE"
        && IsWithin(today, destination.StartDate, destination.EndDate)
        && (visit.Platform is null || destination.DevicePlatform == "ALL" || destination.DevicePlatform == visit.Platform)
        && destination.DomainRestrictions switch
        {
            "inclusion" => IsOnSites(catalogue, destination, visit.PageHost),
            "exclusion" => !IsOnSites(catalogue, destination, visit.PageHost),
            _ => true,
        };

    private static bool IsOnSites(CatalogueSnapshot catalogue, Destination destination, string? host) =>
        host is not null && destination.SiteIds.Any(id => catalogue.Find(Kinds.PartnerSites, id) is { } site && IsOn(host, site.Url));

    private static bool Passes(CatalogueSnapshot catalogue, Segment segment, Destination destination) =>
        destination.DataExportLabels.Count == 0
        || MayLeave.GetOrCreateValue(catalogue).GetOrAdd((segment.Id, destination.Id), _ =>
            ExportControls.Conflicts(catalogue, segment.Traits, segment.MergeRuleDataSourceId, destination).Count == 0);

    // Days are compared as texts of one form.
    internal static bool IsWithin(string today, string? first, string? last) =>
        (string.IsNullOrEmpty(first) || string.CompareOrdinal(first, today) <= 0) && (string.IsNullOrEmpty(last) || string.CompareOrdinal(today, last) <= 0);
}
