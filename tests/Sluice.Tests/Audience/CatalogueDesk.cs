using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>A house with an admin of its Audience API, and members who have the rights that a test gives them.</summary>
internal sealed class CatalogueDesk : IAsyncDisposable
{
    private readonly List<IDisposable> _opened = [];

    private CatalogueDesk(TestHouse house, AccessDesk access) => (House, Access) = (house, access);

    internal TestHouse House { get; }

    internal AccessDesk Access { get; }

    internal ApiClient Admin => Access.Admin;

    internal static async Task<CatalogueDesk> StartAsync(StoreKind kind = StoreKind.Sqlite, params string[] settings) =>
        await OfAsync(await TestHouse.StartAsync(kind, settings));

    /// <summary>A desk in a house that stands, which goes with it.</summary>
    internal static async Task<CatalogueDesk> OfAsync(TestHouse house) => new(house, await AccessDesk.OpenAsync(house));

    /// <summary>Makes an object, which must go well.</summary>
    internal async Task<JsonNode> AddAsync(string path, string body)
    {
        var made = await Admin.PostTextAsync(path, body);
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        return made.Json;
    }

    internal async Task<long> AddDataSourceAsync(string name) => Id(await AddAsync("/v1/datasources/", $$"""{"name":"{{name}}"}"""), "dataSourceId");

    /// <summary>A merge rule that reads whoever signed in last; <paramref name="more"/> are further members.</summary>
    internal async Task<long> AddMergeRuleAsync(string more = "") => Id(
        await AddAsync("/v1/merge-rules/", $$"""{"name":"last","crossDeviceOption":"LAST_AUTHENTICATED","deviceOption":"DEVICE"{{more}}}"""), "mergeRuleDataSourceId");

    internal async Task<long> AddTraitAsync(long dataSource, string name = "boots", string more = "") => Id(
        await AddAsync("/v1/traits/", $$"""{"name":"{{name}}","traitType":"RULE_BASED_TRAIT","dataSourceId":{{dataSource}},"folderId":0,"traitRule":"product==12"{{more}}}"""),
        "sid");

    internal async Task<long> AddSegmentAsync(long dataSource, long trait) => Id(
        await AddAsync("/v1/segments/", $$"""{"name":"shoes","segmentRule":"{{trait}}T","dataSourceId":{{dataSource}},"folderId":0}"""), "sid");

    /// <summary>Somebody who has just these wildcards, and these rights on these objects: <c>TRAIT/5/READ+WRITE TRAIT/6/READ</c>.</summary>
    internal async Task<ApiClient> AddMemberAsync(string wildcards, string rows = "")
    {
        var name = Guid.NewGuid().ToString();
        var group = Id(await AddAsync("/v1/groups/", $$"""{"name":"{{name}}","wildcards":[{{Quoted(wildcards.Split(' ', StringSplitOptions.RemoveEmptyEntries))}}]}"""), "groupId");
        var permissions = rows.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split('/'))
            .Select(row => $$"""{"objectType":"{{row[0]}}","objectId":{{row[1]}},"permissions":[{{Quoted(row[2].Split('+'))}}]}""");
        var given = await Admin.SendAsync(HttpMethod.Put, $"/v1/groups/{group}/permissions/", $"[{string.Join(',', permissions)}]");
        Assert.True(given.Status == HttpStatusCode.OK, given.Text);
        var client = await Access.AddClientAsync($$"""{"name":"{{name}}","groups":[{{group}}]}""");
        var member = new ApiClient(House.Address, (await Access.GrantAsync(client)).AccessToken());
        _opened.Add(member);
        return member;
    }

    private static string Quoted(IEnumerable<string> texts) => string.Join(',', texts.Select(text => $"\"{text}\""));

    /// <summary>A URL destination without a format of its own; <paramref name="more"/> are further members.</summary>
    internal async Task<long> AddDestinationAsync(string more = "") => Id(
        await AddAsync("/v1/destinations/", $$"""{"name":"partner","destinationType":"PUSH","serializationEnabled":false{{more}}}"""), "destinationId");

    /// <summary>Maps a segment to a URL destination.</summary>
    internal async Task<long> AddMappingAsync(long destination, long segment) => Id(
        await AddAsync($"/v1/destinations/{destination}/mappings/",
            $$"""{"sid":{{segment}},"traitType":"SEGMENT","startDate":"2026-01-02","url":"https://p.example/x"}"""), "mappingId");

    internal static long Id(JsonNode one, string member) => one[member]!.GetValue<long>();

    internal static string[] Members(JsonNode one) => [.. one.AsObject().Select(member => member.Key)];

    /// <summary>Looks at a refusal: its status, its code, and what its lines must say.</summary>
    internal static void AssertRefused(ApiAnswer answer, HttpStatusCode status, string code, params string[] says)
    {
        Assert.True(answer.Status == status, $"{(int)answer.Status} {answer.Text}");
        Assert.Equal(code, answer.Json["code"]!.GetValue<string>());
        Assert.NotEqual("", answer.Json["message"]!.GetValue<string>());
        Assert.IsType<JsonArray>(answer.Json["childMessages"]);
        Assert.All(says, text => Assert.Contains(text, answer.Text, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in _opened)
            one.Dispose();
        Access.Dispose();
        await House.DisposeAsync();
    }
}
