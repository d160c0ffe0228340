using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>Many changes in one request, tried first if wanted; and the whole configuration as one file. Both are ours.</summary>
public sealed class BulkTests
{
    private const string Bulk = "/v1/bulk";
    private const string Configuration = "/v1/configuration";

    private const string Shop = """
        {"operations":[
          {"op":"create","type":"dataSource","ref":"shop","object":{"name":"shop","integrationCode":"shop","uniqueTraitIntegrationCodes":true}},
          {"op":"create","type":"traitFolder","ref":"shoes","object":{"name":"Shoes","parentFolderId":0}},
          {"op":"create","type":"trait","ref":"boots","object":{"name":"boots","traitType":"RULE_BASED_TRAIT","dataSourceId":"{{shop}}","folderId":"{{shoes}}","traitRule":"product==12"}},
          {"op":"create","type":"trait","ref":"list","object":{"name":"list","traitType":"ON_BOARDED_TRAIT","dataSourceId":"{{shop}}","folderId":0}},
          {"op":"create","type":"segment","ref":"people","object":{"name":"people","segmentRule":"{{boots}}T OR {{list}}T","dataSourceId":"{{shop}}","folderId":0}},
          {"op":"create","type":"destination","ref":"partner","object":{"name":"partner","destinationType":"PUSH","serializationEnabled":false}},
          {"op":"create","type":"mapping","object":{"destinationId":"{{partner}}","sid":"{{people}}","traitType":"SEGMENT","startDate":"2026-01-02","url":"https://p.example/"}}
        ]}
        """;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Objects_of_all_families_that_name_each_other_are_made_in_one_request(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);

        var made = await desk.Admin.PostTextAsync(Bulk, Shop);

