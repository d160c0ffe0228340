using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>One message can be followed from end to end, and all of them watched as they come.</summary>
public sealed class TraceTests
{
    private const string Trace = "/api/sluice/v1/trace";
    private const string Tail = "/api/sluice/v1/tail";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task An_accepted_message_shows_when_it_was_received_validated_stored_and_landed_and_where(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        await producer.SendAsync(producer.Message(), producer.Message());
        var sent = await producer.SendAsync(producer.Message(Producer.Entity("a")), producer.Message(Producer.Entity("b")));
        await producer.LandedAsync(4);
        var id = sent.Json["responses"]![1]!["xactionId"]!.GetValue<string>();

        var trace = await producer.Api.GetAsync($"{Trace}/{id}");

        var events = trace.Json["events"]!.AsArray();
        Assert.Equal(["received", "validated", "stored", "landed"], events.Select(NameOf));
        Assert.Equal(sent.Json["batchId"]!.GetValue<string>(), trace.Json["batchId"]!.GetValue<string>());
        var times = events.Select(one => one!["time"]!.GetValue<long>()).ToList();
        Assert.Equal(times.Order(), times);
        Assert.Equal(sent.Json["receivedTimeMs"]!.GetValue<long>(), times[2]);
        Assert.EndsWith(".journal", events[2]!["segment"]!.GetValue<string>());
        var (batchId, line) = (events[3]!["batchId"]!.GetValue<string>(), events[3]!["line"]!.GetValue<int>());
        var file = await producer.Api.GetAsync($"/data/foundation/export/files/{batchId}-1?path={batchId}.json");
        Assert.Equal("b", JsonNode.Parse(file.Text.Split('\n')[line - 1])!["_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_rejected_message_shows_why_and_once_it_is_sent_again_both_ways()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        var sent = await producer.SendAsync(producer.Message(new JsonObject { ["_id"] = "a", ["timestamp"] = 7 }));
        await producer.LandedAsync(1, "failed");
        var id = sent.Json["responses"]![0]!["xactionId"]!.GetValue<string>();

        var before = await producer.Api.GetAsync($"{Trace}/{id}");
        var group = (await producer.Api.GetAsync("/api/sluice/v1/failed-messages/groups")).Json["groups"]![0]!["fingerprint"];
        await producer.Api.PostAsync($"/api/sluice/v1/failed-messages/groups/{group}/fixes", JsonNode.Parse(
            """{"patch":[{"op":"replace","path":"/body/xdmEntity/timestamp","value":"2026-01-01T00:00:00Z"}]}""")!);
        await producer.LandedAsync(1);
        var after = await producer.Api.GetAsync($"{Trace}/{id}");

        Assert.Equal(["received", "rejected", "stored", "landed"], before.Json["events"]!.AsArray().Select(NameOf));
        Assert.Equal("DCVS-1104-400", before.Json["events"]![1]!["errors"]![0]!["code"]!.GetValue<string>());
        Assert.Equal("failed", before.Json["events"]![3]!["status"]!.GetValue<string>());
        Assert.Equal(
            ["received", "rejected", "stored", "landed", "resent", "validated", "stored", "landed"], after.Json["events"]!.AsArray().Select(NameOf));
        Assert.Equal("success", after.Json["events"]![7]!["status"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("hello", HttpStatusCode.BadRequest)]
    [InlineData("1:2:x", HttpStatusCode.BadRequest)]
    [InlineData("1565628583792:1485:153:0", HttpStatusCode.NotFound)]
    [InlineData("99999999999999999:1:1", HttpStatusCode.BadRequest)]
    public async Task An_id_that_is_none_or_was_never_given_out_is_said_so(string id, HttpStatusCode status)
    {
        await using var house = await TestHouse.StartAsync();
        using var api = await house.SignInAsync();

        Assert.Equal(status, (await api.GetAsync($"{Trace}/{id}")).Status);
    }

    [Fact]
    public async Task A_listener_sees_messages_as_they_are_stored_and_only_those_it_asked_for()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        using var all = await ListenAsync(producer, "");
        using var rejected = await ListenAsync(producer, $"?outcome=rejected&inlet={producer.InletId}&dataSet={producer.DatasetId}");

        var sent = await producer.SendAsync(producer.Message(), producer.Message(new JsonObject()), producer.Message());
        var seen = new[] { await NextAsync(all, "message"), await NextAsync(all, "message"), await NextAsync(all, "message") };
        var refused = await NextAsync(rejected, "message");

        Assert.Equal(
            sent.Json["responses"]!.AsArray().Select(entry => entry!["xactionId"]!.GetValue<string>()), seen.Select(one => one["xactionId"]!.GetValue<string>()));
        Assert.Equal(["accepted", "rejected", "accepted"], seen.Select(one => one["outcome"]!.GetValue<string>()));
        Assert.Equal(producer.DatasetId, JsonNode.Parse(seen[0]["message"]!.GetValue<string>())!["header"]!["datasetId"]!.GetValue<string>());
        Assert.Equal(seen[1]["xactionId"]!.GetValue<string>(), refused["xactionId"]!.GetValue<string>());
        Assert.NotNull(refused["errors"]!["_errors"]);
    }

    [Fact]
    public async Task Under_load_a_sample_is_sent_and_what_was_not_is_counted()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        using var listener = await ListenAsync(producer, "?perSecond=1");

        await producer.SendAsync([.. Enumerable.Range(0, 20).Select(_ => producer.Message())]);
        var sample = await NextAsync(listener, "sample");

        Assert.Equal(20, sample["matched"]!.GetValue<int>());
        Assert.InRange(sample["sent"]!.GetValue<int>(), 1, 2);
    }

    [Theory]
    [InlineData("?outcome=maybe")]
    [InlineData("?perSecond=0")]
    public async Task A_filter_that_makes_no_sense_is_refused(string query)
    {
        await using var house = await TestHouse.StartAsync();
        using var api = await house.SignInAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await api.GetAsync(Tail + query)).Status);
    }

    private static string NameOf(JsonNode? one) => one!["event"]!.GetValue<string>();

    // Returns once the server says that it listens: what is sent from then on is seen.
    private static async Task<StreamReader> ListenAsync(Producer producer, string query)
    {
        var stream = await producer.Api.Http.GetStreamAsync(Tail + query, TestContext.Current.CancellationToken);
        var reader = new StreamReader(stream);
        Assert.Equal(": listening", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        return reader;
    }

    private static async Task<JsonNode> NextAsync(StreamReader listener, string name)
    {
        while (true)
        {
            var line = await listener.ReadLineAsync(TestContext.Current.CancellationToken);
            if (line != $"event: {name}")
                continue;
            var data = await listener.ReadLineAsync(TestContext.Current.CancellationToken);
            return JsonNode.Parse(data!["data: ".Length..])!;
        }
    }
}
