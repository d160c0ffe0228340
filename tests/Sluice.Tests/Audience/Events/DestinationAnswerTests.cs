using System.Text.Json.Nodes;
using Sluice.Audience.Events.Ids;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Events;

/// <summary>What a visitor's segments send with the answer: contract audience.md 5.6, 5.8.</summary>
public sealed class DestinationAnswerTests(DestinationAnswerTests.Desk desk) : IClassFixture<DestinationAnswerTests.Desk>
{
    // Each test has a visitor and a signal of its own, so that it meets nothing of the others'.
    private readonly string _key = $"k{Guid.NewGuid():N}";
    private readonly string _device = DeviceIds.Format(DeviceIds.New());

    private EventHouse House => desk.House;

    private ManualClock Clock => desk.Clock;

    [Theory]
    [InlineData(""","formatType":"single_key","singleKey":"x" """, "x=1&x=2&x=4")]
    [InlineData(""","formatType":"single_key","singleKey":"x","serializationEnabled":true,"serializationSeparator":";" """, "x=1;2;4")]
    [InlineData(""","formatType":"key_value" """, "x=1&x=2&y=4")]
    [InlineData(""","formatType":"key_value","serializationEnabled":true,"serializationSeparator":";" """, "x=1;2&y=4")]
    [InlineData(""","formatType":"key_value","keySeparator":":","valueSeparator":"|","serializationEnabled":true,"serializationSeparator":"," """, "x:1,2|y:4")]
    [Contract("audience 5.6")]
    public async Task A_cookie_holds_what_the_segments_are_mapped_to_in_its_format(string format, string value)
    {
        var cookie = await AddCookieAsync($$""","cnameDomain":".shop.example","ttl":30{{format}}""");
        await MapAsync(cookie, "1", "x", "1");
        await MapAsync(cookie, "1", "x", "2");
        await MapAsync(cookie, "2", "y", "3");
        await MapAsync(cookie, "1", "y", "4");

        var stuff = (await AnswerAsync(""))["stuff"]!;

        Assert.Equal($$"""[{"cn":"adobe","cv":"{{value}}","ttl":30,"dmn":".shop.example"}]""", stuff.ToJsonString(ListFormat));
    }

