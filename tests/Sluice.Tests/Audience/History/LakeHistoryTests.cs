using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.History;

/// <summary>What the journal has let go is history still: backfills and previews read on in the lake, and count what a live run would have counted.</summary>
public sealed class LakeHistoryTests
{
    private static readonly string[] People = [.. Enumerable.Range(0, 12).Select(number => $"p{number}@example.com")];

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience 5.11")]
    public async Task Over_lake_and_journal_a_backfill_and_a_preview_give_the_counts_and_times_of_a_live_run(StoreKind kind)
    {
        await using var desk = await LakeDesk.StartAsync(kind);
        var live = await desk.AddTraitAsync();
        var random = new Random(3);
        var (bought, sent) = (0, 0);
        for (var day = 0; day < 4; day++) // only in the lake, soon
            await SendDayAsync();
        await desk.TrimAsync();
        for (var day = 0; day < 3; day++) // in both
            await SendDayAsync();
        await desk.BatchesAsync(desk.Datasets[0], 7 * 8);
        await desk.BatchesAsync(desk.Datasets[1], 7 * 7);

        var late = await desk.AddTraitAsync();
        var preview = await desk.PreviewAsync();
        var backfill = await desk.BackfillAsync(late);
        await desk.SendAsync((People[0], "buy")); // after it was made: it counts itself
        await Until.TrueAsync(async () => string.Join('|', await desk.HeldAsync(live, People)) == string.Join('|', await desk.HeldAsync(late, People)));
        var held = await desk.HeldAsync(live, People);

        Assert.Equal("done", (string)backfill["state"]!);
        Assert.Equal((bought, 1, 0), ((int)backfill["realizations"]!, (int)backfill["progress"]!, (int)backfill["messagesWithoutIdentities"]!));
        Assert.Equal((bought, sent, true), ((int)preview["realizations"]!, (int)preview["events"]!, (bool)preview["exact"]!));
        Assert.Equal(held.Count(one => one.Length > 0), (int)preview["count"]!);
        Assert.Equal(bought + 1, held.Where(one => one.Length > 0).Sum(one => int.Parse(one.Split(' ')[1], CultureInfo.InvariantCulture)));

        async Task SendDayAsync()
        {
            var messages = Enumerable.Range(0, 15).Select(_ => (People[random.Next(People.Length)], random.Next(3) == 0 ? "look" : "buy")).ToList();
            (bought, sent) = (bought + messages.Count(one => one.Item2 == "buy"), sent + messages.Count);
            await desk.SendAsync(messages);
            await desk.PassAsync(TimeSpan.FromDays(1));
        }
    }

