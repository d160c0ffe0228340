using System.Net;
using Sluice.Audience.Events;
using Sluice.Journal;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Events;

/// <summary>The codes of what is wrong with a call: contract audience.md 5.3. The HTTP status is 200 whatever they are.</summary>
public sealed class EventErrorTests(SharedEvents shared) : IClassFixture<SharedEvents>
{
    private const string Device = EventHouse.Device;

    private EventHouse House => shared.House;

    [Fact]
    [Contract("audience E6")]
    public async Task From_the_eleventh_customer_id_on_each_is_dropped_with_309_after_one_301()
    {
        long[] sources = [shared.Source, await House.AddSourceAsync(), await House.AddSourceAsync(), await House.AddSourceAsync(), await House.AddSourceAsync()];
        var ids = Enumerable.Range(0, 12).Select(at => $"d_cid={sources[at % 5]}%01u{at}");

        var reply = await House.GetAsync($"/event?d_uuid={Device}&d_rtbd=json&{string.Join('&', ids)}");

        Assert.Equal([301, 309, 309], reply.Json["errors"]!.AsArray().Select(one => (int)one!["code"]!));
        Assert.Equal(("301,309", Device), (reply.Codes, (string)reply.Json["uuid"]!));
        Assert.Equal(Enumerable.Range(0, 10).Select(at => $"{sources[at % 5]}:u{at}:0"), House.Engine.LastEvent().Ids);
    }

    [Theory]
    [InlineData("d_cid={0}%01a&d_cid={0}%01b&d_cid={0}%01c&d_cid={0}%01d", "310", 3)]
    [InlineData("d_cid=20915%01e6d2c1b0-1111-4222-8333-abcdef012345&d_cid={0}%01a", "312", 1)]
    [InlineData("d_cid=20914%01E6D2C1B0-1111-4222-8333-ABCDEF012345&d_cid={0}%01a", "312", 1)]
    [InlineData("d_cid=20914%0100000000-0000-0000-0000-000000000000&d_cid={0}%01a", "312", 1)]
    [InlineData("d_cid=389146%01a%20b&d_cid={0}%01a", "312", 1)]
    [InlineData("d_cid=999999%01a&d_cid={0}%01a", "302", 1)]
    [InlineData("d_cid_ic=nowhere%01a&d_cid={0}%01a", "302", 1)]
    [InlineData("d_cid=shop%01a&d_cid={0}%01a", "300", 1)]
    [InlineData("d_cid={0}%01&d_cid={0}%01a", "300", 1)]
    [InlineData("d_cid={0}&d_cid={0}%01a", "300", 1)]
    [InlineData("d_cid={0}%01a%3Ab&d_cid={0}%01a", "300", 1)]
    [InlineData("d_cid={0}%01a%00b&d_cid={0}%01a", "300", 1)]
    [InlineData("d_cid_ic=crm%011&d_cid={0}%01a", "300", 1)]
    [InlineData("d_dpuuid=a&d_cid={0}%01a", "300", 1)]
    [InlineData("d_cid=999999%01a", "302,104", 0)]
    [Contract("audience E6")]
    public async Task A_bad_customer_id_is_left_out_and_the_rest_of_the_call_works(string query, string codes, int kept)
    {
        var reply = await House.GetAsync($"/event?d_uuid={Device}&product=12&d_cts=1&d_rtbd=json&{query.Replace("{0}", $"{shared.Source}", StringComparison.Ordinal)}");

        Assert.Equal((HttpStatusCode.OK, codes), (reply.Status, reply.Codes));
        Assert.Equal($"[{shared.Trait}]", reply.Json["traits"]!.ToJsonString());
        Assert.Equal(kept, House.Engine.LastEvent().Ids.Count);
    }

    [Fact]
    public async Task An_id_that_is_too_long_and_one_of_a_data_source_that_is_switched_off_are_left_out()
    {
        var off = await House.AddSourceAsync(""","status":"INACTIVE" """);

        var reply = await House.GetAsync($"/event?d_uuid={Device}&d_cid={off}%01a&d_cid={shared.Source}%01{new string('a', 513)}&d_cid={shared.Source}%01{new string('a', 512)}");

        Assert.Equal("304,300", reply.Codes);
        Assert.Single(House.Engine.LastEvent().Ids);
    }

