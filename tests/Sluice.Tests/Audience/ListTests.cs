using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>The options that all lists share: contract audience.md 2.1.</summary>
[Contract("audience 2.1")]
public sealed class ListTests(StockedDesk stock) : IClassFixture<StockedDesk>
{
    public static TheoryData<string> Lists => [.. StockedDesk.Lists];

    [Theory]
    [MemberData(nameof(Lists))]
    [Statement("B40", "B51")]
    public async Task Without_a_page_the_answer_is_a_plain_array_of_everything_by_id(string path)
    {
        var rows = await RowsAsync(path);

        foreach (var query in (string[])["?page=&pageSize=", "?nobody=knows&filter=me", "?descending=false", "?search=", "?sortBy=", "?includePermissions=", "?descending=no"])
            Assert.Equal(ListModel.Text(rows), ListModel.Text(await RowsAsync(path + query)));

        var ids = rows.Select(row => IdOf(path, row)).ToArray();
        Assert.Equal(ids.Order(), ids);
        Assert.True(rows.Length > 10 || path is "/v1/algorithms/" or "/v1/users/" or "/v1/dcs-regions/" or "/v1/datasources/", path);
    }

    [Theory]
    [MemberData(nameof(Lists))]
    [Contract("audience L1", "audience L2")]
    [Statement("B41", "B42", "B52")]
    public async Task A_page_comes_in_a_wrapper_with_its_number_its_size_and_the_total(string path)
    {
        var all = await RowsAsync(path);
        (string Query, int Page, int Size)[] asked =
        [
            ("page=0", 0, 10), ("page=1", 1, 10), ("page=2&pageSize=5", 2, 5), ("pageSize=5", 0, 5), ("page=0&pageSize=1000", 0, 1_000), ("page=9", 9, 10),
            ("page=1&pageSize=", 1, 10), ("page=&pageSize=3", 0, 3), ("page=3&pageSize=1", 3, 1),
        ];

        foreach (var (query, page, size) in asked)
        {
            var answer = await Client.GetAsync($"{path}?{query}");

            Assert.Equal(["total", "page", "pageSize", "list"], CatalogueDesk.Members(answer.Json));
            Assert.Equal((all.Length, page, size), ((int)answer.Json["total"]!, (int)answer.Json["page"]!, (int)answer.Json["pageSize"]!));
            Assert.Equal(ListModel.Text(ListModel.Page(all, page, size)), ListModel.Text(answer.Json["list"]!.AsArray().Select(row => row!)));
        }
    }

    [Theory]
    [InlineData("page=0&pageSize=99999999", 0, 10_000)]
    [InlineData("page=2147483648", 2_147_483_648, 10)]
    [InlineData("page=9223372036854775807", long.MaxValue, 10)]
    [InlineData("page=922337203685477581", 922_337_203_685_477_581, 10)] // times ten it is more than 64 bits hold
    [InlineData("page=1844674407370956&pageSize=10000", 1_844_674_407_370_956, 10_000)]
    public async Task However_far_a_page_lies_past_the_end_it_is_empty(string query, long page, int size)
    {
        foreach (var path in (string[])["/v1/traits/", "/v1/segments/", "/v1/users/"])
        {
            var answer = await Client.GetAsync($"{path}?{query}");

            Assert.Equal((HttpStatusCode.OK, page, size), (answer.Status, (long)answer.Json["page"]!, (int)answer.Json["pageSize"]!));
            Assert.Equal(page > 0, answer.Json["list"]!.AsArray().Count == 0);
        }
    }

    [Theory]
    [InlineData("page=x", "page")]
    [InlineData("page=-1", "page")]
    [InlineData("page=1.5", "page")]
    [InlineData("page=99999999999999999999", "page")]
    [InlineData("pageSize=0", "pageSize")]
    [InlineData("pageSize=-4294967295", "pageSize")]
    [InlineData("pageSize=ten", "pageSize")]
    [InlineData("permissions=FLY", "FLY")]
    [InlineData("permission=READ,FLY", "FLY")]
    [InlineData("page=0&page=1", "page")]
    public async Task What_cannot_be_read_is_refused_by_its_name(string query, string says)
    {
        foreach (var path in StockedDesk.Lists)
            CatalogueDesk.AssertRefused(await Client.GetAsync($"{path}?{query}"), HttpStatusCode.BadRequest, "validation_error", says);
    }

