using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.DataSources;

/// <summary>What data sources have beyond the verbs of all families: the choices there are, inbound files, and who is told of them (contract audience.md 3.1).</summary>
internal static class DataSourceRoutes
{
    internal static RouteGroupBuilder MapDataSources(this RouteGroupBuilder routes, DataSourceFamily family)
    {
        routes.MapFamily("/datasources", family);
        routes.MapGet("/datasources/configurations/available-id-types", () => AudienceAnswers.Json(200, json =>
        {
            json.WriteStartArray();
            foreach (var type in DataSourceFamily.IdTypes)
                json.WriteStringValue(type);
            json.WriteEndArray();
        }));
        routes.MapGet("/datasources/configurations/marketing-cloud-visitorid-versions", () => AudienceAnswers.Json(200, json =>
        {
            json.WriteStartArray();
            for (var version = 0L; version <= DataSourceFamily.MaxVisitorIdVersion; version++)
                json.WriteNumberValue(version);
            json.WriteEndArray();
        }));
        routes.MapGet("/datasources/{id}/history/inbound", (HttpContext http, string id) => InboundHistory(http, family, id));
        routes.MapInboundMailingList("/datasources/{id}/inbound-mailing-list", family);
        return routes;
    }

    /// <summary>The files that came in between two times: none, as long as no file is taken.</summary>
    private static IResult InboundHistory(HttpContext http, DataSourceFamily family, string id)
    {
        var (view, problem) = FamilyRoutes.SingleView(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var (_, refused) = FamilyRoutes.FindToRead(family, id, view);
        if ((refused ?? FindRangeFault(view.Query)) is { } fault)
            return AudienceAnswers.Refuse(fault);
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartArray();
            json.WriteEndArray();
        });
    }

    // Parameters that are documented are required unless it says otherwise (contract audience.md, Ruling 4).
    private static AudienceProblem? FindRangeFault(ListQuery query)
    {
        var (start, end) = (query.Number("startDate"), query.Number("endDate"));
        List<string> missing = [];
        if (start is null)
            missing.Add("startDate");
        if (end is null)
            missing.Add("endDate");
        return query.Problem
            ?? (missing.Count > 0
                ? AudienceProblem.Invalid($"The parameter {missing[0]} is missing", [.. missing.Select(name => $"{name} is required: ms since 1970")])
                : start > end ? AudienceProblem.Invalid("The parameter endDate cannot be used", "endDate is before startDate")
                : null);
    }
}