    [Theory]
    [InlineData("d_uuid=123", "102")]
    [InlineData("d_mid=123", "101")]
    [InlineData("d_mid=x&d_uuid=", "101,102")]
    [InlineData("d_cid=0%01123", "102")]
    [InlineData("d_cid=4%01abc", "101")]
    [InlineData("d_cid=999999%01a", "302,104")]
    [InlineData("d_orgid=other%40AdobeOrg", "2")]
    [InlineData("k=%zz", "311")]
    [InlineData("k=%", "311")]
    [InlineData("k=%2", "311")]
    [InlineData("%g1=k", "311")]
    [InlineData("gdpr=1", "315")]
    [Contract("audience E6")]
    public async Task What_leaves_nobody_to_speak_of_or_may_not_be_processed_stops_the_call(string query, string codes)
    {
        var before = House.Engine.Records.Count;

        var json = await House.GetAsync($"/event?product=12&d_rtbd=json&{query}");
        var image = await House.GetAsync($"/event?product=12&{query}");
        var form = await House.PostAsync("/event", $"product=12&d_rtbd=json&{query}");

        Assert.All([json, image, form], reply => Assert.Equal((HttpStatusCode.OK, codes), (reply.Status, reply.Codes)));
        Assert.All([json, form], reply => Assert.Equal("errors", Assert.Single(reply.Json.AsObject()).Key));
        Assert.Equal("image/gif", image.ContentType);
        Assert.All([json, image, form], reply => Assert.Empty(reply.Cookies));
        Assert.Equal(before, House.Engine.Records.Count);
    }

    [Fact]
    public async Task The_UUID_and_the_MID_may_come_as_ids_of_their_data_sources()
    {
        var reply = await House.GetAsync($"/event?d_rtbd=json&d_cid=0%01{Device}");
        var mid = (string)(await House.GetAsync($"/id?d_uuid={Device}")).Json["d_mid"]!;
        var byMid = await House.GetAsync($"/event?d_rtbd=json&d_cid=4%01{mid}");

        Assert.Equal([Device, Device], [(string)reply.Json["uuid"]!, (string)byMid.Json["uuid"]!]);
    }

    [Fact]
    public async Task A_browser_that_opted_out_is_told_so_and_nothing_is_recorded()
    {
        var before = House.Engine.Records.Count;

        var reply = await House.GetAsync("/event?d_rtbd=json&product=12", "Cookie: demdex=NOTARGET");

        Assert.Equal("""{"errors":[{"code":171,"msg":"Encountered opt out tag"}]}""", reply.Text);
        Assert.Equal(before, House.Engine.Records.Count);
    }

