using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>Landing can be repeated over a part of the journal; what is listed stays whole, and each record is listed once.</summary>
public sealed class ReplayTests
{
    private const string Base = "/api/sluice/v1/replays";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_replay_makes_every_batch_again_and_the_old_ones_leave_with_their_files(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        await producer.SendAsync(producer.Message(Producer.Entity("a")), producer.Message(new JsonObject { ["_id"] = 7 }));
        await producer.LandedAsync(1);
        await producer.SendAsync(producer.Message(Producer.Entity("b")));
        var before = await producer.LandedAsync(2, query: "envelope=true&");
        var failedBefore = await producer.LandedAsync(1, "failed");
        var batchesBefore = await BatchesAsync(producer, "success,failed");
        var groupBefore = await producer.Api.GetAsync("/api/sluice/v1/failed-messages/groups");

        var replay = await ReplayAsync(producer, new JsonObject { ["from"] = "2020-01-01T00:00:00Z" });

        var batchesAfter = await BatchesAsync(producer, "success,failed");
        Assert.Equal("done", replay["state"]!.GetValue<string>());
        Assert.Equal((3, 3), (Number(replay, "batchesReplaced"), Number(replay, "records")));
        Assert.Empty(batchesBefore.Intersect(batchesAfter));
        Assert.Equal(Texts(before), Texts(await producer.LandedAsync(2, query: "envelope=true&")));
        Assert.Equal(Texts(failedBefore), Texts(await producer.LandedAsync(1, "failed")));
        Assert.Equal(groupBefore.Text, (await producer.Api.GetAsync("/api/sluice/v1/failed-messages/groups")).Text);
        Assert.Equal(batchesBefore.Order(), (await BatchesAsync(producer, "inactive")).Order());
        await WaitForFilesAsync(house, batchesAfter);
    }

    [Fact]
    public async Task What_was_sent_again_stays_sent_and_a_batch_that_was_deleted_stays_deleted()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        await producer.SendAsync(producer.Message(new JsonObject { ["_id"] = "a", ["timestamp"] = 7 }), producer.Message(Producer.Entity("gone")));
        await producer.LandedAsync(1, "failed");
        await producer.LandedAsync(1);
        var gone = (await BatchesAsync(producer, "success")).Single();
        await producer.Api.SendAsync(HttpMethod.Delete, $"/data/foundation/catalog/batches/{gone}", null);
        var group = (await producer.Api.GetAsync("/api/sluice/v1/failed-messages/groups")).Json["groups"]![0]!["fingerprint"];
        await producer.Api.PostAsync($"/api/sluice/v1/failed-messages/groups/{group}/fixes", JsonNode.Parse(
            """{"patch":[{"op":"replace","path":"/body/xdmEntity/timestamp","value":"2026-01-01T00:00:00Z"}]}""")!);
        await producer.LandedAsync(1);

        await ReplayAsync(producer, []);

