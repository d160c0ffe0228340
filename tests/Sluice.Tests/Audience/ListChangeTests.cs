using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>Lists while objects come, change and go: contract audience.md 2.1, whose orders are carried over from change to change.</summary>
public sealed class ListChangeTests
{
    private const int Rounds = 60;

    private static readonly string[] Words = ["boots", "Boots", "hat", "Wool hat", "scarf", "12", "é", "Zebra", ""];
    private static readonly string[] Sorts = ["", "name", "description", "integrationCode", "ttl", "updateTime", "traitRuleVersion", "sid", "unknown"];
    private static readonly string[] Searches = ["", "boot", "1", "hat", "BASED", "none"];

    [Theory]
    [InlineData(StoreKind.Sqlite, 1)]
    [InlineData(StoreKind.Sqlite, 2)]
    [InlineData(StoreKind.Postgres, 3)]
    [Contract("audience 2.1")]
    public async Task Between_random_writes_every_page_is_that_of_a_plain_list(StoreKind kind, int seed)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var random = new Random(seed);
        var source = await desk.AddDataSourceAsync("shop");
        var model = new SortedDictionary<long, JsonNode>();
        for (var index = 0; index < 30; index++)
            await CreateAsync();

        for (var round = 0; round < Rounds; round++)
        {
            for (var write = random.Next(1, 4); write > 0; write--)
                await (random.Next(4) switch { 0 => CreateAsync(), 1 => DeleteAsync(), _ => ChangeAsync() });
            for (var read = 0; read < 3; read++)
                await CompareAsync();
        }

        async Task CreateAsync()
        {
            var body = NewBody(random);
            body["traitType"] = "RULE_BASED_TRAIT";
            body["dataSourceId"] = source;
            body["folderId"] = 0;
            var made = await desk.AddAsync("/v1/traits/", body.ToJsonString());
            model.Add((long)made["sid"]!, AsRow(made));
        }

        async Task ChangeAsync()
        {
            var sid = model.Keys.ElementAt(random.Next(model.Count));
            var changed = await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/traits/{sid}", NewBody(random).ToJsonString());
            Assert.Equal(HttpStatusCode.OK, changed.Status);
            model[sid] = AsRow(changed.Json);
        }

        async Task DeleteAsync()
        {
            var sid = model.Keys.ElementAt(random.Next(model.Count));
            Assert.Equal(HttpStatusCode.NoContent, (await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/traits/{sid}", null)).Status);
            model.Remove(sid);
        }

        async Task CompareAsync()
        {
            var (sort, search, descending) = (Sorts[random.Next(Sorts.Length)], Searches[random.Next(Searches.Length)], random.Next(2) == 0);
            var (page, size) = (random.Next(4), random.Next(1, 15));
            var query = $"dataSourceId={source}&sortBy={sort}&search={search}&descending={descending}";
            var expected = ListModel.Select(model.Values, search, sort, descending);

            var plain = await desk.Admin.GetAsync($"/v1/traits/?{query}");
            var paged = await desk.Admin.GetAsync($"/v1/traits/?{query}&page={page}&pageSize={size}");

            Assert.Equal((query, ListModel.Text(expected)), (query, ListModel.Text(plain.Json.AsArray().Select(row => row!))));
            Assert.Equal(expected.Length, (int)paged.Json["total"]!);
            Assert.Equal((query, ListModel.Text(ListModel.Page(expected, page, size))), (query, ListModel.Text(paged.Json["list"]!.AsArray().Select(row => row!))));
        }
    }

    // What is told of a single object only is in no list.
    private static JsonNode AsRow(JsonNode one)
    {
        one.AsObject().Remove("effectiveSince");
        return one;
    }

    private static JsonObject NewBody(Random random) => new()
    {
        ["name"] = Words[random.Next(Words.Length - 1)],
        ["description"] = random.Next(3) == 0 ? null : Words[random.Next(Words.Length)],
        ["integrationCode"] = random.Next(3) == 0 ? null : random.Next(5).ToString(CultureInfo.InvariantCulture),
        ["ttl"] = random.Next(5),
        ["traitRule"] = $"product=={random.Next(3)}",
    };
}