        Assert.True(made.Status == HttpStatusCode.OK, made.Text);
        Assert.Equal(8, (int)made.Json["created"]!); // the folder brings its trait
        var (boots, list, people) = ((long)made.Json["refs"]!["boots"]!, (long)made.Json["refs"]!["list"]!, (long)made.Json["refs"]!["people"]!);
        var segment = await desk.Admin.GetAsync($"/v1/segments/{people}");
        Assert.Equal($"{boots}T OR {list}T", (string)segment.Json["segmentRule"]!);
        Assert.Single((await desk.Admin.GetAsync($"/v1/destinations/{made.Json["refs"]!["partner"]}/mappings")).Json.AsArray());
    }

    [Fact]
    public async Task A_dry_run_tells_each_member_that_would_change_and_changes_nothing()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var refs = (await desk.Admin.PostTextAsync(Bulk, Shop)).Json["refs"]!;
        var before = await desk.Admin.GetAsync(Configuration);
        var wish = $$$"""
            {"operations":[
              {"op":"update","type":"trait","id":{{{refs["boots"]}}},"object":{"name":"high boots"}},
              {"op":"delete","type":"segment","id":{{{await DisposableSegmentAsync(desk, refs)}}}},
              {"op":"create","type":"derivedSignal","object":{"sourceKey":"a","sourceValue":1,"targetKey":"b","targetValue":2}}
            ]
            """;
        var whole = await desk.Admin.GetAsync(Configuration);

        var tried = await desk.Admin.PostTextAsync(Bulk, wish + ""","dryRun":true}""");
        var untouched = await desk.Admin.GetAsync(Configuration);
        var done = await desk.Admin.PostTextAsync(Bulk, wish + "}");

        Assert.Equal((true, 1, 1, 1), ((bool)tried.Json["dryRun"]!, (int)tried.Json["created"]!, (int)tried.Json["updated"]!, (int)tried.Json["deleted"]!));
        var update = tried.Json["changes"]!.AsArray().Single(one => (string)one!["op"]! == "update")!;
        Assert.Equal("""[{"member":"name","before":"boots","after":"high boots"}]""", update["members"]!.ToJsonString());
        Assert.Equal(whole.Text, untouched.Text);
        Assert.NotEqual(before.Text, whole.Text);
        Assert.Equal(tried.Json["changes"]!.ToJsonString(), done.Json["changes"]!.ToJsonString()); // ids and all
        Assert.Equal("high boots", (string)(await desk.Admin.GetAsync($"/v1/traits/{refs["boots"]}")).Json["name"]!);
    }

    [Fact]
    public async Task One_operation_that_cannot_be_done_keeps_all_from_being_done_and_each_is_named()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        var trait = await desk.AddTraitAsync(source);
        var segment = await desk.AddSegmentAsync(source, trait);
        var before = await desk.Admin.GetAsync(Configuration);

        var refused = await desk.Admin.PostTextAsync(Bulk, $$$"""
            {"operations":[
              {"op":"update","type":"trait","id":{{{trait}}},"object":{"name":"changed"}},
              {"op":"delete","type":"trait","id":{{{trait}}}},
              {"op":"create","type":"trait","object":{"name":"x","traitType":"RULE_BASED_TRAIT","dataSourceId":{{{source}}},"folderId":0,"traitRule":"a =="}},
              {"op":"create","type":"segment","object":{"name":"x","segmentRule":"{{nobody}}T","dataSourceId":{{{source}}},"folderId":0}},
              {"op":"delete","type":"traitType","id":1},
              {"op":"fly","type":"trait"},
              {"op":"create","type":"rocket","object":{}},
              7
            ]}
            """);

        CatalogueDesk.AssertRefused(
            refused, HttpStatusCode.BadRequest, "cannot_delete_entity_mapped", $"[1]: Segment {segment}", "[2]: traitRule", "[3]: object names [nobody]",
            "[4]: A traitType cannot be deleted", "[5]: ", "[6]: type must be one of", "[7]: ");
        Assert.DoesNotContain("[0]", refused.Text, StringComparison.Ordinal);
        Assert.Equal(before.Text, (await desk.Admin.GetAsync(Configuration)).Text);
    }

    [Fact]
    public async Task A_bulk_request_obeys_the_rights_of_its_caller()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        var trait = await desk.AddTraitAsync(source);
        var member = await desk.AddMemberAsync("", $"TRAIT/{source}/READ+CREATE");
        var create = $$$"""{"op":"create","type":"trait","object":{"name":"x","traitType":"RULE_BASED_TRAIT","dataSourceId":{{{source}}},"folderId":0,"traitRule":"a==1"}}""";

        var made = await member.PostTextAsync(Bulk, $$$"""{"operations":[{{{create}}}]}""");
        var refused = await member.PostTextAsync(Bulk, $$$"""{"operations":[{{{create}}},{"op":"update","type":"trait","id":{{{trait}}},"object":{"name":"mine"}}]}""");
        var export = await member.GetAsync(Configuration);
        var import = await member.SendAsync(HttpMethod.Put, Configuration, """{"format":"sluice-audience/1"}""");

        Assert.Equal(HttpStatusCode.OK, made.Status);
        CatalogueDesk.AssertRefused(refused, HttpStatusCode.Forbidden, "forbidden", "[1]: You may not change trait");
        CatalogueDesk.AssertRefused(export, HttpStatusCode.Forbidden, "forbidden");
        CatalogueDesk.AssertRefused(import, HttpStatusCode.Forbidden, "forbidden");
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_configuration_goes_out_and_comes_in_elsewhere_as_it_was(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind, "Storage:Environments:0=beta");
        await FillAsync(desk);
        var file = await desk.Admin.GetAsync(Configuration);
        var beta = ("x-sandbox-name", "beta");

        var tried = await desk.Admin.SendAsync(HttpMethod.Put, Configuration + "?dryRun=true", file.Text, beta);
        var empty = await desk.Admin.GetAsync("/v1/traits?restrictType=RULE_BASED_TRAIT", beta);
        var done = await desk.Admin.SendAsync(HttpMethod.Post, Configuration, file.Text, beta);
        var there = await desk.Admin.GetAsync(Configuration, beta);
        var again = await desk.Admin.SendAsync(HttpMethod.Put, Configuration, file.Text, beta);
        var next = await desk.Admin.PostTextAsync("/v1/datasources", """{"name":"next"}""", beta);

        Assert.True(done.Status == HttpStatusCode.OK, done.Text);
        Assert.Equal(tried.Json["changes"]!.ToJsonString(), done.Json["changes"]!.ToJsonString());
        Assert.Equal("[]", empty.Text);
        Assert.Equal(file.Text, there.Text);
        Assert.Equal((0, 0, 0), ((int)again.Json["created"]!, (int)again.Json["updated"]!, (int)again.Json["deleted"]!));
        Assert.True((int)again.Json["unchanged"]! >= 10);
        Assert.DoesNotContain($":{next.Json["dataSourceId"]},", file.Text, StringComparison.Ordinal); // no id is given out twice
    }

    [Fact]
    public async Task Putting_a_file_takes_out_what_it_does_not_have()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var bare = await desk.Admin.GetAsync(Configuration);
        await FillAsync(desk);

        var beside = await desk.Admin.SendAsync(HttpMethod.Post, Configuration, bare.Text);
        var put = await desk.Admin.SendAsync(HttpMethod.Put, Configuration, bare.Text);

        Assert.Equal(0, (int)beside.Json["deleted"]!);
        Assert.True((int)put.Json["deleted"]! >= 10, put.Text);
        Assert.Equal(Without(bare.Text, "traitType"), Without((await desk.Admin.GetAsync(Configuration)).Text, "traitType")); // types of traits are for ever
        Assert.Equal("[]", (await desk.Admin.GetAsync("/v1/traits?restrictType=RULE_BASED_TRAIT")).Text);

        static string Without(string file, string type)
        {
            var node = JsonNode.Parse(file)!.AsObject();
            node.Remove(type);
            return node.ToJsonString();
        }
    }

    [Theory]
    [InlineData("""[]""", "format is sluice-audience/1")]
    [InlineData("""{"format":"other"}""", "format is sluice-audience/1")]
    [InlineData("""{"format":"sluice-audience/1","rockets":[]}""", "[rockets] is no type")]
    [InlineData("""{"format":"sluice-audience/1","trait":[1]}""", "trait must be a list of objects")]
    [InlineData("""{"format":"sluice-audience/1","trait":[{"name":"x"}]}""", "trait[0]: sid must be a number from 1")]
    [InlineData("""{"format":"sluice-audience/1","trait":[{"sid":1,"name":"x"}]}""", "trait[0]: The id 1 is that of a dataSource here")]
    [InlineData("""{"format":"sluice-audience/1","partnerSite":[{"siteId":5,"url":"a.example"},{"siteId":5,"url":"b.example"}]}""", "partnerSite[1]: The id 5 is in the file twice")]
    [InlineData("""{"format":"sluice-audience/1","partnerSite":[{"siteId":5,"url":"A.example"}]}""", "url would be \\\"a.example\\\", not \\\"A.example\\\"")]
    [InlineData("""{"format":"sluice-audience/1","dataSource":[{"dataSourceId":50,"name":"x","nmae":"y"}]}""", "nmae is no member")]
    [InlineData("""{"format":"sluice-audience/1","segment":[{"sid":50,"name":"x","segmentRule":"60T","dataSourceId":1,"folderId":0}]}""", "segment[0]: segmentRule")]
    public async Task A_file_that_would_not_come_out_as_it_went_in_is_refused(string file, string reason)
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var before = await desk.Admin.GetAsync(Configuration);

        var refused = await desk.Admin.SendAsync(HttpMethod.Post, Configuration, file);

        Assert.True(refused.Status is HttpStatusCode.BadRequest or HttpStatusCode.Conflict, refused.Text);
        Assert.Contains(reason, refused.Text, StringComparison.Ordinal);
        Assert.Equal(before.Text, (await desk.Admin.GetAsync(Configuration)).Text);
    }

    // Something of every family, with a model that learns from a segment and a segment of the model's trait.
    private static async Task FillAsync(CatalogueDesk desk)
    {
        var refs = (await desk.Admin.PostTextAsync(Bulk, Shop)).Json["refs"]!;
        var synced = (await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/datasources/{refs["shop"]}", """{"inboundS2S":true}""")).Status;
        Assert.Equal(HttpStatusCode.OK, synced);
        await desk.AddSegmentAsync((long)refs["shop"]!, (long)(await desk.Admin.GetAsync("/v1/traits?restrictType=DATA_SOURCE_SYNCED_TRAIT")).Json[0]!["sid"]!);
        await desk.AddAsync("/v1/customer-trait-types", """{"name":"Own"}""");
        await desk.AddAsync("/v1/partner-sites", """{"url":"example.com"}""");
        await desk.AddAsync("/v1/signals/derived", """{"sourceKey":"a","sourceValue":"1","targetKey":"b","targetValue":"2"}""");
        await desk.AddAsync("/v1/folders/segments", """{"name":"S","parentFolderId":0}""");
        var model = CatalogueDesk.Id(await desk.AddAsync("/v1/models", $$$"""{"name":"m","dataSources":[{{{refs["shop"]}}}],"sid":{{{refs["people"]}}},"algoTypeId":1,"lookBackPeriod":30}"""), "algoModelId");
        var algo = CatalogueDesk.Id(await desk.AddAsync("/v1/traits", $$$"""
            {"name":"alike","traitType":"ALGO_TRAIT","dataSourceId":{{{refs["shop"]}}},"folderId":0,"algoModelId":{{{model}}},"thresholdType":"REACH","thresholdValue":1000}
            """), "sid");
        await desk.AddSegmentAsync((long)refs["shop"]!, algo);
        await desk.AddAsync("/v1/destinations", """{"name":"c","destinationType":"ADS","cookieName":"c","domainRestrictions":"inclusion","siteIDs":[1],"formatType":"single_key","singleKey":"k"}""");
        await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/traits/{refs["boots"]}", """{"traitRule":"product==13 AND price > 10","ttl":0,"type":200}""");
    }

    private static async Task<long> DisposableSegmentAsync(CatalogueDesk desk, JsonNode refs) => await desk.AddSegmentAsync((long)refs["shop"]!, (long)refs["list"]!);
}
