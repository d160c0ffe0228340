using System.Buffers;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Sluice.Collection;
using Sluice.Collection.Batches;
using Sluice.Collection.Notifications;
using Sluice.Collection.Observe;
using Sluice.Journal.Records;
using Sluice.Storage;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>The observability insights: every message, call and batch is counted once, and found again by the filters of the contract.</summary>
[Contract("6.1")]
public sealed class MetricTests
{
    private const string Metrics = "/data/infrastructure/observability/insights/metrics";
    private const string Validation = "timeseries.data.collection.validation.";
    private const string Inlet = "timeseries.data.collection.inlet.";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Messages_are_counted_by_verdict_and_category_and_calls_by_their_answer(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        var twoFaults = new JsonObject { ["_id"] = 7 };
        var badFormat = Producer.Entity("three");
        badFormat["timestamp"] = "yesterday";
        var wrongOrganisation = producer.Message();
        wrongOrganisation["header"]!["imsOrgId"] = "other@AdobeOrg";

        await producer.SendAsync(producer.Message(), producer.Message(), producer.Message(twoFaults), producer.Message(badFormat), wrongOrganisation);
        await producer.Api.PostAsync(producer.Path, producer.Message(new JsonObject { ["_id"] = 8 }));
        await producer.Api.PostTextAsync(producer.Path, "{");
        await producer.Api.PostTextAsync(producer.Path, new string(' ', 1_048_577));
        await producer.Api.PostAsync(producer.Path, producer.Message());

        Assert.Equal(3, await CountAsync(producer, "timeseries.ingestion.dataset.recordsuccess.count", 3));
        Assert.Equal(4, await CountAsync(producer, Validation + "invalid.messages.rate", 4));
        Assert.Equal(7, await CountAsync(producer, Validation + "total.messages.rate", 7));
        Assert.Equal(3, await CountAsync(producer, Validation + "valid.messages.rate", 3));
        Assert.Equal(2, await CountAsync(producer, Validation + "category.type.count", 2));
        Assert.Equal(2, await CountAsync(producer, Validation + "category.presence.count", 2));
        Assert.Equal(1, await CountAsync(producer, Validation + "category.format.count", 1));
        Assert.Equal(1, await CountAsync(producer, Validation + "category.unknown.count", 1));
        Assert.Equal(0, await CountAsync(producer, Validation + "category.range.count", 0));
        Assert.Equal(7, await CountAsync(producer, Inlet + "total.messages.received", 7));
        Assert.Equal(2, await CountAsync(producer, Inlet + "success", 2));
        Assert.Equal(3, await CountAsync(producer, Inlet + "failure", 3));
        Assert.Equal(1, await CountAsync(producer, "timeseries.ingestion.dataset.new.count", 1));
        var batches = (await producer.Api.GetAsync($"/data/foundation/catalog/batches?dataSet={producer.DatasetId}")).Json.AsObject().Select(batch => batch.Value!).ToList();
        Assert.Equal(batches.Count(batch => (string)batch["status"]! == "success"), await CountAsync(producer, "timeseries.ingestion.dataset.batchsuccess.count", 1));
        Assert.Equal(batches.Count(batch => (string)batch["status"]! == "failed"), await CountAsync(producer, "timeseries.ingestion.dataset.batchfailed.count", 1));
        Assert.True(await CountAsync(producer, "ingestion.dataset.size", 1) > 100);
        Assert.Equal(await CountAsync(producer, "ingestion.dataset.size", 1), await CountAsync(producer, "ingestion.dataset.dailysize", 1));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_request_whose_messages_fall_into_many_windows_is_one_call(StoreKind kind)
    {
        // With two files at most, every message is a window of its own.
        await using var house = await TestHouse.StartAsync(kind, "Collection:MaxOpenFiles=2");
        using var producer = await Producer.OpenAsync(house);

        await producer.SendAsync(producer.Message(), producer.Message(), "refused", producer.Message(), producer.Message());
        await producer.SendAsync(producer.Message());

        Assert.Equal(5, await CountAsync(producer, Validation + "valid.messages.rate", 5));
        Assert.Equal(5, await CountAsync(producer, "timeseries.ingestion.dataset.batchsuccess.count", 5));
        Assert.Equal(2, await CountAsync(producer, Inlet + "success", 2));
        Assert.Equal(0, await CountAsync(producer, Inlet + "failure", 0));
    }

    [Fact]
    public async Task A_window_that_is_redone_after_a_stop_or_a_failed_commit_counts_once()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-metric-").FullName;
        string datasetId;
        string inletId;
        await using (var first = await TestHouse.StartInAsync(folder, "Collection:LandingPaused=true"))
        {
            using var producer = await Producer.OpenAsync(first);
            (datasetId, inletId) = (producer.DatasetId, producer.InletId);
            await producer.SendAsync(producer.Message(), producer.Message());
        }

        // The process stopped after its files were whole and before the cut was committed.
        var plan = new Batch { BatchId = "01JD0000000000000000000000", OwnerId = datasetId, Path = $"dataset={datasetId}/date=2024-11-21/01JD0000000000000000000000.ndjson.gz" };
        await using (var sql = new SqliteStore(Path.Combine(folder, "production/metadata.db")))
            await new BatchStore(sql).AddPlansAsync([plan], CancellationToken.None);

        await using (var other = new SqliteConnection($"Data Source={Path.Combine(folder, "production/metadata.db")};Pooling=False"))
        await using (var second = await TestHouse.StartInAsync(folder))
        {
            using var api = await second.SignInAsync();
            await SumAsync(api, Validation + "valid.messages.rate", "dataSetId", datasetId, 2);
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var locking = other.CreateCommand();
            locking.CommandText = "begin exclusive";
            await locking.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            var answer = await api.PostAsync($"/collection/{inletId}", new JsonObject { ["messages"] = new JsonArray("refused") });
            Assert.Equal(HttpStatusCode.MultiStatus, answer.Status);
            for (var writers = 0; writers < 2; writers++) // landing is one of those that wait and give up before the second
                Assert.Equal(HttpStatusCode.ServiceUnavailable, (await api.PostAsync("/data/core/edge/inlet", new JsonObject { ["name"] = "later" })).Status);
            locking.CommandText = "rollback";
            await locking.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

            Assert.Equal(3, await SumAsync(api, Inlet + "total.messages.received", "inletId", inletId, 3));
            Assert.Equal(2, await SumAsync(api, Inlet + "success", "inletId", inletId, 2));
            Assert.Equal(2, await SumAsync(api, "ingestion.dataset.recordsuccess.count", "dataSetId", datasetId, 2));
            Assert.Equal(1, await SumAsync(api, "ingestion.dataset.batchsuccess.count", "dataSetId", datasetId, 1));
        }
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Identities_are_counted_by_record_and_by_namespace(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);

        await producer.SendAsync(
            producer.Message(WithIdentities("""{"Email":[{"id":"a@example.com"},{"id":"b@example.com"}],"ecid":[{"id":"1"}]}""")),
            producer.Message(WithIdentities("""{"EMAIL":[{"id":"c@example.com"}],"Nobody":[{"id":"1"}]}""")),
            producer.Message());
        await producer.LandedAsync(3);

        Assert.Equal(1, await CountAsync(producer, "timeseries.identity.dataset.recordsuccess.count", 1));
        Assert.Equal(1, await CountAsync(producer, "timeseries.identity.dataset.recordfailed.count", 1));
        var taken = await PostAsync(producer.Api, Ask("timeseries.identity.dataset.namespacecode.recordsuccess.count", Filter("namespace", null, groupBy: true)));
        Assert.Equal(["ECID 1.0", "Email 2.0"], Datapoints(taken).Select(one => $"{one["groupBy"]!["namespace"]} {one["dps"]!.AsObject().Single().Value}"));
        var skipped = await PostAsync(producer.Api, Ask("timeseries.identity.dataset.namespacecode.recordskipped.count", Filter("namespace", null, groupBy: true), Filter("dataSetId", producer.DatasetId)));
        Assert.Equal(["(unregistered) 1.0"], Datapoints(skipped).Select(one => $"{one["groupBy"]!["namespace"]} {one["dps"]!.AsObject().Single().Value}"));
        var email = await PostAsync(producer.Api, Ask("timeseries.identity.dataset.namespacecode.recordsuccess.count", Filter("namespace", "email")));
        Assert.Equal("2.0", Datapoints(email).Single()["dps"]!.AsObject().Single().Value!.ToJsonString());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Datasets_are_told_apart_by_groups_and_put_together_by_the_aggregator(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var one = await Producer.OpenAsync(house);
        using var two = await Producer.OpenAsync(house);
        using var unasked = await Producer.OpenAsync(house);
        await one.SendAsync(one.Message());
        await two.SendAsync(two.Message(), two.Message(), two.Message());
        await unasked.SendAsync(unasked.Message());
        await Task.WhenAll(one.LandedAsync(1), two.LandedAsync(3), unasked.LandedAsync(1));
        var both = $"{one.DatasetId}|{two.DatasetId}";

        var grouped = await PostAsync(one.Api, Ask("timeseries.ingestion.dataset.recordsuccess.count", Filter("dataSetId", both, groupBy: true)));
        var together = new List<string>();
        foreach (var aggregator in new[] { "sum", "avg", "min", "max" })
        {
            var ask = Ask("timeseries.ingestion.dataset.recordsuccess.count", Filter("dataSetId", both));
            ask["metrics"]![0]!["aggregator"] = aggregator;
            together.Add(Datapoints(await PostAsync(one.Api, ask)).Single()["dps"]!.AsObject().Single().Value!.ToJsonString());
        }

        var response = grouped.Json["metricResponses"]![0]!.AsObject();
        Assert.Equal(["metric", "filters", "datapoints", "granularity"], response.Select(member => member.Key));
        Assert.Equal("DAY", (string)response["granularity"]!);
        Assert.Equal(both, (string)response["filters"]![0]!["value"]!);
        Assert.Equal(
            new[] { $"{one.DatasetId} 1.0", $"{two.DatasetId} 3.0" }.Order(StringComparer.Ordinal),
            Datapoints(grouped).Select(point => $"{point["groupBy"]!["dataSetId"]} {point["dps"]!.AsObject().Single().Value!.ToJsonString()}").Order(StringComparer.Ordinal));
        Assert.All(Datapoints(grouped), point => Assert.EndsWith("T00:00:00Z", point["dps"]!.AsObject().Single().Key, StringComparison.Ordinal));
        Assert.Equal(["4.0", "2.0", "1.0", "3.0"], together);
    }

    [Fact]
    public async Task The_first_version_gives_several_metrics_on_one_line_of_time()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        await producer.SendAsync(producer.Message(), producer.Message());
        await producer.LandedAsync(2);
        string[] names = ["timeseries.ingestion.dataset.recordsuccess.count", "timeseries.ingestion.dataset.batchfailed.count", "timeseries.profiles.dataset.recordread.count"];

        var answer = await producer.Api.GetAsync($"{Metrics}?metric={string.Join("&metric=", names)}&id={producer.DatasetId}&dateRange={Year()}");

        Assert.Equal((producer.DatasetId, house.OrgId), ((string)answer.Json["id"]!, (string)answer.Json["imsOrgId"]!));
        var series = answer.Json["timeseries"]!.AsObject();
        Assert.Equal(["granularity", "items", "_page", "_links"], series.Select(member => member.Key));
        Assert.Equal("MONTH", (string)series["granularity"]!);
        var item = series["items"]!.AsArray().Single()!;
        Assert.EndsWith("-01T00:00:00Z", (string)item["timestamp"]!, StringComparison.Ordinal);
        Assert.Equal("""{"timeseries.ingestion.dataset.recordsuccess.count":2.0}""", item["metrics"]!.ToJsonString());
        Assert.Empty(answer.Json["stats"]!.AsObject());
    }

