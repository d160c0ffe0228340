using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Audience.Bodies;
using Sluice.Audience.Engine;
using Sluice.Profiles.State;

namespace Sluice.Audience.Lookup;

/// <summary><c>/data/core/identity</c>: which ids belong to one person, as far as events linked them (contract collection.md 5.3).</summary>
internal static class IdentityRoutes
{
    private const int MaxIds = 1_000;
    private const int MaxMembers = 50;
    private const int MaxIdCharacters = 1_024;
    private const int Hops = 4; // from a device over its customers and their devices to whoever else signed in there

    internal static void MapIdentities(this RouteGroupBuilder identity)
    {
        identity.MapPost("/v2/graph", (Delegate)GetGraphAsync);
        identity.MapGet("/cluster/members", (Delegate)GetMembersAsync);
        identity.MapGet("/identity", (Delegate)GetXid);
    }

    private static IResult GetXid(HttpContext http)
    {
        if (AudienceEnvironment.Of(http).Engine is not { } engine)
            return PlatformAnswers.NoEngine();
        var query = http.Request.Query;
        var name = query["namespace"].ToString() is { Length: > 0 } code ? code : query["nsid"].ToString();
        return KeyOf(new ProfileNames(AudienceEnvironment.Of(http).Catalogue.Snapshot, engine.DeviceIds), name, query["id"].ToString()) is not { } key
            ? PlatformAnswers.Invalid("namespace (or nsid) and id are required")
            : AudienceAnswers.Json(200, json =>
            {
                json.WriteStartObject();
                json.WriteString("xid", ProfileNames.XidOf(key));
                json.WriteEndObject();
            });
    }

    private static async Task<IResult> GetMembersAsync(HttpContext http)
    {
        if (AudienceEnvironment.Of(http).Engine is not { } engine)
            return PlatformAnswers.NoEngine();
        var names = new ProfileNames(AudienceEnvironment.Of(http).Catalogue.Snapshot, engine.DeviceIds);
        var query = http.Request.Query;
        var name = query["nsid"].ToString() is { Length: > 0 } number ? number : query["ns"].ToString();
        var key = query["xid"].ToString() is { Length: > 0 } xid ? ProfileNames.KeyOfXid(xid) : KeyOf(names, name, query["id"].ToString());
        return key is not { } wanted ? PlatformAnswers.Invalid("id and nsid (or ns) are required, or xid") : await AnswerAsync(engine, names, [wanted], http.RequestAborted);
    }

    private static async Task<IResult> GetGraphAsync(HttpContext http)
    {
        var (root, problem) = await Body.ReadAsync(http);
        if (problem is not null)
            return PlatformAnswers.Refuse(problem);
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("composite_xids", out var ids) || ids.ValueKind != JsonValueKind.Array || ids.GetArrayLength() is 0 or > MaxIds)
            return PlatformAnswers.Invalid($"composite_xids must be a list of 1 to {MaxIds}");
        if (root.TryGetProperty("projection_type", out _) && EntityRoutes.TextOf(root, "projection_type") is not ("set" or "graph"))
            return PlatformAnswers.Invalid("projection_type must be set or graph");
        if (AudienceEnvironment.Of(http).Engine is not { } engine)
            return PlatformAnswers.NoEngine();
        var names = new ProfileNames(AudienceEnvironment.Of(http).Catalogue.Snapshot, engine.DeviceIds);
        var wanted = new List<ProfileKey>();
        foreach (var one in ids.EnumerateArray())
        {
            if (KeyOf(names, one) is not { } key)
                return PlatformAnswers.Invalid($"composite_xids[{wanted.Count}] must have ns (or nsid) and id, or xid");
            wanted.Add(key);
        }
        return await AnswerAsync(engine, names, wanted, http.RequestAborted);
    }

    private static ProfileKey? KeyOf(ProfileNames names, JsonElement one)
    {
        if (one.ValueKind != JsonValueKind.Object)
            return null;
        if (EntityRoutes.TextOf(one, "xid") is { Length: > 0 and <= 4 * MaxIdCharacters } xid)
            return ProfileNames.KeyOfXid(xid);
        return KeyOf(names, EntityRoutes.TextOf(one, "ns") is { Length: > 0 } code ? code : EntityRoutes.TextOf(one, "nsid"), EntityRoutes.TextOf(one, "id"));
    }

    private static ProfileKey? KeyOf(ProfileNames names, string name, string id) =>
        name.Length is 0 or > MaxIdCharacters || id.Length is 0 or > MaxIdCharacters ? null : names.KeyOfNamespace(name, id);

    private static async Task<IResult> AnswerAsync(AudienceEngine engine, ProfileNames names, IReadOnlyList<ProfileKey> wanted, CancellationToken cancellation)
    {
        var clusters = await FindClustersAsync(engine, [.. wanted.Distinct()], cancellation);
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("version", 1);
            json.WriteStartArray("clusters");
            foreach (var (of, members) in clusters.Where(one => one.Members.Count > 0))
            {
                json.WriteStartObject();
                json.WritePropertyName("compositeXid");
                Write(json, names, of);
                json.WriteStartArray("members");
                foreach (var member in members)
                    Write(json, names, member);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("unprocessedRecords");
            foreach (var (of, _) in clusters.Where(one => one.Members.Count == 0))
                Write(json, names, of);
            json.WriteEndArray();
            json.WriteString("algo_type", "linked-by-events");
            json.WriteEndObject();
        });
    }

    // All clusters grow by one hop at a time, so that the store is asked a few times whatever number of ids was asked for.
    private static async Task<List<(ProfileKey Of, List<ProfileKey> Members)>> FindClustersAsync(AudienceEngine engine, List<ProfileKey> wanted, CancellationToken cancellation)
    {
        var clusters = wanted.ConvertAll(of => (Of: of, Members: new List<ProfileKey>()));
        var edges = wanted.ConvertAll(of => new List<ProfileKey> { of });
        for (var hop = 0; hop <= Hops && edges.Exists(edge => edge.Count > 0); hop++)
        {
            var found = await engine.Profiles.Queries.FindAsync([.. edges.SelectMany(edge => edge).Distinct()], cancellation);
            for (var at = 0; at < clusters.Count; at++)
            {
                var members = clusters[at].Members;
                var next = new List<ProfileKey>();
                foreach (var key in edges[at].Where(key => members.Count < MaxMembers && found.ContainsKey(key) && !members.Contains(key)))
                {
                    members.Add(key);
                    next.AddRange(found[key].Links.Select(link => link.Key).Where(linked => !members.Contains(linked)));
                }
                edges[at] = [.. next.Distinct().Take(MaxMembers)];
            }
        }
        return clusters;
    }

    private static void Write(Utf8JsonWriter json, ProfileNames names, ProfileKey key)
    {
        json.WriteStartObject();
        json.WriteString("xid", ProfileNames.XidOf(key));
        json.WriteString("ns", names.CodeOf(key));
        json.WriteString("id", key.Id);
        json.WriteEndObject();
    }
}