    [Fact]
    public async Task A_request_without_a_host_gets_100()
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(House.Address).Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync("GET /event?d_rtbd=json HTTP/1.0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream());

        var reply = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("HTTP/1.1 200", reply, StringComparison.Ordinal);
        Assert.Contains("""{"errors":[{"code":100,""", reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_hosts_are_configured_others_get_1_and_each_leads_to_its_environment()
    {
        await using var house = await EventHouse.StartAsync(options: new()
        {
            EventHosts = new() { ["production"] = ["shop.demdex.net"], ["beta"] = ["try.demdex.net"] },
        });
        await SharedEvents.StockAsync(house);

        var production = await house.GetAsync($"/event?d_uuid={Device}&product=12&d_rtbd=json&d_cts=2", "Host: SHOP.demdex.net");
        var beta = await house.GetAsync($"/event?d_uuid={Device}&product=12&d_rtbd=json&d_cts=2", "Host: try.demdex.net:8080");
        var strange = await house.GetAsync($"/event?d_uuid={Device}&d_rtbd=json", "Host: other.demdex.net");

        Assert.Equal((1, 0), (production.Json["traits"]!.AsArray().Count, beta.Json["traits"]!.AsArray().Count));
        Assert.Equal("1", strange.Codes);
    }

    [Theory]
    [InlineData("https://shop.example/a", "")]
    [InlineData("https://www.shop.example/", "")]
    [InlineData("https://badshop.example/", "109")]
    [InlineData("https://evil.example/?https://shop.example/", "109")]
    [InlineData(null, "")]
    public async Task Where_pages_are_configured_scripts_of_others_get_109(string? page, string codes)
    {
        await using var house = await EventHouse.StartAsync(options: new() { EventPages = [".shop.example"] });

        var reply = await house.GetAsync($"/event?d_uuid={Device}", page is null ? [] : [$"Referer: {page}"]);

        Assert.Equal(codes, reply.Codes);
    }

    [Fact]
    public async Task What_the_engine_could_not_do_in_time_or_at_all_is_told_by_a_code()
    {
        await using var house = await EventHouse.StartAsync();
        var call = $"/event?d_uuid={Device}&product=12&d_rtbd=json&d_cts=2";

        house.Engine.Instead = () => null;
        var slow = await house.GetAsync(call);
        house.Engine.Instead = () => throw new JournalFullException("full");
        var full = await house.GetAsync(call);
        house.Engine.Instead = () => new EventOutcome([], [], IsOptedOut: true, []);
        var optedOut = await house.GetAsync(call);
        house.Engine.Instead = () => new EventOutcome([], [], IsOptedOut: false, [200]);
        var failed = await house.GetAsync(call);

        Assert.Equal(["10", "0", "171", "200"], [slow.Codes, full.Codes, optedOut.Codes, failed.Codes]);
        Assert.Equal(["stuff", "uuid", "dcs_region", "tid", "traits", "segments", "errors"], slow.Json.AsObject().Select(one => one.Key));
        Assert.Equal("""{"errors":[{"code":171,"msg":"Encountered opt out tag"}]}""", optedOut.Text);
        Assert.Empty(optedOut.Cookies);
    }

    [Fact]
    public async Task Signals_beyond_a_thousand_and_those_too_long_are_left_out_with_10()
    {
        var many = await House.PostAsync("/event", $"d_uuid={Device}&k={string.Join(',', Enumerable.Range(0, 1_200))}");
        var kept = House.Engine.LastEvent().Signals.Count;
        var longOne = await House.PostAsync("/event", $"d_uuid={Device}&a=1&k={new string('a', 4_097)}&{new string('b', 257)}=1");

        Assert.Equal(("10", "10", 1_000), (many.Codes, longOne.Codes, kept));
        Assert.DoesNotContain(House.Engine.LastEvent().Signals, one => one.Key.Length > 256 || one.Value.Length > 4_096);
    }

    [Fact]
    [Contract("audience 5.3")]
    public async Task An_id_that_is_seen_too_often_is_ignored_from_then_on_and_the_others_of_the_call_still_work()
    {
        var clock = new ManualClock();
        await using var house = await EventHouse.StartAsync(options: new() { DenyRate = 3 }, clock: clock);
        var (source, _, _) = await SharedEvents.StockAsync(house);
        var (call, other) = ($"/event?d_uuid={Device}", $"&d_cid={source}%01ann");
        for (var turn = 0; turn < 3; turn++)
            Assert.Equal("", (await house.GetAsync(call)).Codes);
        clock.UtcNow += TimeSpan.FromSeconds(1);
        for (var turn = 0; turn < 3; turn++)
            Assert.Equal("", (await house.GetAsync(call)).Codes);
        var before = house.Engine.Records.Count;

        var denied = await house.GetAsync(call + "&d_rtbd=json");
        clock.UtcNow += TimeSpan.FromDays(1);
        var still = await house.GetAsync(call);
        var recorded = house.Engine.Records.Count;
        var withOther = await house.GetAsync(call + other + "&d_rtbd=json");

        Assert.Equal(("306", "306", before), (denied.Codes, still.Codes, recorded));
        Assert.Equal(("306", null), (withOther.Codes, withOther.Json["uuid"]));
        Assert.Equal(($"{source}:ann:0", Sluice.Journal.Records.EventMarks.None), (Assert.Single(house.Engine.LastEvent().Ids), house.Engine.LastEvent().Marks));
    }

    [Fact]
    public async Task A_customer_id_that_is_seen_too_often_is_left_out_with_303()
    {
        await using var house = await EventHouse.StartAsync(options: new() { DenyRate = 1 }, clock: new ManualClock());
        var (source, _, _) = await SharedEvents.StockAsync(house);

        await house.GetAsync($"/event?d_uuid={new string('1', 38)}&d_cid={source}%01ann");
        var second = await house.GetAsync($"/event?d_uuid={new string('2', 38)}&d_cid={source}%01ann&d_cid={source}%01bea");

        Assert.Equal(("303", $"{source}:bea:0"), (second.Codes, Assert.Single(house.Engine.LastEvent().Ids)));
    }
}
