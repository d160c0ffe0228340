using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>Destinations and mappings: contract audience.md 3.6.</summary>
[Contract("audience 3.6")]
public sealed class DestinationTests
{
    private const string Path = "/v1/destinations/";
    private const string Serialized = """
        {"name":"s","destinationType":"PUSH","serializationEnabled":true,"urlFormatString":"http://p.example/?%ALIAS%","secureUrlFormatString":"https://p.example/?%alias%","delimiter":","}
        """;

    private const string Cookie = """
        {"name":"Ad server","destinationType":"ADS","adServerTypeID":1,"cookieName":"aam_ads","cnameDomain":".example.com","maxSize":"2048","ttl":"30",
        "domainRestrictions":"ALL_DOMAINS","siteIDs":[],"formatType":"KEY_VALUE","keySeparator":"=","valueSeparator":"&","serializationEnabled":true,"serializationSeparator":";"}
        """;

    private static readonly string[] Common =
    [
        "destinationId", "pid", "name", "description", "destinationType", "status", "domainRestrictions", "dataSourceId", "crUID", "upUID", "createTime", "updateTime",
    ];

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_url_destination_is_made_read_listed_changed_and_deleted(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);

        var made = await desk.AddAsync(Path, Serialized);
        var one = Path + made["destinationId"];
        var read = await desk.Admin.GetAsync(one);
        var list = await desk.Admin.GetAsync(Path);
        var changed = await desk.Admin.SendAsync(HttpMethod.Put, one, """{"name":"other","status":1}""");
        var deleted = await desk.Admin.SendAsync(HttpMethod.Delete, one, null);

        Assert.Superset(
            Common.Concat(["startDate", "endDate", "tagType", "urlFormatString", "secureUrlFormatString", "delimiter", "mappings", "serializationEnabled"]).ToHashSet(),
            CatalogueDesk.Members(read.Json).ToHashSet());
        Assert.DoesNotContain("cookieName", CatalogueDesk.Members(read.Json));
        Assert.Null(read.Json["mappings"]);
        Assert.Equal(Common, CatalogueDesk.Members(list.Json[0]!));
        Assert.Equal(("other", "ACTIVE"), ((string)changed.Json["name"]!, (string)changed.Json["status"]!));
        Assert.Equal("http://p.example/?%ALIAS%", (string)changed.Json["urlFormatString"]!);
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync(one), HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    [Contract("audience 11")]
    public async Task A_cookie_destination_has_its_golden_members()
    {
        await using var desk = await CatalogueDesk.StartAsync();

        var made = await desk.AddAsync(Path, Cookie);

        Assert.Equal("""{"transferMethod":0,"uparamEnabled":false,"maxSize":2048,"ttl":30,"domainRestrictions":"all_domains","formatType":"key_value","status":"ACTIVE"}""",
            new JsonObject(((string[])["transferMethod", "uparamEnabled", "maxSize", "ttl", "domainRestrictions", "formatType", "status"])
                .Select(name => KeyValuePair.Create(name, made[name]?.DeepClone()))).ToJsonString());
        Assert.DoesNotContain("urlFormatString", CatalogueDesk.Members(made));
    }

