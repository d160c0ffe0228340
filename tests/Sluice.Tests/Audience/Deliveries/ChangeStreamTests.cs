using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Deliveries;

/// <summary>Entries and exits as pages and as a stream of events.</summary>
public sealed class ChangeStreamTests
{
    private const string Path = "/api/sluice/v1/segment-changes";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Changes_are_paged_in_their_order_each_once(StoreKind kind)
    {
        await using var house = await DeliveryHouse.StartAsync(kind);
        await house.SendManyAsync(0, 3);
        await WaitAsync(house, 3);

        var changes = new List<JsonNode>();
        for (var (after, pages) = (0L, 0); pages < 10; pages++)
        {
            var page = (await house.Admin.GetAsync($"{Path}?after={after}&limit=2")).Json;
            changes.AddRange(page["changes"]!.AsArray().Select(one => one!.DeepClone()));
            after = (long)page["next"]!;
            if (after == (long)page["newest"]!)
                break;
        }
        var devices = (await house.Admin.GetAsync($"{Path}?namespace=0&segment={house.Segment}")).Json["changes"]!.AsArray();

        Assert.Equal(Enumerable.Range(1, changes.Count).Select(seq => (long)seq), changes.Select(one => (long)one["seq"]!));
        Assert.Equal([$"{1:D38}", $"{2:D38}", $"{3:D38}"], devices.Select(one => (string)one!["id"]!));
        Assert.All(devices, one => Assert.Equal(
            (house.Segment, "out", "in", "event"), ((long)one!["segment"]!, (string)one["oldState"]!, (string)one["newState"]!, (string)one["cause"]!)));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task What_one_event_changed_is_found_by_its_id_and_a_page_can_begin_at_a_moment(StoreKind kind)
    {
        await using var house = await DeliveryHouse.StartAsync(kind);
        await house.SendManyAsync(0, 3);
        await WaitAsync(house, 3);
        var all = (await house.Admin.GetAsync($"{Path}?namespace=0")).Json["changes"]!.AsArray();
        var (detail, time) = ((string)all[1]!["detail"]!, (long)all[1]!["time"]!);

        var caused = (await house.Admin.GetAsync($"{Path}?namespace=0&since={time}&detail={Uri.EscapeDataString(detail)}")).Json["changes"]!.AsArray();
        var later = (await house.Admin.GetAsync($"{Path}?since={(long)all[^1]!["time"]! + 1}")).Json["changes"]!.AsArray();
        var wrong = await house.Admin.GetAsync($"{Path}?since=-1");

        Assert.Equal([(long)all[1]!["seq"]!], caused.Select(one => (long)one!["seq"]!));
        Assert.Empty(later);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task What_one_collected_message_changed_is_found_by_the_id_that_its_sender_was_told(StoreKind kind)
    {
        await using var house = await DeliveryHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house.Desk.House);
        var forProfiles = await house.Admin.SendAsync(HttpMethod.Patch, $"/data/foundation/catalog/dataSets/{producer.DatasetId}", """{"tags":{"unifiedProfile":["enabled:true"]}}""");
        Assert.True(forProfiles.Status == HttpStatusCode.OK, forProfiles.Text);
        var trait = CatalogueDesk.Id(await house.Desk.AddAsync(
            "/v1/traits/", $$"""{"name":"lock gates","traitType":"RULE_BASED_TRAIT","dataSourceId":{{house.Source}},"folderId":0,"traitRule":"productListItems.SKU == \"LOCK-GATE\""}"""), "sid");
        var segment = await house.Desk.AddSegmentAsync(house.Source, trait);

        var sent = await producer.SendAsync(producer.Message(MessageOf("ada")), producer.Message(MessageOf("ben")));
        var ids = sent.Json["responses"]!.AsArray().Select(one => (string)one!["xactionId"]!).ToList();
        await WaitAsync(house, 2);
        var first = (await house.Admin.GetAsync($"{Path}?detail={Uri.EscapeDataString(ids[0])}")).Json["changes"]!.AsArray();
        var none = (await house.Admin.GetAsync($"{Path}?detail={Uri.EscapeDataString(ids[0] + "0")}")).Json["changes"]!.AsArray();

        Assert.Equal([(segment, "ada@example.com", "in", "event", ids[0])], first.Select(one =>
            ((long)one!["segment"]!, (string)one["id"]!, (string)one["newState"]!, (string)one["cause"]!, (string)one["detail"]!)));
        Assert.Empty(none);

        JsonObject MessageOf(string who)
        {
            var entity = Producer.Entity(who);
            entity["timestamp"] = house.Clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
            entity["productListItems"] = JsonNode.Parse("""[{"SKU":"LOCK-GATE"}]""");
            entity["identityMap"] = JsonNode.Parse($$"""{"Email":[{"id":"{{who}}@example.com","primary":true}]}""");
            return entity;
        }
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_stream_goes_on_behind_the_last_event_its_reader_had(StoreKind kind)
    {
        await using var house = await DeliveryHouse.StartAsync(kind);
        await house.SendAsync("p0", $"{1:D38}");
        await WaitAsync(house, 1);

        string last;
        await using (var reader = await OpenAsync(house.Admin, $"{Path}?namespace=0", null))
        {
            var first = await reader.NextAsync();
            await house.SendAsync("p1", $"{2:D38}"); // while it listens
            var second = await reader.NextAsync();
            Assert.Equal((first.Id, second.Id), ($"{(long)first.Data["seq"]!}", $"{(long)second.Data["seq"]!}"));
            Assert.Equal(($"{1:D38}", $"{2:D38}"), ((string)first.Data["id"]!, (string)second.Data["id"]!));
            last = second.Id;
        }
        await house.SendAsync("p2", $"{3:D38}"); // while it is away
        await using (var again = await OpenAsync(house.Admin, $"{Path}?namespace=0", last))
            Assert.Equal($"{3:D38}", (string)(await again.NextAsync()).Data["id"]!);
    }

    [Fact]
    public async Task A_house_stops_although_somebody_listens()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        await using var reader = await OpenAsync(house.Admin, Path, null);

        await house.RestartAsync();

        Assert.Equal(HttpStatusCode.OK, (await house.Admin.GetAsync(Path)).Status);
    }

    [Fact]
    [Contract("audience 6")]
    public async Task A_reader_sees_changes_of_segments_it_may_read_only()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        var other = await house.Desk.AddDataSourceAsync("other");
        var hidden = await house.Desk.AddSegmentAsync(other, house.Trait);
        using var member = await house.Desk.AddMemberAsync("", $"SEGMENT/{house.Segment}/READ");
        using var nobody = await house.Desk.AddMemberAsync("");
        await house.SendAsync("ann");
        await WaitAsync(house, 2);

        var seen = (await member.GetAsync(Path)).Json["changes"]!.AsArray();
        await using var stream = await OpenAsync(member, Path, null);

        Assert.Equal([house.Segment], seen.Select(one => (long)one!["segment"]!).Distinct());
        Assert.Equal(house.Segment, (long)(await stream.NextAsync()).Data["segment"]!);
        Assert.Empty((await nobody.GetAsync(Path)).Json["changes"]!.AsArray());
        CatalogueDesk.AssertRefused(await member.GetAsync($"{Path}?segment={hidden}"), HttpStatusCode.Forbidden, "forbidden", $"{hidden}");
        Assert.Contains((await house.Admin.GetAsync(Path)).Json["changes"]!.AsArray(), one => (long)one!["segment"]! == hidden);
    }

