using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Reports;

/// <summary>The calls below <c>/v1/reports/</c> (contract audience.md 3.15).</summary>
[Contract("audience 3.15")]
public sealed class ReportTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_trend_has_every_day_blank_before_the_object_and_zero_where_nothing_was(StoreKind kind)
    {
        await using var desk = await VisitorDesk.StartAsync(kind);
        var source = await desk.Catalogue.AddDataSourceAsync("shop");
        var boots = await desk.AddTraitAsync(source);
        var segment = await desk.Catalogue.AddSegmentAsync(source, boots);
        var made = desk.Today;
        await desk.VisitAsync(1, "product=12");
        await desk.VisitAsync(1, "product=12");
        await desk.PassDaysAsync(2, boots);
        await desk.VisitAsync(2, "product=12");

        var range = $"startDate={made - VisitorDesk.DayMs}&endDate={desk.Today + VisitorDesk.DayMs + 5}";
        var day = (await desk.Admin.GetAsync($"/v1/reports/traits-trend/{boots}?{range}")).Json;
        var week = (await desk.Admin.GetAsync($"/v1/reports/traits-trend/{boots}?{range}&interval=7D")).Json["metrics"]!;
        var members = (await desk.Admin.GetAsync($"/v1/reports/segments-trend/{segment}?{range}&interval=7D&metricsType=DEVICE")).Json["metrics"]!;

        Assert.Equal(("bought, 12", boots), ((string)day["name"]!, (long)day["sid"]!));
        Assert.Equal(Enumerable.Range(-1, 5).Select(ago => $"{made + ago * VisitorDesk.DayMs}"), CatalogueDesk.Members(day["metrics"]!));
        Assert.Equal(["null/null/null", "1/2/1", "0/0/1", "1/1/2", "null/null/null"], Values(day["metrics"]!, "uniques", "count", "populationUniques"));
        Assert.Equal(["null/null", "1/2", "1/2", "2/3", "null/null"], Values(week, "uniques", "count"));
        Assert.Equal(["null/null", "1/1", "1/1", "2/2", "null/null"], Values(members, "instantUniques", "totalUniques"));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Several_trends_come_for_JSON_and_for_a_form_and_as_CSV_with_thirteen_columns_for_a_day(StoreKind kind)
    {
        await using var desk = await VisitorDesk.StartAsync(kind);
        var source = await desk.Catalogue.AddDataSourceAsync("shop");
        var (boots, hats) = (await desk.AddTraitAsync(source), await desk.AddTraitAsync(source, "13"));
        await desk.VisitAsync(1, "product=12");
        var body = new JsonObject { ["startDate"] = desk.Today, ["endDate"] = $"{desk.Today}", ["interval"] = "1D", ["sids"] = new JsonArray(boots, hats), ["traitMetricsType"] = "DEVICE" };

        var asJson = await desk.Admin.PostAsync("/v1/reports/traits-trend", body);
        var asForm = await PostFormAsync(desk, $"sids={boots}&sids={hats}&startDate={desk.Today}&endDate={desk.Today}");
        var csv = (await desk.Admin.PostAsync("/v1/reports//traits-trend/", body, ("Accept", "application/json, text/plain, */*"))).Text;

        Assert.Equal([boots, hats], asJson.Json.AsArray().Select(one => (long)one!["sid"]!));
        Assert.Equal(asJson.Text, asForm.Text);
        var lines = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[1..^1].Split("\",\"")).ToList();
        Assert.Equal((3, 13), (lines.Count, lines[0].Length));
        Assert.Equal(["1", $"{boots}", $"{source}", "bought, 12", "1", "1", "1", "1", "1", "1", "1", "1", "1"], lines[1]);
        Assert.Equal($"{hats}", lines[2][1]);
    }

    [Fact]
    public async Task The_CSV_of_segments_has_nine_numbers_for_each_day_and_nothing_for_days_before()
    {
        await using var desk = await VisitorDesk.StartAsync(StoreKind.Sqlite);
        var source = await desk.Catalogue.AddDataSourceAsync("shop");
        var segment = await desk.Catalogue.AddSegmentAsync(source, await desk.AddTraitAsync(source));
        var body = new JsonObject { ["startDate"] = desk.Today - VisitorDesk.DayMs, ["endDate"] = desk.Today, ["sids"] = new JsonArray(segment) };

        var lines = (await desk.Admin.PostAsync("/v1/reports/segments-trend", body, ("Accept", "text/plain"))).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(4 + 2 * 9, lines[0].Split("\",\"").Length);
        Assert.Equal([.. Enumerable.Repeat("", 9), .. Enumerable.Repeat("0", 9)], lines[1][1..^1].Split("\",\"")[4..]);
    }

    [Theory]
    [InlineData("traits-trend/{trait}?endDate=1", "startDate is required")]
    [InlineData("traits-trend/{trait}?startDate=1", "endDate is required")]
    [InlineData("traits-trend/{trait}?startDate=1&endDate=x", "endDate [x] is not a number")]
    [InlineData("traits-trend/{trait}?startDate=-1&endDate=1", "startDate must be ms since 1970")]
    [InlineData("traits-trend/{trait}?startDate=1&endDate=9223372036854775807", "endDate must be ms since 1970")]
    [InlineData("traits-trend/{trait}?startDate=172800000&endDate=1", "endDate must not be before startDate")]
    [InlineData("traits-trend/{trait}?startDate=1&endDate=94694400001", "endDate is more than 1096 days after startDate")]
    [InlineData("traits-trend/{trait}?startDate=1&endDate=1&interval=2D", "interval must be one of 1D, 7D, 14D, 30D, 60D, 90D")]
    [InlineData("largest-traits?interval=week", "interval must be one of")]
    [InlineData("largest-segments?cutOff=x", "cutOff [x] is not a number")]
    [InlineData("most-changed-traits?metricsType=x", "metricsType [x] must be")]
    [InlineData("segments-for-date?dateThrough=x", "dateThrough [x] is not a number")]
    [InlineData("traits-for-date?ids=1,x", "ids [x] is not a number")]
    [InlineData("partner-uniques?metricsType=x", "metricsType")]
    [InlineData("overlap", "sids is required")]
    [InlineData("overlap?sids={trait},5&lookBack=8D", "lookBack must be now, 7D or 30D")]
    [Statement("B1")]
    public async Task A_report_that_cannot_be_is_refused_by_the_parameter(string path, string says)
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var trait = await desk.AddTraitAsync(await desk.AddDataSourceAsync("shop"));

        var refused = await desk.Admin.GetAsync("/v1/reports/" + path.Replace("{trait}", $"{trait}", StringComparison.Ordinal));

        CatalogueDesk.AssertRefused(refused, HttpStatusCode.BadRequest, "validation_error", says);
    }

    [Fact]
    public async Task Trends_of_too_many_days_of_nothing_or_of_what_is_not_there_are_refused()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        const string Path = "/v1/reports/segments-trend";

        var long1 = await desk.Admin.PostTextAsync(Path, $$"""{"startDate":0,"endDate":{{400 * VisitorDesk.DayMs}},"sids":[{{string.Join(',', Enumerable.Range(1, 60))}}]}""");
        var many = await desk.Admin.PostTextAsync(Path, $$"""{"startDate":0,"endDate":0,"sids":[{{string.Join(',', Enumerable.Range(1, 101))}}]}""");
        var none = await desk.Admin.PostTextAsync(Path, """{"startDate":0,"endDate":0,"sids":[]}""");
        var deep = await desk.Admin.PostTextAsync(Path, """{"startDate":{"a":1},"endDate":0,"sids":[1]}""");
        var unknown = await desk.Admin.PostTextAsync(Path, """{"startDate":0,"endDate":0,"sids":[99999]}""");
        var list = await desk.Admin.PostTextAsync(Path, "[1]");

        CatalogueDesk.AssertRefused(long1, HttpStatusCode.BadRequest, "validation_error", "20000 days");
        CatalogueDesk.AssertRefused(many, HttpStatusCode.BadRequest, "validation_error", "sids has at most 100 values");
        CatalogueDesk.AssertRefused(none, HttpStatusCode.BadRequest, "validation_error", "sids is required");
        CatalogueDesk.AssertRefused(deep, HttpStatusCode.BadRequest, "validation_error", "startDate must hold");
        CatalogueDesk.AssertRefused(unknown, HttpStatusCode.NotFound, "not_found", "99999");
        CatalogueDesk.AssertRefused(list, HttpStatusCode.BadRequest, "invalid_json");
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task The_largest_and_the_most_changed_come_first_with_their_numbers(StoreKind kind)
    {
        await using var desk = await VisitorDesk.StartAsync(kind);
        var source = await desk.Catalogue.AddDataSourceAsync("shop");
        var (boots, hats) = (await desk.AddTraitAsync(source), await desk.AddTraitAsync(source, "13"));
        var segment = await desk.Catalogue.AddSegmentAsync(source, hats);
        await desk.VisitAsync(1, "product=12");
        await desk.PassDaysAsync(1, boots);
        await desk.VisitAsync(1, "product=13");
        await desk.VisitAsync(2, "product=13");
        await desk.VisitAsync(1, "product=12");
        await desk.VisitAsync(2, "product=12");
        await desk.VisitAsync(3, "product=12");

        var yesterday = desk.Today;
        var largest = (await desk.Admin.GetAsync("/v1/reports/largest-traits?interval=7D&restrictType=RULE_BASED_TRAIT")).Json.AsArray();
        var cut = (await desk.Admin.GetAsync("/v1/reports//largest-traits/?interval=1D&cutOff=3&restrictType=RULE_BASED_TRAIT&page=0")).Json;
        var segments = (await desk.Admin.GetAsync("/v1/reports/largest-segments")).Json[0]!;
        await desk.PassDaysAsync(1, boots);
        var changed = (await desk.Admin.GetAsync("/v1/reports/most-changed-traits?restrictType=RULE_BASED_TRAIT")).Json.AsArray();
        var changedSegment = (await desk.Admin.GetAsync("/v1/reports/most-changed-segments")).Json[0]!;
        var ofDay = (await desk.Admin.GetAsync($"/v1/reports/traits-for-date?dateThrough={yesterday - VisitorDesk.DayMs}&ids={boots}&ids={hats}")).Json.AsArray();
        var before = (await desk.Admin.GetAsync($"/v1/reports/segments-for-date?dateThrough={yesterday - 2 * VisitorDesk.DayMs}&ids={segment}&includeDestinationMappings=true")).Json[0]!;
        var people = (await desk.Admin.GetAsync("/v1/reports/partner-uniques?metricsType=DEVICE")).Json;

        Assert.Equal([(boots, 3, 4, 3), (hats, 2, 2, 2)], largest.Select(row => ((long)row!["sid"]!, (int)row["uniques"]!, (int)row["count"]!, (int)row["populationUniques"]!)));
        Assert.Equal((1, boots), ((int)cut["total"]!, (long)cut["list"]![0]!["sid"]!));
        Assert.Equal((segment, 2, 2), ((long)segments["sid"]!, (int)segments["instantUniques"]!, (int)segments["totalUniques"]!));
        Assert.Equal([(boots, 2, 200.0), (hats, 2, (double?)null)], changed.Select(row => ((long)row!["sid"]!, (int)row["uniquesDelta"]!, (double?)row["uniquesDeltaPercent"])));
        Assert.Equal(2, (int)changedSegment["uniquesDelta"]!);
        Assert.Equal([(boots, 1, 1), (hats, 0, 0)], ofDay.Select(row => ((long)row!["sid"]!, (int)row["uniques1Day"]!, (int)row["uniquesLifetime"]!)));
        Assert.Null(before["totalUniques1Day"]);
        Assert.Empty(before["mappings"]!.AsArray());
        Assert.Equal((0, 3), ((int)people["uniques1Day"]!, (int)people["uniques7Day"]!));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Overlaps_are_exact_for_each_pair_of_traits_and_segments(StoreKind kind)
    {
        await using var desk = await VisitorDesk.StartAsync(kind);
        var source = await desk.Catalogue.AddDataSourceAsync("shop");
        var (boots, hats) = (await desk.AddTraitAsync(source), await desk.AddTraitAsync(source, "13"));
        var segment = await desk.Catalogue.AddSegmentAsync(source, hats);
        foreach (var (device, product) in new[] { (1, 12), (2, 12), (3, 12), (4, 12), (4, 13), (5, 13) })
            await desk.VisitAsync(device, $"product={product}");

        var among = (await desk.Admin.GetAsync($"/v1/reports/overlap?sids={boots},{hats},{segment}")).Json.AsArray();
        var with = (await desk.Admin.GetAsync($"/v1/reports/overlap?sids={segment}&with={boots}&lookBack=7D")).Json.AsArray();
        var folder = (await desk.Admin.GetAsync("/v1/traits/?restrictType=FOLDER_TRAIT")).Json[0]!["sid"];
        var refused = await desk.Admin.GetAsync($"/v1/reports/overlap?sids={boots}&with={folder}");
        var unknown = await desk.Admin.GetAsync($"/v1/reports/overlap?sids={boots}&with=99999");
        var many = await desk.Admin.GetAsync($"/v1/reports/overlap?sids={string.Join(',', Enumerable.Range(1, 50))}");

        Assert.Equal([(boots, hats, 1), (boots, segment, 1), (hats, segment, 2)], among.Select(row => ((long)row!["sid1"]!, (long)row["sid2"]!, (int)row["overlapUniques"]!)));
        var row = Assert.Single(with)!;
        Assert.Equal(("SEGMENT", 2, "TRAIT", 4), ((string)row["type1"]!, (int)row["uniques1"]!, (string)row["type2"]!, (int)row["uniques2"]!));
        Assert.Equal((50, 25), ((double)row["overlapPercent1"]!, (double)row["overlapPercent2"]!));
        CatalogueDesk.AssertRefused(refused, HttpStatusCode.BadRequest, "validation_error", "the trait of a folder");
        CatalogueDesk.AssertRefused(unknown, HttpStatusCode.NotFound, "not_found");
        CatalogueDesk.AssertRefused(many, HttpStatusCode.BadRequest, "validation_error", "1000 pairs");
    }

    [Fact]
    [Contract("audience 6")]
    public async Task Reports_show_what_their_reader_may_see_and_no_more()
    {
        await using var desk = await VisitorDesk.StartAsync(StoreKind.Sqlite);
        var (mine, theirs) = (await desk.Catalogue.AddDataSourceAsync("mine"), await desk.Catalogue.AddDataSourceAsync("theirs"));
        var (boots, hats) = (await desk.AddTraitAsync(mine), await desk.AddTraitAsync(theirs, "13"));
        await desk.VisitAsync(1, "product=12&product=13");
        using var member = await desk.Catalogue.AddMemberAsync("", $"TRAIT/{mine}/READ");
        var range = $"startDate={desk.Today}&endDate={desk.Today}";

        var page = (await member.GetAsync("/v1/reports/largest-traits?page=0")).Json;
        var rows = (await member.GetAsync($"/v1/reports/traits-for-date?ids={boots},{hats}")).Json.AsArray();
        var trends = (await member.PostTextAsync("/v1/reports/traits-trend", $$"""{"startDate":{{desk.Today}},"endDate":{{desk.Today}},"sids":[{{boots}},{{hats}}]}""")).Json.AsArray();
        var hidden = await member.GetAsync($"/v1/reports/traits-trend/{hats}?{range}");
        var overlap = await member.GetAsync($"/v1/reports/overlap?sids={boots},{hats}");

        Assert.Equal((1, boots), ((int)page["total"]!, (long)page["list"]![0]!["sid"]!));
        Assert.Equal(boots, (long)Assert.Single(rows)!["sid"]!);
        Assert.Equal(boots, (long)Assert.Single(trends)!["sid"]!);
        CatalogueDesk.AssertRefused(hidden, HttpStatusCode.Forbidden, "forbidden");
        CatalogueDesk.AssertRefused(overlap, HttpStatusCode.Forbidden, "forbidden");
    }

    private static IEnumerable<string> Values(JsonNode metrics, params string[] names) =>
        metrics.AsObject().Select(day => string.Join('/', names.Select(name => day.Value![name]?.ToJsonString() ?? "null")));

    private static async Task<ApiAnswer> PostFormAsync(VisitorDesk desk, string form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/reports/traits-trend");
        request.Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        return await desk.Admin.SendAsync(request);
    }
}
