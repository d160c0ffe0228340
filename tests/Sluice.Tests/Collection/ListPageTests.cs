using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>What lists of this door can do beyond the contract: look for a text, say how many there are, and begin anywhere.</summary>
public sealed class ListPageTests
{
    private const string Catalog = "/data/foundation/catalog";
    private const string Connections = "/data/foundation/flowservice/connections";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_list_of_datasets_finds_a_text_says_how_many_there_are_and_shows_only_the_page(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        for (var number = 0; number < 12; number++)
        {
            await producer.Api.PostAsync(Catalog + "/dataSets", new JsonObject
            {
                ["name"] = $"Shop \"{number:00}\"",
                ["description"] = number % 4 == 0 ? "Ünder the bridge" : "plain",
                ["schemaRef"] = new JsonObject { ["id"] = producer.SchemaId },
            });
        }
        await producer.SendAsync(producer.Message());
        await producer.LandedAsync(1);

        Assert.Equal((13, 5), await CountAsync(producer.Api, "limit=5&count=true"));
        Assert.Equal((13, 3), await CountAsync(producer.Api, "limit=5&start=10&count=true&orderBy=desc:created"));
        Assert.Equal((13, 3), await CountAsync(producer.Api, "limit=5&start=10&count=true&orderBy=name"));
        Assert.Equal((12, 5), await CountAsync(producer.Api, "limit=5&count=true&search=sHOP"));
        Assert.Equal((1, 1), await CountAsync(producer.Api, $"count=true&search={Uri.EscapeDataString("shop \"07\"")}"));
        Assert.Equal((3, 3), await CountAsync(producer.Api, $"count=true&search={Uri.EscapeDataString("üNDER")}"));
        Assert.Equal((1, 1), await CountAsync(producer.Api, $"count=true&search={producer.DatasetId.ToUpperInvariant()}"));
        Assert.Equal((13, 13), await CountAsync(producer.Api, $"count=true&search={producer.SchemaId.Split('/')[^1]}"));
        Assert.Equal((0, 0), await CountAsync(producer.Api, "count=true&search=containerFormat"));
        Assert.Equal((1, 1), await CountAsync(producer.Api, "count=true&property=lastBatchStatus==success"));
        Assert.False((await producer.Api.GetAsync(Catalog + "/dataSets")).Headers.Contains("x-sluice-total"));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_list_of_datasets_is_the_same_whether_the_database_or_the_program_does_the_query(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        for (var number = 0; number < 8; number++)
            await producer.Api.PostAsync(Catalog + "/dataSets", new JsonObject { ["name"] = $"n{number}", ["schemaRef"] = new JsonObject { ["id"] = producer.SchemaId } });
        await producer.Api.SendAsync(HttpMethod.Patch, $"{Catalog}/dataSets/{producer.DatasetId}", """{"description":"changed last"}""");
        await producer.SendAsync(producer.Message());
        await producer.LandedAsync(1);

        foreach (var query in new[] { "", "orderBy=created", "orderBy=desc:created", "orderBy=desc:updated", "orderBy=asc:updated&start=3&limit=4", "properties=name,lastBatchStatus", "orderBy=name", "orderBy=desc:name&start=2&limit=3" })
        {
            var bySql = (await producer.Api.GetAsync($"{Catalog}/dataSets?{query}")).Text;
            var inMemory = (await producer.Api.GetAsync($"{Catalog}/dataSets?{query}&property=schemaRef")).Text;
            var withBatches = (await producer.Api.GetAsync($"{Catalog}/dataSets?{query}&property=!lastNothing")).Text;

            Assert.Equal(inMemory, bySql);
            Assert.Equal(withBatches, bySql);
        }
        Assert.Contains("\"lastBatchStatus\":\"success\"", (await producer.Api.GetAsync(Catalog + "/dataSets")).Text.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_list_of_batches_finds_an_id_and_says_how_many_there_are(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        var ids = new List<string>();
        for (var number = 0; number < 7; number++)
        {
            var created = await producer.Api.PostTextAsync(Catalog + "/batches",
                $$"""{"relatedObjects":[{"type":"dataSet","id":"{{producer.DatasetId}}"}],"externalId":"load-{{number}}"}""");
            ids.Add(created.Headers.Location!.OriginalString.Split('/')[5]);
        }
        async Task<(long Total, int Shown)> Count(string query)
        {
            var answer = await producer.Api.GetAsync($"{Catalog}/batches?count=true&{query}");
            return (TotalOf(answer), answer.Json.AsObject().Count);
        }

        Assert.Equal((7, 3), await Count($"dataSet={producer.DatasetId}&limit=3&orderBy=desc:created"));
        Assert.Equal((7, 1), await Count("status=loading&limit=3&start=6"));
        Assert.Equal((7, 2), await Count("property=status==loading&limit=2"));
        Assert.Equal((1, 1), await Count($"search={ids[3].ToLowerInvariant()}"));
        Assert.Equal((7, 7), await Count("search=LOAD"));
        Assert.Equal((1, 1), await Count("search=load-5"));
        Assert.Equal((0, 0), await Count("search=externalid"));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_list_of_connections_begins_anywhere_and_finds_a_text(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var api = await house.SignInAsync();
        for (var number = 0; number < 6; number++)
        {
            await api.PostTextAsync(Connections,
                $$$$"""{"name":"Till {{{{number}}}}","connectionSpec":{"id":"bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb","version":"1.0"},"auth":{"specName":"Streaming Connection","params":{"dataType":"xdm"}}}""");
        }

        var middle = (await api.GetAsync($"{Connections}?orderby=name&start=2&limit=2&count=true")).Json;
        var next = (await api.GetAsync(middle["_links"]!["next"]!["href"]!.GetValue<string>())).Json;
        var found = (await api.GetAsync($"{Connections}?search=TILL%203&count=true")).Json;
        var byInlet = (await api.GetAsync($"{Connections}?search={found["items"]![0]!["auth"]!["params"]!["inletId"]!.GetValue<string>()}")).Json;

        Assert.Equal(["Till 2", "Till 3"], NamesOf(middle));
        Assert.Equal(6, middle["count"]!.GetValue<int>());
        Assert.Equal(["Till 4", "Till 5"], NamesOf(next));
        Assert.Equal(["Till 3"], NamesOf(found));
        Assert.Equal(1, found["count"]!.GetValue<int>());
        Assert.Equal(["Till 3"], NamesOf(byInlet));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_list_of_schemas_counts_its_pages_and_finds_a_text(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await RegistryDesk.OpenAsync(house);
        for (var number = 0; number < 6; number++)
            await desk.ComposeAsync($"Visit {number}", RegistryDesk.Events);
        async Task<(int? Total, string Titles)> List(string query)
        {
            var page = (await desk.Api.GetAsync($"{RegistryDesk.Base}/tenant/schemas?{query}")).Json;
            return (page["_page"]!["total"]?.GetValue<int>(), string.Join(' ', page["results"]!.AsArray().Select(one => one!["title"]!.GetValue<string>()[^1])));
        }

        Assert.Equal((6, "2 3"), await List("orderby=title&offset=2&limit=2"));
        Assert.Equal((6, "1 0"), await List("orderby=-title&offset=4&limit=20"));
        Assert.Equal((6, ""), await List("offset=9"));
        Assert.Equal((1, "4"), await List("offset=0&search=vISIT%204"));
        Assert.Equal((null, "4"), await List("search=vISIT%204"));
    }

    [Theory]
    [InlineData("/data/foundation/catalog/dataSets?count=perhaps", "'count'")]
    [InlineData("/data/foundation/catalog/dataSets?search=%00", "'search'")]
    [InlineData("/data/foundation/catalog/batches?search=LONG", "'search'")]
    [InlineData("/data/foundation/catalog/lastBatches?search=LONG", "'search'")]
    [InlineData("/data/foundation/flowservice/connections?start=-1", "'start'")]
    [InlineData("/data/foundation/flowservice/connections?start=1000000001", "'start'")]
    [InlineData("/data/foundation/flowservice/connections?search=LONG", "'search'")]
    [InlineData("/data/foundation/schemaregistry/tenant/schemas?offset=x", "'offset'")]
    [InlineData("/data/foundation/schemaregistry/tenant/schemas?search=LONG", "'search'")]
    public async Task A_page_that_cannot_be_understood_is_refused_by_the_name_of_its_parameter(string path, string named)
    {
        await using var house = await TestHouse.StartAsync();
        using var api = await house.SignInAsync();

        var refused = await api.GetAsync(path.Replace("LONG", new string('x', 257), StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(named, refused.Text, StringComparison.Ordinal);
    }

    private static async Task<(long Total, int Shown)> CountAsync(ApiClient api, string query)
    {
        var answer = await api.GetAsync($"{Catalog}/dataSets?{query}");
        return (TotalOf(answer), answer.Json.AsObject().Count);
    }

    private static long TotalOf(ApiAnswer answer) => long.Parse(answer.Headers.GetValues("x-sluice-total").Single(), System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<string> NamesOf(JsonNode page) => page["items"]!.AsArray().Select(one => one!["name"]!.GetValue<string>());
}
