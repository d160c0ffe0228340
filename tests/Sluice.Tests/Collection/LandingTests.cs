using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Sluice.Collection.Batches;
using Sluice.Storage;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>Landing when something goes wrong: between two lines, on the disk, in the database, or because it is held still.</summary>
public sealed class LandingTests
{
    [Fact]
    public async Task A_window_that_a_stopped_process_left_half_done_is_redone_under_the_same_batch_id_and_file()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-landing-").FullName;
        string datasetId;
        await using (var first = await TestHouse.StartInAsync(folder, "Collection:LandingPaused=true"))
        {
            using var producer = await Producer.OpenAsync(first);
            datasetId = producer.DatasetId;
            await producer.SendAsync(producer.Message(Producer.Entity("one")), producer.Message(Producer.Entity("two")));
        }
        var plan = new Batch
        {
            BatchId = "01JD0000000000000000000000",
            OwnerId = datasetId,
            Path = $"dataset={datasetId}/date=2024-11-21/01JD0000000000000000000000.ndjson.gz",
        };
        await using (var sql = new SqliteStore(Path.Combine(folder, "production/metadata.db")))
            await new BatchStore(sql).AddPlansAsync([plan], CancellationToken.None);
        var file = Path.Combine(folder, "production/lake", plan.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, "half a file of the process that was killed", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(file + ".part", "and a part", TestContext.Current.CancellationToken);

        await using (var second = await TestHouse.StartInAsync(folder))
        {
            using var api = await second.SignInAsync();
            var lines = await LinesAsync(api, plan.BatchId, 2);
            var batches = (await api.GetAsync($"/data/foundation/catalog/batches?dataSet={datasetId}")).Json.AsObject();

            Assert.Equal(["one", "two"], lines);
            Assert.Equal([plan.BatchId], batches.Select(batch => batch.Key));
            Assert.False(File.Exists(file + ".part"));
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    [Statement("A58")]
    public async Task A_journal_that_its_consumer_does_not_free_refuses_with_503_and_what_it_took_lands_later()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-full-").FullName;
        string[] small = ["Journal:SegmentBytes=16777216", "Journal:MaxBytes=50331648"];
        var acknowledged = 0;
        string datasetId;
        await using (var first = await TestHouse.StartInAsync(folder, [.. small, "Collection:LandingPaused=true"]))
        {
            using var producer = await Producer.OpenAsync(first);
            datasetId = producer.DatasetId;
            var entity = Producer.Entity("x");
            entity["environment"] = new JsonObject { ["browserDetails"] = new JsonObject { ["userAgent"] = new string('x', 4_000) } };
            var body = new JsonObject { ["messages"] = new JsonArray([.. Enumerable.Range(0, 200).Select(_ => producer.Message(entity.DeepClone()))]) };
            ApiAnswer answer;
            while ((answer = await producer.Api.PostAsync(producer.Path, body)).Status == HttpStatusCode.MultiStatus && acknowledged < 100_000)
                acknowledged += 200;

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
            Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            Assert.Equal(503, answer.Json["status"]!.GetValue<int>());
            Assert.True(new DirectoryInfo(Path.Combine(folder, "production/journal")).EnumerateFiles().Sum(file => file.Length) <= 50_331_648);
        }

        await using (var second = await TestHouse.StartInAsync(folder, small))
        {
            using var api = await second.SignInAsync();
            Assert.Equal(acknowledged, await Until.SeenAsync(() => LandedAsync(api, datasetId), landed => landed >= acknowledged));
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_lake_that_cannot_be_written_holds_landing_up_and_nothing_else()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        var inTheWay = Path.Combine(house.Folder, "production/lake", $"dataset={producer.DatasetId}");
        await File.WriteAllTextAsync(inTheWay, "a file where a folder must be", TestContext.Current.CancellationToken);

        var answer = await producer.SendAsync(producer.Message(Producer.Entity("kept")));
        await Task.Delay(500, TestContext.Current.CancellationToken); // five windows, in which it would land
        var before = await LandedAsync(producer.Api, producer.DatasetId);
        File.Delete(inTheWay);
        var landed = await producer.LandedAsync(1);

        Assert.Equal(HttpStatusCode.MultiStatus, answer.Status);
        Assert.Equal(0, before);
        Assert.Equal(["kept"], landed.Select(entity => entity["_id"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_database_that_cannot_be_written_does_not_keep_messages_out()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        await using var other = new SqliteConnection($"Data Source={Path.Combine(house.Folder, "production/metadata.db")};Pooling=False");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var locking = other.CreateCommand();
        locking.CommandText = "begin exclusive";
        await locking.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var answer = await producer.SendAsync(producer.Message(Producer.Entity("kept")));
        var management = await producer.Api.PostAsync("/data/core/edge/inlet", new JsonObject { ["name"] = "later" });
        locking.CommandText = "rollback";
        await locking.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var landed = await producer.LandedAsync(1);

        Assert.Equal(HttpStatusCode.MultiStatus, answer.Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, management.Status);
        Assert.NotNull(management.Headers.RetryAfter);
        Assert.Single(landed);
    }

    [Fact]
    [Contract("1.9")]
    public async Task Each_dataset_and_window_gives_one_success_and_one_failed_batch()
    {
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, "Collection:BatchWindow=00:00:01");
        using var one = await Producer.OpenAsync(house);
        using var other = await Producer.OpenAsync(house);

        await Task.WhenAll(one.SendAsync(one.Message(), "no message", one.Message()), other.SendAsync(other.Message()));
        await one.LandedAsync(2);
        await other.LandedAsync(1);

        var batches = (await one.Api.GetAsync("/data/foundation/catalog/batches")).Json.AsObject().Select(batch => batch.Value!);
        Assert.Equal(
            [$"{one.DatasetId} success 2", $"{other.DatasetId} success 1", $"{one.InletId} failed 1"],
            batches.OrderByDescending(batch => batch["status"]!.ToString()).ThenByDescending(batch => (int)batch["metrics"]!["inputRecordCount"]!)
                .Select(batch => $"{batch["relatedObjects"]![0]!["id"]} {batch["status"]} {batch["metrics"]!["inputRecordCount"]}"));
    }

    private static async Task<int> LandedAsync(ApiClient api, string datasetId)
    {
        var page = (await api.GetAsync($"/data/foundation/catalog/batches?dataSet={datasetId}&status=success&limit=100")).Json.AsObject();
        return page.Sum(batch => (int)batch.Value!["metrics"]!["outputRecordCount"]!);
    }

    private static async Task<List<string>> LinesAsync(ApiClient api, string batchId, int records)
    {
        var whole = await Until.SeenAsync(
            () => api.GetAsync($"/data/foundation/export/files/{batchId}-1?path={batchId}.json"),
            file => file.Status == HttpStatusCode.OK && file.Text.Count(one => one == '\n') == records);
        return [.. whole.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["_id"]!.GetValue<string>())];
    }
}