    [Theory]
    [MemberData(nameof(Lists))]
    [Statement("B43", "B44")]
    public async Task Rows_are_ordered_by_any_of_their_values_either_way_and_an_unknown_one_changes_nothing(string path)
    {
        var all = await RowsAsync(path);
        var names = CatalogueDesk.Members(all[0]).Where(name => all.All(row => row[name] is not JsonArray and not JsonObject));

        foreach (var name in names.Concat(["nothing", "Name", "permissions"]))
        {
            var (up, down) = (await RowsAsync($"{path}?sortBy={name}"), await RowsAsync($"{path}?sortBy={name}&descending=True"));
            var sort = path == "/v1/algorithms/" || name == "Name" ? "" : name;

            Assert.Equal((name, ListModel.Text(ListModel.Select(all, sortBy: sort))), (name, ListModel.Text(up)));
            Assert.Equal((name, ListModel.Text(ListModel.Select(all, sortBy: sort, descending: true))), (name, ListModel.Text(down)));
        }
    }

    [Theory]
    [MemberData(nameof(Lists))]
    [Statement("B45")]
    public async Task A_search_keeps_the_rows_in_which_any_value_holds_the_text(string path)
    {
        var all = await RowsAsync(path);
        var texts = all.SelectMany(ListModel.Values).Where(value => value.Length is > 0 and < 60).Distinct().Take(60);

        foreach (var text in texts.Concat(["boots", "BOOTS", "o", "ärm", "true", "ACTIVE", "no such text", "<b>"]))
        {
            var found = await RowsAsync($"{path}?search={Uri.EscapeDataString(text)}");

            Assert.Equal((text, ListModel.Text(ListModel.Select(all, text))), (text, ListModel.Text(found)));
        }
    }

    [Fact]
    [Statement("B45")]
    public async Task A_search_looks_in_what_was_asked_for_beside_and_total_counts_what_it_found()
    {
        var without = await RowsAsync("/v1/traits/?search=MAP_TO_SEGMENTS");
        var with = await RowsAsync("/v1/traits/?search=MAP_TO_SEGMENTS&includePermissions=true");
        var page = (await Client.GetAsync("/v1/traits/?search=boots&page=0&pageSize=2&sortBy=name&descending=true")).Json;

        Assert.Empty(without);
        Assert.Equal((await RowsAsync("/v1/traits/")).Length, with.Length);
        Assert.Equal((3, 2), ((int)page["total"]!, page["list"]!.AsArray().Count));
        Assert.Equal(["Boots again", "boots <b>"], page["list"]!.AsArray().Select(row => (string)row!["name"]!));
    }

    [Theory]
    [InlineData("traits")]
    [InlineData("segments")]
    [Contract("audience Ruling 4")]
    [Statement("B46")]
    public async Task A_folder_gives_what_lies_in_itself_and_not_below(string family)
    {
        var folders = family == "traits" ? stock.TraitFolders : stock.SegmentFolders;

        foreach (var folder in folders.Append(0))
        {
            var rows = await RowsAsync($"/v1/{family}/?folderId={folder}");
            Assert.NotEmpty(rows);
            Assert.All(rows, row => Assert.Equal(folder, (long)row["folderId"]!));
            Assert.Equal((await RowsAsync($"/v1/{family}/")).Count(row => (long)row["folderId"]! == folder), rows.Length);
        }
        Assert.Empty(await RowsAsync($"/v1/{family}/?folderId=99999"));
        Assert.Equal((await RowsAsync($"/v1/{family}/")).Length, (await RowsAsync($"/v1/{family}/?folderId=")).Length);
        CatalogueDesk.AssertRefused(await Client.GetAsync($"/v1/{family}/?folderId=x"), HttpStatusCode.BadRequest, "validation_error", "folderId");
    }

    [Theory]
    [InlineData("traits", "dataSourceId={0}&dataSourceId={1}")]
    [InlineData("traits", "dataSourceId={0},{1}")]
    [InlineData("traits", "restrictType=RULE_BASED_TRAIT&restrictType=ON_BOARDED_TRAIT&dataSourceId={0},%20{1},,")]
    [InlineData("segments", "dataSourceId={0}&dataSourceId={1}")]
    [InlineData("segments", "dataSourceId={1},{0}")]
    public async Task A_parameter_that_may_be_repeated_takes_any_of_its_values(string family, string query)
    {
        var both = await RowsAsync($"/v1/{family}/?" + string.Format(System.Globalization.CultureInfo.InvariantCulture, query, stock.Sources[0], stock.Sources[1]));
        var one = await RowsAsync($"/v1/{family}/?dataSourceId={stock.Sources[0]}");

        Assert.Equal((12, 6), (both.Length, one.Length));
        CatalogueDesk.AssertRefused(await Client.GetAsync($"/v1/{family}/?dataSourceId=1&dataSourceId=x"), HttpStatusCode.BadRequest, "validation_error", "dataSourceId");
    }