    [Fact]
    public async Task What_cannot_be_answered_is_refused_with_its_code_and_reason()
    {
        (string Body, int Code, string Named)[] bad =
        [
            ("[]", 1000, "object"),
            ("""{"end":1,"metrics":[]}""", 1000, "'start'"),
            ("""{"start":"July 4","end":"2020-01-02","metrics":[]}""", 1000, "'start'"),
            ("""{"start":"2020-01-01","end":"2020-01-02","metrics":[]}""", 1000, "'metrics'"),
            ("""{"start":"2020-01-01","end":"2020-01-02","granularity":"FORTNIGHT","metrics":[{"name":"ingestion.dataset.size"}]}""", 1000, "'granularity'"),
            ("""{"start":"2020-01-01","end":"2020-01-02","granularity":"7","metrics":[{"name":"ingestion.dataset.size"}]}""", 1000, "'granularity'"),
            ("""{"start":"2020-01-01","end":"2020-01-02","metrics":[{"name":"ingestion.dataset.size","aggregator":"median"}]}""", 1000, "'aggregator'"),
            ("""{"start":"2020-01-01","end":"2020-01-02","metrics":[{"name":"ingestion.dataset.size","filters":[{"name":"dataSetId"}]}]}""", 1000, "[/metrics/0]"),
            ("""{"start":"2020-01-01","end":"2020-01-02","metrics":[{"name":"nothing.of.the.kind"}]}""", 1001, "nothing.of.the.kind"),
            ("""{"start":"2020-01-01","end":"2020-01-02","metrics":[{"name":"ingestion.dataset.size","filters":[{"name":"inletId","value":"1"}]}]}""", 1001, "inletId"),
            ("""{"start":"2020-01-01","end":"2020-01-02","metrics":[{"name":"identity.dataset.namespacecode.recordsuccess.count"}]}""", 1001, "namespace"),
            ("""{"start":"2020-01-02","end":"2020-01-01","metrics":[{"name":"ingestion.dataset.size"}]}""", 1001, "before"),
            ("""{"start":0,"end":1577836800000,"granularity":"MINUTE","metrics":[{"name":"ingestion.dataset.size"}]}""", 1001, "10000"),
        ];
        await using var house = await TestHouse.StartAsync();
        using var api = await house.SignInAsync();

        foreach (var (body, code, named) in bad)
        {
            var refused = await api.PostTextAsync(Metrics, body);

            Assert.Equal((HttpStatusCode.BadRequest, $"http://ns.adobe.com/aep/errors/INSGHT-{code}-400"), (refused.Status, (string)refused.Json["type"]!));
            Assert.Contains(named, (string)refused.Json["detail"]!, StringComparison.Ordinal);
        }
        foreach (var query in new[] { $"?dateRange={Year()}", "?metric=ingestion.dataset.size", $"?metric=no&dateRange={Year()}", "?metric=a,b,c,d,e,f,g&dateRange=0/1", "?metric=ingestion.dataset.size&dateRange=5/1" })
            Assert.Equal("http://ns.adobe.com/aep/errors/INSGHT-1001-400", (string)(await api.GetAsync(Metrics + query)).Json["type"]!);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Old_counts_are_rolled_up_without_loss_and_deleted_past_their_retention(StoreKind kind)
    {
        await using var store = await TestStore.OpenAsync(kind);
        await store.Sql.MigrateAsync([new MigrationSet("collection", typeof(CollectionModule).Assembly)], TimeProvider.System, TestContext.Current.CancellationToken);
        var metrics = new MetricStore(store.Sql);
        var now = new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        long DaysAgo(int days, int minutes) => now - days * Intervals.DayMs + minutes * MetricRow.MinuteMs;
        await metrics.AddAsync([Row(DaysAgo(100, 0), 1), Row(DaysAgo(100, 70), 2), Row(DaysAgo(10, 1), 4), Row(DaysAgo(10, 2), 8), Row(DaysAgo(0, -1), 16)], CancellationToken.None);

        await metrics.RollUpAsync(now, CancellationToken.None);
        await metrics.AddAsync([Row(DaysAgo(100, 3), 32)], CancellationToken.None); // landing was held still for a hundred days
        await metrics.RollUpAsync(now, CancellationToken.None);

        async Task<List<string>> ReadAsync() =>
            [.. (await metrics.ReadAsync(Measure.Valid, "d", 0, now, MetricRow.MinuteMs, 10, CancellationToken.None)).OrderBy(point => point.BucketMs).Select(point => $"{Intervals.Iso(point.BucketMs)} {point.Sum}")];
        Assert.Equal(["2026-02-21T00:00:00Z 35", "2026-05-22T12:00:00Z 12", "2026-06-01T11:59:00Z 16"], await ReadAsync());
        await metrics.DeleteBeforeAsync(DaysAgo(30, 0), CancellationToken.None);
        Assert.Equal(["2026-05-22T12:00:00Z 12", "2026-06-01T11:59:00Z 16"], await ReadAsync());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Counts_and_notifications_of_a_cut_that_fails_half_way_are_not_kept(StoreKind kind)
    {
        await using var store = await TestStore.OpenAsync(kind);
        await store.Sql.MigrateAsync([new MigrationSet("collection", typeof(CollectionModule).Assembly)], TimeProvider.System, TestContext.Current.CancellationToken);
        await new WebhookStore(store.Sql).TryAddAsync(new Webhook { WebhookId = "hook", Url = "https://example.com/" }, CancellationToken.None);
        var outbox = new Outbox(store.Sql, "ACME@AdobeOrg", "production");
        var batches = new BatchStore(store.Sql);
        Batch[] landed = [new() { BatchId = "b1", OwnerKind = Batch.InletOwner, OwnerId = "d-inlet", Outcome = Batch.Failed, CompletedMs = 1_700_000_000_000 }];
        await batches.AddPlansAsync(landed, CancellationToken.None);
        var tally = new MetricTally(new RecentCalls(null));
        Add(tally, "1:1000:8", MessageMarks.Alone);

        Task CutAsync(bool fails) => batches.CommitCutAsync("landing", 7, landed, async (session, registered) =>
        {
            await MetricStore.CommitAsync(session, tally);
            await outbox.AddAsync(session, registered);
            if (fails)
                throw new StoreUnavailableException("The database went away", new IOException());
        }, CancellationToken.None);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => CutAsync(fails: true));
        var afterFailure = (await outbox.ListAsync("hook", null, 0, 10, CancellationToken.None)).Count;
        await CutAsync(fails: false);

        var received = await new MetricStore(store.Sql).ReadAsync(Measure.Received, null, 0, long.MaxValue, Intervals.DayMs, 10, CancellationToken.None);
        Assert.Equal(0, afterFailure);
        Assert.Equal(1, received.Single().Sum);
        Assert.Equal("b1", (await outbox.ListAsync("hook", null, 0, 10, CancellationToken.None)).Single().BatchId);
    }

    [Fact]
    public void A_message_sent_again_is_validated_again_but_was_received_once_and_parts_of_a_request_are_one_call()
    {
        var tally = new MetricTally(new RecentCalls(null));
        Add(tally, "1:1000:7-1", MessageMarks.None);
        Add(tally, "1:1000:8", MessageMarks.Alone);
        Add(tally, "1:1000:7:2", MessageMarks.None); // another request's record stood between
        Add(tally, "1:1000:7:1", MessageMarks.Resent);
        Add(tally, "1:1000:9-0", MessageMarks.Alone);

        var next = new MetricTally(new RecentCalls(tally.Calls.Write()));
        Add(next, "1:1000:7:3", MessageMarks.None);

        Assert.Equal(
            ["CallFailure d-inlet 1", "CallSuccess d-inlet 2", "Received d-inlet 4", "ReceivedBytes d-inlet 8", "Total d 5", "Valid d 5"],
            tally.Rows().Where(row => row.Value > 0).Select(row => $"{row.Measure} {row.OwnerId} {row.Value}").Order());
        Assert.DoesNotContain(next.Rows(), row => row.Measure == Measure.CallSuccess);
    }

    private static void Add(MetricTally tally, string xactionId, MessageMarks marks)
    {
        var payload = new ArrayBufferWriter<byte>();
        new MessageRecordFields
        {
            Marks = marks,
            DatasetId = "d"u8,
            InletId = "d-inlet"u8,
            XactionId = System.Text.Encoding.UTF8.GetBytes(xactionId),
            Message = "{}"u8,
        }.WriteTo(payload);
        Assert.True(MessageRecord.TryRead(payload.WrittenSpan, out var record));
        tally.Add(record, 1_700_000_000_000);
    }

    private static MetricRow Row(long ms, long value) => new(Measure.Valid, "d", "", ms, value);

    private static JsonObject WithIdentities(string map)
    {
        var entity = Producer.Entity(Guid.NewGuid().ToString());
        entity["identityMap"] = JsonNode.Parse(map);
        return entity;
    }

    private static JsonObject Filter(string name, string? value, bool groupBy = false)
    {
        var filter = new JsonObject { ["name"] = name, ["groupBy"] = groupBy };
        if (value is not null)
            filter["value"] = value;
        return filter;
    }

    // A range that holds the whole test, whenever it runs.
    private static string Year()
    {
        var now = TimeProvider.System.GetUtcNow();
        return $"{now.AddDays(-200):yyyy-MM-dd}/{now.AddDays(2):yyyy-MM-dd}";
    }

    private static JsonObject Ask(string metric, params JsonNode?[] filters) => new()
    {
        ["start"] = Year().Split('/')[0],
        ["end"] = TimeProvider.System.GetUtcNow().AddDays(2).ToUnixTimeMilliseconds(),
        ["granularity"] = "DAY",
        ["metrics"] = new JsonArray(new JsonObject { ["name"] = metric, ["filters"] = new JsonArray(filters), ["aggregator"] = "sum", ["downsample"] = "sum" }),
    };

    private static async Task<ApiAnswer> PostAsync(ApiClient api, JsonObject ask)
    {
        var answer = await api.PostAsync(Metrics, ask);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer;
    }

    private static List<JsonNode> Datapoints(ApiAnswer answer) => [.. answer.Json["metricResponses"]![0]!["datapoints"]!.AsArray().Select(one => one!)];

    private static Task<double> CountAsync(Producer producer, string metric, double wanted) => metric.Contains("new.count", StringComparison.Ordinal)
        ? SumAsync(producer.Api, metric, null, null, wanted)
        : metric.StartsWith(Inlet, StringComparison.Ordinal) ? SumAsync(producer.Api, metric, "inletId", producer.InletId, wanted)
        : SumAsync(producer.Api, metric, "dataSetId", producer.DatasetId, wanted);

    // Waits until at least so much is counted.
    private static async Task<double> SumAsync(ApiClient api, string metric, string? filter, string? value, double wanted)
    {
        return await Until.SeenAsync(AskAsync, sum => sum >= wanted);

        async Task<double> AskAsync()
        {
            var answer = await PostAsync(api, filter is null ? Ask(metric) : Ask(metric, Filter(filter, value)));
            return Datapoints(answer).Sum(one => one["dps"]!.AsObject().Sum(point => point.Value!.GetValue<double>()));
        }
    }
}
