using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Destinations;
using Sluice.Audience.Lists;
using Sluice.Audience.Mappings;
using Sluice.Audience.Segments;
using Sluice.Audience.Traits;
using Sluice.Profiles.Populations;

namespace Sluice.Audience.Reports;

/// <summary><c>/reports/</c> (contract audience.md 3.15): every report shows what its reader may see, and no more.</summary>
internal sealed class ReportRoutes(DestinationFamily destinations)
{
    internal void Map(RouteGroupBuilder routes)
    {
        var (traits, segments) = (new TraitSubject(), new SegmentSubject());
        new TrendReport<Trait, TraitNumbers>(traits).Map(routes);
        new TrendReport<Segment, SegmentNumbers>(segments).Map(routes);
        new RankingReport<Trait, TraitNumbers>(traits).Map(routes);
        new RankingReport<Segment, SegmentNumbers>(segments, MappingsField()).Map(routes);
        routes.MapGet("/reports/partner-uniques", PartnerUniques);
        OverlapReport.Map(routes);
    }

    internal static IResult NoEngine() => AudienceAnswers.Refuse(new AudienceProblem(503, "unavailable", "This node applies no events"));

    /// <summary>Everybody who was seen: the numbers of the account's own trait.</summary>
    private static IResult PartnerUniques(HttpContext http)
    {
        var query = ListQuery.Read(http);
        var type = query.Metrics();
        if (query.Problem is { } problem)
            return AudienceAnswers.Refuse(problem);
        var environment = AudienceEnvironment.Of(http);
        if (environment.Engine is not { } engine)
            return NoEngine();
        var everybody = environment.Catalogue.Snapshot.Table(Kinds.Traits).Rows.FirstOrDefault(one => one.TraitType == Trait.ActiveAudience);
        var numbers = everybody is null ? null : engine.Profiles.Reports.Trait(everybody.Id, type);
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("pid", Organisation.AccountId);
            foreach (var window in MetricWindow.All)
                json.WriteNumber("uniques" + window.Name, numbers is null ? 0 : window.Of(numbers.Uniques));
            json.WriteEndObject();
        });
    }

    private Field<ReportRow<Segment, SegmentNumbers>> MappingsField() => Field.Custom<ReportRow<Segment, SegmentNumbers>>("mappings", (json, row, view) =>
    {
        json.WriteStartArray("mappings");
        foreach (var mapping in MappingIndex.Of(view.Catalogue).OfSegment(row.Object.Id))
        {
            if (view.Catalogue.Find(Kinds.Destinations, mapping.DestinationId) is { } destination && destinations.RightsOn(view.Caller, destination).HasFlag(ObjectRights.Read))
                MappingFields.All.Write(json, mapping, view);
        }
        json.WriteEndArray();
    }, view => view.Query.Flag("includeDestinationMappings"), FieldType.Objects);
}
