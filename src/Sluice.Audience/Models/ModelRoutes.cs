using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;

namespace Sluice.Audience.Models;

/// <summary>What models have beyond the verbs of all families: limits, algorithms, and what their runs came to (contract audience.md 3.11).</summary>
internal static class ModelRoutes
{
    internal static RouteGroupBuilder MapModels(this RouteGroupBuilder routes, ModelFamily family, AudienceLimits limits)
    {
        routes.MapFamily("/models", family);
        routes.MapReadFamily("/algorithms", new AlgorithmFamily());
        routes.MapGet("/models/limits", (HttpContext http) => Limits(http, limits));
        routes.MapGet("/models/{id}/runs/latest/traits", (HttpContext http, string id) =>
            OfModelAsync(http, family, id, model => FamilyRoutes.ListAsync(http, new RankedTraitFamily(model))));
        routes.MapGet("/models/{id}/runs/latest/stats", (HttpContext http, string id) =>
            OfModelAsync(http, family, id, model => Task.FromResult(Stats(model))));
        routes.MapGet("/models/{id}/processing-history", (HttpContext http, string id) =>
            OfModelAsync(http, family, id, model => Task.FromResult(History(model))));
        return routes;
    }

    private static IResult Limits(HttpContext http, AudienceLimits limits)
    {
        var models = AudienceEnvironment.Of(http).Catalogue.Snapshot.Table(Kinds.Models);
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("maxModels", limits.Models);
            json.WriteNumber("currentModels", models.Count);
            json.WriteNumber("maxActiveModels", limits.ActiveModels);
            json.WriteNumber("currentActiveModels", models.Rows.Count(one => one.Status == Model.Active));
            json.WriteNumber("maxExcludedTraits", limits.ExcludedTraits);
            json.WriteEndObject();
        });
    }

    private static Task<IResult> OfModelAsync(HttpContext http, ModelFamily family, string id, Func<Model, Task<IResult>> answer)
    {
        var (view, problem) = FamilyRoutes.SingleView(http);
        if (problem is not null)
            return Task.FromResult(AudienceAnswers.Refuse(problem));
        var (model, refused) = FamilyRoutes.FindToRead(family, id, view);
        return refused is not null ? Task.FromResult(AudienceAnswers.Refuse(refused)) : answer(model!);
    }

    /// <summary>The curve of the latest run; the original writes these two names with capital letters.</summary>
    private static IResult Stats(Model model) => AudienceAnswers.Json(200, json =>
    {
        json.WriteStartArray();
        foreach (var point in model.LatestRun?.Stats ?? [])
        {
            json.WriteStartObject();
            json.WriteNumber("AccuracyValue", point.Accuracy);
            json.WriteNumber("ReachValue", point.Reach);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    /// <summary>When runs succeeded, in seconds since 1970.</summary>
    private static IResult History(Model model) => AudienceAnswers.Json(200, json =>
    {
        json.WriteStartArray();
        foreach (var second in model.SuccessfulRuns)
            json.WriteNumberValue(second);
        json.WriteEndArray();
    });
}
