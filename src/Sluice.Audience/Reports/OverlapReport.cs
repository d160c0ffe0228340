using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Lists;
using Sluice.Audience.Traits;

namespace Sluice.Audience.Reports;

/// <summary>How far traits and segments overlap, pair by pair and exactly (contract audience.md 5.9). The path is ours.</summary>
internal static class OverlapReport
{
    private const int MaxPairs = 1_000;
    private const string Now = "now";

    internal static void Map(RouteGroupBuilder routes) => routes.MapGet("/reports/overlap", Get);

    private static IResult Get(HttpContext http)
    {
        var query = ListQuery.Read(http);
        var (sids, others, type, lookBack) = (query.Numbers("sids"), query.Numbers("with"), query.Metrics(), query.Text("lookBack"));
        if (sids.Count == 0)
            query.Refuse("sids", "is required");
        if (lookBack is not ("" or Now or "7D" or "30D"))
            query.Refuse("lookBack", "must be now, 7D or 30D");
        if ((others.Count > 0 ? (long)sids.Count * others.Count : (long)sids.Count * (sids.Count - 1) / 2) > MaxPairs)
            query.Refuse("sids", $"makes more than {MaxPairs} pairs");
        if (query.Problem is { } problem)
            return AudienceAnswers.Refuse(problem);
        var environment = AudienceEnvironment.Of(http);
        if (environment.Engine is not { } engine)
            return ReportRoutes.NoEngine();
        var known = new Dictionary<long, Side>();
        foreach (var sid in sids.Union(others))
        {
            var (side, refused) = Find(environment.Catalogue.Snapshot, Caller.Of(http), sid);
            if (refused is not null)
                return AudienceAnswers.Refuse(refused);
            known[sid] = side!;
        }
        (long One, long Other)[] pairs = others.Count > 0
            ? [.. sids.SelectMany(one => others.Where(other => other != one).Select(other => (one, other)))]
            : [.. sids.SelectMany((one, at) => sids.Skip(at + 1).Select(other => (one, other)))];
        var overlaps = engine.Profiles.Reports.Overlaps(pairs, type, lookBack switch { "7D" => 7, "30D" => 30, _ => null });
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartArray();
            foreach (var ((one, other), overlap) in pairs.Zip(overlaps))
            {
                json.WriteStartObject();
                WriteSide("1", known[one], overlap.One);
                WriteSide("2", known[other], overlap.Other);
                json.WriteNumber("overlapUniques", overlap.Both);
                json.WriteNumber("overlapPercent1", Percent(overlap.Both, overlap.One));
                json.WriteNumber("overlapPercent2", Percent(overlap.Both, overlap.Other));
                json.WriteEndObject();
            }
            json.WriteEndArray();

            void WriteSide(string number, Side side, long uniques)
            {
                json.WriteNumber("sid" + number, side.Sid);
                json.WriteString("type" + number, side.Type);
                json.WriteString("name" + number, side.Name);
                json.WriteNumber("uniques" + number, uniques);
            }
        });
    }

    private static Outcome<Side> Find(CatalogueSnapshot catalogue, Caller caller, long sid)
    {
        var (found, rights) = catalogue.Find(Kinds.Traits, sid) is { } trait
            ? (new Side(sid, trait.TraitType == Trait.OfFolder ? Trait.OfFolder : "TRAIT", trait.Name), caller.RightsOn(ObjectKind.Trait, sid, trait.DataSourceId))
            : catalogue.Find(Kinds.Segments, sid) is { } segment
            ? (new Side(sid, "SEGMENT", segment.Name), caller.RightsOn(ObjectKind.Segment, sid, segment.DataSourceId))
            : (null, ObjectRights.None);
        return found is null ? AudienceProblem.NotFound($"trait or segment [{sid}]")
            : !rights.HasFlag(ObjectRights.Read) ? AudienceProblem.Forbidden($"You may not see {sid}")
            : found.Type == Trait.OfFolder ? AudienceProblem.Invalid("The report cannot be made", $"{sid} is the trait of a folder, which has no members of its own")
            : found;
    }

    private static double Percent(long part, long of) => of == 0 ? 0 : Math.Round(100.0 * part / of, 2);

    private sealed record Side(long Sid, string Type, string Name);
}
