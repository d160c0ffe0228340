using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>The acceptance scenarios of contract audience.md section 12 that are about objects and rights.</summary>
public sealed class ScenarioTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience D1")]
    [Statement("B53")]
    public async Task A_whole_configuration_is_made_from_data_source_to_mapping(StoreKind kind)
    {
        var clock = new ShiftedClock();
        await using var desk = await CatalogueDesk.OfAsync(await TestHouse.StartAsync(kind, clock));

        var absent = await desk.Admin.GetAsync("/v1/datasources/?integrationCode=shop");
        var source = await desk.Admin.PostTextAsync(
            "/v1/datasources/", """{"name":"shop","integrationCode":"shop","uniqueTraitIntegrationCodes":true,"uniqueSegmentIntegrationCodes":true}""");
        var present = await desk.Admin.GetAsync("/v1/datasources/?integrationCode=shop");
        var sourceId = CatalogueDesk.Id(source.Json, "dataSourceId");
        var folder = await desk.Admin.PostTextAsync("/v1/folders/traits/", """{"name":"Shoes","parentFolderId":0}""");
        var twice = await desk.Admin.PostTextAsync("/v1/folders/traits/", """{"name":"Shoes","parentFolderId":"0"}""");
        var trait = await desk.Admin.PostTextAsync("/v1/traits/", $$"""
            {"name":"Boots","traitType":"RULE_BASED_TRAIT","dataSourceId":"{{sourceId}}","folderId":{{folder.Json["folderId"]}},"traitRule":"product==12","integrationCode":"product-12"}
            """);
        var other = await desk.AddTraitAsync(sourceId);
        var byCode = await desk.Admin.GetAsync("/v1/traits/ic:product-12");
        var renamed = byCode.Json.DeepClone();
        renamed["name"] = "Interested in boots";
        clock.Shift(TimeSpan.FromMinutes(1));
        var put = await desk.Admin.SendAsync(HttpMethod.Put, "/v1/traits/ic:product-12", renamed.ToJsonString());
        var sid = CatalogueDesk.Id(trait.Json, "sid");
        var segment = await desk.Admin.PostTextAsync(
            "/v1/segments/", $$"""{"name":"Shoppers","segmentRule":"{{sid}}T OR {{other}}T","dataSourceId":{{sourceId}},"folderId":0}""");
        var destination = await desk.AddDestinationAsync();
        var mapping = await desk.Admin.PostTextAsync($"/v1/destinations/{destination}/mappings/", $$"""
            {"sid":{{segment.Json["sid"]}},"traitType":"SEGMENT","startDate":"2026-01-02","url":"https://p.example/x"}
            """);

        Assert.Equal("[]", absent.Text);
        Assert.Equal(
            [HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.Conflict, HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.Created],
            [source.Status, folder.Status, twice.Status, trait.Status, byCode.Status, put.Status, segment.Status, mapping.Status]);
        Assert.Single(present.Json.AsArray());
        CatalogueDesk.AssertRefused(twice, HttpStatusCode.Conflict, "duplicate_name");
        Assert.Equal("Interested in boots", (string)put.Json["name"]!);
        Assert.Equal((long)trait.Json["createTime"]!, (long)put.Json["createTime"]!);
        Assert.True((long)put.Json["updateTime"]! > (long)trait.Json["updateTime"]!);
        Assert.Equal("Shoppers", (string)mapping.Json["elementName"]!);
    }

    [Fact]
    [Contract("audience D2")]
    public async Task An_integration_code_is_unique_in_a_source_that_wants_it_only()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var strict = CatalogueDesk.Id(await desk.AddAsync("/v1/datasources/", """{"name":"strict","uniqueTraitIntegrationCodes":true}"""), "dataSourceId");
        var loose = await desk.AddDataSourceAsync("loose");
        foreach (var source in (long[])[strict, loose])
            await desk.AddTraitAsync(source, more: ",\"integrationCode\":\"code\"");

        var refused = await desk.Admin.PostTextAsync("/v1/traits/", Twin(strict));
        var made = await desk.Admin.PostTextAsync("/v1/traits/", Twin(loose));
        var several = await desk.Admin.GetAsync("/v1/traits/ic:code");

        CatalogueDesk.AssertRefused(refused, HttpStatusCode.Conflict, "duplicate_integration_code", "code");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        CatalogueDesk.AssertRefused(several, HttpStatusCode.Conflict, "ambiguous_integration_code");

        static string Twin(long source) =>
            $$"""{"name":"twin","traitType":"ON_BOARDED_TRAIT","dataSourceId":{{source}},"folderId":0,"integrationCode":"code"}""";
    }

    [Fact]
    [Contract("audience D3")]
    public async Task A_mapped_segment_stays_until_it_is_unmapped()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        var segment = await desk.AddSegmentAsync(source, await desk.AddTraitAsync(source));
        var destination = await desk.AddDestinationAsync();
        var mapping = await desk.AddMappingAsync(destination, segment);

        var blocked = await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/segments/{segment}", null);
        var inUse = await desk.Admin.GetAsync($"/v1/segments/{segment}");
        var unmapped = await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/destinations/{destination}/mappings/{mapping}", null);
        var gone = await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/segments/{segment}", null);

        CatalogueDesk.AssertRefused(blocked, HttpStatusCode.BadRequest, "cannot_delete_entity_mapped", $"Destination {destination}");
        Assert.True((bool)inUse.Json["inUse"]!);
        Assert.Equal((HttpStatusCode.NoContent, ""), (unmapped.Status, unmapped.Text));
        Assert.Equal((HttpStatusCode.NoContent, ""), (gone.Status, gone.Text));
    }

    [Theory]
    [InlineData("traits")]
    [InlineData("segments")]
    [Contract("audience D5")]
    public async Task A_folder_that_is_full_stays_and_lies_neither_too_deep_nor_in_itself(string kind)
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        var folders = new List<long> { 0 };
        for (var depth = 1; depth <= 5; depth++)
            folders.Add(CatalogueDesk.Id(await desk.AddAsync($"/v1/folders/{kind}/", $$"""{"name":"f{{depth}}","parentFolderId":{{folders[^1]}}}"""), "folderId"));
        var trait = await desk.AddTraitAsync(source);
        if (kind == "traits")
            await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/traits/{trait}", $$"""{"folderId":{{folders[5]}}}""");
        else
            await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/segments/{await desk.AddSegmentAsync(source, trait)}", $$"""{"folderId":{{folders[5]}}}""");

        var full = await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/folders/{kind}/{folders[5]}", null);
        var parent = await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/folders/{kind}/{folders[1]}", null);
        var deep = await desk.Admin.PostTextAsync($"/v1/folders/{kind}/", $$"""{"name":"f6","parentFolderId":{{folders[5]}}}""");
        var inside = await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/folders/{kind}/{folders[1]}", $$"""{"name":"f1","parentFolderId":{{folders[3]}}}""");

        CatalogueDesk.AssertRefused(full, HttpStatusCode.Conflict, "folder_not_empty", kind == "traits" ? $"Trait {trait}" : "Segment");
        CatalogueDesk.AssertRefused(parent, HttpStatusCode.Conflict, "folder_not_empty", $"Folder {folders[2]}");
        CatalogueDesk.AssertRefused(deep, HttpStatusCode.BadRequest, "resource_limit_exceeded");
        CatalogueDesk.AssertRefused(inside, HttpStatusCode.BadRequest, "validation_error", "parentFolderId");
    }

    [Theory]
    [InlineData("segments")]
    [InlineData("traits")]
    [InlineData("destinations")]
    [InlineData("folders/traits")]
    [Contract("audience D6")]
    [Contract("audience 2.3")]
    public async Task A_change_of_a_version_that_is_no_longer_the_newest_is_refused(string family)
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        var trait = await desk.AddTraitAsync(source);
        var path = $"/v1/{family}/" + (family == "traits" ? trait : family == "segments" ? await desk.AddSegmentAsync(source, trait)
            : family == "destinations" ? await desk.AddDestinationAsync()
            : CatalogueDesk.Id(await desk.AddAsync("/v1/folders/traits/", """{"name":"Shoes","parentFolderId":0}"""), "folderId"));
        var read = await desk.Admin.GetAsync(path);
        var tag = read.Headers.ETag!.ToString();

        var first = await desk.Admin.SendAsync(HttpMethod.Put, path, read.Text, ("If-Match", tag));
        var second = await desk.Admin.SendAsync(HttpMethod.Put, path, """{"name":"late"}""", ("If-Match", tag));
        var delete = await desk.Admin.SendAsync(HttpMethod.Delete, path, null, ("If-Match", tag));
        var without = await desk.Admin.SendAsync(HttpMethod.Put, path, """{"name":"last"}""");
        var fresh = await desk.Admin.SendAsync(HttpMethod.Put, path, """{"name":"newest"}""", ("If-Match", without.Headers.ETag!.ToString()));

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.NotEqual(tag, first.Headers.ETag!.ToString());
        CatalogueDesk.AssertRefused(second, HttpStatusCode.PreconditionFailed, "precondition_failed");
        CatalogueDesk.AssertRefused(delete, HttpStatusCode.PreconditionFailed, "precondition_failed");
        Assert.Equal("last", (string)without.Json["name"]!);
        Assert.Equal("newest", (string)fresh.Json["name"]!);
    }

    [Fact]
    [Contract("audience X1")]
    [Contract("audience 5.8")]
    public async Task Restricted_data_is_not_mapped_where_its_label_stands()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var secret = CatalogueDesk.Id(await desk.AddAsync("/v1/datasources/", """{"name":"crm","dataExportRestrictions":["PII"]}"""), "dataSourceId");
        var open = await desk.AddDataSourceAsync("open");
        var (secretTrait, openTrait) = (await desk.AddTraitAsync(secret), await desk.AddTraitAsync(open));
        var (secretSegment, openSegment) = (await desk.AddSegmentAsync(open, secretTrait), await desk.AddSegmentAsync(secret, openTrait));
        var labelled = await desk.AddDestinationAsync(""","dataExportLabels":["PII"]""");
        var later = await desk.AddDestinationAsync();
        await desk.AddMappingAsync(labelled, openSegment); // the segment's own source does not count
        await desk.AddMappingAsync(later, secretSegment);

        var mapped = await desk.Admin.PostTextAsync($"/v1/destinations/{labelled}/mappings/", $$"""
            {"sid":{{secretSegment}},"traitType":"SEGMENT","startDate":"2026-01-02","url":"https://p.example/x"}
            """);
        var labelledLater = await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/destinations/{later}", """{"dataExportLabels":["PII"]}""");
        var renamed = await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/segments/{secretSegment}", """{"name":"still to be edited"}""");
        var added = await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/segments/{openSegment}", $$"""{"segmentRule":"{{openTrait}}T AND {{secretTrait}}T"}""");

        CatalogueDesk.AssertRefused(mapped, HttpStatusCode.BadRequest, "data_export_conflict", $"Data source {secret}", "PII");
        Assert.Equal(HttpStatusCode.OK, labelledLater.Status);
        Assert.Equal(HttpStatusCode.OK, renamed.Status);
        CatalogueDesk.AssertRefused(added, HttpStatusCode.BadRequest, "invalid_expression", $"Data source {secret}", "PII");
    }

    [Fact]
    [Contract("audience R1")]
    [Contract("audience 6")]
    [Statement("B47")]
    [Statement("B50")]
    [Statement("B62")]
    public async Task A_member_sees_and_changes_what_the_group_gives_only()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (mine, others) = (await desk.AddDataSourceAsync("mine"), await desk.AddDataSourceAsync("others"));
        var (seen, hidden) = (await desk.AddTraitAsync(mine), await desk.AddTraitAsync(others));
        var member = await desk.AddMemberAsync("", $"TRAIT/{mine}/READ");

        var list = await member.GetAsync("/v1/traits/?page=0");
        var rights = await member.GetAsync($"/v1/traits/{seen}?includePermissions=true");
        var writable = await member.GetAsync("/v1/traits/?permissions=WRITE");
        var get = await member.GetAsync($"/v1/traits/{hidden}");
        var several = await member.GetAsync($"/v1/traits/{seen},{hidden}");
        var put = await member.SendAsync(HttpMethod.Put, $"/v1/traits/{seen}", """{"name":"mine now"}""");
        var putHidden = await member.SendAsync(HttpMethod.Put, $"/v1/traits/{hidden}", """{"name":"mine now"}""");
        var create = await member.PostTextAsync("/v1/traits/", $$"""{"name":"new","traitType":"RULE_BASED_TRAIT","dataSourceId":{{mine}},"folderId":0,"traitRule":"a==1"}""");
        var bulk = await member.PostTextAsync("/v1/traits/bulk-delete", $"[{seen},{hidden}]");

        Assert.Equal(1, (int)list.Json["total"]!);
        Assert.Equal([seen], list.Json["list"]!.AsArray().Select(row => (long)row!["sid"]!));
        Assert.Equal(["READ"], rights.Json["permissions"]!.AsArray().Select(one => (string)one!));
        Assert.Equal("[]", writable.Text);
        Assert.All([get, several, put, putHidden, create, bulk], refused => CatalogueDesk.AssertRefused(refused, HttpStatusCode.Forbidden, "forbidden"));
        Assert.Equal("boots", (string)(await desk.Admin.GetAsync($"/v1/traits/{seen}")).Json["name"]!);
    }

    [Fact]
    [Contract("audience R2")]
    public async Task A_wildcard_holds_for_what_is_made_later()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var member = await desk.AddMemberAsync("VIEW_ALL_TRAITS");
        var before = await member.GetAsync("/v1/traits/?restrictType=RULE_BASED_TRAIT");

        var trait = await desk.AddTraitAsync(await desk.AddDataSourceAsync("later"));
        var after = await member.GetAsync("/v1/traits/?restrictType=RULE_BASED_TRAIT");

        Assert.Empty(before.Json.AsArray());
        Assert.Equal([trait], after.Json.AsArray().Select(row => (long)row!["sid"]!));
    }

    [Fact]
    [Contract("audience R3")]
    [Statement("B49")]
    public async Task A_segment_with_a_hidden_trait_shows_its_id_only_and_cannot_be_changed()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (mine, others) = (await desk.AddDataSourceAsync("mine"), await desk.AddDataSourceAsync("others"));
        var (seen, hidden) = (await desk.AddTraitAsync(mine), await desk.AddTraitAsync(others));
        var segment = CatalogueDesk.Id(
            await desk.AddAsync("/v1/segments/", $$"""{"name":"mixed","segmentRule":"{{seen}}T OR {{hidden}}T","dataSourceId":{{mine}},"folderId":0}"""), "sid");
        var member = await desk.AddMemberAsync("VIEW_ALL_SEGMENTS EDIT_ALL_SEGMENTS DELETE_ALL_SEGMENTS CREATE_ALL_SEGMENTS", $"TRAIT/{mine}/READ+MAP_TO_SEGMENTS+DELETE");

        var read = await member.GetAsync($"/v1/segments/{segment}?includeExprTree=true");
        var found = await member.GetAsync($"/v1/segments/?search={hidden}T");
        var put = await member.SendAsync(HttpMethod.Put, $"/v1/segments/{segment}", """{"name":"other"}""");
        var delete = await member.SendAsync(HttpMethod.Delete, $"/v1/segments/{segment}", null);
        var use = await member.PostTextAsync("/v1/segments/", $$"""{"name":"new","segmentRule":"{{hidden}}T","dataSourceId":{{mine}},"folderId":0}""");
        var own = await member.PostTextAsync("/v1/segments/", $$"""{"name":"new","segmentRule":"{{seen}}T","dataSourceId":{{mine}},"folderId":0}""");
        var ownGone = await member.SendAsync(HttpMethod.Delete, $"/v1/segments/{own.Json["sid"]}", null);

        Assert.Equal([hidden], read.Json["hiddenTraits"]!.AsArray().Select(one => (long)one!));
        Assert.Equal([seen], read.Json["mappableTraits"]!.AsArray().Select(one => (long)one!));
        Assert.Null(read.Json["segmentRule"]);
        Assert.Equal(seen, (long)read.Json["expressionTree"]!["expr1"]!["sid"]!);
        Assert.NotEqual(hidden, (long?)read.Json["expressionTree"]!["expr2"]!["sid"]);
        Assert.Equal("[]", found.Text);
        CatalogueDesk.AssertRefused(put, HttpStatusCode.Forbidden, "forbidden", $"Trait {hidden}");
        CatalogueDesk.AssertRefused(delete, HttpStatusCode.Forbidden, "forbidden", $"Trait {hidden}");
        CatalogueDesk.AssertRefused(use, HttpStatusCode.Forbidden, "forbidden", hidden.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(HttpStatusCode.Created, own.Status);
        Assert.Equal(HttpStatusCode.NoContent, ownGone.Status);
    }

    [Fact]
    [Contract("audience 6")]
    public async Task Mapping_a_segment_needs_the_right_to_map_it()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        var segment = await desk.AddSegmentAsync(source, await desk.AddTraitAsync(source));
        var destination = await desk.AddDestinationAsync();
        var mapping = await desk.AddMappingAsync(destination, segment);
        var viewer = await desk.AddMemberAsync("VIEW_ALL_SEGMENTS VIEW_ALL_DESTINATIONS EDIT_ALL_DESTINATIONS");
        var mapper = await desk.AddMemberAsync("VIEW_ALL_DESTINATIONS", $"SEGMENT/{source}/READ+MAP_TO_DESTINATION");
        var blind = await desk.AddMemberAsync("VIEW_ALL_DESTINATIONS");
        var stranger = await desk.AddMemberAsync("VIEW_ALL_SEGMENTS MAP_ALL_TO_DESTINATIONS");
        var body = $$"""{"sid":{{segment}},"traitType":"SEGMENT","startDate":"2026-01-02","url":"https://p.example/x"}""";
        var path = $"/v1/destinations/{destination}/mappings/";

        foreach (var refused in (ApiClient[])[viewer, blind, stranger])
        {
            CatalogueDesk.AssertRefused(await refused.PostTextAsync(path, body), HttpStatusCode.Forbidden, "forbidden");
            CatalogueDesk.AssertRefused(await refused.SendAsync(HttpMethod.Delete, path + mapping, null), HttpStatusCode.Forbidden, "forbidden");
        }
        Assert.Equal("[]", (await blind.GetAsync(path)).Text);
        Assert.Empty((await blind.GetAsync($"/v1/destinations/{destination}?includeMappings=true")).Json["mappings"]!.AsArray());
        Assert.Single((await viewer.GetAsync(path)).Json.AsArray());
        Assert.Equal(HttpStatusCode.Created, (await mapper.PostTextAsync(path, body)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await mapper.SendAsync(HttpMethod.Delete, path + mapping, null)).Status);
    }
}
