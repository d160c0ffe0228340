using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Groups;

/// <summary>The rights of a group on single objects and data sources of this environment, and which rights there are (contract audience.md 3.13, 6).</summary>
internal sealed class PermissionRoutes(AccountGroups groups)
{
    private const int MaxRows = 10_000;

    // Kinds that have wildcards only.
    private static readonly (string Type, string[] Wildcards)[] Areas =
    [
        ("DERIVED_SIGNALS", ["VIEW_DERIVED_SIGNALS", "CREATE_DERIVED_SIGNALS", "EDIT_DERIVED_SIGNALS", "DELETE_DERIVED_SIGNALS"]), ("TAGS", ["VIEW_TAGS"]),
    ];

    private static readonly ObjectKind[] Kinds = [ObjectKind.Segment, ObjectKind.Trait, ObjectKind.Destination];

    internal void Map(RouteGroupBuilder routes)
    {
        var admins = routes.MapGroup("/groups/{id:long}/permissions").AddEndpointFilter<RouteGroupBuilder, AdminsOnly>();
        admins.MapGet("", Get);
        admins.MapPut("", ReplaceAsync);
        routes.MapGet("/permissionable-object-types", () => AudienceAnswers.Json(200, json =>
            WriteTexts(json, [.. Kinds.Select(RightNames.NameOf), .. Areas.Select(area => area.Type)])));
        routes.MapGet("/permissionable-object-types/{type}", (string type) => Rights(type));
    }

    private IResult Get(HttpContext http, long id)
    {
        // Contract: a group that cannot be reached is 400 here.
        if (groups.Find(id) is not { } group)
            return AudienceAnswers.Refuse(AudienceProblem.Invalid($"There is no group {id}"));
        var environment = AudienceEnvironment.Of(http).Name.Value;
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartArray();
            foreach (var row in group.Permissions.Where(row => row.Environment == environment))
            {
                json.WriteStartObject();
                json.WriteString("objectType", RightNames.NameOf(row.Kind));
                json.WriteNumber("objectId", row.ObjectId);
                json.WritePropertyName("permissions");
                WriteTexts(json, RightNames.NamesOf(row.Rights));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    private async Task<IResult> ReplaceAsync(HttpContext http, long id)
    {
        var (root, problem) = await Body.ReadAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() > MaxRows)
            return AudienceAnswers.Refuse(AudienceProblem.Invalid($"The body must be a list of at most {MaxRows} permissions"));
        var environment = AudienceEnvironment.Of(http);
        var rows = new Dictionary<(ObjectKind Kind, long Id), ObjectRights>();
        var faults = new List<string>();
        var strangers = new List<string>();
        foreach (var (at, one) in root.EnumerateArray().Index())
        {
            var (kind, objectId, rights, fault) = ReadRow(one);
            if (fault is not null)
                faults.Add($"[{at}]: {fault}");
            else if (!IsThere(environment.Catalogue.Snapshot, kind, objectId))
                strangers.Add($"[{at}]: There is no {RightNames.NameOf(kind)} and no data source {objectId} that you can reach");
            else
                rows[(kind, objectId)] = rows.GetValueOrDefault((kind, objectId)) | rights;
        }
        if (faults.Count > 0)
            return AudienceAnswers.Refuse(AudienceProblem.Invalid("The permissions cannot be saved: " + faults[0], faults));
        if (strangers.Count > 0)
            return AudienceAnswers.Refuse(AudienceProblem.Forbidden("The permissions cannot be saved: " + strangers[0]) with { ChildMessages = strangers });
        var wished = rows.Select(row => new PermissionRow(row.Key.Kind, row.Key.Id, row.Value, environment.Name.Value)).ToList();
        return await groups.SetPermissionsAsync(http, id, environment.Name, wished) is { } refused ? AudienceAnswers.Refuse(AccountAnswers.Of(refused)) : Get(http, id);
    }

    private static (ObjectKind Kind, long ObjectId, ObjectRights Rights, string? Fault) ReadRow(JsonElement one)
    {
        if (one.ValueKind != JsonValueKind.Object)
            return (default, 0, 0, "must be an object");
        var body = new Body(one);
        var (type, objectId, names) = (body.RequiredText("objectType", null), body.Number("objectId", null), body.Texts("permissions", []));
        if (body.Faults.Count > 0)
            return (default, 0, 0, body.Faults[0]);
        if (!RightNames.TryParseKind(type, out var kind))
            return (default, 0, 0, $"objectType must be one of {string.Join(", ", Kinds.Select(RightNames.NameOf))}");
        if (objectId is null)
            return (default, 0, 0, "objectId is required");
        var rights = ObjectRights.None;
        foreach (var name in names)
        {
            if (!RightNames.TryParseRight(name, out var right) || !RightNames.PossibleOn(kind).HasFlag(right))
                return (default, 0, 0, $"permissions cannot hold [{name}] for {type}");
            rights |= right;
        }
        return rights == ObjectRights.None ? (default, 0, 0, "permissions must name at least one right") : (kind, objectId.Value, rights, null);
    }

    // Rights on a data source are rights on all of its traits or segments.
    private static bool IsThere(CatalogueSnapshot catalogue, ObjectKind kind, long id) => kind switch
    {
        ObjectKind.Trait => catalogue.Find(Catalogue.Kinds.Traits, id) is not null || catalogue.Find(Catalogue.Kinds.DataSources, id) is not null,
        ObjectKind.Segment => catalogue.Find(Catalogue.Kinds.Segments, id) is not null || catalogue.Find(Catalogue.Kinds.DataSources, id) is not null,
        _ => catalogue.Find(Catalogue.Kinds.Destinations, id) is not null,
    };

    private static IResult Rights(string type)
    {
        if (Areas.FirstOrDefault(area => area.Type.Equals(type, StringComparison.OrdinalIgnoreCase)) is { Type: not null } area)
            return Rights(area.Wildcards, []);
        return RightNames.TryParseKind(type, out var kind)
            ? Rights([.. RightNames.WildcardsOf(kind)], RightNames.NamesOf(RightNames.PossibleOn(kind)))
            : AudienceAnswers.Refuse(AudienceProblem.NotFound($"object type [{(type.Length > 50 ? type[..50] : type)}]"));
    }

    private static IResult Rights(IReadOnlyList<string> wildcards, IReadOnlyList<string> perObject) => AudienceAnswers.Json(200, json =>
    {
        json.WriteStartObject();
        json.WritePropertyName("wildcard");
        WriteTexts(json, wildcards);
        json.WritePropertyName("perObject");
        WriteTexts(json, perObject);
        json.WriteEndObject();
    });

    private static void WriteTexts(Utf8JsonWriter json, IReadOnlyList<string> texts)
    {
        json.WriteStartArray();
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
