using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>Look-alike models and algorithms: contract audience.md 3.11.</summary>
[Contract("audience 3.11")]
public sealed class ModelTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private const string Path = "/v1/models/";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_model_is_made_read_changed_in_name_description_and_status_only_and_deleted(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var source = await desk.AddDataSourceAsync("shop");
        var (baseline, excluded) = (await desk.AddTraitAsync(source), await desk.AddTraitAsync(source));

        var made = await desk.Admin.PostTextAsync(Path, With(source, baseline, $$""","lookBackPeriod":60,"excludedTraits":[{{excluded}},{{excluded}}],"description":"d" """));
        var one = Path + made.Json["algoModelId"];
        var changed = await desk.Admin.SendAsync(
            HttpMethod.Put, one, """{"name":"new","status":"inactive","sid":77,"dataSources":"x","algoTypeId":9,"lookBackPeriod":7,"excludedTraits":[],"algoModelId":5,"lastRunStatus":1}""");
        var read = await desk.Admin.GetAsync(one);
        var deleted = await desk.Admin.SendAsync(HttpMethod.Delete, one, null);

        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(
            [
                "algoModelId", "pid", "name", "description", "status", "sid", "baselineTraitType", "algoTypeId", "lookBackPeriod", "dataSources", "excludedTraits",
                "intervalSeconds", "processingStatus", "algoModelVersion", "latestRunTS", "lastRunTimestamp", "lastSuccessfulRunTimestamp", "lastRunStatus",
                "crUID", "upUID", "createTime", "updateTime",
            ],
            CatalogueDesk.Members(made.Json));
        Assert.Equal(("ACTIVE", "RULE_BASED_TRAIT", 1, 60), (Text(made, "status"), Text(made, "baselineTraitType"), Number(made, "algoTypeId"), Number(made, "lookBackPeriod")));
        Assert.Equal((604_800, 0, 0), (Number(made, "intervalSeconds"), Number(made, "processingStatus"), Number(made, "algoModelVersion")));
        foreach (var never in (string[])["latestRunTS", "lastRunTimestamp", "lastSuccessfulRunTimestamp", "lastRunStatus"])
            Assert.Null(made.Json[never]);
        Assert.Equal($"[{excluded}]", made.Json["excludedTraits"]!.ToJsonString());
        Assert.Equal((HttpStatusCode.OK, "new", "INACTIVE", "d"), (changed.Status, Text(changed, "name"), Text(changed, "status"), Text(changed, "description")));
        Assert.True(JsonNode.DeepEquals(changed.Json, read.Json));
        foreach (var same in (string[])["algoModelId", "sid", "dataSources", "algoTypeId", "lookBackPeriod", "excludedTraits", "createTime", "lastRunStatus"])
            Assert.True(JsonNode.DeepEquals(made.Json[same], read.Json[same]), same);
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync(one), HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("name", "null", "name is required")]
    [InlineData("dataSources", "[]", "dataSources must name one data source at least")]
    [InlineData("dataSources", "[999]", "dataSources names no data source: 999")]
    [InlineData("dataSources", "7", "dataSources must be a list")]
    [InlineData("dataSources", "[\"x\"]", "dataSources must hold numbers only")]
    [InlineData("sid", "null", "sid is required")]
    [InlineData("sid", "999", "sid names no trait and no segment: 999")]
    [InlineData("sid", "\"x\"", "sid must be a whole number")]
    [InlineData("algoTypeId", "2", "algoTypeId must be 1")]
    [InlineData("lookBackPeriod", "31", "lookBackPeriod must be one of 30, 60, 90")]
    [InlineData("lookBackPeriod", "-30", "lookBackPeriod must be")]
    [InlineData("status", "\"PAUSED\"", "status must be one of ACTIVE, INACTIVE")]
    [InlineData("excludedTraits", "[999]", "excludedTraits names no trait: 999")]
    public async Task A_model_that_cannot_run_is_refused_with_the_member_and_the_reason(string member, string value, string says)
    {
        var desk = shared.Desk;
        var source = await desk.AddDataSourceAsync("shop");
        var body = JsonNode.Parse(With(source, await desk.AddTraitAsync(source)))!;
        body[member] = JsonNode.Parse(value);
        var before = await desk.Admin.GetAsync(Path);

        var refused = await desk.Admin.PostTextAsync(Path, body.ToJsonString());

        CatalogueDesk.AssertRefused(refused, HttpStatusCode.BadRequest, "validation_error", says);
        Assert.Equal(before.Text, (await desk.Admin.GetAsync(Path)).Text);
    }

    [Theory]
    [InlineData("\"active\"", "ACTIVE")]
    [InlineData("1", "ACTIVE")]
    [InlineData("\"inactive\"", "INACTIVE")]
    [InlineData("0", "INACTIVE")]
    public async Task A_status_may_come_as_old_clients_write_it_and_numbers_as_texts(string status, string expected)
    {
        var desk = shared.Desk;
        var source = await desk.AddDataSourceAsync("shop");
        var segment = await desk.AddSegmentAsync(source, await desk.AddTraitAsync(source));

        var made = await desk.AddAsync(
            Path, $$"""{"name":"m","dataSources":["{{source}}"],"sid":"{{segment}}","algoTypeId":"1","lookBackPeriod":"90","status":{{status}}}""");

        Assert.Equal((expected, "SEGMENT", 90), ((string)made["status"]!, (string)made["baselineTraitType"]!, (int)made["lookBackPeriod"]!));
    }

    [Fact]
    [Contract("audience 7")]
    public async Task Models_active_models_and_excluded_traits_have_their_limits()
    {
        await using var desk = await CatalogueDesk.StartAsync(
            StoreKind.Sqlite, "Audience:Limits:Models=3", "Audience:Limits:ActiveModels=1", "Audience:Limits:ExcludedTraits=1");
        var source = await desk.AddDataSourceAsync("shop");
        var (first, second) = (await desk.AddTraitAsync(source), await desk.AddTraitAsync(source));

        var excluding = await desk.Admin.PostTextAsync(Path, With(source, first, $$""","excludedTraits":[{{first}},{{second}}]"""));
        var active = await desk.AddAsync(Path, With(source, first));
        var secondActive = await desk.Admin.PostTextAsync(Path, With(source, first));
        var inactive = await desk.AddAsync(Path, With(source, first, ""","status":"INACTIVE" """));
        await desk.AddAsync(Path, With(source, first, ""","status":"INACTIVE" """));
        var switched = await desk.Admin.SendAsync(HttpMethod.Put, Path + inactive["algoModelId"], """{"status":"ACTIVE"}""");
        var fourth = await desk.Admin.PostTextAsync(Path, With(source, first, ""","status":"INACTIVE" """));
        var limits = await desk.Admin.GetAsync(Path + "limits");
        var renamed = await desk.Admin.SendAsync(HttpMethod.Put, Path + active["algoModelId"], """{"name":"still active"}""");

        foreach (var (answer, says) in new[] { (excluding, "1 traits"), (secondActive, "1 active"), (switched, "1 active"), (fourth, "3 models") })
            CatalogueDesk.AssertRefused(answer, HttpStatusCode.BadRequest, "resource_limit_exceeded", says);
        Assert.Equal(
            """{"maxModels":3,"currentModels":3,"maxActiveModels":1,"currentActiveModels":1,"maxExcludedTraits":1}""", limits.Json.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, renamed.Status);
    }

    [Fact]
    [Contract("audience 2.1")]
    public async Task Lists_are_narrowed_by_data_source_and_baseline()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (a, b) = (await desk.AddDataSourceAsync("a"), await desk.AddDataSourceAsync("b"));
        var (ofA, ofB) = (await desk.AddTraitAsync(a), await desk.AddSegmentAsync(b, await desk.AddTraitAsync(a)));
        await desk.AddAsync(Path, Named("boots", ofA, a));
        await desk.AddAsync(Path, Named("hats", ofA, b));
        await desk.AddAsync(Path, Named("bags", ofB, a, b));

        foreach (var (query, names) in new[]
        {
            ("", "boots,hats,bags"), ($"?usesDataSource={a}", "boots,bags"), ($"?usesDataSource={b}", "hats,bags"), ($"?containsSeedFromDataSource={b}", "bags"),
            ($"?usesDataSource={a}&containsSeedFromDataSource={a}", "boots"), ("?usesDataSource=999", ""), ("?search=HAT", "hats"),
            ("?sortBy=name&descending=true&includeDataSources=true&includeMetrics=true", "hats,boots,bags"),
        })
        {
            var list = await desk.Admin.GetAsync(Path + query);

            Assert.Equal((query, names), (query, string.Join(',', list.Json.AsArray().Select(row => (string)row!["name"]!))));
            Assert.All(list.Json.AsArray(), row => Assert.NotEmpty(row!["dataSources"]!.AsArray()));
        }
    }

    [Fact]
    [Contract("audience 2.1")]
    public async Task A_parameter_that_is_no_number_is_refused()
    {
        var desk = shared.Desk;

        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync(Path + "?usesDataSource=x"), HttpStatusCode.BadRequest, "validation_error", "usesDataSource");
    }

    [Fact]
    [Contract("audience 6")]
    public async Task Models_are_seen_by_wildcard_and_made_of_what_the_caller_may_use_in_models()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (mine, others) = (await desk.AddDataSourceAsync("mine"), await desk.AddDataSourceAsync("others"));
        var (baseline, foreign) = (await desk.AddTraitAsync(mine), await desk.AddTraitAsync(others));
        var one = Path + (await desk.AddAsync(Path, With(others, foreign, $$""","excludedTraits":[{{baseline}},{{foreign}}]""")))["algoModelId"];
        var nobody = await desk.AddMemberAsync("VIEW_ALL_TRAITS MAP_ALL_TRAITS_TO_MODELS");
        var reader = await desk.AddMemberAsync("VIEW_MODELS");
        var maker = await desk.AddMemberAsync("VIEW_MODELS", $"TRAIT/{mine}/READ+MAP_TO_MODELS");

        var hidden = await nobody.GetAsync(Path);
        var shown = await reader.GetAsync(Path + "?includePermissions=true");
        var narrowed = await reader.GetAsync(Path + "?permission=WRITE");
        var visible = await maker.GetAsync(one);
        ApiAnswer[] forbidden =
        [
            await nobody.GetAsync(one), await nobody.PostTextAsync(Path, With(mine, baseline)), await reader.PostTextAsync(Path, With(mine, baseline)),
            await reader.SendAsync(HttpMethod.Put, one, """{"name":"x"}"""), await reader.SendAsync(HttpMethod.Delete, one, null),
            await maker.PostTextAsync(Path, With(others, baseline)), await maker.PostTextAsync(Path, With(mine, foreign)),
            await maker.PostTextAsync(Path, With(mine, baseline, $$""","excludedTraits":[{{foreign}}]""")),
            await maker.SendAsync(HttpMethod.Put, one, """{"name":"x"}"""), await nobody.GetAsync(one + "/runs/latest/stats"),
        ];
        var made = await maker.PostTextAsync(Path, With(mine, baseline));

        Assert.Empty(hidden.Json.AsArray());
        Assert.Equal("""["READ"]""", Assert.Single(shown.Json.AsArray())!["permissions"]!.ToJsonString());
        Assert.Equal("[]", shown.Json[0]!["excludedTraits"]!.ToJsonString());
        Assert.Empty(narrowed.Json.AsArray());
        Assert.Equal($"[{baseline}]", visible.Json["excludedTraits"]!.ToJsonString());
        Assert.All(forbidden, answer => CatalogueDesk.AssertRefused(answer, HttpStatusCode.Forbidden, "forbidden"));
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(HttpStatusCode.OK, (await maker.SendAsync(HttpMethod.Put, Path + made.Json["algoModelId"], """{"name":"x"}""")).Status);
    }

    [Fact]
    [Contract("audience D4", "audience Ruling 2")]
    public async Task A_model_stays_until_its_traits_are_gone_and_then_goes()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        var model = (await desk.AddAsync(Path, With(source, await desk.AddTraitAsync(source))))["algoModelId"];
        var trait = (await desk.AddAsync(
            "/v1/traits/", $$"""{"name":"alike","traitType":"ALGO_TRAIT","dataSourceId":{{source}},"folderId":0,"algoModelId":{{model}},"thresholdType":"ACCURACY","thresholdValue":0.4}"""))["sid"];

        var blocked = await desk.Admin.SendAsync(HttpMethod.Delete, Path + model, null);
        var blockedTogether = await desk.Admin.PostTextAsync(Path + "bulk-delete", $"[{model}]");
        var traitGone = await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/traits/{trait}", null);
        var modelGone = await desk.Admin.SendAsync(HttpMethod.Delete, Path + model, null);

        CatalogueDesk.AssertRefused(blocked, HttpStatusCode.BadRequest, "cannot_delete_entity_with_mappings");
        Assert.Equal($"""["{trait}"]""", blocked.Json["childMessages"]!.ToJsonString());
        CatalogueDesk.AssertRefused(blockedTogether, HttpStatusCode.BadRequest, "cannot_delete_entity_with_mappings");
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (traitGone.Status, modelGone.Status));
    }

    [Fact]
    [Contract("audience 7", "audience Ruling 2")]
    public async Task What_a_model_uses_stays()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (source, searched) = (await desk.AddDataSourceAsync("shop"), await desk.AddDataSourceAsync("partner"));
        var (trait, excluded) = (await desk.AddTraitAsync(source), await desk.AddTraitAsync(source));
        var segment = await desk.AddSegmentAsync(source, trait);
        var first = (await desk.AddAsync(Path, With(searched, excluded)))["algoModelId"];
        var second = (await desk.AddAsync(Path, With(searched, segment, $$""","excludedTraits":[{{excluded}}]""")))["algoModelId"];

        var baseline = await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/segments/{segment}", null);
        var used = await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/traits/{excluded}", null);
        var dataSource = await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/datasources/{searched}", null);
        var gone = await desk.Admin.PostTextAsync(Path + "bulk-delete", $"[{first},{second}]");

        CatalogueDesk.AssertRefused(baseline, HttpStatusCode.Conflict, "cannot_delete_entity_mapped", $"Model {second}");
        CatalogueDesk.AssertRefused(used, HttpStatusCode.Conflict, "cannot_delete_entity_mapped", $"Model {first}", $"Model {second}");
        CatalogueDesk.AssertRefused(dataSource, HttpStatusCode.Conflict, "cannot_delete_entity_mapped", $"Model {first}", $"Model {second}");
        Assert.Equal(HttpStatusCode.NoContent, gone.Status);
        foreach (var path in new[] { $"/v1/segments/{segment}", $"/v1/traits/{excluded}", $"/v1/datasources/{searched}" })
            Assert.Equal(HttpStatusCode.NoContent, (await desk.Admin.SendAsync(HttpMethod.Delete, path, null)).Status);
    }

    [Fact]
    public async Task A_folder_s_trait_that_a_model_uses_keeps_its_folder()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        var folder = (await desk.AddAsync("/v1/folders/traits/", """{"name":"Shoes","parentFolderId":0}"""))["folderId"];
        var ofFolder = (await desk.Admin.GetAsync($"/v1/traits/?restrictType=FOLDER_TRAIT&folderId={folder}")).Json[0]!["sid"]!.GetValue<long>();
        var model = (await desk.AddAsync(Path, With(source, ofFolder)))["algoModelId"];

        var refused = await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/folders/traits/{folder}", null);

        CatalogueDesk.AssertRefused(refused, HttpStatusCode.Conflict, "cannot_delete_entity_mapped", $"Model {model}");
    }

    [Fact]
    public async Task There_is_one_algorithm()
    {
        var desk = shared.Desk;

        var list = await desk.Admin.GetAsync("/v1/algorithms/");
        var one = await desk.Admin.GetAsync("/v1/algorithms/1");

        Assert.Equal("""[{"algoTypeId":1,"name":"Trait Weight","description":"Trait Weight"}]""", list.Json.ToJsonString());
        Assert.True(JsonNode.DeepEquals(list.Json[0], one.Json));
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync("/v1/algorithms/2"), HttpStatusCode.NotFound, "not_found");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await desk.Admin.PostTextAsync("/v1/algorithms/", "{}")).Status);
    }

    private static string With(long dataSource, long sid, string more = "") => $$"""{"name":"model","dataSources":[{{dataSource}}],"sid":{{sid}}{{more}}}""";

    private static string Named(string name, long sid, params long[] dataSources) =>
        $$"""{"name":"{{name}}","dataSources":[{{string.Join(',', dataSources)}}],"sid":{{sid}}}""";

    private static string? Text(ApiAnswer answer, string member) => (string?)answer.Json[member];

    private static int Number(ApiAnswer answer, string member) => answer.Json[member]!.GetValue<int>();
}
