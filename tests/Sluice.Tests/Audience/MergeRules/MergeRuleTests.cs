using System.Net;
using Sluice.Tests.Audience.Reports;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.MergeRules;

/// <summary>Merge rules: which there may be, who goes by them, and what they let pass (contract audience.md 5.5, 5.8).</summary>
[Contract("audience 5.5")]
public sealed class MergeRuleTests
{
    private const string Path = "/v1/merge-rules/";
    private const string Last = """{"name":"last","crossDeviceOption":"LAST_AUTHENTICATED","deviceOption":"DEVICE"}""";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_merge_rule_is_made_read_changed_and_deleted_by_admins_only(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        using var member = await desk.AddMemberAsync("VIEW_ALL_SEGMENTS EDIT_ALL_SEGMENTS");

        var made = await desk.Admin.PostTextAsync(Path, Last);
        var one = Path + made.Json["mergeRuleDataSourceId"];
        var read = await member.GetAsync(one);
        var refused = await member.PostTextAsync(Path, Last);
        var untouched = await member.SendAsync(HttpMethod.Put, one, """{"name":"x"}""");
        var kept = await member.SendAsync(HttpMethod.Delete, one, null);
        var changed = await desk.Admin.SendAsync(HttpMethod.Put, one, """{"name":"renamed"}""", ("If-Match", read.Headers.ETag!.ToString()));
        var stale = await desk.Admin.SendAsync(HttpMethod.Put, one, """{"name":"again"}""", ("If-Match", read.Headers.ETag!.ToString()));
        var listed = await member.GetAsync(Path + "?search=renamed");
        var deleted = await desk.Admin.SendAsync(HttpMethod.Delete, one, null);

        Assert.Equal((HttpStatusCode.Created, made.Text), (made.Status, read.Text));
        Assert.All([refused, untouched, kept], answer => CatalogueDesk.AssertRefused(answer, HttpStatusCode.Forbidden, "forbidden", "Only admins"));
        Assert.Equal((HttpStatusCode.OK, "renamed", "LAST_AUTHENTICATED"), (changed.Status, (string)changed.Json["name"]!, (string)changed.Json["crossDeviceOption"]!));
        CatalogueDesk.AssertRefused(stale, HttpStatusCode.PreconditionFailed, "precondition_failed");
        Assert.Single(listed.Json.AsArray());
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync(one), HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Only_the_combinations_of_the_table_can_be_chosen()
    {
        await using var desk = await CatalogueDesk.StartAsync(StoreKind.Sqlite, "Audience:Limits:MergeRules=100", "Audience:Limits:AllCrossDeviceMergeRules=100");
        var source = CatalogueDesk.Id(await desk.AddAsync("/v1/datasources/", """{"name":"crm","idType":"CROSS_DEVICE","integrationCode":"crm"}"""), "dataSourceId");
        var taken = new List<string>();

        foreach (var across in (string[])["NO_CROSS_DEVICE", "CURRENT_AUTHENTICATED", "LAST_AUTHENTICATED", "ALL_CROSS_DEVICE"])
        {
            foreach (var device in (string[])["NO_DEVICE", "DEVICE", "PROFILE_LINK", "EXTERNAL_GRAPH"])
            {
                var sources = device == "PROFILE_LINK" ? $"{source}" : "";
                var made = await desk.Admin.PostTextAsync(Path, $$"""{"name":"m","crossDeviceOption":"{{across}}","deviceOption":"{{device}}","crossDeviceDataSourceIds":[{{sources}}]}""");
                if (made.Status == HttpStatusCode.Created)
                    taken.Add($"{across} {device}");
                else
                    CatalogueDesk.AssertRefused(made, HttpStatusCode.BadRequest, "validation_error", "deviceOption cannot be");
            }
        }

        Assert.Equal(
            [
                "NO_CROSS_DEVICE DEVICE", "NO_CROSS_DEVICE EXTERNAL_GRAPH", "CURRENT_AUTHENTICATED NO_DEVICE", "LAST_AUTHENTICATED DEVICE", "LAST_AUTHENTICATED PROFILE_LINK",
                "LAST_AUTHENTICATED EXTERNAL_GRAPH", "ALL_CROSS_DEVICE NO_DEVICE",
            ], taken);
    }

    [Fact]
    public async Task Its_data_sources_are_there_are_of_people_and_are_few()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var cookies = await desk.AddDataSourceAsync("cookies");
        var people = new List<long>();
        foreach (var code in (string[])["a", "b", "c", "d"])
            people.Add(CatalogueDesk.Id(await desk.AddAsync("/v1/datasources/", $$"""{"name":"{{code}}","idType":"CROSS_DEVICE","integrationCode":"{{code}}"}"""), "dataSourceId"));

        foreach (var (options, sources, says) in new (string, string, string)[]
        {
            ("LAST_AUTHENTICATED DEVICE", $"{cookies}", "not of the idType CROSS_DEVICE"), ("LAST_AUTHENTICATED DEVICE", "99999", "names no data source: 99999"),
            ("LAST_AUTHENTICATED DEVICE", string.Join(',', people), "holds at most 3"), ("LAST_AUTHENTICATED PROFILE_LINK", $"{people[0]},{people[1]}", "exactly one"),
            ("LAST_AUTHENTICATED PROFILE_LINK", "", "exactly one"), ("NO_CROSS_DEVICE DEVICE", $"{people[0]}", "must be empty"),
        })
        {
            var body = $$"""{"name":"m","crossDeviceOption":"{{options.Split(' ')[0]}}","deviceOption":"{{options.Split(' ')[1]}}","crossDeviceDataSourceIds":[{{sources}}]}""";
            CatalogueDesk.AssertRefused(await desk.Admin.PostTextAsync(Path, body), HttpStatusCode.BadRequest, "validation_error", says);
        }
        await desk.AddMergeRuleAsync($",\"crossDeviceDataSourceIds\":[{people[0]}]");
        var used = await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/datasources/{people[0]}", """{"idType":"COOKIE"}""");
        CatalogueDesk.AssertRefused(used, HttpStatusCode.BadRequest, "validation_error", "idType cannot change");
    }

    [Fact]
    [Contract("audience 7")]
    public async Task There_are_three_and_one_that_reads_everybody()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        const string All = """{"name":"all","crossDeviceOption":"ALL_CROSS_DEVICE","deviceOption":"NO_DEVICE"}""";
        var first = await desk.AddMergeRuleAsync();
        await desk.AddMergeRuleAsync();
        await desk.AddMergeRuleAsync();
        await desk.AddAsync(Path, All);

        var fourth = await desk.Admin.PostTextAsync(Path, Last);
        var second = await desk.Admin.PostTextAsync(Path, All);
        var turned = await desk.Admin.SendAsync(HttpMethod.Put, Path + first, All);
        var renamed = await desk.Admin.SendAsync(HttpMethod.Put, Path + first, """{"name":"still here"}""");
        var limits = (await desk.Admin.GetAsync("/v1/limits")).Json;

        Assert.All([fourth, second, turned], answer => CatalogueDesk.AssertRefused(answer, HttpStatusCode.BadRequest, "resource_limit_exceeded"));
        Assert.Equal(HttpStatusCode.OK, renamed.Status);
        Assert.Equal((3, 1, 3, 1), ((int)limits["mergeRules"]!, (int)limits["allCrossDeviceMergeRules"]!, (int)limits["used"]!["mergeRules"]!, (int)limits["used"]!["allCrossDeviceMergeRules"]!));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task One_is_the_default_and_new_segments_take_it_and_hold_it(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var source = await desk.AddDataSourceAsync("shop");
        var trait = await desk.AddTraitAsync(source);
        var early = await desk.AddSegmentAsync(source, trait);
        var first = await desk.AddMergeRuleAsync(",\"isDefault\":true");
        var second = await desk.AddMergeRuleAsync(",\"isDefault\":true");

        var segment = await desk.AddSegmentAsync(source, trait);
        var blocked = await desk.Admin.SendAsync(HttpMethod.Delete, Path + second, null);
        var unknown = await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/segments/{segment}", """{"mergeRuleDataSourceId":99999}""");
        var flags = (await desk.Admin.GetAsync(Path)).Json.AsArray().Select(one => ((long)one!["mergeRuleDataSourceId"]!, (bool)one["isDefault"]!));

        Assert.Null((await desk.Admin.GetAsync($"/v1/segments/{early}")).Json["mergeRuleDataSourceId"]);
        Assert.Equal(second, (long)(await desk.Admin.GetAsync($"/v1/segments/{segment}")).Json["mergeRuleDataSourceId"]!);
        CatalogueDesk.AssertRefused(blocked, HttpStatusCode.Conflict, "cannot_delete_entity_mapped", $"Segment {segment}");
        CatalogueDesk.AssertRefused(unknown, HttpStatusCode.BadRequest, "validation_error", "mergeRuleDataSourceId names no merge rule: 99999");
        Assert.Equal([(first, false), (second, true)], flags);
    }

    [Fact]
    [Contract("audience 5.8")]
    public async Task Restrictions_of_a_merge_rule_and_of_its_data_sources_keep_segments_from_destinations()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        var people = CatalogueDesk.Id(await desk.AddAsync(
            "/v1/datasources/", """{"name":"crm","idType":"CROSS_DEVICE","integrationCode":"crm","dataExportRestrictions":["PII"]}"""), "dataSourceId");
        var (free, restricted, reading) = (
            await desk.AddMergeRuleAsync(), await desk.AddMergeRuleAsync(",\"dataExportRestrictions\":[\"PII\"]"), await desk.AddMergeRuleAsync($",\"crossDeviceDataSourceIds\":[{people}]"));
        var trait = await desk.AddTraitAsync(source);
        var destination = await desk.AddDestinationAsync(",\"dataExportLabels\":[\"PII\"]");
        var segment = await desk.AddSegmentAsync(source, trait);
        await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/segments/{segment}", $$"""{"mergeRuleDataSourceId":{{restricted}}}""");
        var mapping = $$"""{"sid":{{segment}},"traitType":"SEGMENT","startDate":"2026-01-02","url":"https://p.example/x"}""";

        var byRule = await desk.Admin.PostTextAsync($"/v1/destinations/{destination}/mappings/", mapping);
        await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/segments/{segment}", $$"""{"mergeRuleDataSourceId":{{reading}}}""");
        var bySource = await desk.Admin.PostTextAsync($"/v1/destinations/{destination}/mappings/", mapping);
        await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/segments/{segment}", $$"""{"mergeRuleDataSourceId":{{free}}}""");
        await desk.AddMappingAsync(destination, segment);
        var segmentChanged = await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/segments/{segment}", $$"""{"mergeRuleDataSourceId":{{reading}}}""");
        var ruleChanged = await desk.Admin.SendAsync(HttpMethod.Put, Path + free, """{"dataExportRestrictions":["PII"]}""");
        var exchanged = await desk.Admin.PostTextAsync("/v1/segments/bulk-merge-rule-replace", $$"""{"existingMergeRuleDataSourceId":{{free}},"replaceWithMergeRuleDataSourceId":{{restricted}}}""");
        var harmless = await desk.Admin.SendAsync(HttpMethod.Put, Path + free, """{"dataExportRestrictions":["OFFSITE_AD_TARGETING"]}""");

        CatalogueDesk.AssertRefused(byRule, HttpStatusCode.BadRequest, "data_export_conflict", "The merge rule [last] is restricted by PII");
        CatalogueDesk.AssertRefused(bySource, HttpStatusCode.BadRequest, "data_export_conflict", $"Data source {people} is restricted by PII");
        CatalogueDesk.AssertRefused(segmentChanged, HttpStatusCode.BadRequest, "invalid_expression", $"Data source {people}");
        CatalogueDesk.AssertRefused(ruleChanged, HttpStatusCode.BadRequest, "data_export_conflict", $"Segment {segment}");
        CatalogueDesk.AssertRefused(exchanged, HttpStatusCode.BadRequest, "data_export_conflict");
        Assert.Equal(HttpStatusCode.OK, harmless.Status);
    }

    [Fact]
    public async Task A_configuration_comes_out_with_its_merge_rules_and_goes_in_again()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        var merge = await desk.AddMergeRuleAsync(",\"isDefault\":true");
        var segment = await desk.AddSegmentAsync(source, await desk.AddTraitAsync(source));
        var file = await desk.Admin.GetAsync("/v1/configuration");
        await using var other = await CatalogueDesk.StartAsync();

        var brought = await other.Admin.PostTextAsync("/v1/configuration", file.Text);

        Assert.True(brought.Status == HttpStatusCode.OK, brought.Text);
        Assert.Equal((merge, true), ((long)(await other.Admin.GetAsync(Path + merge)).Json["mergeRuleDataSourceId"]!, (bool)(await other.Admin.GetAsync(Path + merge)).Json["isDefault"]!));
        Assert.Equal(merge, (long)(await other.Admin.GetAsync($"/v1/segments/{segment}")).Json["mergeRuleDataSourceId"]!);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience E5")]
    public async Task Who_signed_in_last_is_read_on_another_device_where_the_rule_says_so(StoreKind kind)
    {
        await using var desk = await VisitorDesk.StartAsync(kind);
        var (shop, crm) = (await desk.Catalogue.AddDataSourceAsync("shop"), await desk.AddCrossDeviceSourceAsync("crm"));
        var trait = await desk.AddTraitAsync(shop);
        var last = await desk.Catalogue.AddMergeRuleAsync();
        var current = CatalogueDesk.Id(
            await desk.Catalogue.AddAsync(Path, """{"name":"current","crossDeviceOption":"CURRENT_AUTHENTICATED","deviceOption":"NO_DEVICE"}"""), "mergeRuleDataSourceId");
        var (byLast, byCurrent) = (await AddSegmentAsync(desk, shop, trait, last), await AddSegmentAsync(desk, shop, trait, current));
        await desk.VisitAsync(2, $"d_cid={crm}%01u1%011");

        await desk.VisitAsync(1, $"d_cid={crm}%01u1%011&product=12");
        var second = await desk.VisitAsync(2, $"d_cid={crm}%01u1%010");
        var person = (await desk.Admin.GetAsync($"/api/sluice/v1/profiles/{crm}/u1")).Json;

        Assert.Equal(trait, (long)Assert.Single(person["traits"]!.AsArray(), one => (string)one!["name"]! == "bought, 12")!["sid"]!);
        var segments = second["segments"]!.AsArray().Select(one => (long)one!).ToList();
        Assert.Contains(byLast, segments);
        Assert.DoesNotContain(byCurrent, segments);
    }

    private static async Task<long> AddSegmentAsync(VisitorDesk desk, long source, long trait, long merge) => CatalogueDesk.Id(await desk.Catalogue.AddAsync(
        "/v1/segments/", $$"""{"name":"s","segmentRule":"{{trait}}T","dataSourceId":{{source}},"folderId":0,"mergeRuleDataSourceId":{{merge}}}"""), "sid");
}