    [Theory]
    [InlineData("""{"name":"x","destinationType":"PUSH"}""", "serializationEnabled is required")]
    [InlineData("""{"name":"x","destinationType":"PUSH","serializationEnabled":true}""", "urlFormatString is required when")]
    [InlineData("""{"name":"x","destinationType":"PUSH","serializationEnabled":true,"urlFormatString":"http://x/","secureUrlFormatString":"https://x/?%ALIAS%","delimiter":","}""", "urlFormatString must be an http or https URL that holds %ALIAS%")]
    [InlineData("""{"name":"x","destinationType":"PUSH","serializationEnabled":true,"urlFormatString":"javascript:%ALIAS%","secureUrlFormatString":"https://x/?%ALIAS%","delimiter":","}""", "urlFormatString must be an http or https URL")]
    [InlineData("""{"name":"x","destinationType":"ADS"}""", "cookieName is required")]
    [InlineData("""{"name":"x","destinationType":"ADS","cookieName":"a b"}""", "cookieName holds a character")]
    [InlineData("""{"name":"x","destinationType":"ADS","cookieName":"a","formatType":"single_key"}""", "singleKey is required")]
    [InlineData("""{"name":"x","destinationType":"ADS","cookieName":"a","maxSize":5000}""", "maxSize must be from 1 to 4096")]
    [InlineData("""{"name":"x","destinationType":"ADS","cookieName":"a","domainRestrictions":"inclusion"}""", "siteIDs must name the sites")]
    [InlineData("""{"name":"x","destinationType":"S2S"}""", "serverUrl is required")]
    [InlineData("""{"name":"x","destinationType":"S2S","serverUrl":"https://x/","dataSourceId":1}""", "masterDataSourceIdProvider")]
    [InlineData("""{"name":"x","destinationType":"PEOPLE"}""", "destinationType must be one of PUSH, ADS, S2S")]
    [InlineData("""{"name":"x","destinationType":"ADS","cookieName":"a","dataExportLabels":["SECRET"]}""", "dataExportLabels cannot hold [SECRET]")]
    [InlineData("""{"name":"x","destinationType":"ADS","cookieName":"a","startDate":"2026-02-30"}""", "startDate must be a date")]
    [InlineData("""{"name":"x","destinationType":"ADS","cookieName":"a","startDate":"2026-02-03","endDate":"2026-02-02"}""", "endDate must not be before startDate")]
    [InlineData("""{"name":"x","destinationType":"ADS","cookieName":"a","dataSourceId":999}""", "dataSourceId names no data source: 999")]
    public async Task A_destination_that_could_not_deliver_is_refused_with_its_member(string body, string reason)
    {
        await using var desk = await CatalogueDesk.StartAsync();

        var refused = await desk.Admin.PostTextAsync(Path, body);

        CatalogueDesk.AssertRefused(refused, HttpStatusCode.BadRequest, "validation_error", reason);
        Assert.Equal("[]", (await desk.Admin.GetAsync(Path)).Text);
    }

    [Theory]
    [InlineData("\"2012-07-04\"", "2012-07-04")]
    [InlineData("1341360000000", "2012-07-04")]
    [InlineData("\"1341360000000\"", "2012-07-04")]
    [InlineData("\"Wed, 04 Jul 2012 00:00:00 GMT\"", "2012-07-04")]
    [InlineData("\"Wed Jul 04 2012 00:00:00 GMT+0000 (Coordinated Universal Time)\"", "2012-07-04")]
    [InlineData("\"2012-07-03T23:30:00-01:00\"", "2012-07-04")]
    public async Task The_day_a_mapping_starts_is_read_in_every_form_and_given_back_as_sent(string written, string day)
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (destination, segment) = await StartAsync(desk, Serialized);

        var made = await desk.AddAsync($"{Path}{destination}/mappings/", $$"""{"sid":{{segment}},"traitType":"SEGMENT","startDate":{{written}},"traitAlias":"7"}""");

