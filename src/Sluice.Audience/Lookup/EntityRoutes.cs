using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.MergeRules;
using Sluice.Profiles.Engine;
using Sluice.Profiles.State;

namespace Sluice.Audience.Lookup;

/// <summary><c>/data/core/ups/access/entities</c>: the profile that messages became part of; its <c>tags</c> are their xaction ids (contract collection.md 5.4, 5.5).</summary>
internal static class EntityRoutes
{
    private const string ProfileSchema = "_xdm.context.profile";
    private const string EventSchema = "_xdm.context.experienceevent";
    private const int MaxEntities = 1_000;
    private const int MaxIdCharacters = 1_024;

    internal static void MapEntities(this RouteGroupBuilder profiles)
    {
        profiles.MapGet("/access/entities", (Delegate)GetAsync);
        profiles.MapPost("/access/entities", (Delegate)GetManyAsync);
        profiles.MapDelete("/access/entities", () => PlatformAnswers.NotOffered("Profiles are not deleted here"));
    }

    private static async Task<IResult> GetAsync(HttpContext http)
    {
        var query = http.Request.Query;
        if (FaultOfSchema(query["schema.name"].ToString()) is { } refused)
            return refused;
        if (AudienceEnvironment.Of(http).Engine is not { } engine)
            return PlatformAnswers.NoEngine();
        var names = new ProfileNames(AudienceEnvironment.Of(http).Catalogue.Snapshot, engine.DeviceIds);
        var (id, name) = (query["entityId"].ToString(), query["entityIdNS"].ToString());
        if (KeyOf(names, name, id) is not { } key)
            return PlatformAnswers.Invalid(FaultOfId(name, id));
        var policy = query["mergePolicyId"].ToString();
        if (policy.Length > 0 && PolicyOf(http, policy) is null)
            return PlatformAnswers.Invalid($"mergePolicyId names no merge rule: {(policy.Length > 50 ? policy[..50] : policy)}");
        var found = await engine.Profiles.Queries.FindAsync([key], http.RequestAborted);
        if (!found.TryGetValue(key, out var profile))
            return PlatformAnswers.Refuse(404, "Not Found", $"There is no profile of {id} in namespace {(name.Length == 0 ? "of the XID" : name)}");
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            Write(json, http, names, profile, policy);
            json.WriteEndObject();
        });
    }

    /// <summary>Many profiles at once: 200 when all are there, else 207 with what is wrong in the place of each that is not.</summary>
    private static async Task<IResult> GetManyAsync(HttpContext http)
    {
        var (root, problem) = await Body.ReadAsync(http);
        if (problem is not null)
            return PlatformAnswers.Refuse(problem);
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("identities", out var identities) || identities.ValueKind != JsonValueKind.Array
            || identities.GetArrayLength() is 0 or > MaxEntities)
            return PlatformAnswers.Invalid($"identities must be a list of 1 to {MaxEntities}, each with entityId and entityIdNS");
        var schema = root.TryGetProperty("schema", out var given) && given.ValueKind == JsonValueKind.Object ? TextOf(given, "name") : "";
        if (FaultOfSchema(schema) is { } refused)
            return refused;
        if (AudienceEnvironment.Of(http).Engine is not { } engine)
            return PlatformAnswers.NoEngine();

        var names = new ProfileNames(AudienceEnvironment.Of(http).Catalogue.Snapshot, engine.DeviceIds);
        var keys = new List<ProfileKey>();
        foreach (var identity in identities.EnumerateArray())
        {
            if (KeyOf(names, identity) is not { } key)
                return PlatformAnswers.Invalid($"identities[{keys.Count}] must have an entityId, and an entityIdNS with its code");
            keys.Add(key);
        }
        var found = await engine.Profiles.Queries.FindAsync(keys, http.RequestAborted);
        return AudienceAnswers.Json(keys.TrueForAll(found.ContainsKey) ? 200 : 207, json =>
        {
            json.WriteStartObject();
            foreach (var key in keys.Distinct())
            {
                if (found.TryGetValue(key, out var profile))
                {
                    Write(json, http, names, profile, "");
                    continue;
                }
                json.WritePropertyName(ProfileNames.XidOf(key));
                PlatformAnswers.Write(json, 404, "Not Found", $"There is no profile of {key.Id} in namespace {names.CodeOf(key)}");
            }
            json.WriteEndObject();
        });
    }

    private static IResult? FaultOfSchema(string name) => name switch
    {
        ProfileSchema => null,
        EventSchema => PlatformAnswers.NotOffered("Events of one profile are not listed here. What arrived in a dataset is at /data/foundation/export"),
        "" => PlatformAnswers.Invalid($"schema.name is required: {ProfileSchema}"),
        _ => PlatformAnswers.Invalid($"schema.name must be {ProfileSchema}"),
    };

    private static ProfileKey? KeyOf(ProfileNames names, string name, string id) =>
        id.Length is 0 or > 4 * MaxIdCharacters || name.Length > MaxIdCharacters ? null
        : name.Length == 0 ? ProfileNames.KeyOfXid(id) : id.Length > MaxIdCharacters ? null : names.KeyOfNamespace(name, id);

    private static ProfileKey? KeyOf(ProfileNames names, JsonElement identity)
    {
        if (identity.ValueKind != JsonValueKind.Object)
            return null;
        var name = !identity.TryGetProperty("entityIdNS", out var space) ? ""
            : space.ValueKind == JsonValueKind.Object ? TextOf(space, "code") : TextOf(identity, "entityIdNS");
        return KeyOf(names, name, TextOf(identity, "entityId"));
    }

    private static string FaultOfId(string name, string id) =>
        id.Length == 0 ? "entityId is required" : name.Length == 0 ? "entityIdNS is required, or an XID as entityId" : $"entityId and entityIdNS have at most {MaxIdCharacters} characters each";

    /// <summary>A member's text; empty when it is none, or none that can be read.</summary>
    internal static string TextOf(JsonElement one, string member)
    {
        try
        {
            return !one.TryGetProperty(member, out var value) ? ""
                : value.ValueKind == JsonValueKind.String ? value.GetString()! : value.ValueKind == JsonValueKind.Number ? value.GetRawText() : "";
        }
        catch (InvalidOperationException)
        {
            return ""; // half of a surrogate pair
        }
    }

    private static MergeRule? PolicyOf(HttpContext http, string id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? AudienceEnvironment.Of(http).Catalogue.Snapshot.Find(Kinds.MergeRules, number) : null;

    private static void Write(Utf8JsonWriter json, HttpContext http, ProfileNames names, ProfileReport profile, string policy)
    {
        var catalogue = AudienceEnvironment.Of(http).Catalogue.Snapshot;
        var xid = ProfileNames.XidOf(profile.Key);
        json.WriteStartObject(xid);
        json.WriteString("entityId", xid);
        json.WriteStartObject("mergePolicy");
        json.WriteString("id", policy.Length > 0 ? policy : MergeRule.DefaultOf(catalogue)?.Id.ToString(CultureInfo.InvariantCulture) ?? "default");
        json.WriteEndObject();
        json.WriteStartArray("sources");
        json.WriteEndArray();
        json.WriteStartArray("tags");
        foreach (var tag in profile.Tags)
            json.WriteStringValue(tag);
        json.WriteEndArray();
        json.WriteStartArray("identityGraph");
        foreach (var key in profile.Links.Select(link => link.Key).Prepend(profile.Key))
            json.WriteStringValue(ProfileNames.XidOf(key));
        json.WriteEndArray();
        json.WriteStartObject("entity");
        WriteIdentities(json, names, profile);
        WriteMemberships(json, profile, catalogue, Caller.Of(http));
        json.WriteEndObject();
        json.WriteString("lastModifiedAt", DateTimeOffset.FromUnixTimeMilliseconds(profile.LastSeenMs).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private static void WriteIdentities(Utf8JsonWriter json, ProfileNames names, ProfileReport profile)
    {
        json.WriteStartObject("identityMap");
        foreach (var group in profile.Links.Select(link => link.Key).Prepend(profile.Key).GroupBy(names.CodeOf, StringComparer.Ordinal))
        {
            json.WriteStartArray(group.Key);
            foreach (var key in group)
            {
                json.WriteStartObject();
                json.WriteString("id", key.Id);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteMemberships(Utf8JsonWriter json, ProfileReport profile, CatalogueSnapshot catalogue, Caller caller)
    {
        json.WriteStartObject("segmentMembership");
        json.WriteStartObject("ups");
        foreach (var held in VisitorProfileRoutes.SegmentsSeen(profile, catalogue, caller))
        {
            json.WriteStartObject(held.Sid.ToString(CultureInfo.InvariantCulture));
            json.WriteString("status", "realized");
            json.WriteString("lastQualificationTime", DateTimeOffset.FromUnixTimeMilliseconds(held.SinceMs).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
