using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>ResponseCache through the public door: a real proxy before a real target that counts its calls (contract gateway.md 1).</summary>
public sealed class ResponseCacheTests
{
    private const string Weather = """
        <ResponseCache name="ResponseCache">
          <CacheKey><KeyFragment ref="request.queryparam.w"/></CacheKey>
          <ExpirySettings><TimeoutInSeconds>600</TimeoutInSeconds></ExpirySettings>
        </ResponseCache>
        """;

    private const string WeatherWithBypass = """
        <ResponseCache name="ResponseCache">
          <CacheKey><KeyFragment ref="request.queryparam.w" /></CacheKey>
          <!-- Explicitly refresh the cached response -->
          <SkipCacheLookup>request.header.bypass-cache = "true"</SkipCacheLookup>
          <ExpirySettings><TimeoutInSeconds>600</TimeoutInSeconds></ExpirySettings>
        </ResponseCache>
        """;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 1.3", "gateway 1.4", "gateway 1.5")]
    public async Task The_second_request_within_ten_minutes_is_answered_without_the_target(StoreKind kind)
    {
        var clock = new ShiftedClock();
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync(kind, clock);
        await desk.DeployAsync("weather", BundleText.Proxy("/weather", target.Url, "ResponseCache", "ResponseCache").Policy(Weather));

        var first = await desk.GetAsync("/weather/forecastrss?w=23424778");
        var second = await desk.GetAsync("/weather/forecastrss?w=23424778");
        var other = await desk.GetAsync("/weather/forecastrss?w=1");
        clock.Shift(TimeSpan.FromSeconds(601));
        var late = await desk.GetAsync("/weather/forecastrss?w=23424778");

        Assert.Equal((200, "answer 1"), first);
        Assert.Equal((200, "answer 1"), second);
        Assert.Equal((200, "answer 2"), other);
        Assert.Equal((200, "answer 3"), late);
        Assert.Equal(["/forecastrss?w=23424778", "/forecastrss?w=1", "/forecastrss?w=23424778"], target.Calls.Select(call => call.PathAndQuery));
    }

    [Fact]
    [Contract("gateway 1.2", "gateway 1.3")]
    public async Task A_skipped_lookup_asks_the_target_and_refreshes_the_entry()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("weather", BundleText.Proxy("/weather", target.Url, "ResponseCache", "ResponseCache").Policy(WeatherWithBypass));

        var first = await desk.GetAsync("/weather?w=1");
        var bypassed = await desk.GetAsync("/weather?w=1", ("bypass-cache", "true"));
        var after = await desk.GetAsync("/weather?w=1");

        Assert.Equal("answer 1", first.Body);
        Assert.Equal("answer 2", bypassed.Body);
        Assert.Equal("answer 2", after.Body);
    }

    [Fact]
    [Contract("gateway 1.7", "gateway 1.3")]
    public async Task A_hit_sends_status_headers_and_body_as_they_were_stored()
    {
        await using var target = await SampleTarget.StartAsync();
        target.AnswerWith(201, "made", ("X-One", "1"), ("X-Two", "a"), ("X-Two", "b"), ("Content-Type", "text/weather"));
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("weather", BundleText.Proxy("/weather", target.Url, "ResponseCache", "ResponseCache").Policy(Weather));
        await desk.GetAsync("/weather?w=1");

        using var hit = await desk.SendAsync("GET", "/weather?w=1", null);
        using var head = await desk.SendAsync("HEAD", "/weather?w=1", null);

        Assert.Equal(HttpStatusCode.Created, hit.StatusCode);
        Assert.Equal("1", hit.Headers.GetValues("X-One").Single());
        Assert.Equal(["a", "b"], hit.Headers.GetValues("X-Two"));
        Assert.Equal("text/weather", hit.Content.Headers.ContentType!.ToString());
        Assert.Equal("made", await hit.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(4, head.Content.Headers.ContentLength);
        Assert.Single(target.Calls);
    }
}