    [Fact]
    public async Task A_window_of_time_is_exact_within_the_lake_and_across_its_end()
    {
        await using var desk = await LakeDesk.StartAsync();
        var days = new List<long>();
        for (var day = 0; day < 4; day++)
            await SendAsync();
        await desk.TrimAsync();
        await SendAsync();

        var inLake = await desk.PreviewAsync($",\"from\":{days[1]},\"to\":{days[3]}");
        var across = await desk.PreviewAsync($",\"from\":{days[3]}");
        var before = await desk.PreviewAsync($",\"to\":{days[1]}");
        var late = await desk.AddTraitAsync();
        var first = await desk.BackfillAsync(late, $",\"from\":{days[1]},\"to\":{days[3]}");
        var next = await desk.BackfillAsync(late, $",\"from\":{days[3]}");
        var again = await desk.Admin.PostTextAsync("/api/sluice/v1/backfills", $$"""{"sid":{{late}},"from":{{days[2]}}}""");

        Assert.Equal([2 + 3, 4 + 5, 1], new[] { inLake, across, before }.Select(one => (int)one["realizations"]!));
        Assert.Equal([2 + 3, 4 + 5], new[] { first, next }.Select(one => (int)one["realizations"]!));
        CatalogueDesk.AssertRefused(again, HttpStatusCode.Conflict, "window_overlaps");
        Assert.Equal(["p1@example.com 14"], (await desk.HeldAsync(late, [People[1]])).Select(one => string.Join(' ', one.Split(' ')[..2])));

        async Task SendAsync()
        {
            days.Add(desk.NowMs);
            await desk.SendAsync([.. Enumerable.Range(0, days.Count).Select(_ => (People[1], "buy"))]);
            await desk.PassAsync(TimeSpan.FromDays(1));
        }
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_batch_made_again_by_a_replay_counts_once_and_a_deleted_one_not_at_all(StoreKind kind)
    {
        await using var desk = await LakeDesk.StartAsync(kind);
        await desk.SendAsync((People[0], "buy"), (People[1], "buy"));
        var old = await desk.BatchesAsync(desk.Datasets[0], 1);
        await desk.BatchesAsync(desk.Datasets[1], 1);
        var replay = await desk.Admin.PostTextAsync("/api/sluice/v1/replays", "{}");
        await Until.TrueAsync(async () => (string)(await desk.Admin.GetAsync($"/api/sluice/v1/replays/{replay.Json["id"]}")).Json["state"]! == "done");
        await desk.TrimAsync();

        var replayed = await desk.PreviewAsync();
        var made = await desk.BatchesAsync(desk.Datasets[0], 1);
        await desk.Admin.SendAsync(HttpMethod.Delete, $"/data/foundation/catalog/batches/{made[0]}", null);
        var deleted = await desk.PreviewAsync();
        await Until.TrueAsync(() => Task.FromResult(!Directory.EnumerateFiles(desk.Lake, $"{made[0]}*", SearchOption.AllDirectories).Any()));

        Assert.NotEqual(old, made);
        Assert.Equal([People[0], People[1]], Ids(replayed));
        Assert.Equal([People[1]], Ids(deleted));
        Assert.Empty(Directory.EnumerateFiles(desk.Lake, $"{old[0]}*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_damaged_file_of_the_lake_is_named_and_nothing_is_counted_in_part()
    {
        const int Others = 4_200; // more than are told at a time, all before what is damaged
        await using var desk = await LakeDesk.StartAsync();
        await desk.SendAsync((People[0], "buy"), (People[1], "buy"));
        await desk.SendAsync([.. Enumerable.Range(0, Others).Select(number => ($"n{number}@example.com", "buy"))]);
        var first = await desk.BatchesAsync(desk.Datasets[0], 1 + Others / 2);
        await desk.BatchesAsync(desk.Datasets[1], 1 + Others / 2);
        await desk.SendAsync((People[2], "buy"));
        var damaged = (await desk.BatchesAsync(desk.Datasets[0], 2 + Others / 2)).Except(first).Single();
        await desk.TrimAsync();
        var late = await desk.AddTraitAsync();

        foreach (var suffix in new[] { ".headers.gz", ".ndjson.gz" })
        {
            var file = desk.FileOf(damaged, suffix);
            var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            foreach (var damage in Damages(bytes))
            {
                File.Delete(file);
                if (damage is not null)
                    await File.WriteAllBytesAsync(file, damage, TestContext.Current.CancellationToken);

                var preview = await desk.Admin.PostTextAsync("/v1/traits/preview", """{"traitRule":"eventType == \"buy\""}""");
                var backfill = await desk.BackfillAsync(late);

                CatalogueDesk.AssertRefused(preview, HttpStatusCode.Conflict, "history_damaged", damaged);
                Assert.Equal(("failed", 0, 0), ((string)backfill["state"]!, (int)backfill["realizations"]!, (int)backfill["progress"]!));
                Assert.Contains(damaged, (string)backfill["reason"]!, StringComparison.Ordinal);
            }
            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        }

        Assert.All(await desk.HeldAsync(late, People), one => Assert.Equal("", one));
        var whole = await desk.BackfillAsync(late);
        Assert.Equal(("done", Others + 3), ((string)whole["state"]!, (int)whole["realizations"]!));
        Assert.Equal(3, (await desk.HeldAsync(late, People)).Count(one => one.Length > 0));

        static IEnumerable<byte[]?> Damages(byte[] whole)
        {
            yield return null;
            yield return [];
            yield return whole[..(whole.Length * 3 / 4)];
            yield return [.. whole[..(whole.Length / 2)], (byte)(whole[whole.Length / 2] ^ 0x20), .. whole[(whole.Length / 2 + 1)..]];
        }
    }

    [Fact]
    public async Task Messages_that_landed_without_their_identities_are_counted_as_such_and_calls_before_the_journal_are_not_there()
    {
        await using var desk = await LakeDesk.StartAsync();
        await desk.SendAsync((People[0], "buy"), (People[1], "buy"));
        await desk.CallAsync("eventType=buy", EngineDesk.Device);
        var batch = (await desk.BatchesAsync(desk.Datasets[0], 1)).Single();
        var before = await desk.PreviewAsync();
        await desk.TrimAsync();
        await desk.CallAsync("eventType=buy", EngineDesk.OtherDevice);
        File.Delete(desk.FileOf(batch, ".headers.gz"));
        await using var database = new SqliteConnection($"Data Source={desk.Database};Pooling=False");
        await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var aged = database.CreateCommand();
        aged.CommandText = $"update batch set header_count = -1, last_header_ms = -1 where batch_id = '{batch}'"; // as an earlier version left it
        await aged.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var late = await desk.AddTraitAsync();
        var preview = await desk.PreviewAsync();
        var backfill = await desk.BackfillAsync(late);

        Assert.Equal([EngineDesk.Device, People[0], People[1]], Ids(before));
        Assert.Equal([EngineDesk.OtherDevice, People[1]], Ids(preview));
        Assert.Equal((1, 1), ((int)preview["messagesWithoutIdentities"]!, (int)backfill["messagesWithoutIdentities"]!));
        Assert.Equal((long)preview["eventsFrom"]!, (long)backfill["eventsFrom"]!);
        Assert.InRange((long)preview["eventsFrom"]!, (long)before["eventsFrom"]! + 1, desk.NowMs);
        Assert.Equal((0, 2), ((int)before["messagesWithoutIdentities"]!, (int)backfill["realizations"]!));
    }

    [Fact]
    public async Task A_backfill_of_thousands_out_of_the_lake_goes_on_after_a_restart_and_counts_everybody_once()
    {
        const int Many = 5_000;
        await using var desk = await LakeDesk.StartAsync();
        await desk.SendAsync([.. Enumerable.Range(0, Many).Select(number => ($"n{number}@example.com", "buy"))]);
        await desk.SendAsync([.. Enumerable.Range(0, Many).Select(number => ($"n{number}@example.com", number % 2 == 0 ? "buy" : "look"))]);
        await desk.TrimAsync();
        var late = await desk.AddTraitAsync();

        var asked = await desk.Admin.PostTextAsync("/api/sluice/v1/backfills", $$"""{"sid":{{late}}}""");
        var id = (string)asked.Json["backfills"]![0]!["id"]!;
        await Until.TrueAsync(async () => (double)(await desk.Admin.GetAsync($"/api/sluice/v1/backfills/{id}")).Json["progress"]! > 0);
        await desk.Admin.PostTextAsync($"/api/sluice/v1/backfills/{id}/pause", "{}");
        await desk.RestartAsync();
        await desk.Admin.PostTextAsync($"/api/sluice/v1/backfills/{id}/resume", "{}");
        var over = await desk.UntilOverAsync(id);

        Assert.Equal("done", (string)over["state"]!);
        Assert.Equal(Many / 2, (int)(await CountAsync(">= 2"))["count"]!);
        Assert.Equal(Many, (int)(await CountAsync(">= 1"))["count"]!);
        Assert.Equal(0, (int)(await CountAsync(">= 3"))["count"]!);

        async Task<JsonNode> CountAsync(string times) =>
            (await desk.Admin.PostTextAsync("/v1/segments/preview", $$"""{"segmentRule":"frequency([{{late}}T]) {{times}}"}""")).Json;
    }

    private static string[] Ids(JsonNode preview) => [.. preview["samples"]!.AsArray().Select(one => (string)one!["id"]!).Order(StringComparer.Ordinal)];
}
