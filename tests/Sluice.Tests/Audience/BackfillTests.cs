using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>A trait made today knows the past as if it had been there all along; and an unsaved rule says what it would find.</summary>
public sealed class BackfillTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_backfilled_trait_has_the_counts_and_days_of_one_that_was_there_all_along(StoreKind kind)
    {
        await using var desk = await EngineDesk.StartAsync(kind);
        var live = await desk.AddTraitAsync("k==1", ""","ttl":2""");
        var random = new Random(5);
        var devices = Enumerable.Range(0, 12).Select(number => number.ToString("D38", System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        for (var day = 0; day < 9; day++)
        {
            for (var call = 0; call < 14; call++)
            {
                var state = random.Next(3) == 0 ? $"&d_cid={desk.Source}%01u{random.Next(4)}%01{random.Next(3)}" : "";
                await desk.SendAsync($"k={random.Next(3)}{state}", devices[random.Next(devices.Length)]);
            }
            await desk.PassAsync(TimeSpan.FromDays(1));
        }

        var late = await desk.AddTraitAsync("k==1", ""","ttl":2""");
        await desk.SendAsync("k=1", devices[0]); // after it was made: it counts itself
        await BackfillAsync(desk, late);

        var (liveSegment, lateSegment) = (await desk.AddSegmentAsync($"frequency([{live}T]) >= 1"), await desk.AddSegmentAsync($"frequency([{late}T]) >= 1"));
        var (held, seen) = (0, 0);
        foreach (var (space, id) in devices.Select(device => ("0", device)).Concat(Enumerable.Range(0, 4).Select(number => ($"{desk.Source}", $"u{number}"))))
        {
            var answer = await desk.Admin.GetAsync($"/v1/segments/{liveSegment}/explain?namespace={space}&id={id}");
            if (answer.Status == HttpStatusCode.NotFound)
                continue;
            var (one, other) = (Held(answer.Json, live), Held(await desk.ExplainAsync(lateSegment, id, space), late));
            Assert.Equal(one, other);
            seen++;
            held += one.Length > 0 ? 1 : 0;
        }
        Assert.True(held >= 2 && seen >= 10, $"{held} of {seen} hold the trait");
    }

    [Fact]
    public async Task Preview_live_evaluation_and_backfill_give_the_same_members_for_two_hundred_rules()
    {
        await using var desk = await EngineDesk.StartAsync();
        var random = new Random(11);
        var rules = Enumerable.Range(0, 200).Select(_ => ARule(random)).ToArray();
        var live = await AddTraitsAsync(desk, rules);
        for (var call = 0; call < 120; call++)
            await desk.SendAsync($"a={random.Next(6)}&b={random.Next(6)}&c=word{random.Next(4)}", random.Next(40).ToString("D38", System.Globalization.CultureInfo.InvariantCulture));
        var late = await AddTraitsAsync(desk, rules);

        foreach (var sid in late)
            Assert.Equal(HttpStatusCode.Accepted, (await desk.Admin.PostTextAsync("/api/sluice/v1/backfills", $$"""{"sid":{{sid}}}""")).Status);
        await UntilDoneAsync(desk, late.Count);

        var nonEmpty = 0;
        for (var at = 0; at < rules.Length; at++)
        {
            var members = await MembersAsync(desk, live[at]);
            Assert.Equal(members, await MembersAsync(desk, late[at]));
            var preview = await desk.Admin.PostTextAsync("/v1/traits/preview", new JsonObject { ["traitRule"] = rules[at], ["samples"] = 100 }.ToJsonString());
            Assert.True(preview.Status == HttpStatusCode.OK, preview.Text);
            Assert.Equal(members, Ids(preview.Json));
            Assert.True((bool)preview.Json["exact"]!);
            nonEmpty += members.Length > 0 ? 1 : 0;
        }
        Assert.True(nonEmpty > 100, $"{nonEmpty} rules hold for somebody");
    }

    [Fact]
    public async Task A_window_is_backfilled_once_and_a_backfill_can_be_paused_gone_on_with_and_cancelled()
    {
        await using var desk = await EngineDesk.StartAsync();
        await desk.SendAsync("k=1");
        var trait = await desk.AddTraitAsync("k==1");
        var segment = await desk.AddSegmentAsync($"frequency([{trait}T]) >= 1");
        await BackfillAsync(desk, trait);

        var again = await desk.Admin.PostTextAsync("/api/sluice/v1/backfills", $$"""{"sid":{{trait}}}""");
        var list = (await desk.Admin.GetAsync("/api/sluice/v1/backfills")).Json["backfills"]!.AsArray();
        var over = await desk.Admin.PostTextAsync($"/api/sluice/v1/backfills/{list[0]!["id"]}/pause", "{}");
        var unknown = await desk.Admin.PostTextAsync("/api/sluice/v1/backfills/nobody/cancel", "{}");

        CatalogueDesk.AssertRefused(again, HttpStatusCode.Conflict, "window_overlaps", (string)list[0]!["id"]!);
        CatalogueDesk.AssertRefused(over, HttpStatusCode.Conflict, "wrong_state");
        CatalogueDesk.AssertRefused(unknown, HttpStatusCode.NotFound, "not_found");
        Assert.Equal(("done", 1, 1), ((string)list[0]!["state"]!, (int)list[0]!["progress"]!, (int)list[0]!["realizations"]!));
        Assert.True(await desk.IsMemberAsync(segment));
    }

    [Fact]
    public async Task What_cannot_be_backfilled_says_why()
    {
        await using var desk = await EngineDesk.StartAsync();
        await desk.SendAsync("k=1");
        var secret = await desk.AddTraitAsync("p_age < 25");
        var changed = await desk.AddTraitAsync("k==1");
        var known = (await desk.Admin.GetAsync($"/v1/traits/{changed}")).Json;
        known["traitRule"] = "k==2";
        await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/traits/{changed}", known.ToJsonString());

        CatalogueDesk.AssertRefused(await PostAsync($$"""{"sid":{{secret}}}"""), HttpStatusCode.BadRequest, "validation_error", "private");
        CatalogueDesk.AssertRefused(await PostAsync($$"""{"sid":{{changed}}}"""), HttpStatusCode.Conflict, "rule_changed");
        CatalogueDesk.AssertRefused(await PostAsync("""{"sid":99999}"""), HttpStatusCode.NotFound, "not_found");
        CatalogueDesk.AssertRefused(await PostAsync("""{}"""), HttpStatusCode.BadRequest, "validation_error", "sid");
        CatalogueDesk.AssertRefused(await desk.Admin.PostTextAsync("/v1/traits/preview", """{"traitRule":"k ="}"""), HttpStatusCode.BadRequest, "invalid_expression");

        Task<ApiAnswer> PostAsync(string body) => desk.Admin.PostTextAsync("/api/sluice/v1/backfills", body);
    }

    private static async Task BackfillAsync(EngineDesk desk, long trait)
    {
        var answer = await desk.Admin.PostTextAsync("/api/sluice/v1/backfills", $$"""{"sid":{{trait}}}""");
        Assert.True(answer.Status == HttpStatusCode.Accepted, answer.Text);
        await UntilDoneAsync(desk, 1);
    }

    private static Task<JsonArray> UntilDoneAsync(EngineDesk desk, int count) => Until.SeenAsync(
        async () => (await desk.Admin.GetAsync("/api/sluice/v1/backfills")).Json["backfills"]!.AsArray(),
        all => all.Count(one => (string)one!["state"]! == "done") == count);

    private static async Task<List<long>> AddTraitsAsync(EngineDesk desk, IEnumerable<string> rules)
    {
        var sids = new List<long>();
        foreach (var rule in rules)
            sids.Add(await desk.AddTraitAsync(rule, ""","ttl":0"""));
        return sids;
    }

    private static async Task<string[]> MembersAsync(EngineDesk desk, long trait)
    {
        var answer = await desk.Admin.PostTextAsync("/v1/segments/preview", $$"""{"segmentRule":"{{trait}}T","samples":100}""");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.Equal((int)answer.Json["count"]!, answer.Json["samples"]!.AsArray().Count);
        return Ids(answer.Json);
    }

    private static string[] Ids(JsonNode preview) => [.. preview["samples"]!.AsArray().Select(one => (string)one!["id"]!).Order()];

    private static string Held(JsonNode explanation, long sid) =>
        string.Join(' ', explanation["terms"]![0]!["held"]!.AsArray().Where(one => (long)one!["sid"]! == sid)
            .Select(one => $"{one!["profile"]!["id"]} {one["count"]} {(long)one["firstRealization"]! / 1000} {(long)one["lastRealization"]! / 1000} {one["expires"]}"));

    private static string ARule(Random random)
    {
        var term = new Func<string>(() => random.Next(4) switch
        {
            0 => $"a == {random.Next(6)}",
            1 => $"b >= {random.Next(6)}",
            2 => $"c contains \"word{random.Next(4)}\"",
            _ => $"a != {random.Next(6)}",
        });
        return random.Next(4) switch { 0 => term(), 1 => $"{term()} AND {term()}", 2 => $"{term()} OR {term()}", _ => $"{term()} AND NOT ({term()})" };
    }
}
