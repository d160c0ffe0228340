using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Engine;
using Sluice.Audience.Families;
using Sluice.Audience.Lookup;
using Sluice.Audience.Segments;
using Sluice.Profiles.Engine;
using Sluice.Profiles.Rules;
using Sluice.Profiles.State;

namespace Sluice.Audience.Previews;

/// <summary>How many a segment rule would hold for, before it is saved; and why an id is in a segment or is not (contract audience.md 9, additions 2 and 4: ours).</summary>
internal sealed class SegmentPreviews(SegmentFamily family, TimeProvider clock)
{
    private const int DefaultSamples = 10;
    private const int MaxSamples = 1_000;
    private const int MaxIdCharacters = 1_024;

    internal void Map(RouteGroupBuilder routes)
    {
        routes.MapPost("/segments/preview", (Delegate)PreviewAsync);
        routes.MapPost("/segments/explain", (Delegate)ExplainRuleAsync);
        routes.MapGet("/segments/{sid:long}/explain", (Delegate)Explain);
    }

    private async Task<IResult> PreviewAsync(HttpContext http)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var (wanted, refused) = Read(http, body!);
        var samples = body!.Number("samples", DefaultSamples) ?? DefaultSamples;
        if (samples is < 0 or > MaxSamples)
            body.Refuse("samples", $"must be between 0 and {MaxSamples}");
        if ((refused ?? body.Problem) is { } why)
            return AudienceAnswers.Refuse(why);
        if (AudienceEnvironment.Of(http).Engine is not { } engine)
            return NoEngine();

        var began = clock.GetTimestamp();
        var preview = await engine.Profiles.Queries.PreviewAsync(wanted!.Rule, wanted.MergeRuleId, (int)samples, http.RequestAborted);
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("count", preview.Count);
            json.WriteNumber("deviceCount", preview.Devices);
            json.WriteNumber("crossDeviceCount", preview.Customers);
            json.WriteBoolean("exact", true);
            json.WriteNumber("tookMs", Math.Round(clock.GetElapsedTime(began).TotalMilliseconds, 1));
            json.WriteStartArray("terms");
            foreach (var term in preview.Terms)
            {
                json.WriteStartObject();
                json.WriteString("text", term.Text);
                json.WriteNumber("start", term.Start);
                json.WriteNumber("length", term.Length);
                if (term.Count is { } count)
                    json.WriteNumber("count", count);
                else
                    json.WriteNull("count");
                json.WriteEndObject();
            }
            json.WriteEndArray();
            ProfileJson.Write(json, "samples", preview.Samples);
            json.WriteEndObject();
        });
    }

    private async Task<IResult> ExplainRuleAsync(HttpContext http)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var (wanted, refused) = Read(http, body!);
        var name = body!.Text("namespace", ProfileKey.Device, MaxIdCharacters);
        var id = body.RequiredText("id", null, MaxIdCharacters);
        if ((refused ?? body.Problem) is { } why)
            return AudienceAnswers.Refuse(why);
        if (AudienceEnvironment.Of(http).Engine is not { } engine)
            return NoEngine();
        var key = KeyOf(http, engine, name, id!);
        return Answer(key, null, wanted!.Rule.ToString(), engine.Profiles.Queries.Explain(key, wanted.Rule, wanted.MergeRuleId));
    }

    private IResult Explain(HttpContext http, long sid)
    {
        var catalogue = AudienceEnvironment.Of(http).Catalogue.Snapshot;
        if (catalogue.Find(Kinds.Segments, sid) is not { } segment)
            return AudienceAnswers.Refuse(AudienceProblem.NotFound($"segment {sid}"));
        if (!family.RightsOn(Caller.Of(http), segment).HasFlag(ObjectRights.Read))
            return AudienceAnswers.Refuse(AudienceProblem.Forbidden($"You may not read segment {sid}"));
        if (SegmentTraits.Hidden(catalogue, segment, Caller.Of(http)).Count > 0)
            return AudienceAnswers.Refuse(AudienceProblem.Forbidden($"Segment {sid} goes by traits that you may not read"));
        if (AudienceEnvironment.Of(http).Engine is not { } engine)
            return NoEngine();
        var query = http.Request.Query;
        string? id = query["id"];
        if (string.IsNullOrEmpty(id))
            return AudienceAnswers.Refuse(AudienceProblem.Invalid("The query parameter id is required: a device's UUID, or with namespace an id of that data source"));
        var key = KeyOf(http, engine, query["namespace"], id);
        return Answer(key, sid, segment.SegmentRule, engine.Profiles.Queries.Explain(key, sid));
    }

    // A rule over traits that the caller may not use tells about them, so it is refused as saving it would be.
    private static (Wanted? Wanted, AudienceProblem? Problem) Read(HttpContext http, Body body)
    {
        var text = body.RequiredText("segmentRule", null, RuleLimits.TextBytes);
        var mergeRule = body.Number("mergeRuleDataSourceId", null);
        var catalogue = AudienceEnvironment.Of(http).Catalogue.Snapshot;
        if (mergeRule is { } named && catalogue.Find(Kinds.MergeRules, named) is null)
            body.Refuse("mergeRuleDataSourceId", $"names no merge rule: {named}");
        if (text is null || body.Problem is not null)
            return (null, body.Problem);
        return SegmentRule.TryParse(text, sid => SegmentTraits.Known(catalogue, sid, Caller.Of(http)), out var rule, out var problems)
            ? (new Wanted(rule, mergeRule), null)
            : (null, SegmentTraits.RightFault(problems) ?? RuleProblems.Of(problems));
    }

    private static ProfileKey KeyOf(HttpContext http, AudienceEngine engine, string? name, string id) =>
        new ProfileNames(AudienceEnvironment.Of(http).Catalogue.Snapshot, engine.DeviceIds).KeyOf(name ?? ProfileKey.Device, id);

    private static IResult Answer(ProfileKey key, long? sid, string rule, SegmentExplanation? explanation)
    {
        if (explanation is null)
            return AudienceAnswers.Refuse(AudienceProblem.NotFound($"profile [{key.Id}] in namespace {key.Namespace}"));
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            ProfileJson.Write(json, "profile", key);
            if (sid is { } segment)
                json.WriteNumber("sid", segment);
            json.WriteString("segmentRule", rule);
            if (explanation.IsMember is { } isMember)
                json.WriteBoolean("isMember", isMember);
            json.WriteBoolean("isTrue", explanation.IsTrue);
            json.WriteBoolean("isOptedOut", explanation.IsOptedOut);
            if (explanation.Through is { } through)
                ProfileJson.Write(json, "throughDevice", through);
            ProfileJson.Write(json, "readTogether", explanation.ReadTogether);
            json.WriteStartArray("terms");
            foreach (var term in explanation.Terms)
                Write(json, term);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, TermExplanation term)
    {
        json.WriteStartObject();
        json.WriteString("text", term.Text);
        json.WriteNumber("start", term.Start);
        json.WriteNumber("length", term.Length);
        json.WriteBoolean("isTrue", term.IsTrue);
        if (term.Count is { } count)
            json.WriteNumber("count", count);
        json.WriteStartArray("held");
        foreach (var (key, trait) in term.Held)
        {
            json.WriteStartObject();
            json.WriteNumber("sid", trait.Sid);
            ProfileJson.Write(json, "profile", key);
            ProfileJson.WriteHeld(json, trait);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static IResult NoEngine() => AudienceAnswers.Refuse(new AudienceProblem(503, "unavailable", "This node applies no events"));

    private sealed record Wanted(SegmentRule Rule, long? MergeRuleId);
}
