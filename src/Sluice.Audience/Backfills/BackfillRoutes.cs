using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lookup;
using Sluice.Audience.Traits;
using Sluice.Profiles.Rules;

namespace Sluice.Audience.Backfills;

/// <summary>Asking what a trait's rule finds in history, before it is saved, and adding what a new trait would have found: an API of our own (contract audience.md 5.11, 9).</summary>
internal sealed class BackfillRoutes(TraitFamily traits, TimeProvider clock)
{
    private const string Base = "/api/sluice/v1/backfills";
    private const string PrivatePrefix = "p_";
    private const int DefaultSamples = 10;
    private const int MaxSamples = 1_000;
    private const int MaxPreviewSeconds = 60;
    private const int DefaultPreviewSeconds = 10;
    private const int RecordsPerStep = 10_000;
    private const int ProfilesInMemory = 1_000_000;

    /// <summary>The backfills' own paths.</summary>
    internal void Map(RouteGroupBuilder routes)
    {
        routes.MapPost("/backfills", (Delegate)CreateAsync);
        routes.MapGet("/backfills", (Delegate)ListAsync);
        routes.MapGet("/backfills/{id}", (Delegate)FindAsync);
        routes.MapPost("/backfills/{id}/pause", (Delegate)PauseAsync);
        routes.MapPost("/backfills/{id}/resume", (Delegate)ResumeAsync);
        routes.MapPost("/backfills/{id}/cancel", (Delegate)CancelAsync);
    }

    /// <summary><c>POST /traits/preview</c> of the versioned API.</summary>
    internal void MapPreview(RouteGroupBuilder routes) => routes.MapPost("/traits/preview", (Delegate)PreviewAsync);

    private async Task<IResult> CreateAsync(HttpContext http)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var sid = body!.Number("sid", null, least: 1);
        var window = ReadWindow(body);
        if (sid is null)
            body.Refuse("sid", "is required: a trait, or a segment for all traits of its rule");
        if (body.Problem is { } fault)
            return AudienceAnswers.Refuse(fault);
        var environment = AudienceEnvironment.Of(http);
        if (environment.Engine is not { } engine)
            return NoEngine();

