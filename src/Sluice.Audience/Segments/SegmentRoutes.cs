using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Mappings;
using Sluice.Profiles.Rules;

namespace Sluice.Audience.Segments;

/// <summary>What segments have beyond the verbs of all families: limits, rules checked, merge rules exchanged (contract audience.md 3.4).</summary>
internal static class SegmentRoutes
{
    internal static RouteGroupBuilder MapSegments(this RouteGroupBuilder routes, SegmentFamily family, AudienceLimits limits)
    {
        routes.MapFamily("/segments", family);
        routes.MapGet("/segments/limits", (HttpContext http) => Limits(http, limits));
        routes.MapPost("/segments/validate", (Delegate)ValidateAsync);
        routes.MapPost("/segments/bulk-merge-rule-replace", (Delegate)((HttpContext http) => ReplaceMergeRuleAsync(http, family)));
        return routes;
    }

    private static IResult Limits(HttpContext http, AudienceLimits limits) => AudienceAnswers.Json(200, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("maxSegments", limits.Segments);
        json.WriteNumber("currentSegments", AudienceEnvironment.Of(http).Catalogue.Snapshot.Table(Kinds.Segments).Count);
        json.WriteNumber("maxTraitsPerSegment", limits.TraitsOfSegment);
        json.WriteEndObject();
    });

    private static async Task<IResult> ValidateAsync(HttpContext http)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var text = body!.RequiredText("rule", null, RuleLimits.TextBytes);
        if (body.Problem is { } refused)
            return AudienceAnswers.Refuse(refused);
        var catalogue = AudienceEnvironment.Of(http).Catalogue.Snapshot;
        if (!SegmentRule.TryParse(text, sid => SegmentTraits.Known(catalogue, sid, Caller.Of(http)), out var rule, out var problems))
            return AudienceAnswers.Refuse(SegmentTraits.RightFault(problems) ?? RuleProblems.Of(problems));
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("valid", true);
            json.WriteBoolean("codeViewOnly", rule.IsCodeViewOnly);
            json.WriteString("canonical", rule.ToString());
            json.WritePropertyName("expressionTree");
            json.WriteRawValue(rule.WriteExpressionTree(), skipInputValidation: true);
            json.WriteStartArray("traits");
            foreach (var sid in rule.Traits)
                json.WriteNumberValue(sid);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>Gives every segment of one merge rule another; all of them, or none. Answers with their sids.</summary>
    private static async Task<IResult> ReplaceMergeRuleAsync(HttpContext http, SegmentFamily family)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var existing = body!.Number("existingMergeRuleDataSourceId", null);
        var wanted = body.Number("replaceWithMergeRuleDataSourceId", null);
        if (existing is null || wanted is null)
            body.Refuse("existingMergeRuleDataSourceId, replaceWithMergeRuleDataSourceId", "are both required");
        if (body.Problem is { } refused)
            return AudienceAnswers.Refuse(refused);

        var caller = Caller.Of(http);
        var (outcome, _) = await AudienceEnvironment.Of(http).Catalogue.WriteAsync<List<long>>(caller.UserId ?? 0, dryRun: false, draft =>
        {
            if (draft.Current.Find(Kinds.MergeRules, wanted!.Value) is not { } rule)
                return Task.FromResult<Outcome<List<long>>>(AudienceProblem.Invalid($"There is no merge rule {wanted}"));
            var segments = draft.Current.Table(Kinds.Segments).Rows.Where(one => one.MergeRuleDataSourceId == existing).ToList();
            var lacking = segments.Where(one => !family.RightsOn(caller, one).HasFlag(ObjectRights.Write)).Take(20).ToList();
            if (lacking.Count > 0)
                return Task.FromResult<Outcome<List<long>>>(AudienceProblem.Forbidden("You may not change all of these segments") with
                {
                    ChildMessages = [.. lacking.Select(one => $"Segment {one.Id}")],
                });
            if (segments.SelectMany(one => ExportControls.ConflictsOfMapped(draft.Current, one.Id, [], rule)).Take(20).ToList() is { Count: > 0 } conflicts)
                return Task.FromResult<Outcome<List<long>>>(
                    new AudienceProblem(400, "data_export_conflict", "Segments that are mapped may not be sent to their destinations by this merge rule") { ChildMessages = conflicts });
            foreach (var segment in segments)
                draft.Change(Kinds.Segments, segment with { MergeRuleDataSourceId = wanted });
            return Task.FromResult<Outcome<List<long>>>(segments.ConvertAll(one => one.Id));
        }, http.RequestAborted);
        return outcome.Problem is { } why ? AudienceAnswers.Refuse(why) : AudienceAnswers.Json(200, json =>
        {
            json.WriteStartArray();
            foreach (var sid in outcome.Value!)
                json.WriteNumberValue(sid);
            json.WriteEndArray();
        });
    }
}