        Assert.Equal(day, (string)made["startDate"]!);
    }

    [Fact]
    public async Task Each_type_of_destination_maps_with_the_members_it_needs()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (serialized, segment) = await StartAsync(desk, Serialized);
        var plain = await desk.AddDestinationAsync();
        var keyed = CatalogueDesk.Id(await desk.AddAsync(Path, Cookie), "destinationId");
        var single = CatalogueDesk.Id(await desk.AddAsync(Path, """{"name":"c","destinationType":"ADS","cookieName":"c","formatType":"single_key","singleKey":"k"}"""), "destinationId");
        var source = CatalogueDesk.Id(await desk.AddAsync("/v1/datasources", """{"name":"ids","masterDataSourceIdProvider":true}"""), "dataSourceId");
        var server = CatalogueDesk.Id(await desk.AddAsync(Path, $$"""{"name":"s2s","destinationType":"S2S","serverUrl":"https://s.example/","dataSourceId":{{source}}}"""), "destinationId");

        var made = new Dictionary<string, JsonNode>
        {
            ["plain"] = await MapAsync(plain, "\"url\":\"https://p.example/p\""),
            ["serialized"] = await MapAsync(serialized, "\"traitAlias\":7"),
            ["keyed"] = await MapAsync(keyed, "\"traitAlias\":\"type\",\"valueAlias\":1"),
            ["keyedToo"] = await MapAsync(keyed, "\"traitAlias\":\"type\",\"valueAlias\":2"),
            ["single"] = await MapAsync(single, "\"valueAlias\":\"v\""),
            ["server"] = await MapAsync(server, "\"traitAlias\":\"A1\""),
        };

        Assert.Equal(("https://p.example/p", null), ((string?)made["plain"]["url"], (string?)made["plain"]["secureUrl"]));
        Assert.Equal(("7", "7", "7"), ((string?)made["serialized"]["url"], (string?)made["serialized"]["secureUrl"], (string?)made["serialized"]["traitAlias"]));
        Assert.Equal((1, 2), ((int)made["keyed"]["priority"]!, (int)made["keyedToo"]["priority"]!)); // the same segment twice
        Assert.DoesNotContain("url", CatalogueDesk.Members(made["keyed"]));
        Assert.Equal("v", (string?)made["single"]["valueAlias"]);
        Assert.Equal("A1", (string?)made["server"]["traitAlias"]);
        Assert.All(made.Values, one => Assert.Equal((long)one["mappingId"]!, (long)one["destinationMappingId"]!));
        Assert.All(made.Values, one => Assert.Equal("active", (string?)one["elementStatus"]));

        Task<JsonNode> MapAsync(long destination, string members) =>
            desk.AddAsync($"{Path}{destination}/mappings/", $$"""{"sid":"{{segment}}","traitType":"SEGMENT","startDate":"2026-01-02",{{members}}}""");
    }

    [Theory]
    [InlineData("{}", "traitType must be SEGMENT", "sid is required", "startDate is required")]
    [InlineData("""{"traitType":"SEGMENT","sid":999999,"startDate":"2026-01-02","traitAlias":"a"}""", "sid names no segment: 999999")]
    [InlineData("""{"traitType":"SEGMENT","sid":SID,"startDate":"2026-01-02","endDate":"2026-01-02","traitAlias":"a"}""", "endDate must be after startDate")]
    [InlineData("""{"traitType":"SEGMENT","sid":SID,"startDate":"2026-01-02"}""", "traitAlias is required")]
    public async Task A_mapping_that_could_not_deliver_is_refused_with_its_members(string body, params string[] reasons)
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (destination, segment) = await StartAsync(desk, Serialized);

        var refused = await desk.Admin.PostTextAsync(
            $"{Path}{destination}/mappings/", body.Replace("SID", segment.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));

        CatalogueDesk.AssertRefused(refused, HttpStatusCode.BadRequest, "validation_error", reasons);
    }

    [Theory]
    [InlineData("SID", null)]
    [InlineData("IC", "shoe-code")]
    public async Task An_alias_fills_itself_where_the_destination_says_how(string filler, string? code)
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (_, segment) = await StartAsync(desk, Serialized);
        var destination = CatalogueDesk.Id(await desk.AddAsync(Path, Serialized.Replace("\"name\":", $"\"mappingAutoFiller\":\"{filler}\",\"name\":", StringComparison.Ordinal)), "destinationId");
        var body = $$"""{"sid":{{segment}},"traitType":"SEGMENT","startDate":"2026-01-02","traitAlias":null}""";
        var withoutCode = filler == "IC" ? await desk.Admin.PostTextAsync($"{Path}{destination}/mappings/", body) : null;
        if (code is not null)
            await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/segments/{segment}", $$"""{"integrationCode":"{{code}}"}""");

        var made = await desk.AddAsync($"{Path}{destination}/mappings/", body);

        Assert.Equal(code ?? segment.ToString(System.Globalization.CultureInfo.InvariantCulture), (string)made["traitAlias"]!);
        if (withoutCode is not null)
            CatalogueDesk.AssertRefused(withoutCode, HttpStatusCode.BadRequest, "validation_error", "has no integration code");
    }

    [Fact]
    public async Task Mappings_are_reached_by_every_path_that_clients_use()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (destination, segment) = await StartAsync(desk, Serialized);
        var body = $$"""{"sid":{{segment}},"traitType":"SEGMENT","startDate":"2026-01-02","traitAlias":"7"}""";
        var (first, second) = (await desk.AddAsync($"{Path}{destination}/traits/", body), await desk.AddAsync($"{Path}{destination}/mappings", body));
        var (one, two) = ($"{first["mappingId"]}", $"{second["mappingId"]}");

        var list = await desk.Admin.GetAsync($"{Path}{destination}/mappings/?page=0&pageSize=1&sortBy=mappingId&descending=true");
        var get = await desk.Admin.GetAsync($"{Path}{destination}/mappings/{one}");
        var put = await desk.Admin.SendAsync(HttpMethod.Put, $"{Path}{destination}/mappings/{one}", """{"traitAlias":"8"}""");
        var direct = await desk.Admin.SendAsync(HttpMethod.Put, $"{Path}mappings/{one}", """{"elementStatus":"inactive"}""");
        var elsewhere = await desk.Admin.GetAsync($"{Path}{await desk.AddDestinationAsync()}/mappings/{one}");
        var containing = await desk.Admin.GetAsync($"{Path}?containsSegment={segment}");
        var deleted = await desk.Admin.SendAsync(HttpMethod.Delete, $"{Path}{destination}/segments/{one}", null);
        var deletedToo = await desk.Admin.SendAsync(HttpMethod.Delete, $"{Path}{destination}/mappings/{two}", null);

        Assert.Equal((2, two), ((int)list.Json["total"]!, $"{list.Json["list"]![0]!["mappingId"]}"));
        Assert.Equal("7", (string)get.Json["traitAlias"]!);
        Assert.Equal(("8", "8"), ((string)put.Json["traitAlias"]!, (string)put.Json["url"]!));
        Assert.Equal("inactive", (string)direct.Json["elementStatus"]!);
        CatalogueDesk.AssertRefused(elsewhere, HttpStatusCode.NotFound, "not_found");
        var row = Assert.Single(containing.Json.AsArray())!;
        Assert.Equal(2, row["mappings"]!.AsArray().Count);
        Assert.Superset(((string[])["destinationId", "destinationMappingId", "sid", "startDate", "endDate"]).ToHashSet(), CatalogueDesk.Members(row["mappings"]![0]!).ToHashSet());
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (deleted.Status, deletedToo.Status));
    }

    [Fact]
    public async Task Many_mappings_are_made_at_once_or_none_of_them()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (destination, segment) = await StartAsync(desk, Serialized);
        var good = $$"""{"sid":{{segment}},"traitType":"SEGMENT","startDate":"2026-01-02","traitAlias":"7"}""";

        var refused = await desk.Admin.PostTextAsync($"{Path}{destination}/bulk-create", $$"""[{{good}},{"sid":{{segment}},"traitType":"SEGMENT"}]""");
        var left = await desk.Admin.GetAsync($"{Path}{destination}/mappings");
        var made = await desk.Admin.PostTextAsync($"{Path}{destination}/bulk-create", $"[{good},{good}]");

        CatalogueDesk.AssertRefused(refused, HttpStatusCode.BadRequest, "validation_error", "[1]: ");
        Assert.Equal("[]", left.Text);
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(2, made.Json.AsArray().Count);
    }

    [Fact]
    [Contract("audience Ruling 2")]
    [Statement("B64")]
    public async Task A_destination_with_mappings_stays()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (destination, segment) = await StartAsync(desk, Serialized);
        var mapping = await desk.AddAsync($"{Path}{destination}/mappings", $$"""{"sid":{{segment}},"traitType":"SEGMENT","startDate":"2026-01-02","traitAlias":"7"}""");

        var refused = await desk.Admin.SendAsync(HttpMethod.Delete, Path + destination, null);
        var bulk = await desk.Admin.PostTextAsync(Path + "bulk-delete", $"[{destination}]");
        var typed = await desk.Admin.SendAsync(HttpMethod.Put, Path + destination, """{"serializationEnabled":false}""");

        CatalogueDesk.AssertRefused(refused, HttpStatusCode.Conflict, "cannot_delete_entity_mapped", $"Mapping {mapping["mappingId"]} of segment {segment}");
        CatalogueDesk.AssertRefused(bulk, HttpStatusCode.Conflict, "cannot_delete_entity_mapped", $"{destination}: ");
        CatalogueDesk.AssertRefused(typed, HttpStatusCode.BadRequest, "validation_error", "cannot change while segments are mapped");
        Assert.Equal("Conflict", await ReasonAsync(desk, HttpMethod.Delete, Path + destination));
    }

    [Fact]
    public async Task A_mapping_carries_the_name_its_segment_has_now()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (destination, segment) = await StartAsync(desk, Serialized);
        await desk.AddAsync($"{Path}{destination}/mappings", $$"""{"sid":{{segment}},"traitType":"SEGMENT","startDate":"2026-01-02","traitAlias":"7"}""");

        await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/segments/{segment}", """{"name":"renamed","description":"better"}""");
        var found = await desk.Admin.GetAsync($"{Path}{destination}/mappings?search=renamed");

        Assert.Equal("better", (string)Assert.Single(found.Json.AsArray())!["elementDescription"]!);
    }

    [Fact]
    [Contract("audience 7")]
    public async Task Limits_of_destinations_and_mappings_hold_and_are_published()
    {
        await using var desk = await CatalogueDesk.StartAsync(
            StoreKind.Sqlite, "Audience:Limits:CookieDestinations=0", "Audience:Limits:Destinations=2", "Audience:Limits:Mappings=2");
        var (destination, segment) = await StartAsync(desk, Serialized.Replace("\"name\":", "\"maxMappings\":1,\"name\":", StringComparison.Ordinal));
        var body = $$"""{"sid":{{segment}},"traitType":"SEGMENT","startDate":"2026-01-02","traitAlias":"7","url":"http://x/"}""";
        await desk.AddAsync($"{Path}{destination}/mappings", body);

        var cookie = await desk.Admin.PostTextAsync(Path, Cookie);
        var own = await desk.Admin.PostTextAsync($"{Path}{destination}/mappings", body);
        var second = await desk.AddDestinationAsync();
        var third = await desk.Admin.PostTextAsync(Path, Serialized);
        await desk.AddMappingAsync(second, segment);
        var mapping = await desk.Admin.PostTextAsync($"{Path}{second}/mappings", body);
        var limits = await desk.Admin.GetAsync(Path + "limits");

        Assert.All([cookie, own, third, mapping], refused => CatalogueDesk.AssertRefused(refused, HttpStatusCode.BadRequest, "resource_limit_exceeded"));
        Assert.Equal((2, 2, 0), ((int)limits.Json["maxDestinations"]!, (int)limits.Json["currentDestinations"]!, (int)limits.Json["maxCookieDestinations"]!));
    }

    [Fact]
    public async Task Platforms_and_deliveries_answer()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var destination = await desk.AddDestinationAsync();

        Assert.Equal("""["BROWSER","ANDROID","iOS","ALL"]""", (await desk.Admin.GetAsync(Path + "configurations/available-platforms")).Text);
        Assert.Equal("[]", (await desk.Admin.GetAsync($"{Path}{destination}/history/outbound?startDate=1&endDate=2")).Text);
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync($"{Path}{destination}/history/outbound?startDate=soon"), HttpStatusCode.BadRequest, "validation_error", "startDate");
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync(Path + "999/history/outbound"), HttpStatusCode.NotFound, "not_found");
        Assert.Equal("[]", (await desk.Admin.GetAsync(Path + "segment-impressions")).Text);
    }

    private static async Task<(long Destination, long Segment)> StartAsync(CatalogueDesk desk, string destination)
    {
        var source = await desk.AddDataSourceAsync("shop");
        var segment = await desk.AddSegmentAsync(source, await desk.AddTraitAsync(source));
        return (CatalogueDesk.Id(await desk.AddAsync(Path, destination), "destinationId"), segment);
    }

    private static async Task<string?> ReasonAsync(CatalogueDesk desk, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await desk.Admin.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.ReasonPhrase;
    }
}
