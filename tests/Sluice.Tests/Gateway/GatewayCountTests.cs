using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>What operators see: requests, errors and how caches fare; that changes of an environment's entities touch no plan they do not concern; and streamed answers in caches.</summary>
public sealed class GatewayCountTests
{
    private const string Cache = """
        <ResponseCache name="RC">
          <CacheKey><KeyFragment ref="request.queryparam.w"/></CacheKey>
          <ExpirySettings><TimeoutInSeconds>600</TimeoutInSeconds></ExpirySettings>
        </ResponseCache>
        """;

    [Fact]
    [Contract("gateway 1.6")]
    public async Task Hits_misses_and_bytes_of_each_policy_are_told_by_the_API_and_by_the_metrics_and_outlive_a_redeploy()
    {
        await using var target = await SampleTarget.StartAsync();
        target.AnswerWith(200, "12345");
        await using var desk = await GatewayDesk.OpenAsync();
        var bundle = BundleText.Proxy("/weather", target.Url, "RC", "RC").Policy(Cache);
        await desk.DeployAsync("weather", bundle);

        await desk.GetAsync("/weather?w=1");
        await desk.GetAsync("/weather?w=1");
        await desk.GetAsync("/weather?w=2");
        await desk.GetAsync("/weather?w=" + new string('x', 3_000));
        await desk.DeployAsync("weather", bundle);
        target.AnswerWith(404, "none");
        await desk.GetAsync("/weather?w=3");

        var proxy = (await desk.ManageAsync("GET", "environments/production/counts")).Body!["proxies"]!.AsArray().Single()!;
        var cache = proxy["caches"]!.AsArray().Single()!;
        Assert.Equal((5, 1, 0), (Number(proxy, "requests"), Number(proxy, "clientErrors"), Number(proxy, "serverErrors")));
        Assert.Equal((1, 3, 1, 3), (Number(cache, "hits"), Number(cache, "misses"), Number(cache, "withoutKey"), Number(cache, "stored")));
        Assert.Equal((5, 14, 0.25), (Number(cache, "hitBytes"), Number(cache, "storedBytes"), cache["hitRatio"]!.GetValue<double>()));
        var metrics = await desk.GetAsync("/metrics");
        Assert.Matches("""sluice_gateway_cache_hits\w*\{environment="production",policy="RC",proxy="weather"\} 1\n""", Sorted(metrics.Body));
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task A_change_of_a_target_server_keeps_the_turns_of_proxies_and_a_change_of_a_cache_reaches_those_that_name_it()
    {
        var clock = new ShiftedClock();
        await using var one = await SampleTarget.StartAsync();
        await using var two = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, clock);
        await ServerAsync(desk, "one", one);
        await ServerAsync(desk, "two", two);
        await desk.ManageAsync("POST", "environments/production/caches?name=short", new JsonObject { ["expirySettings"] = new JsonObject { ["timeoutInSec"] = new JsonObject { ["value"] = "10" } } });
        await desk.DeployAsync("balanced", BundleText.Proxy("/balanced", "http://unused.example").With("targets/default.xml", """
            <TargetEndpoint name="default"><HTTPTargetConnection><LoadBalancer><Server name="one"/><Server name="two"/></LoadBalancer></HTTPTargetConnection></TargetEndpoint>
            """));
        await desk.DeployAsync("kept", BundleText.Proxy("/kept", one.Url, "RC", "RC").Policy("""
            <ResponseCache name="RC"><CacheResource>short</CacheResource><CacheKey><KeyFragment>k</KeyFragment></CacheKey><ExpirySettings/></ResponseCache>
            """));
        await desk.GetAsync("/balanced/1");
        await ServerAsync(desk, "three", two);
        await desk.GetAsync("/balanced/2");
        await desk.ManageAsync("PUT", "environments/production/caches/short", new JsonObject { ["expirySettings"] = new JsonObject { ["timeoutInSec"] = new JsonObject { ["value"] = "1000" } } });

        await desk.GetAsync("/kept");
        clock.Shift(TimeSpan.FromSeconds(60));
        await desk.GetAsync("/kept");

        Assert.Equal(["/1", "/"], one.Calls.Select(call => call.PathAndQuery));
        Assert.Equal(["/2"], two.Calls.Select(call => call.PathAndQuery));
    }