    [Theory]
    [InlineData(3, "x=1")]
    [InlineData(6, "x=1")]
    [InlineData(7, "x=1&x=2")]
    [InlineData(11, "x=1&x=2&y=4")]
    [InlineData(2, null)]
    public async Task A_cookie_that_is_too_small_keeps_what_was_mapped_first(int maxSize, string? value)
    {
        var cookie = await AddCookieAsync($$""","maxSize":{{maxSize}}""");
        await MapAsync(cookie, "1", "x", "1");
        await MapAsync(cookie, "1", "x", "2");
        await MapAsync(cookie, "1", "y", "4");

        var stuff = (await AnswerAsync(""))["stuff"]!.AsArray();

        Assert.Equal(value, stuff.SingleOrDefault()?["cv"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("all_domains", null, true)]
    [InlineData("inclusion", "https://shop.example/a", true)]
    [InlineData("inclusion", "https://WWW.sports.example:8443/a", true)]
    [InlineData("inclusion", "https://sports.example/", true)]
    [InlineData("inclusion", "https://badsports.example/", false)]
    [InlineData("inclusion", "https://www.shop.example/", false)]
    [InlineData("inclusion", "https://other.example/?shop.example", false)]
    [InlineData("inclusion", null, false)]
    [InlineData("exclusion", "https://www.sports.example/", false)]
    [InlineData("exclusion", "https://other.example/", true)]
    [InlineData("exclusion", null, true)]
    public async Task A_cookie_is_written_on_pages_of_its_sites_only(string restriction, string? page, bool isWritten)
    {
        var cookie = await AddCookieAsync($$""","domainRestrictions":"{{restriction}}","siteIDs":[{{(restriction == "all_domains" ? "" : string.Join(',', desk.Sites))}}]""");
        await MapAsync(cookie, "1", "x", "1");

        var stuff = (await AnswerAsync("", page is null ? [] : [$"Referer: {page}"]))["stuff"]!.AsArray();

        Assert.Equal(isWritten ? 1 : 0, stuff.Count);
    }

    [Fact]
    public async Task URLs_are_sent_when_asked_for_plain_ones_each_and_serialized_ones_once_with_all_aliases()
    {
        var plain = await AddUrlAsync(""","serializationEnabled":false""");
        var serialized = await AddUrlAsync(""","serializationEnabled":true,"urlFormatString":"http://s.example/?a=%alias%&p=%http_proto%","secureUrlFormatString":"https://t.example/?a=%ALIAS%","delimiter":"|" """);
        var (one, two) = (await AddSegmentAsync("1"), await AddSegmentAsync("1"));
        await House.MapAsync(plain, one, "\"url\":\"http://p.example/1\",\"secureUrl\":\"https://p.example/1s\"");
        await House.MapAsync(plain, two, "\"url\":\"http://p.example/2\"");
        await House.MapAsync(serialized, one, "\"traitAlias\":\"gold & more\"");
        await House.MapAsync(serialized, two, "\"traitAlias\":\"two\"");

        var silent = await AnswerAsync("", []);
        var asked = await AnswerAsync("&d_dst=1", []);

        Assert.Null(silent["dests"]);
        Assert.Equal(
            """[{"y":"img","c":"http://p.example/1","e":"https://p.example/1s"},{"y":"img","c":"http://p.example/2","e":"http://p.example/2"},{"y":"img","c":"http://s.example/?a=gold%20%26%20more|two&p=http","e":"https://t.example/?a=gold%20%26%20more|two"}]""",
            asked["dests"]!.ToJsonString(ListFormat));
    }

    [Fact]
    [Contract("audience 5.6")]
    public async Task The_macros_of_a_URL_are_filled_and_what_visitors_send_stays_inside_their_place()
    {
        var plain = await AddUrlAsync(""","serializationEnabled":false""");
        await House.MapAsync(plain, await AddSegmentAsync("1"),
            $$$"""
            "url":"%http_proto%://p.example/%20/?d=%did%&i=%dpid_{{{desk.Source}}}%&n=%dpid_77%&m=%mcid%&r=%region%&t=%timestamp%&g=${GDPR}&c=${GDPR_CONSENT_565}&x=%dpid_x%&%dpid_{{{desk.Source}}}",
            "secureUrl":"https://p.example/%dpid_{{{desk.Source}}}%"
            """);
        var mid = (string)(await House.GetAsync($"/id?d_uuid={_device}")).Json["d_mid"]!;

        var dests = (await AnswerAsync($"&d_dst=1&d_cid={desk.Source}%01a%26b%2Fevil.example&gdpr=0&gdpr_consent=x%26y"))["dests"]!;

        Assert.Equal(
            $"http://p.example/%20/?d={_device}&i=a%26b%2Fevil.example&n=&m={mid}&r=7&t={Clock.UtcNow.ToUnixTimeMilliseconds()}&g=0&c=x%26y&x=%dpid_x%&%dpid_{desk.Source}",
            dests[0]!["c"]!.GetValue<string>());
        Assert.Equal("https://p.example/a%26b%2Fevil.example", dests[0]!["e"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("", true, true)]
    [InlineData("&d_ptfm=all", true, true)]
    [InlineData("&d_ptfm=browser", true, false)]
    [InlineData("&d_ptfm=ANDROID", false, true)]
    [InlineData("&d_ptfm=toaster", true, true)]
    public async Task A_call_of_a_platform_gets_the_destinations_of_that_platform(string platform, bool getsBrowser, bool getsAndroid)
    {
        foreach (var one in (string[])["BROWSER", "ANDROID", "ALL"])
        {
            var destination = await AddUrlAsync($$""","serializationEnabled":false,"devicePlatform":"{{one}}" """);
            await House.MapAsync(destination, await AddSegmentAsync("1"), $"\"url\":\"https://{one}.example/\"");
        }

        var dests = (await AnswerAsync("&d_dst=1" + platform))["dests"]!.ToJsonString();

        Assert.Equal((getsBrowser, getsAndroid, true), (dests.Contains("BROWSER", StringComparison.Ordinal), dests.Contains("ANDROID", StringComparison.Ordinal), dests.Contains("ALL", StringComparison.Ordinal)));
    }

    [Fact]
    [Contract("audience 5.6")]
    public async Task A_mapping_sends_from_its_first_day_to_its_last_both_included()
    {
        var destination = await AddUrlAsync(""","serializationEnabled":false""");
        await House.MapAsync(destination, await AddSegmentAsync("1"), "\"url\":\"https://p.example/\",\"endDate\":\"2026-05-12\"", startDate: "2026-05-11");

        var sent = new List<int>();
        foreach (var at in (string[])["2026-05-10T23:59:59Z", "2026-05-11T00:00:00Z", "2026-05-12T23:59:59Z", "2026-05-13T00:00:00Z"])
        {
            Clock.UtcNow = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture);
            sent.Add((await AnswerAsync("&d_dst=1"))["dests"]!.AsArray().Count);
        }

        Clock.UtcNow = Desk.Now;
        Assert.Equal([0, 1, 1, 0], sent);
    }

    [Theory]
    [InlineData("segments", """{"status":"INACTIVE"}""")]
    [InlineData("destinations", """{"status":"INACTIVE"}""")]
    [InlineData("destinations", """{"endDate":"2026-05-09","startDate":"2026-05-01"}""")]
    [InlineData("mappings", """{"elementStatus":"inactive"}""")]
    [InlineData("datasources", """{"dataExportRestrictions":["PII"]}""")]
    [Contract("audience X1", "audience 5.8")]
    public async Task Nothing_is_sent_of_what_is_paused_over_or_may_not_leave(string what, string change)
    {
        var destination = await AddUrlAsync(""","serializationEnabled":false,"dataExportLabels":["PII"]""");
        var source = await House.AddSourceAsync();
        var segment = await AddSegmentAsync(source, "1");
        var mapping = await House.MapAsync(destination, segment, "\"url\":\"https://p.example/\"");
        var before = (await AnswerAsync("&d_dst=1"))["dests"]!.AsArray().Count;

        var path = what switch { "segments" => $"/v1/segments/{segment}", "mappings" => $"/v1/destinations/{destination}/mappings/{mapping}", "datasources" => $"/v1/datasources/{source}", _ => $"/v1/destinations/{destination}" };
        var changed = await House.Admin.SendAsync(HttpMethod.Put, path, change);

        Assert.True(changed.Status == System.Net.HttpStatusCode.OK, changed.Text);
        Assert.Equal((1, 0), (before, (await AnswerAsync("&d_dst=1"))["dests"]!.AsArray().Count));
    }

    private static readonly System.Text.Json.JsonSerializerOptions ListFormat = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private async Task<JsonNode> AnswerAsync(string more, params string[] headers) =>
        (await House.GetAsync($"/event?d_uuid={_device}&d_rtbd=json&{_key}=1{more}", headers)).Json;

    private Task<long> AddSegmentAsync(string value) => AddSegmentAsync(desk.Source, value);

    private async Task<long> AddSegmentAsync(long source, string value) => await House.AddSegmentAsync(source, await House.AddTraitAsync(source, $"{_key}=={value}"));

    private Task<long> AddCookieAsync(string more) =>
        House.AddAsync("/v1/destinations/", $$"""{"name":"c","destinationType":"ADS","cookieName":"adobe"{{more}}}""", "destinationId");

    private Task<long> AddUrlAsync(string more) => House.AddAsync("/v1/destinations/", $$"""{"name":"u","destinationType":"PUSH"{{more}}}""", "destinationId");

    private async Task MapAsync(long cookie, string signal, string key, string value) =>
        await House.MapAsync(cookie, await AddSegmentAsync(signal), $"\"traitAlias\":\"{key}\",\"valueAlias\":\"{value}\"");

    /// <summary>A house whose clock stands still, with a data source and two partner sites.</summary>
    public sealed class Desk : IAsyncLifetime
    {
        internal static readonly DateTimeOffset Now = new(2026, 5, 10, 12, 0, 0, TimeSpan.Zero);

        private EventHouse? _house;

        internal EventHouse House => _house!;

        internal ManualClock Clock { get; } = new(Now);

        internal long Source { get; private set; }

        internal long[] Sites { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            _house = await EventHouse.StartAsync(clock: Clock);
            Source = await House.AddSourceAsync();
            Sites =
            [
                await House.AddAsync("/v1/partner-sites/", """{"url":"shop.example"}""", "siteId"),
                await House.AddAsync("/v1/partner-sites/", """{"url":".sports.example"}""", "siteId"),
            ];
        }

        public ValueTask DisposeAsync() => _house?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
