using System.Net;
using Microsoft.AspNetCore.Http;
using Sluice.Audience.Events.Answers;
using Sluice.Audience.Events.Ids;
using Sluice.Journal.Records;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Events;

/// <summary>What the parameters of <c>/event</c> do: contract audience.md 5.3.</summary>
public sealed class EventCallTests(SharedEvents shared) : IClassFixture<SharedEvents>
{
    private const string Device = EventHouse.Device;

    private EventHouse House => shared.House;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience E1", "audience 5.3")]
    public async Task A_call_is_answered_with_its_traits_segments_destinations_and_the_device_it_named(StoreKind kind)
    {
        await using var house = await EventHouse.StartAsync(kind);
        var (_, trait, segment) = await SharedEvents.StockAsync(house);
        var destination = await house.AddAsync(
            "/v1/destinations/", """{"name":"p","destinationType":"PUSH","serializationEnabled":true,"urlFormatString":"http://p.example/?s=%ALIAS%","secureUrlFormatString":"https://p.example/?s=%ALIAS%","delimiter":","}""",
            "destinationId");
        await house.MapAsync(destination, segment, "\"traitAlias\":\"gold one\"");

        var reply = await house.GetAsync($"/event?d_uuid={Device}&product=12&d_rtbd=json&d_dst=1&d_cts=2");

        Assert.Equal((HttpStatusCode.OK, "application/json; charset=UTF-8", ""), (reply.Status, reply.ContentType, reply.Codes));
        Assert.Equal($"[{trait}]", reply.Json["traits"]!.ToJsonString());
        Assert.Equal($"[{segment}]", reply.Json["segments"]!.ToJsonString());
        Assert.Equal("[]", reply.Json["stuff"]!.ToJsonString());
        Assert.Equal("""[{"y":"img","c":"http://p.example/?s=gold%20one","e":"https://p.example/?s=gold%20one"}]""", reply.Json["dests"]!.ToJsonString());
        Assert.Equal((Device, 7), ((string)reply.Json["uuid"]!, (int)reply.Json["dcs_region"]!));
        Assert.Equal(house.Engine.LastEvent().Tid, BitConverter.ToUInt64(Convert.FromBase64String((string)reply.Json["tid"]!)));
        Assert.Null(reply.Json["errors"]);
        Assert.Contains("DCS", reply.Headers.Select(one => one.Key));
    }

