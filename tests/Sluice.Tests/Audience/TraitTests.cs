using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary><c>/traits/</c>: contract audience.md 3.3.</summary>
[Contract("audience 3.3")]
public sealed class TraitTests(StockedDesk stock) : IClassFixture<StockedDesk>
{
    private const string Path = "/v1/traits/";

    private static readonly string[] Days = ["1Day", "7Day", "14Day", "30Day", "60Day", "90Day", "Lifetime"];

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience 2.3")]
    public async Task A_trait_is_made_read_changed_and_deleted(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var source = await desk.AddDataSourceAsync("shop");
        var made = await desk.Admin.PostTextAsync(Path, $$"""
            {"name":"Boots","description":"d","comments":"c","integrationCode":"product-12","traitType":"RULE_BASED_TRAIT","dataSourceId":{{source}},"folderId":0,
             "traitRule":"product==12","ttl":30,"type":2,"categoryId":0,"status":"INACTIVE"}
            """);
        var one = Path + made.Json["sid"];

        var read = await desk.Admin.GetAsync(one);
        var changed = await desk.Admin.SendAsync(HttpMethod.Put, one, """{"name":"Shoes","status":"active","ttl":0}""");
        var retyped = await desk.Admin.SendAsync(HttpMethod.Put, one, """{"traitType":"ON_BOARDED_TRAIT"}""");
        var deleted = await desk.Admin.SendAsync(HttpMethod.Delete, one, null);

        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(made.Text, read.Text);
        Assert.Equal(("Boots", "d", "c", "product-12", 30, 2, "INACTIVE", 0), (
            (string)read.Json["name"]!, (string)read.Json["description"]!, (string)read.Json["comments"]!, (string)read.Json["integrationCode"]!, (int)read.Json["ttl"]!,
            (int)read.Json["type"]!, (string)read.Json["status"]!, (int)read.Json["traitRuleVersion"]!));
        Assert.Equal(("Shoes", "ACTIVE", 0), ((string)changed.Json["name"]!, (string)changed.Json["status"]!, (int)changed.Json["ttl"]!));
        CatalogueDesk.AssertRefused(retyped, HttpStatusCode.BadRequest, "validation_error", "traitType");
        Assert.Equal((HttpStatusCode.NoContent, ""), (deleted.Status, deleted.Text));
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync(one), HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("name", "null", "name is required")]
    [InlineData("name", "\"  \"", "name is required")]
    [InlineData("name", "256", "name has at most 255 characters")]
    [InlineData("integrationCode", "256", "integrationCode has at most 255 characters")]
    [InlineData("traitType", "null", "traitType must be one of RULE_BASED_TRAIT, ON_BOARDED_TRAIT, ALGO_TRAIT")]
    [InlineData("traitType", "\"FOLDER_TRAIT\"", "traitType must be one of")]
    [InlineData("traitType", "3", "traitType must be one of")]
    [InlineData("dataSourceId", "absent", "dataSourceId is required")]
    [InlineData("dataSourceId", "99999", "dataSourceId names no data source: 99999")]
    [InlineData("folderId", "absent", "folderId is required")]
    [InlineData("folderId", "99999", "folderId names no folder of traits: 99999")]
    [InlineData("traitRule", "absent", "traitRule is required")]
    [InlineData("ttl", "-1", "ttl must be from 0")]
    [InlineData("type", "9999", "type names no trait type")]
    [InlineData("categoryId", "999999", "categoryId names no category")]
    [InlineData("status", "\"PAUSED\"", "status must be one of ACTIVE, INACTIVE")]
    public async Task A_trait_that_cannot_be_is_refused_by_the_member_and_changes_nothing(string member, string value, string says)
    {
        var body = new JsonObject { ["name"] = "bad", ["traitType"] = "RULE_BASED_TRAIT", ["dataSourceId"] = stock.Sources[0], ["folderId"] = 0, ["traitRule"] = "a==1" };
        body.Remove(member);
        if (value != "absent")
            body[member] = value == "256" ? new string('x', 256) : JsonNode.Parse(value);
        var before = await Client.GetAsync(Path);

        var refused = await Client.PostTextAsync(Path, body.ToJsonString());

        CatalogueDesk.AssertRefused(refused, HttpStatusCode.BadRequest, "validation_error", says);
        Assert.Equal(before.Text, (await Client.GetAsync(Path)).Text);
    }

