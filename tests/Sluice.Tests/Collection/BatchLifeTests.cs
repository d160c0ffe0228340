using System.Net;
using System.Text.Json.Nodes;
using Sluice.Collection.Batches;
using Sluice.Storage;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>What becomes of batches and their files: steps of the life cycle, deletion, the end of their dataset (contract collection.md 4.1, 4.2).</summary>
public sealed class BatchLifeTests
{
    private const string Catalog = "/data/foundation/catalog";
    private const string Export = "/data/foundation/export";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("4.1", "4.2")]
    public async Task A_registered_batch_goes_through_the_life_cycle_and_replaces_its_predecessor(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        var api = producer.Api;
        await producer.SendAsync(producer.Message());
        await producer.LandedAsync(1);
        var streamed = (await api.GetAsync($"{Catalog}/batches?status=success")).Json.AsObject().Single().Key;

        var created = await api.PostTextAsync(Catalog + "/batches",
            $$"""
            {"relatedObjects":[{"type":"dataSet","id":"{{producer.DatasetId}}"}],"externalId":"mine","tags":{"a":["b"]},
             "inputFormat":{"format":"parquet"},"replay":{"predecessors":["{{streamed}}"],"reason":"replace"} }
            """);
        var id = created.Json[0]!.GetValue<string>().Split('/')[^1];
        var path = $"{Catalog}/batches/{id}";
        var etag = (await api.GetAsync(path)).Headers.ETag!.Tag;
        // A window is cut while the batch is loading: landing must not take it for a plan of its own.
        await producer.SendAsync(producer.Message());
        await producer.LandedAsync(2);
        var impossible = await api.SendAsync(HttpMethod.Patch, path, """{"status":"staged"}""");
        var unknown = await api.SendAsync(HttpMethod.Patch, path, """{"status":"eaten"}""");
        await api.SendAsync(HttpMethod.Patch, path, """{"status":"loaded"}""");
        var stale = await api.SendAsync(HttpMethod.Patch, path, """{"status":"failed"}""", ("If-Match", etag));
        await api.SendAsync(HttpMethod.Patch, path, """{"status":"success","metrics":{"inputRecordCount":7}}""");

        var shown = (await api.GetAsync(path)).Json[id]!;
        Assert.Equal($"{Catalog}/batches/{id}", created.Headers.Location!.OriginalString);
        Assert.Equal("success mine parquet 7", $"{shown["status"]} {shown["externalId"]} {shown["inputFormat"]!["format"]} {shown["metrics"]!["inputRecordCount"]}");
        Assert.Contains("[loading] cannot become [staged]", impossible.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("[eaten]", unknown.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.Status);
        Assert.Equal("inactive", (await api.GetAsync($"{Catalog}/batches/{streamed}")).Json[streamed]!["status"]!.GetValue<string>());
        Assert.Equal([id], (await api.GetAsync($"{Catalog}/batches?replayPredecessors={streamed}")).Json.AsObject().Select(one => one.Key));
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync($"{Export}/batches/{streamed}/files")).Status);
        Assert.Single((await api.GetAsync($"{Catalog}/dataSetFiles")).Json.AsObject());
    }

    [Theory]
    [InlineData("""{"status":"failed"}""", "[success] cannot become [failed]")]
    [InlineData("""{"metrics":{"inputRecordCount":1}}""", "'metrics'")]
    [InlineData("""{"tags":[]}""", "'tags'")]
    [InlineData("""{"externalId":7}""", "'externalId'")]
    [InlineData("""{"status":7}""", "'status'")]
    [InlineData("""{"relatedObjects":[]}""", "'relatedObjects'")]
    [InlineData("""{"replay":{"predecessors":[7]}}""", "'replay'")]
    [InlineData("""{"replay":{"predecessors":"x"}}""", "'replay'")]
    [Contract("4.1", "4.2")]
    public async Task A_landed_batch_takes_no_step_back_and_nothing_that_is_the_servers_to_say(string change, string reason)
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        await producer.SendAsync(producer.Message());
        await producer.LandedAsync(1);
        var before = await producer.Api.GetAsync($"{Catalog}/batches?status=success");
        var path = $"{Catalog}/batches/{before.Json.AsObject().Single().Key}";

        var refused = await producer.Api.SendAsync(HttpMethod.Patch, path, change);

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(reason, refused.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(before.Text, (await producer.Api.GetAsync($"{Catalog}/batches?status=success")).Text);
        Assert.Equal(HttpStatusCode.OK, (await producer.Api.SendAsync(HttpMethod.Patch, path, """{"tags":{"a":["b"]}}""")).Status);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("4.1", "4.2")]
    public async Task A_deleted_batch_stays_in_the_catalog_as_deleted_and_its_files_leave_the_lake(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        var api = producer.Api;
        await producer.SendAsync(producer.Message());
        await producer.LandedAsync(1);
        var id = (await api.GetAsync($"{Catalog}/batches?status=success")).Json.AsObject().Single().Key;
        var filesBefore = LakeFiles(house);

        var dry = await api.SendAsync(HttpMethod.Delete, $"{Catalog}/batches/{id}", null, ("Pragma", "validate-only"));
        var filesAfterDry = LakeFiles(house);
        var removed = await api.SendAsync(HttpMethod.Delete, $"{Catalog}/batches/{id}", null);
        var again = await api.SendAsync(HttpMethod.Delete, $"{Catalog}/batches/{id}", null);

        Assert.Equal(2, filesBefore.Length);
        Assert.Equal(HttpStatusCode.OK, dry.Status);
        Assert.Equal(filesBefore, filesAfterDry);
        Assert.Equal($"""["@/batches/{id}"]""", removed.Text);
        Assert.Equal(HttpStatusCode.BadRequest, again.Status);
        Assert.Equal("deleted", (await api.GetAsync($"{Catalog}/batches/{id}")).Json[id]!["status"]!.GetValue<string>());
        Assert.Equal("{}", (await api.GetAsync($"{Catalog}/dataSetFiles")).Text);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync($"{Export}/batches/{id}/files")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync($"{Export}/files/{id}-1?path={id}.json")).Status);
        Assert.Equal("[]", (await api.GetAsync($"{Export}/datasets/{producer.DatasetId}/preview")).Json["data"]!.ToJsonString());
        Assert.Empty(await FilesGoneAsync(house));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("4.1")]
    public async Task A_removed_dataset_takes_no_more_messages_and_neither_landed_nor_waiting_ones_are_kept(StoreKind kind)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-removal-").FullName;
        string[] settings = kind == StoreKind.Postgres ? [$"Storage:Postgres={await PostgresServer.NewDatabaseAsync()}"] : [];
        string datasetId;
        await using (var first = await TestHouse.StartInAsync(folder, settings))
        {
            using var producer = await Producer.OpenAsync(first);
            datasetId = producer.DatasetId;
            await producer.SendAsync(producer.Message(), producer.Message(new JsonObject { ["_id"] = "no time" }));
            await producer.LandedAsync(1);
            await producer.LandedAsync(1, "failed");
        }
        await using (var held = await TestHouse.StartInAsync(folder, [.. settings, "Collection:LandingPaused=true"]))
        {
            using var api = await held.SignInAsync();
            var inlet = (await api.GetAsync("/data/core/edge/inlet")).Json["items"]![0]!["inletId"]!;
            var schemaId = (await api.GetAsync($"{Catalog}/dataSets/{datasetId}")).Json[datasetId]!["schemaRef"]!["id"]!.GetValue<string>();
            var message = $$"""
                {"header":{"schemaRef":{"id":"{{schemaId}}","contentType":"application/vnd.adobe.xed-full+json;version=1"},"datasetId":"{{datasetId}}"},
                 "body":{"xdmMeta":{"schemaRef":{"id":"{{schemaId}}","contentType":"application/vnd.adobe.xed-full+json;version=1"} },
                 "xdmEntity":{"_id":"waiting","timestamp":"2019-02-23T22:07:01Z"} } }
                """;
            var waiting = await api.PostTextAsync($"/collection/{inlet}", message);
            var removed = await api.SendAsync(HttpMethod.Delete, $"{Catalog}/dataset/{datasetId}", null);
            var refused = await api.PostTextAsync($"/collection/{inlet}", message);

            Assert.Equal(HttpStatusCode.OK, waiting.Status);
            Assert.Equal($"""["@/dataSets/{datasetId}"]""", removed.Text);
            Assert.Contains($"unknown dataset [{datasetId}]", refused.Text, StringComparison.Ordinal);
        }
        await using (var last = await TestHouse.StartInAsync(folder, settings))
        {
            using var api = await last.SignInAsync();

            await Until.TrueAsync(async () => await StatusesAsync(api) is ["deleted", "deleted", "deleted", "failed"]);
            Assert.Equal("{}", (await api.GetAsync($"{Catalog}/dataSetFiles")).Text);
            Assert.Equal("{}", (await api.GetAsync($"{Catalog}/lastBatches")).Text);
            Assert.All(await FilesGoneAsync(last), file => Assert.Contains("inlet=", file, StringComparison.Ordinal));
        }
        Directory.Delete(folder, recursive: true);

        static async Task<string[]> StatusesAsync(ApiClient api) =>
            [.. (await api.GetAsync($"{Catalog}/batches")).Json.AsObject().Select(batch => batch.Value!["status"]!.GetValue<string>()).Order()];
    }

    [Fact]
    [Contract("4.1")]
    public async Task Files_that_a_stopped_process_left_of_deleted_batches_go_at_the_next_start()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-left-").FullName;
        await using (await TestHouse.StartInAsync(folder))
        {
            // Only the tables are wanted.
        }
        var left = new Batch { BatchId = "01JD0000000000000000000000", OwnerId = "d", Status = Batch.Deleted, Path = "dataset=d/date=2026-01-01/x.ndjson.gz" };
        await using (var sql = new SqliteStore(Path.Combine(folder, "production/metadata.db")))
            await new BatchStore(sql).AddPlansAsync([left], CancellationToken.None);
        var file = Path.Combine(folder, "production/lake", left.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, "left", TestContext.Current.CancellationToken);

        await using (var house = await TestHouse.StartInAsync(folder))
            Assert.Empty(await FilesGoneAsync(house));
        Directory.Delete(folder, recursive: true);
    }

    private static string[] LakeFiles(TestHouse house) =>
        Directory.GetFiles(Path.Combine(house.Folder, "production/lake"), "*.gz", SearchOption.AllDirectories);

    // What is left once the files of datasets are gone.
    private static Task<string[]> FilesGoneAsync(TestHouse house) =>
        Until.SeenAsync(() => Task.FromResult(LakeFiles(house)), left => !left.Any(file => file.Contains("dataset=", StringComparison.Ordinal)));
}
