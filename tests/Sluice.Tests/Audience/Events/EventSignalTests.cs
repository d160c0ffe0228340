using Sluice.Audience.Events.Gathering;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Events;

/// <summary>What becomes of headers, devices and derived signals: contract audience.md 4.1 and 5.4.</summary>
public sealed class EventSignalTests(SharedEvents shared) : IClassFixture<SharedEvents>
{
    private const string Phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1";

    private EventHouse House => shared.House;

    [Fact]
    [Contract("audience 4.1")]
    public async Task Headers_and_the_device_are_signals_unless_the_caller_tells_its_visitors_own()
    {
        await House.GetAsync("/event", $"User-Agent: {Phone}", "Accept-Language: de-CH", "Referer: https://shop.example/a?b=1", "Host: shop.example", "X-Other: 1", "Cookie: a=b");
        var own = House.Engine.LastEvent().Signals;
        await House.GetAsync("/event?h_referer=x&d_device_model=box", $"User-Agent: {Phone}", "Referer: https://shop.example/a", "Host: shop.example");
        var told = House.Engine.LastEvent().Signals;

        Assert.Equal(
            [
                ("h_host", "shop.example"), ("h_user-agent", Phone), ("h_accept-language", "de-CH"), ("h_referer", "https://shop.example/a?b=1"), ("h_referrer", "https://shop.example/a?b=1"),
                ("d_device_os_name", "ios"), ("d_device_os_version", "17.2.1"), ("d_device_hardware_type", "mobile phone"),
                ("d_device_vendor", "apple"), ("d_device_manufacturer", "apple"), ("d_device_model", "iphone"),
            ],
            own);
        Assert.Equal("x", Assert.Single(told, one => one.Key == "h_referer").Value);
        Assert.Equal("box", Assert.Single(told, one => one.Key == "d_device_model").Value);
    }

    [Theory]
    [InlineData(Phone, "os_name=ios os_version=17.2.1 hardware_type=mobile phone vendor=apple manufacturer=apple model=iphone")]
    [InlineData("Mozilla/5.0 (iPad; CPU OS 16_1 like Mac OS X) AppleWebKit/605.1.15", "os_name=ios os_version=16.1 hardware_type=tablet vendor=apple manufacturer=apple model=ipad")]
    [InlineData("Mozilla/5.0 (Linux; Android 13; SM-S901B) AppleWebKit/537.36 Chrome/112.0 Mobile Safari/537.36", "os_name=android os_version=13 hardware_type=mobile phone vendor=samsung manufacturer=samsung model=sm-s901b")]
    [InlineData("Mozilla/5.0 (Linux; U; Android 4.0.3; en-us; Nexus 7 Build/IML74K) AppleWebKit/534.30 Safari/534.30", "os_name=android os_version=4.0.3 hardware_type=tablet model=nexus 7")]
    [InlineData("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36", "os_name=android os_version=10 hardware_type=mobile phone")]
    [InlineData("Mozilla/5.0 (Android 14; Mobile; rv:121.0) Gecko/121.0 Firefox/121.0", "os_name=android os_version=14 hardware_type=mobile phone")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36", "os_name=windows os_version=10.0 hardware_type=desktop")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36", "os_name=mac os x os_version=10.15.7 hardware_type=desktop vendor=apple manufacturer=apple model=macintosh")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101", "os_name=linux hardware_type=desktop")]
    [InlineData("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36", "os_name=chrome os os_version=14541.0.0 hardware_type=desktop")]
    [InlineData("curl/8.5.0", "")]
    [InlineData("(", "")]
    [InlineData("()", "")]
    [InlineData("", "")]
    public void A_user_agent_says_of_the_device_what_stands_there(string header, string signals) =>
        Assert.Equal(signals, string.Join(' ', UserAgent.Read(header).Select(one => $"{one.Key["d_device_".Length..]}={one.Value}")));

    [Fact]
    public void Whatever_the_user_agent_nothing_is_thrown()
    {
        string[] pieces = ["(", ")", ";", " ", "Android", "Linux", "iPhone", "CPU OS ", "17_2", "Mac OS X ", "Windows NT ", "x11", "Build/", "é", "K", "u"];
        var random = new Random(8);
        for (var turn = 0; turn < 50_000; turn++)
            _ = UserAgent.Read(string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)])));
    }

    [Fact]
    [Contract("audience 5.4")]
    public async Task What_is_derived_of_a_signal_realizes_traits_and_is_recorded_and_nothing_is_derived_of_it_again()
    {
        var camera = await House.AddTraitAsync(shared.Source, "camera==\"brand x\"");
        var chained = await House.AddTraitAsync(shared.Source, "chained==1");
        await DeriveAsync("sku", "1234", "camera", "brand x");
        await DeriveAsync("sku", "1234", "kind", "photo");
        await DeriveAsync("camera", "brand x", "chained", "1");
        await DeriveAsync("sku", "1234", "p_margin", "high");

        var reply = await House.GetAsync("/event?SKU=1234&d_rtbd=json&d_cts=2");

        Assert.Equal($"[{camera}]", reply.Json["traits"]!.ToJsonString());
        Assert.DoesNotContain($"{chained}", reply.Json["traits"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal([("SKU", "1234"), ("camera", "brand x"), ("kind", "photo")], House.Engine.LastEvent().Signals.Where(one => one.Key != "h_host"));
    }

    [Fact]
    public async Task A_derived_signal_counts_from_the_next_call_on_and_no_longer_once_it_is_deleted()
    {
        var id = await DeriveAsync("colour", "red", "warm", "yes");
        await House.GetAsync("/event?colour=red");
        var with = House.Engine.LastEvent().Signals;
        await House.Admin.SendAsync(HttpMethod.Delete, $"/v1/signals/derived/{id}", null);
        await House.GetAsync("/event?colour=red");

        Assert.Contains(("warm", "yes"), with);
        Assert.DoesNotContain(("warm", "yes"), House.Engine.LastEvent().Signals);
    }

    private Task<long> DeriveAsync(string key, string value, string targetKey, string targetValue) => House.AddAsync(
        "/v1/signals/derived/", $$"""{"sourceKey":"{{key}}","sourceValue":"{{value}}","targetKey":"{{targetKey}}","targetValue":"{{targetValue}}"}""", "derivedSignalId");
}