    [Fact]
    public async Task What_is_left_out_has_its_default()
    {
        var trait = await Desk.AddAsync(Path, $$"""{"name":"plain","traitType":"ON_BOARDED_TRAIT","dataSourceId":{{stock.Sources[1]}},"folderId":0}""");
        await Client.SendAsync(HttpMethod.Delete, Path + trait["sid"], null);

        Assert.Equal((120, "ACTIVE", 0, 0, "", "NONE"), (
            (int)trait["ttl"]!, (string)trait["status"]!, (int)trait["type"]!, (int)trait["categoryId"]!, (string)trait["comments"]!, (string)trait["backfillStatus"]!));
        Assert.Null(trait["traitRule"]);
        Assert.Equal($"/event?d_sid={trait["sid"]}", (string)trait["url"]!);
    }

    [Theory]
    [InlineData("integrationCode=t-1", 3)]
    [InlineData("ic=t-1", 3)]
    [InlineData("ic=T-1", 0)]
    [InlineData("restrictType=ON_BOARDED_TRAIT", 3)]
    [InlineData("restrictType=rule_based_trait", 9)]
    [InlineData("restrictType=ON_BOARDED_TRAIT&restrictType=FOLDER_TRAIT", 6)]
    [InlineData("restrictType=ALGO_TRAIT", 0)]
    [InlineData("type=0", 16)]
    [InlineData("type=2", 0)]
    [InlineData("categoryId=0", 16)]
    [InlineData("categoryId=4", 0)]
    [InlineData("usesModel=1", 0)]
    [InlineData("pid=1", 16)]
    [InlineData("pid=2", 0)]
    [InlineData("backfillStatus=NONE", 16)]
    [InlineData("backfillStatus=DONE", 0)]
    [InlineData("currentMonthTraitsWithBackfillOnly=true", 0)]
    [InlineData("currentMonthTraitsWithBackfillOnly=false", 16)]
    [InlineData("includeTraitsForAvailableFeed=true", 16)]
    [InlineData("includeDetails=true", 16)]
    [InlineData("search=boots&restrictType=ON_BOARDED_TRAIT", 1)]
    [Contract("audience 2.1")]
    public async Task A_list_is_narrowed_by_its_parameters(string query, int count)
    {
        Assert.Equal(count, (await Client.GetAsync($"{Path}?{query}")).Json.AsArray().Count);
        Assert.Equal(count, (int)(await Client.GetAsync($"{Path}?{query}&page=0&pageSize=1")).Json["total"]!);
    }

    [Theory]
    [InlineData("type")]
    [InlineData("categoryId")]
    [InlineData("usesModel")]
    [InlineData("pid")]
    public async Task A_parameter_that_is_no_number_is_refused(string name) =>
        CatalogueDesk.AssertRefused(await Client.GetAsync($"{Path}?{name}=x"), HttpStatusCode.BadRequest, "validation_error", name);

    [Theory]
    [InlineData("DEVICE")]
    [InlineData("CROSS_DEVICE")]
    public async Task Metrics_and_the_rule_as_a_tree_are_shown_when_asked_for(string metricsType)
    {
        string[] metrics = [.. Days.Select(days => "uniques" + days), .. Days.Select(days => "count" + days)];

        var plain = (await Client.GetAsync(Path + stock.Traits[0])).Json;
        var measured = (await Client.GetAsync($"{Path}{stock.Traits[0]}?includeMetrics=True&metricsType={metricsType}")).Json;
        var listed = (await Client.GetAsync($"{Path}?includeMetrics=true&metricsType={metricsType}&page=0")).Json["list"]![0]!;
        var tree = (await Client.GetAsync($"{Path}{stock.Traits[0]}?includeExprTree=true&includeSegmentTestGroupIds=true")).Json;
        var ruleless = (await Client.GetAsync($"{Path}{stock.Traits[0]}?excludeRule=true")).Json;

        Assert.Equal(metrics, CatalogueDesk.Members(measured).Except(CatalogueDesk.Members(plain)));
        Assert.Equal(metrics, CatalogueDesk.Members(listed).Except(CatalogueDesk.Members(plain)));
        Assert.All(metrics, name => Assert.Equal(System.Text.Json.JsonValueKind.Number, measured[name]!.GetValueKind()));
        Assert.Equal("""{"name":"product","value":"0","expressionName":"=="}""", WithoutBare(tree["expressionTree"]!));
        Assert.False((bool)tree["codeViewOnly"]!);
        Assert.Equal(["traitRule"], CatalogueDesk.Members(plain).Except(CatalogueDesk.Members(ruleless)));
    }

