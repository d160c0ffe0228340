using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Audience.Catalogue;
using Sluice.Audience.MergeRules;
using Sluice.Audience.Models;
using Sluice.Audience.Traits;

namespace Sluice.Audience;

/// <summary><c>GET /limits</c>, which is ours: every limit by its name, and how much of it is used where that can be counted (contract audience.md section 7).</summary>
internal static class LimitRoutes
{
    internal static RouteGroupBuilder MapLimits(this RouteGroupBuilder routes, AudienceLimits limits)
    {
        (string Name, int Value)[] all = [.. limits.Values().Select(one => (JsonNamingPolicy.CamelCase.ConvertName(one.Name), one.Value))];
        routes.MapGet("/limits", (HttpContext http) => Get(AudienceEnvironment.Of(http).Catalogue.Snapshot, all));
        return routes;
    }

    private static IResult Get(CatalogueSnapshot catalogue, IEnumerable<(string Name, int Value)> limits)
    {
        var traits = catalogue.Table(Kinds.Traits).Rows.GroupBy(one => one.TraitType).ToDictionary(group => group.Key, group => group.Count());
        (string Name, int Count)[] used =
        [
            ("dataSources", catalogue.Table(Kinds.DataSources).Count),
            ("traits", SystemTraits.CountOthers(catalogue)),
            ("ruleBasedTraits", traits.GetValueOrDefault(Trait.RuleBased)),
            ("onboardedTraits", traits.GetValueOrDefault(Trait.Onboarded)),
            ("algoTraits", traits.GetValueOrDefault(Trait.Algorithmic)),
            ("folderTraits", catalogue.Table(Kinds.TraitFolders).Rows.Count(one => !one.IsReserved)),
            ("traitFolders", catalogue.Table(Kinds.TraitFolders).Rows.Count(one => !one.IsReserved)), // both count against "folders", each by itself
            ("segmentFolders", catalogue.Table(Kinds.SegmentFolders).Count),
            ("segments", catalogue.Table(Kinds.Segments).Count),
            ("mergeRules", catalogue.Table(Kinds.MergeRules).Rows.Count(one => one.CrossDeviceOption != MergeRule.AllCrossDevice)),
            ("allCrossDeviceMergeRules", catalogue.Table(Kinds.MergeRules).Rows.Count(one => one.CrossDeviceOption == MergeRule.AllCrossDevice)),
            ("derivedSignals", catalogue.Table(Kinds.DerivedSignals).Count),
            ("partnerSites", catalogue.Table(Kinds.PartnerSites).Count),
            ("traitTypes", catalogue.Table(Kinds.TraitTypes).Count),
            ("activeModels", catalogue.Table(Kinds.Models).Rows.Count(one => one.Status == Model.Active)),
            ("models", catalogue.Table(Kinds.Models).Count),
        ];
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            foreach (var (name, value) in limits)
                json.WriteNumber(name, value);
            json.WriteStartObject("used");
            foreach (var (name, count) in used)
                json.WriteNumber(name, count);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }
}
