using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Client;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Client;

/// <summary>The client against the program itself.</summary>
public sealed class RealServerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Good_messages_land_and_a_bad_one_comes_back_with_the_tree_of_its_faults(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await Producer.OpenAsync(house, new JsonObject { ["authenticationRequired"] = true });
        await using var producer = await CollectionProducer.OpenAsync(
            new ProducerOptions { Inlet = new Uri(house.Address + desk.Path), Credentials = CredentialsOf(house) }, Cancellation);

        var results = new List<Task<MessageResult>>();
        for (var one = 0; one < 1_200; one++)
            results.Add(await producer.EnqueueAsync(MessageOf(desk, $"m{one:D4}"), Cancellation));
        var bad = await producer.SendAsync(Bytes(desk.Message(new JsonObject { ["_id"] = 7, ["timestamp"] = "2019-02-23T22:07:01Z" })), Cancellation);
        await producer.FlushAsync(Cancellation);

        Assert.All(await Task.WhenAll(results), result => Assert.Equal(MessageOutcome.Accepted, result.Outcome));
        Assert.Equal((MessageOutcome.Refused, 400), (bad.Outcome, bad.Status));
        Assert.Equal($"{desk.Prefix}Message is invalid: #/_id: expected type: String, found: Integer", bad.Message);
        Assert.Equal("#/_id", bad.Report.GetProperty("cause").GetProperty("_streamingValidation")[0].GetProperty("pointerToViolation").GetString());
        var landed = await desk.LandedAsync(1_200);
        Assert.Equal(1_200, landed.Select(line => line["_id"]!.GetValue<string>()).Distinct().Count());
        Assert.Equal(1_200, landed.Count);
    }

    [Fact]
    public async Task A_message_in_parts_is_taken_as_the_page_has_it()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await Producer.OpenAsync(house, new JsonObject { ["deduplication"] = true });
        await using var producer = await CollectionProducer.OpenAsync(new ProducerOptions { Inlet = new Uri(house.Address + desk.Path) }, Cancellation);
        SluiceMessage Message(string id) => new()
        {
            SchemaId = desk.SchemaId,
            DatasetId = desk.DatasetId,
            OrganisationId = house.OrgId,
            SourceName = "test",
            MessageId = "one",
            Entity = Bytes(Producer.Entity(id)),
        };

        var first = await await producer.EnqueueAsync(Message("a"), Cancellation);
        var second = await await producer.EnqueueAsync(Message("b"), Cancellation);

        Assert.Equal((MessageOutcome.Accepted, false), (first.Outcome, first.IsDuplicate));
        Assert.Equal((MessageOutcome.Accepted, true), (second.Outcome, second.IsDuplicate));
    }

    [Fact]
    public async Task Compressed_requests_say_so_are_smaller_and_are_stored_like_any_other()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await Producer.OpenAsync(house);
        using var wire = new NotedWire();
        await using var producer = await CollectionProducer.OpenAsync(
            new ProducerOptions { Inlet = new Uri(house.Address + desk.Path), Compress = true, MaxRequestMessages = 100, Handler = wire }, Cancellation);

        var results = new List<Task<MessageResult>>();
        for (var one = 0; one < 300; one++)
            results.Add(await producer.EnqueueAsync(MessageOf(desk, $"z{one}-{Guid.NewGuid()}"), Cancellation)); // what repeats too well goes plain
        await producer.FlushAsync(Cancellation);

        Assert.All(await Task.WhenAll(results), result => Assert.Equal(MessageOutcome.Accepted, result.Outcome));
        Assert.True(wire.Requests.Count >= 3);
        Assert.All(wire.Requests, request => Assert.Equal("gzip", request.Encoding));
        Assert.InRange(wire.Requests.Sum(request => request.Bytes), 1, 300L * MessageOf(desk, "z").Length / 2);
        Assert.Equal(300, (await desk.LandedAsync(300)).Select(line => (string)line["_id"]!).Distinct().Count());
    }

    /// <summary>Passes requests on to the server and notes how their bodies went.</summary>
    private sealed class NotedWire() : DelegatingHandler(new SocketsHttpHandler())
    {
        internal ConcurrentBag<(string Encoding, long Bytes)> Requests { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add((string.Join(',', request.Content!.Headers.ContentEncoding), request.Content.Headers.ContentLength!.Value));
            return base.SendAsync(request, cancellationToken);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_goes_down_and_comes_back_gets_every_message_exactly_once(bool hasSpool)
    {
        const int Messages = 1_500;
        var folder = Directory.CreateTempSubdirectory("sluice-client-");
        var data = folder.CreateSubdirectory("data").FullName;
        var house = await TestHouse.StartInAsync(data);
        var address = house.Address;
        var desk = await Producer.OpenAsync(house);
        await using (var producer = await CollectionProducer.OpenAsync(
            new ProducerOptions
            {
                Inlet = new Uri(address + desk.Path),
                Linger = TimeSpan.FromMilliseconds(2),
                MaxRequestMessages = 20,
                MaxRetries = int.MaxValue,
                MaxBackOff = TimeSpan.FromMilliseconds(250),
                Spool = hasSpool ? new SpoolOptions { Folder = Path.Combine(folder.FullName, "spool") } : null,
            }, Cancellation))
        {
            var results = new List<Task<MessageResult>>();
            for (var one = 0; one < Messages; one++)
            {
                results.Add(await producer.EnqueueAsync(MessageOf(desk, $"m{one:D5}"), Cancellation));
                if (one % 500 != 250)
                    continue;
                await results[one / 2];
                await house.DisposeAsync();
                results.Add(await producer.EnqueueAsync(MessageOf(desk, $"while-away-{one}"), Cancellation));
                house = await TestHouse.StartAgainAsync(data, address);
            }
            Assert.All(await Task.WhenAll(results), result => Assert.Equal(MessageOutcome.Accepted, result.Outcome));
        }

        using var api = await house.SignInAsync();
        var ids = await LandedIdsAsync(api, desk.DatasetId, Messages + 3);
        await house.DisposeAsync();
        folder.Delete(recursive: true);
        Assert.Equal(Messages + 3, ids.Count);
        Assert.Equal(Messages + 3, ids.Distinct().Count());
    }

    internal static ClientCredentials CredentialsOf(TestHouse house) => new()
    {
        ClientId = house.Credentials["client"]!["clientId"]!.GetValue<string>(),
        ClientSecret = house.Credentials["client"]!["clientSecret"]!.GetValue<string>(),
        OrganisationId = house.OrgId,
        TokenAddress = new Uri(house.Address + "/ims/token/v3"),
    };

    private static byte[] MessageOf(Producer desk, string id) => Bytes(desk.Message(Producer.Entity(id)));

    private static byte[] Bytes(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());

    private static async Task<List<string>> LandedIdsAsync(ApiClient api, string dataset, int records)
    {
        JsonObject page;
        do
        {
            page = (await api.GetAsync($"/data/foundation/catalog/batches?dataSet={dataset}&status=success&limit=100")).Json.AsObject();
        }
        while (page.Sum(one => one.Value!["metrics"]!["inputRecordCount"]!.GetValue<int>()) < records);
        var ids = new List<string>();
        foreach (var (batchId, _) in page)
        {
            var file = await api.GetAsync($"/data/foundation/export/files/{batchId}-1?path={batchId}.json");
            ids.AddRange(file.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["_id"]!.GetValue<string>()));
        }
        return ids;
    }
}
