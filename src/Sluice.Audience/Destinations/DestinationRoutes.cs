using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Deliveries;
using Sluice.Audience.Families;
using Sluice.Audience.Mappings;

namespace Sluice.Audience.Destinations;

/// <summary>What destinations have beyond the verbs of all families: limits, platforms, deliveries and mappings (contract audience.md 3.6).</summary>
internal static class DestinationRoutes
{
    internal static RouteGroupBuilder MapDestinations(this RouteGroupBuilder routes, DestinationFamily family, MappingFamily mappings, MappingWrites writes, AudienceLimits limits, TimeProvider clock)
    {
        routes.MapFamily("/destinations", family);
        routes.MapGet("/destinations/limits", (HttpContext http) => Limits(http, limits));
        routes.MapGet("/destinations/configurations/available-platforms", () => AudienceAnswers.Json(200, json => WriteTexts(json, DestinationBody.Platforms)));
        routes.MapGet("/destinations/{id:long}/history/outbound", (HttpContext http, long id) => DestinationHistory.GetAsync(http, family, id, clock));
        routes.MapGet("/destinations/segment-impressions", () => AudienceAnswers.Json(200, json => WriteTexts(json, [])));
        new MappingRoutes(mappings, writes).Map(routes);
        return routes;
    }

    private static IResult Limits(HttpContext http, AudienceLimits limits)
    {
        var rows = AudienceEnvironment.Of(http).Catalogue.Snapshot.Table(Kinds.Destinations);
        var byType = rows.Rows.GroupBy(one => one.DestinationType).ToDictionary(group => group.Key, group => group.Count());
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("maxDestinations", limits.Destinations);
            json.WriteNumber("currentDestinations", rows.Count);
            json.WriteNumber("maxUrlDestinations", limits.UrlDestinations);
            json.WriteNumber("currentUrlDestinations", byType.GetValueOrDefault(Destination.Url));
            json.WriteNumber("maxCookieDestinations", limits.CookieDestinations);
            json.WriteNumber("currentCookieDestinations", byType.GetValueOrDefault(Destination.Cookie));
            json.WriteNumber("maxServerDestinations", limits.ServerDestinations);
            json.WriteNumber("currentServerDestinations", byType.GetValueOrDefault(Destination.Server));
            json.WriteEndObject();
        });
    }

    private static void WriteTexts(Utf8JsonWriter json, IReadOnlyList<string> texts)
    {
        json.WriteStartArray();
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
