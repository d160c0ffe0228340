using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Profiles.Rules;

namespace Sluice.Audience.Traits;

/// <summary>What traits have beyond the verbs of all families: limits, rules checked, tried and remembered (contract audience.md 3.3).</summary>
internal static class TraitRoutes
{
    private const int MaxSampleCharacters = 64 * 1024;
    private const int MaxVersionsShown = 10;

    internal static RouteGroupBuilder MapTraits(this RouteGroupBuilder routes, TraitFamily family, AudienceLimits limits, Accounts accounts)
    {
        routes.MapFamily("/traits", family);
        routes.MapGet("/traits/limits", (HttpContext http) => Limits(http, limits));
        routes.MapPost("/traits/validate", (Delegate)ValidateAsync);
        routes.MapPost("/traits/test", (Delegate)TestAsync);
        routes.MapGet("/traits/{sid:long}/trait-rule/versions", (HttpContext http, long sid) => Versions(http, family, accounts, sid));
        return routes;
    }

    private static IResult Limits(HttpContext http, AudienceLimits limits)
    {
        var catalogue = AudienceEnvironment.Of(http).Catalogue.Snapshot;
        var traits = catalogue.Table(Kinds.Traits);
        var byType = traits.Rows.GroupBy(one => one.TraitType).ToDictionary(group => group.Key, group => group.Count());
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("maxTraits", limits.Traits);
            json.WriteNumber("currentTraits", SystemTraits.CountOthers(catalogue));
            json.WriteNumber("maxRuleBasedTraits", limits.RuleBasedTraits);
            json.WriteNumber("currentRuleBasedTraits", byType.GetValueOrDefault(Trait.RuleBased));
            json.WriteNumber("maxOnboardedTraits", limits.OnboardedTraits);
            json.WriteNumber("currentOnboardedTraits", byType.GetValueOrDefault(Trait.Onboarded));
            json.WriteNumber("maxAlgoTraits", limits.AlgoTraits);
            json.WriteNumber("currentAlgoTraits", byType.GetValueOrDefault(Trait.Algorithmic));
            json.WriteNumber("maxFolderTraits", limits.FolderTraits);
            json.WriteNumber("currentFolderTraits", catalogue.Table(Kinds.TraitFolders).Rows.Count(one => !one.IsReserved));
            json.WriteEndObject();
        });
    }

    private static async Task<IResult> ValidateAsync(HttpContext http)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var code = body!.RequiredText("code", null, RuleLimits.TextBytes);
        if (body.Problem is { } refused)
            return AudienceAnswers.Refuse(refused);
        if (!TraitRule.TryParse(code, out var rule, out var problems))
            return AudienceAnswers.Refuse(RuleProblems.Of(problems));
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("valid", true);
            json.WriteBoolean("codeViewOnly", rule.IsCodeViewOnly);
            json.WriteString("canonical", rule.ToString());
            json.WritePropertyName("expressionTree");
            json.WriteRawValue(rule.WriteExpressionTree(), skipInputValidation: true);
            RuleProblems.WriteWarnings(json, rule.Warnings);
            json.WriteEndObject();
        });
    }

    /// <summary>Whether a sample call realizes a rule: <c>{"code","url","headers":{}}</c>.</summary>
    private static async Task<IResult> TestAsync(HttpContext http)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var code = body!.RequiredText("code", null, RuleLimits.TextBytes);
        var url = body.Text("url", "", MaxSampleCharacters) ?? "";
        var headers = body.Members("headers");
        if (body.Problem is { } refused)
            return AudienceAnswers.Refuse(refused);
        if (!TraitRule.TryParse(code, out var rule, out var problems))
            return AudienceAnswers.Refuse(RuleProblems.Of(problems));

        var pairs = SampleSignals.Of(url, headers);
        var signals = new Signals();
        foreach (var (key, value) in pairs)
            signals.Add(key, value);
        var realized = rule.Compile(TextCase.Ignored).IsTrue(signals);
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("realized", realized);
            json.WriteStartObject("signals");
            foreach (var group in pairs.GroupBy(pair => pair.Key))
            {
                json.WriteStartArray(group.Key);
                foreach (var (_, value) in group)
                    json.WriteStringValue(value);
                json.WriteEndArray();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private static IResult Versions(HttpContext http, TraitFamily family, Accounts accounts, long sid)
    {
        var catalogue = AudienceEnvironment.Of(http).Catalogue.Snapshot;
        if (catalogue.Find(Kinds.Traits, sid) is not { } trait)
            return AudienceAnswers.Refuse(AudienceProblem.NotFound($"trait [{sid}]"));
        if (!family.RightsOn(Caller.Of(http), trait).HasFlag(ObjectRights.Read))
            return AudienceAnswers.Refuse(AudienceProblem.Forbidden($"You may not see trait {sid}"));
        var names = accounts.All().ToDictionary(account => account.UserId, account => account.Username);
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartArray();
            if (trait.TraitRule is not null)
                Write(json, new TraitRuleVersion(trait.TraitRuleVersion, trait.TraitRule, trait.UpUid, trait.UpdateTime), names);
            foreach (var version in trait.EarlierRules.Take(MaxVersionsShown - 1))
                Write(json, version, names);
            json.WriteEndArray();
        });
    }

    // A user who was deleted since has no name any more.
    private static void Write(Utf8JsonWriter json, TraitRuleVersion version, Dictionary<long, string> names)
    {
        json.WriteStartObject();
        json.WriteNumber("traitRuleVersion", version.Version);
        json.WriteString("traitRule", version.Rule);
        json.WriteNumber("upUID", version.UpUid);
        json.WriteString("userName", names.GetValueOrDefault(version.UpUid));
        json.WriteNumber("updateTime", version.UpdateTime);
        json.WriteEndObject();
    }
}