    [Fact]
    [Contract("audience E2")]
    public async Task Without_a_wish_for_JSON_the_answer_is_an_image_of_one_pixel()
    {
        var reply = await House.GetAsync($"/event?d_uuid={Device}&product=12");

        Assert.Equal("image/gif", reply.ContentType);
        Assert.StartsWith("GIF89a\u0001\0\u0001\0", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Contract("audience E3")]
    public async Task A_call_that_names_a_function_is_answered_by_a_call_of_it()
    {
        var reply = await House.GetAsync($"/event?d_uuid={Device}&d_rtbd=json&d_cb=demdex.cb_1");

        Assert.Equal("application/javascript; charset=UTF-8", reply.ContentType);
        Assert.StartsWith("demdex.cb_1({\"stuff\":[],", reply.Text, StringComparison.Ordinal);
        Assert.EndsWith("})", reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alert(1)")]
    [InlineData("a;b")]
    [InlineData("1a")]
    [InlineData("a..b")]
    [InlineData("a%3Cscript%3E")]
    [InlineData("")]
    public async Task What_is_no_name_of_a_function_is_not_called(string name)
    {
        var reply = await House.GetAsync($"/event?d_uuid={Device}&d_rtbd=json&d_cb={name}");

        Assert.Equal(("application/json; charset=UTF-8", "0"), (reply.ContentType, reply.Codes));
        Assert.StartsWith("{", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Contract("audience E4")]
    public async Task A_form_says_the_same_as_a_query()
    {
        var query = await House.GetAsync($"/event?d_uuid={Device}&product=12&d_rtbd=json&d_cts=1");
        var asked = House.Engine.LastEvent();
        var form = await House.PostAsync("/event", $"d_uuid={Device}&product=12&d_rtbd=json&d_cts=1");
        var posted = House.Engine.LastEvent();
        var both = await House.PostAsync($"/event?d_uuid={Device}&d_rtbd=json", "product=12&d_cts=1");

        Assert.All([form, both], reply => Assert.Equal(query.Json["traits"]!.ToJsonString(), reply.Json["traits"]!.ToJsonString()));
        Assert.Equal(asked.Device, posted.Device);
        Assert.Equal(asked.Signals, posted.Signals);
    }

    [Theory]
    [InlineData(8 << 10, false)]
    [InlineData((8 << 10) + 1, true)]
    [InlineData(20 << 10, true)]
    [Contract("audience E4")]
    public async Task A_query_of_more_than_8_KB_is_refused_with_200_and_without_data(int bytes, bool isRefused)
    {
        await using var house = await TestHouse.StartAsync();
        var query = $"d_rtbd=json&d_uuid={Device}&k=";

        using var reply = await house.Http.GetAsync($"/event?{query}{new string('a', bytes - query.Length)}", TestContext.Current.CancellationToken);
        var text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal(!isRefused, text.Contains("uuid", StringComparison.Ordinal));
        Assert.Equal(isRefused, text.StartsWith("""{"errors":[{"code":0,""", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(32 << 10, false)]
    [InlineData((32 << 10) + 1, true)]
    [InlineData(1 << 20, true)]
    public async Task A_form_of_more_than_32_KB_is_refused_likewise_however_it_is_sent(int bytes, bool isRefused)
    {
        var form = $"d_rtbd=json&d_uuid={Device}&" + string.Join('&', Enumerable.Repeat("k=" + new string('a', 2_000), 20));
        form = form.Length < bytes ? form + "&" + new string('b', bytes - form.Length - 1) : form[..bytes];

        var counted = await House.PostAsync("/event", form);
        using var body = new StreamContent(new UncountedStream(form));
        var chunked = await House.SendAsync(HttpMethod.Post, "/event", body);

        Assert.All([counted, chunked], reply => Assert.Equal((HttpStatusCode.OK, !isRefused), (reply.Status, reply.Text.Contains("uuid", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("c=red,blue&c=green", "c=red c=blue c=green")]
    [InlineData("c=red%2Cblue", "c=red,blue")]
    [InlineData("a+b=c+d%20e", "a b=c d e")]
    [InlineData("k", "k=")]
    [InlineData("k=a=b", "k=a=b")]
    [InlineData("&&=x&k=1&", "k=1")]
    [InlineData("k=%C3%A4%FF", "k=ä\uFFFD")]
    [InlineData("d_country=de&d_zx=12&d_event=imp", "d_country=de d_zx=12 d_event=imp")]
    [InlineData("d_rs=1&d_caller=x&d_bust=9&d_nsid=0&d_jsonv=1&d_ver=2&dcs_region=6", "")]
    [InlineData("h_referer=https%3A%2F%2Fx.example%2F", "h_referer=https://x.example/")]
    [Contract("audience 4.1", "audience 5.3")]
    public async Task What_is_no_known_parameter_is_a_signal(string query, string signals)
    {
        await House.GetAsync($"/event?d_uuid={Device}&{query}");

        var recorded = House.Engine.LastEvent().Signals.Where(one => one.Key is not "h_host").Select(one => $"{one.Key}={one.Value}");
        Assert.Equal(signals, string.Join(' ', recorded));
    }

    [Fact]
    public async Task A_call_without_any_id_makes_a_device_which_the_answer_and_the_cookie_tell()
    {
        var first = await House.GetAsync("/event?d_rtbd=json");
        var made = House.Engine.LastEvent();
        var uuid = (string)first.Json["uuid"]!;
        var again = await House.GetAsync("/event?d_rtbd=json", $"Cookie: x=1; demdex={uuid}");
        var known = House.Engine.LastEvent();

        Assert.Equal((EventMarks.Device | EventMarks.NewDevice, uuid), (made.Marks, DeviceIds.Format(made.Device)));
        Assert.Equal($"demdex={uuid}; max-age=15552000; path=/; samesite=lax; httponly", Assert.Single(first.Cookies));
        Assert.Equal((EventMarks.Device, uuid, uuid), (known.Marks, DeviceIds.Format(known.Device), (string)again.Json["uuid"]!));
    }

    [Theory]
    [InlineData("https", "demdex=1; max-age=15552000; path=/; secure; samesite=none; httponly")]
    [InlineData("http", "demdex=1; max-age=15552000; path=/; samesite=lax; httponly")]
    public void The_cookie_goes_with_pages_of_other_sites_where_browsers_take_such_a_one(string scheme, string cookie)
    {
        var http = new DefaultHttpContext();
        http.Request.Scheme = scheme;

        VisitorCookie.Write(http, "1");

        Assert.Equal(cookie, http.Response.Headers.SetCookie);
    }

    [Fact]
    public async Task A_named_device_goes_before_the_cookie_and_the_cookie_before_a_MID()
    {
        var (cookie, mid) = (new string('1', 38), new DeviceIds(House.OrgId).MidOf(5));

        var named = await House.GetAsync($"/event?d_uuid={Device}&d_mid={DeviceIds.Format(mid)}&d_rtbd=json", $"Cookie: demdex={cookie}");
        var known = await House.GetAsync($"/event?d_mid={DeviceIds.Format(mid)}&d_rtbd=json", $"Cookie: demdex={cookie}");
        var byMid = await House.GetAsync($"/event?d_mid={DeviceIds.Format(mid)}&d_orgid={Uri.EscapeDataString(House.OrgId)}&d_rtbd=json");
        var child = await House.GetAsync("/event?d_coppa=1&d_rtbd=json", $"Cookie: demdex={cookie}");

        Assert.Equal([Device, cookie, DeviceIds.Format(5)], [(string)named.Json["uuid"]!, (string)known.Json["uuid"]!, (string)byMid.Json["uuid"]!]);
        Assert.NotEqual(cookie, (string)child.Json["uuid"]!);
        Assert.Empty(child.Cookies);
    }

    [Theory]
    [InlineData("d_cid={0}%01ann%011", "{0}:ann:1")]
    [InlineData("d_cid={0}%01ann%012&d_cid={0}%01bea", "{0}:ann:2 {0}:bea:0")]
    [InlineData("d_cid={0}%01a%2501b", "{0}:a%01b:0")]
    [InlineData("d_cid={0}%01ann%01{0}%01bea%011%0120915%01E6D2C1B0-1111-4222-8333-ABCDEF012345", "{0}:ann:0 {0}:bea:1 20915:E6D2C1B0-1111-4222-8333-ABCDEF012345:0")]
    [InlineData("d_cid_ic=crm%01ann%011", "{0}:ann:1")]
    [InlineData("d_cid_ic=DSID_20914%01e6d2c1b0-1111-4222-8333-abcdef012345", "20914:e6d2c1b0-1111-4222-8333-abcdef012345:0")]
    [InlineData("d_dpid={0}&d_dpuuid=ann", "{0}:ann:0")]
    [InlineData("dpuuid=%C3%A4&dpid={0}", "{0}:ä:0")]
    [InlineData("d_cid={0}%01ann%011&d_cid={0}%01ann%010", "{0}:ann:1")]
    public async Task Declared_ids_are_recorded_with_their_data_source_and_state(string query, string ids)
    {
        var reply = await House.GetAsync($"/event?d_uuid={Device}&{query.Replace("{0}", $"{shared.Source}", StringComparison.Ordinal)}");

        Assert.Equal("", reply.Codes);
        Assert.Equal(ids.Replace("{0}", $"{shared.Source}", StringComparison.Ordinal), string.Join(' ', House.Engine.LastEvent().Ids));
    }

    [Fact]
    public async Task Traits_that_are_named_are_recorded_and_folder_traits_segments_and_strangers_are_not()
    {
        var folder = (await House.Admin.GetAsync("/v1/traits/")).Json.AsArray().First(one => (string)one!["traitType"]! == "FOLDER_TRAIT")!["sid"]!.GetValue<long>();

        await House.GetAsync($"/event?d_uuid={Device}&d_sid={shared.Trait},{folder}&d_sid={shared.Segment}%2C999999&d_unsid={shared.Trait}");

        var record = House.Engine.LastEvent();
        Assert.Equal([shared.Trait], record.Direct);
        Assert.Equal([shared.Trait], record.Removed);
    }

    [Fact]
    public async Task A_call_may_be_restricted_to_the_traits_of_data_sources()
    {
        var other = await House.AddSourceAsync(""","integrationCode":"other" """);

        var own = await House.GetAsync($"/event?d_uuid={Device}&product=12&d_tdpid={shared.Source}&d_rtbd=json&d_cts=2");
        var foreign = await House.GetAsync($"/event?d_uuid={Device}&product=12&d_tdpid_ic=other&d_rtbd=json&d_cts=2");
        var restriction = House.Engine.LastEvent().Restriction;
        var nowhere = await House.GetAsync($"/event?d_uuid={Device}&product=12&d_tdpid=999999&d_rtbd=json&d_cts=2");

        Assert.Equal($"[{shared.Trait}]", own.Json["traits"]!.ToJsonString());
        Assert.Equal(("[]", other), (foreign.Json["traits"]!.ToJsonString(), Assert.Single(restriction)));
        Assert.Equal(("[]", "302"), (nowhere.Json["traits"]!.ToJsonString(), nowhere.Codes));
    }

    [Fact]
    [Contract("audience E11")]
    public async Task A_private_signal_realizes_its_trait_and_is_in_no_record()
    {
        var trait = await House.AddTraitAsync(shared.Source, "p_age < 25");
        await House.AddAsync("/v1/signals/derived/", """{"sourceKey":"P_AGE","sourceValue":"23","targetKey":"young","targetValue":"yes"}""", "derivedSignalId");

        var reply = await House.GetAsync($"/event?d_uuid={Device}&p_age=23&P_Secret=s3cr3t&d_rtbd=json&d_cts=2", "Referer: https://shop.example/");

        Assert.Contains($"{trait}", reply.Json["traits"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal([trait], House.Engine.LastEvent().Private);
        Assert.DoesNotContain(House.Engine.LastEvent().Signals, one => one.Key.StartsWith("p_", StringComparison.OrdinalIgnoreCase) || one.Key == "young");
        Assert.All(House.Engine.Records, record => Assert.DoesNotContain("s3cr3t", System.Text.Encoding.UTF8.GetString(record), StringComparison.Ordinal));
    }

    [Fact]
    [Contract("audience E11")]
    public async Task A_private_signal_is_in_no_line_of_the_log_however_much_is_logged()
    {
        var book = new LogBook();
        await using var house = await TestHouse.StartAsync(new() { LogTo = book }, StoreKind.Sqlite, "Logging:LogLevel:Default=Trace", "Logging:LogLevel:Microsoft.AspNetCore=Trace");

        using var reply = await house.Http.GetAsync($"/event?d_uuid={Device}&p_age=s3cr3t", TestContext.Current.CancellationToken);

        await book.HasAsync(Device);
        Assert.DoesNotContain("s3cr3t", book.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_of_any_site_may_read_the_answer_with_their_visitors_cookie()
    {
        var asked = await House.SendAsync(HttpMethod.Options, "/event", null, "Origin: https://shop.example", "Access-Control-Request-Method: POST");
        var answered = await House.PostAsync("/event", "d_rtbd=json", "Origin: https://shop.example");

        Assert.Equal((HttpStatusCode.OK, "GET, POST, OPTIONS"), (asked.Status, string.Join(' ', asked.Headers.GetValues("Access-Control-Allow-Methods"))));
        Assert.All([asked, answered], reply =>
        {
            Assert.Equal("https://shop.example", Assert.Single(reply.Headers.GetValues("Access-Control-Allow-Origin")));
            Assert.Equal("true", Assert.Single(reply.Headers.GetValues("Access-Control-Allow-Credentials")));
            Assert.Equal("Origin", Assert.Single(reply.Headers.GetValues("Vary")));
        });
    }

    [Fact]
    public async Task Traits_are_not_told_where_the_account_has_switched_that_off()
    {
        await using var house = await EventHouse.StartAsync(options: new() { AnswerTraits = false });
        await SharedEvents.StockAsync(house);

        var reply = await house.GetAsync($"/event?d_uuid={Device}&product=12&d_rtbd=json&d_cts=2");

        Assert.Equal((null, null), (reply.Json["traits"], reply.Json["segments"]));
    }

    /// <summary>A body whose length its sender does not say.</summary>
    private sealed class UncountedStream(string text) : MemoryStream(System.Text.Encoding.ASCII.GetBytes(text))
    {
        public override bool CanSeek => false;
    }
}