    [Theory]
    [InlineData("after=-1", "after")]
    [InlineData("after=x", "after")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("segment=x", "segment")]
    public async Task A_parameter_that_cannot_be_used_is_named(string query, string says)
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);

        CatalogueDesk.AssertRefused(await house.Admin.GetAsync($"{Path}?{query}"), HttpStatusCode.BadRequest, "validation_error", says);
        CatalogueDesk.AssertRefused(await house.Admin.GetAsync(Path, ("Last-Event-ID", "x")), HttpStatusCode.BadRequest, "validation_error", "Last-Event-ID");
    }

    [Fact]
    public async Task There_are_no_more_readers_than_may_be()
    {
        await using var house = await DeliveryHouse.StartAsync(StoreKind.Sqlite);
        var readers = new List<EventReader>();

        for (var reader = 0; reader < Sluice.Audience.Deliveries.Streams.ChangeStreams.MaxReaders; reader++)
            readers.Add(await OpenAsync(house.Admin, Path, null));
        var refused = await house.Admin.GetAsync(Path, ("Accept", "text/event-stream"));

        CatalogueDesk.AssertRefused(refused, HttpStatusCode.ServiceUnavailable, "unavailable");
        foreach (var reader in readers)
            await reader.DisposeAsync();
    }

    private static Task<long> WaitAsync(DeliveryHouse house, int newest) =>
        Until.SeenAsync(async () => (long)(await house.Admin.GetAsync($"{Path}?limit=1")).Json["newest"]!, seen => seen >= newest);

    private static async Task<EventReader> OpenAsync(ApiClient client, string path, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", "text/event-stream");
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new EventReader(response, new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
    }

    private sealed class EventReader(HttpResponseMessage response, StreamReader lines) : IAsyncDisposable
    {
        internal async Task<(string Id, JsonNode Data)> NextAsync()
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            patience.CancelAfter(TimeSpan.FromSeconds(30));
            for (var id = ""; ;)
            {
                var line = await lines.ReadLineAsync(patience.Token) ?? throw new InvalidOperationException("The stream ended.");
                if (line.StartsWith("id: ", StringComparison.Ordinal))
                    id = line[4..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    return (id, JsonNode.Parse(line[6..])!);
            }
        }

        public ValueTask DisposeAsync()
        {
            lines.Dispose();
            response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