        Assert.Empty((await producer.Api.GetAsync("/api/sluice/v1/failed-messages/groups")).Json["groups"]!.AsArray());
        Assert.Equal("a", (await producer.LandedAsync(1)).Single()["_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Nothing_that_is_listed_is_exchanged_for_less()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        await producer.SendAsync(producer.Message());
        await producer.LandedAsync(1);
        var before = await BatchesAsync(producer, "success");
        await using (var other = new SqliteConnection($"Data Source={Path.Combine(house.Folder, "production/metadata.db")};Pooling=False"))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = other.CreateCommand();
            command.CommandText = "update batch set record_count = 2";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var replay = await ReplayAsync(producer, []);

        Assert.Equal("failed", replay["state"]!.GetValue<string>());
        Assert.Equal($"Batch {before.Single()} has 2 records and the journal gives 1 for it; it was left as it is", replay["reason"]!.GetValue<string>());
        Assert.Equal(before, await BatchesAsync(producer, "success"));
        await WaitForFilesAsync(house, before);
    }

    [Fact]
    public async Task A_replay_that_a_stop_interrupted_leaves_no_half_made_batch_and_goes_on_at_the_start()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-replay-");
        var database = $"Data Source={Path.Combine(folder.FullName, "production/metadata.db")};Pooling=False";
        string datasetId;
        await using (var house = await TestHouse.StartInAsync(folder.FullName))
        {
            using var producer = await Producer.OpenAsync(house);
            datasetId = producer.DatasetId;
            await producer.SendAsync(producer.Message(Producer.Entity("a")));
            await producer.LandedAsync(1);
            await ReplayAsync(producer, []);
        }

        // As a process leaves it that died between naming a file and the exchange.
        var left = Path.Combine(folder.FullName, "production/lake", $"dataset={datasetId}", "left.ndjson.gz");
        await File.WriteAllTextAsync(left, "half", TestContext.Current.CancellationToken);
        await using (var other = new SqliteConnection(database))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = other.CreateCommand();
            command.CommandText =
                """
                update replay set state = 'running', at_offset = from_offset, windows_done = 0;
                insert into batch (batch_id, owner_kind, owner_id, outcome, status, created_ms, updated_ms, completed_ms, record_count, plain_bytes,
                    file_bytes, path, errors, origin)
                select 'LEFT', owner_kind, owner_id, outcome, 'loading', 0, 0, 0, 0, 0, 0, 'dataset=' || owner_id || '/left.ndjson.gz', '[]', 'replay'
                from batch where status = 'success'
                """;
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using (var house = await TestHouse.StartInAsync(folder.FullName))
        {
            using var api = await house.SignInAsync();
            await Until.TrueAsync(async () => (await api.GetAsync(Base)).Json["replays"]![0]!["state"]!.GetValue<string>() != "running");
            var listed = (await api.GetAsync("/data/foundation/catalog/batches?status=success,loading")).Json.AsObject();

            Assert.Equal(1, listed.Single().Value!["metrics"]!["outputRecordCount"]!.GetValue<int>());
            Assert.False(File.Exists(left));
            await WaitForFilesAsync(house, [listed.Single().Key]);
        }
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("""{"from":"yesterday"}""", "'from' must be a time")]
    [InlineData("""{"fromOffset":-1}""", "'fromOffset' must be a whole number from 0")]
    [InlineData("""{"from":1,"toOffset":2}""", "A replay has times or offsets, not both")]
    [InlineData("""{"to":"2020-01-01T00:00:00Z"}""", "The range is empty")]
    [InlineData("""{"window":1}""", "'window' is not a member of a replay")]
    [InlineData("""{"dataSet":"000000000000000000000000"}""", "Nothing that landed lies between")]
    public async Task A_replay_that_makes_no_sense_is_refused_with_the_reason(string body, string reason)
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        await producer.SendAsync(producer.Message());
        await producer.LandedAsync(1);

        var answer = await producer.Api.PostTextAsync(Base, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(reason, answer.Json["detail"]!.GetValue<string>());
    }

    private static int Number(JsonNode node, string member) => node[member]!.GetValue<int>();

    private static List<string> Texts(List<JsonNode> lines) => [.. lines.Select(line => line.ToJsonString()).Order(StringComparer.Ordinal)];

    private static async Task<List<string>> BatchesAsync(Producer producer, string status) =>
        [.. (await producer.Api.GetAsync($"/data/foundation/catalog/batches?status={status}")).Json.AsObject().Select(batch => batch.Key)];

    // Exactly the listed batches' files are in the lake, once the old ones' removal has come about.
    private static Task WaitForFilesAsync(TestHouse house, IReadOnlyList<string> batches)
    {
        var lake = Path.Combine(house.Folder, "production", "lake");
        return Until.TrueAsync(() => Directory.EnumerateFiles(lake, "*.ndjson.gz", SearchOption.AllDirectories)
            .Select(path => Path.GetFileName(path).Replace("failed-", "", StringComparison.Ordinal).Split('.')[0]).Order(StringComparer.Ordinal)
            .SequenceEqual(batches.Order(StringComparer.Ordinal)));
    }

    private static async Task<JsonNode> ReplayAsync(Producer producer, JsonObject body)
    {
        var asked = await producer.Api.PostAsync(Base, body);
        Assert.Equal(HttpStatusCode.Accepted, asked.Status);
        return await Until.SeenAsync(
            async () => (await producer.Api.GetAsync($"{Base}/{asked.Json["id"]}")).Json, replay => replay["state"]!.GetValue<string>() != "running");
    }
}