    [Fact]
    public async Task Several_are_read_at_once_in_the_order_asked_for_or_not_at_all()
    {
        var (first, second) = (stock.Traits[3], stock.Traits[1]);

        var two = await Client.GetAsync($"{Path}{first},{second}");
        var one = await Client.GetAsync($"{Path}{first},");
        var unknown = await Client.GetAsync($"{Path}{first},99999");

        Assert.Equal([first, second], two.Json.AsArray().Select(row => (long)row!["sid"]!));
        Assert.Equal([first], one.Json.AsArray().Select(row => (long)row!["sid"]!));
        CatalogueDesk.AssertRefused(unknown, HttpStatusCode.NotFound, "not_found", "99999");
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with space")]
    [InlineData("a/b")]
    [InlineData("ä%2&?#")]
    [Contract("audience 8")]
    public async Task A_trait_is_addressed_by_its_code_and_then_tells_the_caller_s_rights(string code)
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var trait = await desk.AddTraitAsync(await desk.AddDataSourceAsync("codes"), more: $",\"integrationCode\":{JsonValue.Create(code).ToJsonString()}");
        var path = $"{Path}ic:{Uri.EscapeDataString(code)}";

        var read = await desk.Admin.GetAsync(path);
        var changed = await desk.Admin.SendAsync(HttpMethod.Put, path, read.Text.Replace("\"boots\"", "\"hats\"", StringComparison.Ordinal));
        var deleted = await desk.Admin.SendAsync(HttpMethod.Delete, path, null);

        Assert.Equal((HttpStatusCode.OK, trait), (read.Status, (long)read.Json["sid"]!));
        Assert.Equal(["permissions"], read.Json.AsObject().Where(member => member.Value is JsonArray).Select(member => member.Key));
        Assert.NotEmpty(read.Json["permissions"]!.AsArray());
        Assert.Equal((HttpStatusCode.OK, "hats"), (changed.Status, (string)changed.Json["name"]!));
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync(path), HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task The_last_ten_rules_are_kept_newest_first_with_who_wrote_them()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var trait = await desk.AddTraitAsync(await desk.AddDataSourceAsync("versions"));
        await desk.Admin.SendAsync(HttpMethod.Put, Path + trait, """{"name":"no new rule","traitRule":"product==12"}""");
        for (var version = 1; version <= 12; version++)
            Assert.Equal(version, (int)(await desk.Admin.SendAsync(HttpMethod.Put, Path + trait, $$"""{"traitRule":"product=={{version + 100}}"}""")).Json["traitRuleVersion"]!);
        var self = (await desk.Admin.GetAsync("/v1/users/self")).Json;

        var versions = (await desk.Admin.GetAsync($"{Path}{trait}/trait-rule/versions/")).Json.AsArray();

        Assert.Equal(Enumerable.Range(3, 10).Reverse(), versions.Select(one => (int)one!["traitRuleVersion"]!));
        Assert.Equal(Enumerable.Range(103, 10).Reverse().Select(value => $"product=={value}"), versions.Select(one => (string)one!["traitRule"]!));
        Assert.All(versions, one => Assert.Equal(["traitRuleVersion", "traitRule", "upUID", "userName", "updateTime"], CatalogueDesk.Members(one!)));
        Assert.All(versions, one => Assert.Equal(((long)self["uid"]!, (string)self["username"]!), ((long)one!["upUID"]!, (string)one["userName"]!)));
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync(Path + "99999/trait-rule/versions"), HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    [Contract("audience 7")]
    public async Task There_are_no_more_traits_of_a_type_than_its_limit_and_no_more_in_all()
    {
        await using var desk = await CatalogueDesk.StartAsync(
            StoreKind.Sqlite, "Audience:Limits:RuleBasedTraits=1", "Audience:Limits:OnboardedTraits=2", "Audience:Limits:Traits=4", "Audience:Limits:FolderTraits=1");
        var source = await desk.AddDataSourceAsync("limits");
        Task<ApiAnswer> AddAsync(string type) => desk.Admin.PostTextAsync(
            Path, $$"""{"name":"t","traitType":"{{type}}","dataSourceId":{{source}},"folderId":0,"traitRule":"a==1"}""");
        Task<ApiAnswer> AddFolderAsync(string name) => desk.Admin.PostTextAsync("/v1/folders/traits/", $$"""{"name":"{{name}}","parentFolderId":0}""");

        Assert.Equal(HttpStatusCode.Created, (await AddAsync("RULE_BASED_TRAIT")).Status);
        CatalogueDesk.AssertRefused(await AddAsync("RULE_BASED_TRAIT"), HttpStatusCode.BadRequest, "resource_limit_exceeded", "RULE_BASED_TRAIT");
        Assert.Equal(HttpStatusCode.Created, (await AddAsync("ON_BOARDED_TRAIT")).Status);
        Assert.Equal(HttpStatusCode.Created, (await AddFolderAsync("one")).Status);
        CatalogueDesk.AssertRefused(await AddFolderAsync("two"), HttpStatusCode.BadRequest, "resource_limit_exceeded");
        Assert.Equal(HttpStatusCode.Created, (await AddAsync("ON_BOARDED_TRAIT")).Status);
        CatalogueDesk.AssertRefused(await AddAsync("ON_BOARDED_TRAIT"), HttpStatusCode.BadRequest, "resource_limit_exceeded", "4");
        Assert.Equal(
            """{"maxTraits":4,"currentTraits":4,"maxRuleBasedTraits":1,"currentRuleBasedTraits":1,"maxOnboardedTraits":2,"currentOnboardedTraits":2,"maxAlgoTraits":50,"currentAlgoTraits":0,"maxFolderTraits":1,"currentFolderTraits":1}""",
            (await desk.Admin.GetAsync(Path + "limits")).Text);
    }

    [Fact]
    [Contract("audience Ruling 2", "audience 7")]
    [Statement("B64")]
    public async Task A_trait_that_segments_use_stays_and_says_which()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        var (used, free) = (await desk.AddTraitAsync(source), await desk.AddTraitAsync(source));
        var segment = await desk.AddSegmentAsync(source, used);

        var one = await desk.Admin.SendAsync(HttpMethod.Delete, Path + used, null);
        var bulk = await desk.Admin.PostTextAsync(Path + "bulk-delete", $"[{free},{used}]");
        var left = (await desk.Admin.GetAsync($"{Path}?dataSourceId={source}")).Json.AsArray().Count;
        await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/segments/{segment}", null);
        var then = await desk.Admin.PostTextAsync(Path + "bulk-delete", $"[{free},{used}]");

        CatalogueDesk.AssertRefused(one, HttpStatusCode.Conflict, "cannot_delete_entity_mapped", $"Segment {segment}");
        CatalogueDesk.AssertRefused(bulk, HttpStatusCode.Conflict, "cannot_delete_entity_mapped", $"{used}: ");
        Assert.Equal(2, left);
        Assert.Equal(HttpStatusCode.NoContent, then.Status);
    }

    private CatalogueDesk Desk => stock.Desk;

    private ApiClient Client => stock.Desk.Admin;

    private static string WithoutBare(JsonNode node)
    {
        var copy = node.DeepClone().AsObject();
        copy.Remove("bare");
        return copy.ToJsonString();
    }
}
