using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Sluice.Access;
using Sluice.Metrics;

namespace Sluice.Hosting;

/// <summary><c>GET /api/sluice/v1/overview</c>: how this node fared in the last minutes, for everybody who is signed in.</summary>
internal static class OverviewRoute
{
    private const int MostMinutes = 1_440;

    internal static void MapOverview(this WebApplication app, Role roles)
    {
        // Described beside the other paths that are no door's own; the description serves types to the console.
        app.MapGroup("/api/sluice/v1").RequireCaller(AccessArea.SignedIn)
            .MapGet("/overview", (HttpContext http, Figures figures) => Answer(http, figures, roles)).WithMetadata(AccessModule.Description);
    }

    private static IResult Answer(HttpContext http, Figures figures, Role roles)
    {
        var text = http.Request.Query["minutes"].ToString();
        var minutes = 60;
        if (text.Length > 0 && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out minutes) || minutes is < 1 or > MostMinutes))
            return Refuse($"minutes must be a number from 1 to {MostMinutes}");
        var (step, points) = figures.Last(TimeSpan.FromMinutes(minutes));
        var answer = new JsonObject
        {
            ["version"] = typeof(OverviewRoute).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
            ["doors"] = new JsonArray([.. Enum.GetValues<Role>().Where(role => role is not Role.None and not Role.All && roles.HasFlag(role)).Select(role => (JsonNode)role.ToString().ToLowerInvariant())]),
            ["since"] = figures.Since.ToUnixTimeMilliseconds(),
            ["stepSeconds"] = (int)step.TotalSeconds,
            ["at"] = new JsonArray([.. points.Select(point => (JsonNode)point.AtMs)]),
        };
        foreach (var (index, name) in Figures.Counters.Select(counter => counter.Name).Concat(Figures.Levels).Index())
            answer[name] = new JsonArray([.. points.Select(point => (JsonNode)(long)point.Values[index])]);
        return Results.Text(answer.ToJsonString(), "application/json");
    }

    private static IResult Refuse(string detail) => Results.Text(
        new JsonObject { ["type"] = "about:blank", ["title"] = "Bad Request", ["status"] = 400, ["detail"] = detail }.ToJsonString(), "application/problem+json", statusCode: 400);
}
