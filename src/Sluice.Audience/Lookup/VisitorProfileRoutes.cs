using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Events.Ids;
using Sluice.Audience.Lists;
using Sluice.Audience.Regions;
using Sluice.Profiles.Engine;
using Sluice.Profiles.State;

namespace Sluice.Audience.Lookup;

/// <summary>What is known of one id: its traits and segments, as far as the reader may see them, and the ids linked to it (contract audience.md 3.16; the second path is ours).</summary>
internal static class VisitorProfileRoutes
{
    private const int MaxIdCharacters = 1_024;

    internal static void MapVisitorProfile(this RouteGroupBuilder routes) => routes.MapGet("/visitor-profile", (Delegate)GetVisitorAsync);

    internal static void MapProfiles(this RouteGroupBuilder routes) => routes.MapGet("/profiles/{namespace}/{id}", (Delegate)GetAsync);

    private static Task<IResult> GetVisitorAsync(HttpContext http)
    {
        var query = ListQuery.Read(http);
        var (uuid, region) = (query.Text("uuid"), query.Number("region"));
        if (!DeviceIds.TryParse(uuid, out _))
            query.Refuse("uuid", uuid.Length == 0 ? "is required" : "must have 38 decimal digits");
        if (region is { } named && Region.All.Find(named) is null)
            query.Refuse("region", $"names no region: {named}");
        return query.Problem is { } problem ? Task.FromResult(AudienceAnswers.Refuse(problem)) : AnswerAsync(http, new ProfileKey(ProfileKey.Device, uuid), region);
    }

    private static Task<IResult> GetAsync(HttpContext http, string @namespace, string id)
    {
        if (@namespace.Length > MaxIdCharacters || id.Length > MaxIdCharacters)
            return Task.FromResult(AudienceAnswers.Refuse(AudienceProblem.Invalid($"A namespace and an id have at most {MaxIdCharacters} characters each")));
        if (AudienceEnvironment.Of(http).Engine is not { } engine)
            return Task.FromResult(Reports.ReportRoutes.NoEngine());
        var names = new ProfileNames(AudienceEnvironment.Of(http).Catalogue.Snapshot, engine.DeviceIds);
        return AnswerAsync(http, names.KeyOf(@namespace, Unescaped(id)), null);
    }

    // The one character that routing leaves encoded in a segment.
    private static string Unescaped(string id) => id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static async Task<IResult> AnswerAsync(HttpContext http, ProfileKey key, long? region)
    {
        var environment = AudienceEnvironment.Of(http);
        if (environment.Engine is not { } engine)
            return Reports.ReportRoutes.NoEngine();
        var found = await engine.Profiles.Queries.FindAsync([key], http.RequestAborted);
        if (!found.TryGetValue(key, out var profile))
            return AudienceAnswers.Refuse(AudienceProblem.NotFound($"profile [{key.Id}] in namespace {key.Namespace}"));
        var (catalogue, caller) = (environment.Catalogue.Snapshot, Caller.Of(http));
        var names = new ProfileNames(catalogue, engine.DeviceIds);
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            WriteId(json, names, key);
            if (key.Namespace == ProfileKey.Device)
                json.WriteString("uuid", key.Id);
            if (region is { } asked)
                json.WriteNumber("region", asked);
            json.WriteBoolean("isDevice", profile.IsDevice);
            json.WriteBoolean("optedOut", profile.IsOptedOut);
            json.WriteNumber("lastSeen", profile.LastSeenMs);
            WriteTraits(json, profile, catalogue, caller);
            WriteSegments(json, profile, catalogue, caller);
            WriteIds(json, profile, names);
            json.WriteStartArray("tags");
            foreach (var tag in profile.Tags)
                json.WriteStringValue(tag);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void WriteTraits(Utf8JsonWriter json, ProfileReport profile, CatalogueSnapshot catalogue, Caller caller)
    {
        json.WriteStartArray("traits");
        foreach (var held in profile.Traits)
        {
            if (catalogue.Find(Kinds.Traits, held.Sid) is not { } trait || !caller.RightsOn(ObjectKind.Trait, trait.Id, trait.DataSourceId).HasFlag(ObjectRights.Read))
                continue;
            json.WriteStartObject();
            json.WriteNumber("sid", held.Sid);
            json.WriteString("name", trait.Name);
            ProfileJson.WriteHeld(json, held);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteSegments(Utf8JsonWriter json, ProfileReport profile, CatalogueSnapshot catalogue, Caller caller)
    {
        json.WriteStartArray("segments");
        foreach (var held in SegmentsSeen(profile, catalogue, caller))
        {
            json.WriteStartObject();
            json.WriteNumber("sid", held.Sid);
            json.WriteString("name", catalogue.Find(Kinds.Segments, held.Sid)!.Name);
            json.WriteNumber("since", held.SinceMs);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>The memberships that a reader may see.</summary>
    internal static IEnumerable<HeldSegment> SegmentsSeen(ProfileReport profile, CatalogueSnapshot catalogue, Caller caller) =>
        profile.Segments.Where(held => catalogue.Find(Kinds.Segments, held.Sid) is { } segment
            && caller.RightsOn(ObjectKind.Segment, segment.Id, segment.DataSourceId).HasFlag(ObjectRights.Read));

    private static void WriteIds(Utf8JsonWriter json, ProfileReport profile, ProfileNames names)
    {
        json.WriteStartArray("ids");
        foreach (var link in profile.Links)
        {
            json.WriteStartObject();
            WriteId(json, names, link.Key);
            json.WriteBoolean("isDevice", link.IsDevice);
            json.WriteNumber("lastSeen", link.SeenMs);
            ProfileJson.WriteTime(json, "lastAuthenticated", link.AuthenticatedMs);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteId(Utf8JsonWriter json, ProfileNames names, ProfileKey key)
    {
        json.WriteString("namespace", names.CodeOf(key));
        if (long.TryParse(key.Namespace, NumberStyles.None, CultureInfo.InvariantCulture, out var dataSource))
            json.WriteNumber("dataSourceId", dataSource);
        else
            json.WriteNull("dataSourceId");
        json.WriteString("id", key.Id);
    }
}