    [Fact]
    [Contract("gateway 1.3")]
    public async Task A_streamed_answer_is_stored_on_its_way_to_the_client_unless_it_is_too_large_or_breaks_off()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, "Gateway:MaxCachedBytes=65536");
        await desk.DeployAsync("stream", BundleText.Proxy("/stream", target.Url, "RC", "RC").Policy(Cache).With("targets/default.xml", $"""
            <TargetEndpoint name="default"><HTTPTargetConnection><URL>{target.Url}</URL><Properties><Property name="response.streaming.enabled">true</Property></Properties></HTTPTargetConnection></TargetEndpoint>
            """));
        var hasBegun = new TaskCompletionSource();
        target.Answer = async (http, number) =>
        {
            var size = http.Request.Query["w"] == "large" ? 70_000 : 40_000;
            await http.Response.Body.WriteAsync(new byte[size / 2], http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            if (http.Request.Query["w"] == "broken" && number == 3)
            {
                await hasBegun.Task.WaitAsync(http.RequestAborted);
                http.Abort();
            }
            else
                await http.Response.WriteAsync(new string('x', size / 2));
        };

        var small = (await desk.GetAsync("/stream?w=small"), await desk.GetAsync("/stream?w=small"));
        var large = await desk.GetAsync("/stream?w=large");
        using (var broken = await desk.Http.GetAsync("/stream?w=broken", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken))
        {
            hasBegun.SetResult();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => broken.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }
        var whole = await desk.GetAsync("/stream?w=broken");
        var largeAgain = await desk.GetAsync("/stream?w=large");

        Assert.Equal(small.Item1, small.Item2);
        Assert.Equal(40_000, small.Item1.Body.Length);
        Assert.Equal((70_000, 70_000, 40_000), (large.Body.Length, largeAgain.Body.Length, whole.Body.Length));
        Assert.Equal(["?w=small", "?w=large", "?w=broken", "?w=broken", "?w=large"], target.Calls.Select(call => call.PathAndQuery.TrimStart('/')));
    }

    [Fact]
    [Contract("gateway 3.4")]
    public async Task A_shared_flow_that_a_hook_runs_cannot_be_undeployed_until_the_hook_is_detached()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("around", BundleText.SharedFlow(""), "sharedflows");
        await desk.ManageAsync("PUT", "environments/production/flowhooks/PreProxyFlowHook", new JsonObject { ["sharedFlow"] = "around" });

        var refused = await desk.ManageAsync("DELETE", "environments/production/sharedflows/around/revisions/1/deployments");
        await desk.ManageAsync("DELETE", "environments/production/flowhooks/PreProxyFlowHook");
        var done = await desk.ManageAsync("DELETE", "environments/production/sharedflows/around/revisions/1/deployments");

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("PreProxyFlowHook", (string?)refused.Body!["message"], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, done.Status);
    }

    private static async Task ServerAsync(GatewayDesk desk, string name, SampleTarget target)
    {
        var uri = new Uri(target.Url);
        var (status, body) = await desk.ManageAsync("POST", "environments/production/targetservers", new JsonObject { ["name"] = name, ["host"] = uri.Host, ["port"] = uri.Port });
        Assert.True(status == HttpStatusCode.Created, body?.ToJsonString());
    }

    private static long Number(JsonNode node, string name) => node[name]!.GetValue<long>();

    // Labels stand in the order in which they were recorded.
    private static string Sorted(string metrics) => string.Join('\n', metrics.Split('\n').Select(line =>
    {
        var (open, close) = (line.IndexOf('{', StringComparison.Ordinal), line.IndexOf('}', StringComparison.Ordinal));
        return open < 0 || close < open ? line : $"{line[..open]}{{{string.Join(',', line[(open + 1)..close].Split(',').Order(StringComparer.Ordinal))}}}{line[(close + 1)..]}";
    }));
}
