using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary><c>/segments/</c>: contract audience.md 3.4.</summary>
[Contract("audience 3.4")]
public sealed class SegmentTests(StockedDesk stock) : IClassFixture<StockedDesk>
{
    private const string Path = "/v1/segments/";

    private static readonly string[] Days = ["1Day", "7Day", "14Day", "30Day", "60Day", "90Day", "Lifetime"];

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience 2.3")]
    public async Task A_segment_is_made_read_changed_and_deleted(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var source = await desk.AddDataSourceAsync("shop");
        var (first, second, merge) = (await desk.AddTraitAsync(source), await desk.AddTraitAsync(source), await desk.AddMergeRuleAsync());
        var made = await desk.Admin.PostTextAsync(Path, $$"""
            {"name":"Shoes","description":"d","integrationCode":"ic 1","segmentRule":"frequency([{{first}}T] <= 5D) >= 2","dataSourceId":{{source}},"folderId":0,"mergeRuleDataSourceId":{{merge}}}
            """);
        var one = Path + made.Json["sid"];

        var read = await desk.Admin.GetAsync(one);
        var byCode = await desk.Admin.GetAsync(Path + "ic:ic%201");
        var changed = await desk.Admin.SendAsync(HttpMethod.Put, one, $$"""{"segmentRule":"{{first}}T OR {{second}}T","status":"inactive","mergeRuleDataSourceId":null}""");
        var deleted = await desk.Admin.SendAsync(HttpMethod.Delete, one, null);

        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(made.Text, read.Text);
        Assert.Equal(read.Text, byCode.Text);
        Assert.Equal(("ACTIVE", true, false, merge), ((string)read.Json["status"]!, (bool)read.Json["isDestinationMappable"]!, (bool)read.Json["inUse"]!, (long)read.Json["mergeRuleDataSourceId"]!));
        Assert.Equal($"[{first}]", read.Json["traits"]!.ToJsonString());
        Assert.Equal(($"[{first},{second}]", "INACTIVE", false), (changed.Json["traits"]!.ToJsonString(), (string)changed.Json["status"]!, (bool)changed.Json["isDestinationMappable"]!));
        Assert.Null(changed.Json["mergeRuleDataSourceId"]);
        Assert.Equal((HttpStatusCode.NoContent, ""), (deleted.Status, deleted.Text));
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync(Path + "ic:ic%201"), HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("name", "null", "name is required")]
    [InlineData("segmentRule", "absent", "segmentRule is required")]
    [InlineData("dataSourceId", "absent", "dataSourceId is required")]
    [InlineData("dataSourceId", "99999", "dataSourceId names no data source: 99999")]
    [InlineData("folderId", "absent", "folderId is required")]
    [InlineData("folderId", "99999", "folderId names no folder of segments: 99999")]
    [InlineData("mergeRuleDataSourceId", "99999", "mergeRuleDataSourceId names no merge rule: 99999")]
    [InlineData("status", "\"PAUSED\"", "status must be one of ACTIVE, INACTIVE")]
    [InlineData("startTime", "-1", "startTime must be 0 or more")]
    public async Task A_segment_that_cannot_be_is_refused_by_the_member(string member, string value, string says)
    {
        var body = new JsonObject { ["name"] = "bad", ["segmentRule"] = $"{stock.Traits[0]}T", ["dataSourceId"] = stock.Sources[0], ["folderId"] = 0 };
        body.Remove(member);
        if (value != "absent")
            body[member] = JsonNode.Parse(value);

        CatalogueDesk.AssertRefused(await Client.PostTextAsync(Path, body.ToJsonString()), HttpStatusCode.BadRequest, "validation_error", says);
    }

    [Theory]
    [InlineData("containsTrait={trait}", 2)] // its own segment and the next one
    [InlineData("status=ACTIVE", 8)]
    [InlineData("status=inactive", 4)]
    [InlineData("mergeRuleDataSourceId={merge}", 3)]
    [InlineData("integrationCode=s-3", 1)]
    [InlineData("integrationCode=none", 0)]
    [InlineData("updatedSince=0", 12)]
    [InlineData("updatedSince=9999999999999", 0)]
    [InlineData("pid=1", 12)]
    [InlineData("pid=2", 0)]
    [Contract("audience 2.1")]
    public async Task A_list_is_narrowed_by_its_parameters(string query, int count)
    {
        var text = query.Replace("{trait}", $"{stock.Traits[0]}", StringComparison.Ordinal).Replace("{merge}", $"{stock.MergeRule}", StringComparison.Ordinal);

        Assert.Equal(count, (await Client.GetAsync($"{Path}?{text}")).Json.AsArray().Count);
    }

    [Fact]
    public async Task What_was_changed_since_a_time_is_found_by_it()
    {
        var newest = (await Client.GetAsync(Path + "?sortBy=updateTime&descending=true")).Json[0]!;

        Assert.Contains(
            (long)newest["sid"]!, (await Client.GetAsync($"{Path}?updatedSince={newest["updateTime"]}")).Json.AsArray().Select(row => (long)row!["sid"]!));
        Assert.Empty((await Client.GetAsync($"{Path}?updatedSince={(long)newest["updateTime"]! + 1}")).Json.AsArray());
        CatalogueDesk.AssertRefused(await Client.GetAsync(Path + "?updatedSince=yesterday"), HttpStatusCode.BadRequest, "validation_error", "updatedSince");
    }