    [Fact]
    [Statement("B47", "B48")]
    public async Task Rows_are_kept_on_which_the_caller_has_all_rights_that_are_named_in_either_spelling()
    {
        var (first, second) = (stock.Sources[0], stock.Sources[1]);
        var member = await stock.Desk.AddMemberAsync("", $"SEGMENT/{first}/READ+WRITE SEGMENT/{second}/READ+WRITE+DELETE SEGMENT/{stock.Segments[0]}/MAP_TO_DESTINATIONS TRAIT/{first}/READ");

        async Task<int> CountAsync(string query) => (await member.GetAsync("/v1/segments/" + query)).Json.AsArray().Count;

        Assert.Equal(12, await CountAsync(""));
        foreach (var name in (string[])["permission", "permissions"])
        {
            Assert.Equal(12, await CountAsync($"?{name}=READ"));
            Assert.Equal(12, await CountAsync($"?{name}=WRITE"));
            Assert.Equal(6, await CountAsync($"?{name}=DELETE"));
            Assert.Equal(6, await CountAsync($"?{name}=write&{name}=Delete"));
            Assert.Equal(6, await CountAsync($"?{name}=WRITE,DELETE"));
            Assert.Equal(0, await CountAsync($"?{name}=CREATE"));
            Assert.Equal(1, await CountAsync($"?{name}=MAP_TO_DESTINATION"));
            Assert.Equal(0, await CountAsync($"?{name}=MAP_TO_DESTINATIONS&{name}=DELETE"));
            Assert.Equal(12, await CountAsync($"?{name}="));
        }
        Assert.Equal(0, await CountAsync("?permission=DELETE&permissions=MAP_TO_DESTINATIONS"));
        Assert.Equal(6, (await member.GetAsync("/v1/traits/")).Json.AsArray().Count);
        Assert.Equal(6, (int)(await member.GetAsync("/v1/segments/?permission=DELETE&page=0&pageSize=1")).Json["total"]!);
    }

    [Theory]
    [InlineData("/v1/traits/")]
    [InlineData("/v1/segments/")]
    [InlineData("/v1/destinations/")]
    [InlineData("/v1/models/")]
    [Statement("B50")]
    public async Task Rights_are_told_on_rows_and_objects_when_they_are_asked_for_only(string path)
    {
        var id = IdOf(path, (await RowsAsync(path))[0]);

        foreach (var yes in (string[])["true", "True", "TRUE"])
        {
            Assert.All(await RowsAsync($"{path}?includePermissions={yes}"), row => Assert.Contains("READ", row["permissions"]!.AsArray().Select(one => (string)one!)));
            Assert.NotEmpty((await Client.GetAsync($"{path}{id}?includePermissions={yes}")).Json["permissions"]!.AsArray());
        }
        foreach (var no in (string[])["", "?includePermissions=false", "?includePermissions=False", "?includePermissions=", "?includePermissions=maybe"])
        {
            Assert.All(await RowsAsync(path + no), row => Assert.DoesNotContain("permissions", CatalogueDesk.Members(row)));
            Assert.DoesNotContain("permissions", CatalogueDesk.Members((await Client.GetAsync($"{path}{id}{no}")).Json));
        }
    }

    [Fact]
    public async Task A_search_of_more_than_1000_characters_is_refused()
    {
        Assert.Empty(await RowsAsync("/v1/traits/?search=" + new string('x', 1_000)));
        CatalogueDesk.AssertRefused(await Client.GetAsync("/v1/traits/?search=" + new string('x', 1_001)), HttpStatusCode.BadRequest, "validation_error", "search");
    }

    private ApiClient Client => stock.Desk.Admin;

    // Objects begin with their id, but for data sources and users.
    private static long IdOf(string path, JsonNode row) => (long)(path switch
    {
        "/v1/datasources/" => row["dataSourceId"]!,
        "/v1/users/" => row["uid"]!,
        _ => row.AsObject().First(member => member.Key != "pid" && member.Value is JsonValue value && value.TryGetValue<long>(out _)).Value!,
    });

    private async Task<JsonNode[]> RowsAsync(string path)
    {
        var answer = await Client.GetAsync(path);
        Assert.True(answer.Status == HttpStatusCode.OK, $"{path}: {answer.Text}");
        return [.. answer.Json.AsArray().Select(row => row!)];
    }
}
