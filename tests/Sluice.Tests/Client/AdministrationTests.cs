using System.Text;
using System.Text.Json.Nodes;
using Sluice.Client;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Client;

/// <summary>The management paths as typed calls, against the program itself.</summary>
public sealed class AdministrationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task From_a_schema_to_a_mended_message_everything_is_a_typed_call(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var calls = Open(house);

        var schema = await calls.CreateSchemaAsync(await SampleAsync("Orders"), Cancellation);
        var datasetId = await calls.CreateDatasetAsync("Orders", schema.Id, Cancellation);
        var inlet = await calls.CreateInletAsync(new InletWish("orders") { DatasetId = datasetId, Deduplication = true }, Cancellation);
        await using var producer = await CollectionProducer.OpenAsync(new ProducerOptions { Inlet = inlet.InletUrl }, Cancellation);
        var good = await await producer.EnqueueAsync(Message(schema.Id, """{"_id":"a","timestamp":"2019-02-23T22:07:01Z"}"""), Cancellation);
        var bad = await await producer.EnqueueAsync(Message(schema.Id, """{"_id":7,"timestamp":"2019-02-23T22:07:01Z"}"""), Cancellation);

        Assert.Equal((MessageOutcome.Accepted, MessageOutcome.Refused), (good.Outcome, bad.Outcome));
        Assert.Equal(schema.Id, (await calls.FindSchemaAsync(schema.Id, Cancellation))!.Id);
        Assert.Contains(await AllAsync(calls.ListSchemasAsync(Cancellation)), one => one.Id == schema.Id && one.Title == "Orders");
        Assert.Equal((datasetId, "Orders", schema.Id), Triple((await calls.FindDatasetAsync(datasetId, Cancellation))!));
        Assert.Equal((datasetId, "Orders", schema.Id), Triple(Assert.Single(await AllAsync(calls.ListDatasetsAsync(Cancellation)), one => one.Id == datasetId)));
        Assert.Equal((datasetId, true), (inlet.DatasetId, inlet.Deduplication));
        Assert.Contains(await calls.ListInletsAsync(Cancellation), one => one == inlet);
        Assert.Equal(inlet, await calls.FindInletAsync(inlet.InletId, Cancellation));

        var group = await UntilAsync(async () => First(await calls.ListFailedGroupsAsync(cancellation: Cancellation)));
        Assert.Equal(("type", "#/_id", 1L, schema.Id), (group.Keyword, group.Pointer, group.Count, group.Schema));
        Assert.Equal(7, (await calls.ListFailedMessagesAsync(group.Fingerprint, cancellation: Cancellation))[0].Message.GetProperty("body").GetProperty("xdmEntity").GetProperty("_id").GetInt32());
        var started = await calls.StartFixAsync(group.Fingerprint, """[{"op":"replace","path":"/body/xdmEntity/_id","value":"b"}]"""u8.ToArray(), isDryRun: false, Cancellation);
        var mended = await UntilAsync(async () => await calls.FindFixAsync(started.Id, Cancellation) is { IsRunning: false } fix ? fix : null);
        Assert.Equal(("done", 1L, 1L), (mended.State, mended.Total, mended.Passed));
        var batch = await UntilAsync(async () => First(await calls.ListBatchesAsync(new BatchQuery { DatasetId = datasetId, Status = "success" }, Cancellation)));
        Assert.Equal((datasetId, "success"), (batch.DatasetId, batch.Status));
        Assert.Equal(batch.Id, (await calls.FindBatchAsync(batch.Id, Cancellation))!.Id);
    }

    [Fact]
    public async Task A_connection_stands_on_an_inlet_of_its_own()
    {
        await using var house = await TestHouse.StartAsync();
        using var calls = Open(house);

        var id = await calls.CreateConnectionAsync("shop", authenticationRequired: true, Cancellation);
        var connection = (await calls.FindConnectionAsync(id, Cancellation))!;

        Assert.Equal(("shop", "enabled"), (connection.Name, connection.State));
        Assert.EndsWith($"/collection/{connection.InletId}", connection.InletUrl!.ToString());
        Assert.True((await calls.FindInletAsync(connection.InletId!, Cancellation))!.AuthenticationRequired);
        Assert.Equal(id, Assert.Single(await calls.ListConnectionsAsync(Cancellation)).Id);
    }

    [Fact]
    public async Task A_refusal_keeps_its_status_code_and_words()
    {
        await using var house = await TestHouse.StartAsync();
        using var calls = Open(house);
        await calls.CreateSchemaAsync(await SampleAsync("Orders"), Cancellation);

        var taken = await Assert.ThrowsAsync<SluiceException>(async () => await calls.CreateSchemaAsync(await SampleAsync("Orders"), Cancellation));
        var unknown = await Assert.ThrowsAsync<SluiceException>(() => calls.CreateDatasetAsync("x", "https://ns.example/none", Cancellation));
        var noFix = await Assert.ThrowsAsync<SluiceException>(() => calls.CancelFixAsync("none", Cancellation));

        Assert.Equal((400, "XDM-1521-400"), (taken.Status, taken.Code));
        Assert.StartsWith("The title [Orders] is taken by ", taken.Message);
        Assert.Equal((400, "'schemaRef.id' refers to an unknown schema [https://ns.example/none]"), (unknown.Status, unknown.Message));
        Assert.Equal((404, "There is no fix [none]"), (noFix.Status, noFix.Message));
    }

    [Fact]
    public async Task What_is_not_there_is_null()
    {
        await using var house = await TestHouse.StartAsync();
        using var calls = Open(house);

        Assert.Null(await calls.FindSchemaAsync("https://ns.example/none", Cancellation));
        Assert.Null(await calls.FindDatasetAsync("none", Cancellation));
        Assert.Null(await calls.FindInletAsync("none", Cancellation));
        Assert.Null(await calls.FindConnectionAsync("none", Cancellation));
        Assert.Null(await calls.FindBatchAsync("none", Cancellation));
        Assert.Null(await calls.FindFixAsync("none", Cancellation));
    }

    [Fact]
    public async Task A_wrong_secret_is_a_refusal_in_the_servers_words()
    {
        await using var house = await TestHouse.StartAsync();
        var right = RealServerTests.CredentialsOf(house);
        using var calls = new SluiceAdministration(new AdministrationOptions
        {
            Server = new Uri(house.Address),
            Credentials = new ClientCredentials { ClientId = right.ClientId, ClientSecret = "hush-hush", TokenAddress = right.TokenAddress },
        });

        var refusal = await Assert.ThrowsAsync<SluiceException>(() => calls.ListInletsAsync(Cancellation));

        Assert.Equal("invalid_client", refusal.Code);
        Assert.DoesNotContain("hush-hush", refusal.ToString());
    }

    private static SluiceAdministration Open(TestHouse house) =>
        new(new AdministrationOptions { Server = new Uri(house.Address), Credentials = RealServerTests.CredentialsOf(house) });

    private static (string, string, string) Triple(Dataset dataset) => (dataset.Id, dataset.Name, dataset.SchemaId);

    private static SluiceMessage Message(string schemaId, string entity) => new() { SchemaId = schemaId, Entity = Encoding.UTF8.GetBytes(entity) };

    private static async Task<byte[]> SampleAsync(string title)
    {
        var sample = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(SharedData.Repository, "samples/schemas/web-event.schema.json"), Cancellation))!;
        sample["title"] = title;
        return Encoding.UTF8.GetBytes(sample.ToJsonString());
    }

    private static async Task<List<T>> AllAsync<T>(IAsyncEnumerable<T> all)
    {
        var list = new List<T>();
        await foreach (var one in all)
            list.Add(one);
        return list;
    }

    private static T? First<T>(IReadOnlyList<T> list) where T : class => list.Count > 0 ? list[0] : null;

    private static async Task<T> UntilAsync<T>(Func<Task<T?>> look) where T : class => (await Until.SeenAsync(look, found => found is not null))!;
}