    [Fact]
    public async Task What_is_asked_for_beside_comes_on_rows_and_objects()
    {
        string[] metrics = [.. Days.Select(days => "instantUniques" + days), .. Days.Select(days => "totalUniques" + days)];
        var plain = CatalogueDesk.Members((await Client.GetAsync(Path)).Json[1]!);

        foreach (var (query, more) in (IEnumerable<(string, string[])>)[
            ("includeInUseStatus=true", ["inUse"]), ("includeTraitDataSourceIds=true", ["traitDataSourceIds"]), ("includeMetrics=true", metrics), ("includeExprTree=true", ["expressionTree"]),
            ("includePermissions=true", ["permissions"]), ("includeAddressableAudienceMetrics=true", [])])
        {
            Assert.Equal(more, CatalogueDesk.Members((await Client.GetAsync($"{Path}?{query}")).Json[1]!).Except(plain));
            var single = CatalogueDesk.Members((await Client.GetAsync($"{Path}{stock.Segments[1]}?{query}")).Json);
            Assert.All(more, name => Assert.Contains(name, single));
        }
        var inUse = (await Client.GetAsync(Path + "?includeInUseStatus=true&includeTraitDataSourceIds=true")).Json.AsArray();
        Assert.Equal([false, true], inUse.Take(2).Select(row => (bool)row!["inUse"]!));
        Assert.Equal(2, inUse[1]!["traitDataSourceIds"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_merge_rule_is_exchanged_in_all_segments_that_have_it_or_in_none()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (source, old, next) = (await desk.AddDataSourceAsync("s"), await desk.AddMergeRuleAsync(), await desk.AddMergeRuleAsync());
        var trait = await desk.AddTraitAsync(source);
        var sids = new List<long>();
        foreach (var merge in (long[])[old, next, old])
            sids.Add(CatalogueDesk.Id(await desk.AddAsync(Path, $$"""{"name":"m","segmentRule":"{{trait}}T","dataSourceId":{{source}},"folderId":0,"mergeRuleDataSourceId":{{merge}}}"""), "sid"));
        using var member = await desk.AddMemberAsync("VIEW_ALL_SEGMENTS", $"SEGMENT/{sids[0]}/WRITE");
        var wish = $$"""{"existingMergeRuleDataSourceId":"{{old}}","replaceWithMergeRuleDataSourceId":{{next}}}""";

        var missing = await desk.Admin.PostTextAsync(Path + "bulk-merge-rule-replace", $$"""{"existingMergeRuleDataSourceId":{{old}}}""");
        var unknown = await desk.Admin.PostTextAsync(Path + "bulk-merge-rule-replace", $$"""{"existingMergeRuleDataSourceId":{{old}},"replaceWithMergeRuleDataSourceId":99999}""");
        var refused = await member.PostTextAsync(Path + "bulk-merge-rule-replace", wish);
        var before = (await desk.Admin.GetAsync($"{Path}?mergeRuleDataSourceId={old}")).Json.AsArray().Count;
        var done = await desk.Admin.PostTextAsync(Path + "bulk-merge-rule-replace", wish);

        CatalogueDesk.AssertRefused(missing, HttpStatusCode.BadRequest, "validation_error", "replaceWithMergeRuleDataSourceId");
        CatalogueDesk.AssertRefused(unknown, HttpStatusCode.BadRequest, "validation_error", "99999");
        CatalogueDesk.AssertRefused(refused, HttpStatusCode.Forbidden, "forbidden", $"Segment {sids[2]}");
        Assert.Equal(2, before);
        Assert.Equal((HttpStatusCode.OK, $"[{sids[0]},{sids[2]}]"), (done.Status, done.Text));
        Assert.Equal(3, (await desk.Admin.GetAsync($"{Path}?mergeRuleDataSourceId={next}")).Json.AsArray().Count);
    }

    [Fact]
    [Contract("audience 7")]
    public async Task There_are_no_more_segments_than_the_limit()
    {
        await using var desk = await CatalogueDesk.StartAsync(StoreKind.Sqlite, "Audience:Limits:Segments=1");
        var source = await desk.AddDataSourceAsync("s");
        var trait = await desk.AddTraitAsync(source);
        await desk.AddSegmentAsync(source, trait);

        var refused = await desk.Admin.PostTextAsync(Path, $$"""{"name":"m","segmentRule":"{{trait}}T","dataSourceId":{{source}},"folderId":0}""");

        CatalogueDesk.AssertRefused(refused, HttpStatusCode.BadRequest, "resource_limit_exceeded", "1");
        Assert.Equal("""{"maxSegments":1,"currentSegments":1,"maxTraitsPerSegment":5000}""", (await desk.Admin.GetAsync(Path + "limits")).Text);
    }

    [Fact]
    [Contract("audience Ruling 2")]
    public async Task Mapped_segments_stay_in_bulk_as_one_by_one()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("s");
        var trait = await desk.AddTraitAsync(source);
        var (free, mapped) = (await desk.AddSegmentAsync(source, trait), await desk.AddSegmentAsync(source, trait));
        await desk.AddMappingAsync(await desk.AddDestinationAsync(), mapped);

        var bulk = await desk.Admin.PostTextAsync(Path + "bulk-delete", $"[{free},{mapped}]");

        CatalogueDesk.AssertRefused(bulk, HttpStatusCode.BadRequest, "cannot_delete_entity_mapped", $"{mapped}: ");
        Assert.Equal(2, (await desk.Admin.GetAsync(Path)).Json.AsArray().Count);
        Assert.Equal(HttpStatusCode.NoContent, (await desk.Admin.PostTextAsync(Path + "bulk-delete", $"[{free}]")).Status);
    }

    private ApiClient Client => stock.Desk.Admin;
}