        var catalogue = environment.Catalogue.Snapshot;
        var isSegment = catalogue.Find(Kinds.Segments, sid!.Value) is not null;
        IReadOnlyList<long> named = catalogue.Find(Kinds.Segments, sid.Value) is { } segment ? segment.Traits : [sid.Value];
        var caller = Caller.Of(http);
        var made = new List<Backfill>();
        foreach (var one in named)
        {
            if (catalogue.Find(Kinds.Traits, one) is not { } trait)
                return AudienceAnswers.Refuse(AudienceProblem.NotFound($"trait or segment {one}"));
            if (!traits.RightsOn(caller, trait).HasFlag(ObjectRights.Write))
                return AudienceAnswers.Refuse(AudienceProblem.Forbidden($"You may not change trait {one}"));
            if (isSegment && trait.TraitRule is null)
                continue; // it is not realized by events
            var (backfill, why) = await TryPlanAsync(environment, trait, window, engine, caller, http.RequestAborted);
            if (why is not null)
                return AudienceAnswers.Refuse(why);
            made.Add(backfill!);
        }
        if (made.Count == 0)
            return AudienceAnswers.Refuse(AudienceProblem.Invalid($"No trait of segment {sid} has a rule that events could be held against"));
        await environment.Backfills.AddAsync(made, http.RequestAborted);
        environment.WakeBackfills();
        http.Response.Headers.Location = $"{Base}/{made[0].Id}";
        return AudienceAnswers.Json(202, json => Write(json, made));
    }

    private async Task<(Backfill? Planned, AudienceProblem? Problem)> TryPlanAsync(
        AudienceEnvironment environment, Trait trait, (long? From, long? To) window, Engine.AudienceEngine engine, Caller caller, CancellationToken cancellation)
    {
        try
        {
            return await PlanAsync(environment, trait, window, engine, caller, cancellation);
        }
        catch (LakeDamagedException damage)
        {
            return (null, Damaged(damage));
        }
    }

    private async Task<(Backfill? Planned, AudienceProblem? Problem)> PlanAsync(
        AudienceEnvironment environment, Trait trait, (long? From, long? To) window, Engine.AudienceEngine engine, Caller caller, CancellationToken cancellation)
    {
        if (trait.TraitRule is not { } text || !TraitRule.TryParse(text, out var rule, out _))
            return (null, AudienceProblem.Invalid($"Trait {trait.Id} has no rule that events could be held against"));
        if (FaultOf(rule) is { } fault)
            return (null, fault);
        if (trait.TraitRuleVersion > 0)
            return (null, AudienceProblem.Conflict("rule_changed", $"The rule of trait {trait.Id} was changed; what its former rules realized cannot be told apart. Make a new trait", []));
        if (engine.Profiles.LiveFrom(trait.Id) is not { } live)
            return (null, AudienceProblem.Conflict("not_in_force", $"The rule of trait {trait.Id} is not in force yet; try again in a moment", []));
        var (from, to) = await environment.History!.OffsetsOfAsync(window, live, cancellation);
        if (from >= to)
            return (null, AudienceProblem.Invalid($"Nothing is kept of the time before trait {trait.Id} in that window"));
        foreach (var other in await environment.Backfills.ListOfAsync(trait.Id, cancellation))
        {
            if (other.FromOffset < to && from < other.End)
                return (null, AudienceProblem.Conflict("window_overlaps", $"Backfill {other.Id} covers part of that window already", [other.Id]));
        }
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return (new Backfill
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"),
            Sid = trait.Id,
            FromOffset = from,
            ToOffset = to,
            AtOffset = from,
            CreatedMs = now,
            UpdatedMs = now,
            CreatedBy = caller.UserId ?? 0,
            FromMs = window.From ?? 0,
        }, null);
    }

    private static async Task<IResult> ListAsync(HttpContext http)
    {
        var all = await AudienceEnvironment.Of(http).Backfills.ListAsync(http.RequestAborted);
        return AudienceAnswers.Json(200, json => Write(json, all));
    }

    private static async Task<IResult> FindAsync(HttpContext http, string id) =>
        await AudienceEnvironment.Of(http).Backfills.FindAsync(id, http.RequestAborted) is { } found
            ? AudienceAnswers.Json(200, json => Write(json, found))
            : AudienceAnswers.Refuse(AudienceProblem.NotFound($"backfill {id}"));

    private Task<IResult> PauseAsync(HttpContext http, string id) => ChangeAsync(http, id, Backfill.Paused, [Backfill.Running]);

    private Task<IResult> ResumeAsync(HttpContext http, string id) => ChangeAsync(http, id, Backfill.Running, [Backfill.Paused]);

    private Task<IResult> CancelAsync(HttpContext http, string id) => ChangeAsync(http, id, Backfill.Cancelled, [Backfill.Running, Backfill.Paused]);

    private async Task<IResult> ChangeAsync(HttpContext http, string id, string to, string[] from)
    {
        var environment = AudienceEnvironment.Of(http);
        if (await environment.Backfills.FindAsync(id, http.RequestAborted) is not { } known)
            return AudienceAnswers.Refuse(AudienceProblem.NotFound($"backfill {id}"));
        if (environment.Catalogue.Snapshot.Find(Kinds.Traits, known.Sid) is { } trait && !traits.RightsOn(Caller.Of(http), trait).HasFlag(ObjectRights.Write))
            return AudienceAnswers.Refuse(AudienceProblem.Forbidden($"You may not change trait {known.Sid}"));
        foreach (var state in from)
        {
            if (!await environment.Backfills.ChangeStateAsync(id, state, to, clock.GetUtcNow().ToUnixTimeMilliseconds(), http.RequestAborted))
                continue;
            environment.WakeBackfills();
            known.State = to;
            return AudienceAnswers.Json(200, json => Write(json, known));
        }
        return AudienceAnswers.Refuse(AudienceProblem.Conflict("wrong_state", $"Backfill {id} is {known.State}", []));
    }

    private async Task<IResult> PreviewAsync(HttpContext http)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var text = body!.RequiredText("traitRule", null, RuleLimits.TextBytes);
        var window = ReadWindow(body);
        var samples = body.Number("samples", DefaultSamples, 0, MaxSamples) ?? DefaultSamples;
        var seconds = body.Number("maxSeconds", DefaultPreviewSeconds, 1, MaxPreviewSeconds) ?? DefaultPreviewSeconds;
        if (body.Problem is { } fault)
            return AudienceAnswers.Refuse(fault);
        if (!TraitRule.TryParse(text, out var rule, out var problems))
            return AudienceAnswers.Refuse(RuleProblems.Of(problems));
        if (FaultOf(rule) is { } refused)
            return AudienceAnswers.Refuse(refused);
        if (AudienceEnvironment.Of(http) is not { Engine: { } engine, History: { } history })
            return NoEngine();

        try
        {
            return await ScanAsync(http, engine, history, rule, window, ((int)samples, seconds));
        }
        catch (LakeDamagedException damage)
        {
            return AudienceAnswers.Refuse(Damaged(damage));
        }
    }

    private async Task<IResult> ScanAsync(
        HttpContext http, Engine.AudienceEngine engine, History history, TraitRule rule, (long? From, long? To) window, (int Samples, long Seconds) bounds)
    {
        var began = clock.GetTimestamp();
        var (from, to) = await history.OffsetsOfAsync(window, engine.Journal.FlushedOffset, http.RequestAborted);
        using var scan = new HistoryScan(history, $"preview {Guid.CreateVersion7(clock.GetUtcNow()):N}", from, Math.Max(from, to), engine.NewReader(), rule, null);
        var withoutIdentities = await history.CountWithoutHeadersAsync(-1, Math.Min(scan.KeptFrom, to), -1, window.From ?? 0, http.RequestAborted);
        var eventsFrom = history.FindTime(scan.JournalFrom);
        // What is read lies in this process's own files: it runs on, giving way to others now and then, until it is over or its time is.
        while (!scan.IsDone && scan.Found.Count < ProfilesInMemory && clock.GetElapsedTime(began).TotalSeconds < bounds.Seconds)
        {
            await scan.GoAsync(RecordsPerStep, ProfilesInMemory, http.RequestAborted);
            http.RequestAborted.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("count", scan.Found.Count);
            json.WriteNumber("deviceCount", scan.Found.Keys.Count(key => key.IsGlobalDevice));
            json.WriteNumber("crossDeviceCount", scan.Found.Keys.Count(key => !key.IsGlobalDevice));
            json.WriteNumber("realizations", scan.Realizations);
            json.WriteNumber("events", scan.Events);
            json.WriteNumber("messagesWithoutIdentities", withoutIdentities);
            if (eventsFrom is { } time)
                json.WriteNumber("eventsFrom", time);
            json.WriteBoolean("exact", scan.IsDone);
            json.WriteNumber("tookMs", Math.Round(clock.GetElapsedTime(began).TotalMilliseconds, 1));
            ProfileJson.Write(json, "samples", scan.Found.Keys.Take(bounds.Samples));
            json.WriteEndObject();
        });
    }

    private static AudienceProblem? FaultOf(TraitRule rule) => rule.Keys.Any(key => key.StartsWith(PrivatePrefix, StringComparison.OrdinalIgnoreCase))
        ? AudienceProblem.Invalid("The rule looks at private keys (p_…), which are written nowhere: history cannot be held against it") : null;

    private static (long? From, long? To) ReadWindow(Body body) => (body.Number("from", null), body.Number("to", null));

    private static void Write(Utf8JsonWriter json, IEnumerable<Backfill> all)
    {
        json.WriteStartObject();
        json.WriteStartArray("backfills");
        foreach (var one in all)
            Write(json, one);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Backfill one)
    {
        json.WriteStartObject();
        json.WriteString("id", one.Id);
        json.WriteNumber("sid", one.Sid);
        json.WriteString("state", one.State);
        json.WriteNumber("progress", one.ToOffset == one.FromOffset ? 1 : Math.Round((one.AtOffset - one.FromOffset) / (double)(one.ToOffset - one.FromOffset), 4));
        json.WriteNumber("fromOffset", one.FromOffset);
        json.WriteNumber("toOffset", one.ToOffset);
        json.WriteNumber("atOffset", one.AtOffset);
        json.WriteNumber("realizations", one.Realizations);
        json.WriteNumber("messagesWithoutIdentities", one.WithoutIdentities);
        if (one.EventsFromMs >= 0)
            json.WriteNumber("eventsFrom", one.EventsFromMs);
        if (one.Reason.Length > 0)
            json.WriteString("reason", one.Reason);
        json.WriteNumber("createTime", one.CreatedMs);
        json.WriteNumber("updateTime", one.UpdatedMs);
        json.WriteNumber("crUID", one.CreatedBy);
        json.WriteEndObject();
    }

    private static AudienceProblem Damaged(LakeDamagedException damage) =>
        AudienceProblem.Conflict("history_damaged", $"{damage.Message} Delete its batch, or ask for a window without it", []);

    private static IResult NoEngine() => AudienceAnswers.Refuse(new AudienceProblem(503, "unavailable", "This node applies no events"));
}
