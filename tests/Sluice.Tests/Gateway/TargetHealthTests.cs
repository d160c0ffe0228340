using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>Load balancers over target servers that are dead, slow, unwell or back, and the monitors that watch them (contract gateway.md 3.3).</summary>
public sealed class TargetHealthTests
{
    private const string HttpMonitor = "<HealthMonitor><IsEnabled>true</IsEnabled><IntervalInSec>1</IntervalInSec><HTTPMonitor><Request><Verb>GET</Verb><Path>/health</Path></Request><SuccessResponse><ResponseCode>200</ResponseCode></SuccessResponse></HTTPMonitor></HealthMonitor>";
    private const string TcpMonitor = "<HealthMonitor><IntervalInSec>1</IntervalInSec><TCPMonitor><ConnectTimeoutInSec>1</ConnectTimeoutInSec></TCPMonitor></HealthMonitor>";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 3.3")]
    public async Task A_server_whose_health_check_fails_gets_no_calls_until_it_is_well_again(StoreKind kind)
    {
        await using var well = await SampleTarget.StartAsync();
        await using var sick = await SampleTarget.StartAsync();
        var health = 500;
        well.AnswerWith(200, "well");
        sick.Answer = (http, _) =>
        {
            http.Response.StatusCode = http.Request.Path == "/health" ? Volatile.Read(ref health) : 200;
            return http.Response.WriteAsync("sick");
        };
        await using var desk = await GatewayDesk.OpenAsync(kind);
        await DeployAsync(desk, HttpMonitor, well.Url, sick.Url);

        var without = await Until.SeenAsync(() => BurstAsync(desk), burst => !burst.Contains("sick"));
        Volatile.Write(ref health, 200);
        var with = await Until.SeenAsync(() => BurstAsync(desk), burst => burst.Contains("sick"));

        Assert.Equal(["well", "well", "well", "well"], without);
        Assert.Contains("sick", with);
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task Dead_and_slow_servers_cost_no_caller_an_answer()
    {
        await using var well = await SampleTarget.StartAsync();
        await using var slow = await SampleTarget.StartAsync();
        var dead = await SampleTarget.StartAsync();
        var deadUrl = dead.Url;
        await dead.DisposeAsync();
        well.AnswerWith(200, "well");
        slow.Answer = (http, _) => Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);
        await using var desk = await GatewayDesk.OpenAsync();
        await DeployAsync(desk, TcpMonitor, "<Property name=\"io.timeout.millis\">200</Property>", well.Url, slow.Url, deadUrl);

        var answers = new List<string>();
        for (var round = 0; round < 3; round++)
            answers.AddRange(await BurstAsync(desk));

        Assert.All(answers, answer => Assert.Equal("well", answer));
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task The_call_that_takes_a_server_out_is_answered_by_the_next_and_by_the_fallback_last()
    {
        await using var well = await SampleTarget.StartAsync();
        await using var spare = await SampleTarget.StartAsync();
        var dead = await SampleTarget.StartAsync();
        var deadPort = new Uri(dead.Url).Port;
        await dead.DisposeAsync();
        well.AnswerWith(200, "well");
        spare.AnswerWith(200, "spare");
        await using var desk = await GatewayDesk.OpenAsync();
        foreach (var (name, port) in new[] { ("dead", deadPort), ("well", new Uri(well.Url).Port), ("spare", new Uri(spare.Url).Port) })
            await desk.CreateAsync("environments/production/targetservers", new JsonObject { ["name"] = name, ["host"] = "127.0.0.1", ["port"] = port });
        foreach (var (name, servers) in new[] { ("two", "<Server name=\"dead\"/><Server name=\"well\"/>"), ("one", "<Server name=\"dead\"/>") })
        {
            await desk.DeployAsync(name, BundleText.Proxy("/" + name, "").With("targets/default.xml", $"""
                <TargetEndpoint name="default"><HTTPTargetConnection><LoadBalancer>{servers}<Server name="spare"><IsFallback>true</IsFallback></Server><MaxFailures>1</MaxFailures></LoadBalancer></HTTPTargetConnection></TargetEndpoint>
                """));
        }

        var two = await desk.GetAsync("/two");
        var one = await desk.GetAsync("/one");

        Assert.Equal((200, "well"), two);
        Assert.Equal((200, "spare"), one);
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task Without_any_server_left_a_call_is_told_so()
    {
        var dead = await SampleTarget.StartAsync();
        var url = dead.Url;
        await dead.DisposeAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await DeployAsync(desk, "", url);

        var first = await desk.GetAsync("/balanced");
        var second = await desk.GetAsync("/balanced");

        Assert.Equal((503, "messaging.adaptors.http.flow.ServiceUnavailable"), (first.Status, ConsumerSample.CodeOf(first.Body)));
        Assert.Equal((503, "messaging.adaptors.http.flow.NoActiveTargets"), (second.Status, ConsumerSample.CodeOf(second.Body)));
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task A_monitor_ends_with_its_deployment()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await DeployAsync(desk, HttpMonitor, target.Url);
        await Until.SeenAsync(() => BurstAsync(desk), _ => Checks(target) > 0);

        await desk.ManageAsync("DELETE", "environments/production/apis/balanced/revisions/1/deployments");
        await using var other = await SampleTarget.StartAsync();
        await DeployAsync(desk, HttpMonitor, other.Url);
        var before = Checks(target);
        await Until.SeenAsync(() => BurstAsync(desk), _ => Checks(other) > 2);

        Assert.True(before > 0);
        Assert.InRange(Checks(target), before, before + 1); // one may have been under way
    }

    [Theory]
    [InlineData("<HealthMonitor/>")]
    [InlineData("<HealthMonitor><IntervalInSec>0</IntervalInSec><TCPMonitor/></HealthMonitor>")]
    [InlineData("<HealthMonitor><TCPMonitor><Port>99999</Port></TCPMonitor></HealthMonitor>")]
    [InlineData("<HealthMonitor><HTTPMonitor><Request><Verb>G E T</Verb></Request></HTTPMonitor></HealthMonitor>")]
    [InlineData("<HealthMonitor><HTTPMonitor><Request><Header name=\"a b\">x</Header></Request></HTTPMonitor></HealthMonitor>")]
    [InlineData("<HealthMonitor><HTTPMonitor><Request><Header name=\"a\">x\ny</Header></Request></HTTPMonitor></HealthMonitor>")]
    [InlineData("<HealthMonitor><TCPMonitor><ConnectTimeoutInSec>x</ConnectTimeoutInSec></TCPMonitor></HealthMonitor>")]
    [Contract("gateway 3.3", "gateway 6.4")]
    public async Task A_monitor_that_cannot_be_is_not_deployed(string monitor)
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.CreateAsync("environments/production/targetservers", new JsonObject { ["name"] = "s0", ["host"] = "example.com", ["port"] = 80 });

        var refusal = await desk.RefusalAsync("balanced", Bundle(monitor, "", 1));

        Assert.Equal("InvalidHealthMonitor", refusal["code"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 3.4")]
    public async Task A_flow_hook_runs_its_shared_flow_around_every_proxy_until_it_is_detached(StoreKind kind)
    {
        await using var desk = await GatewayDesk.OpenAsync(kind);
        await desk.DeployAsync("greet", BundleText.SharedFlow("Set").Policy("""<AssignMessage name="Set"><AssignVariable><Name>greeting</Name><Value>hello</Value></AssignVariable></AssignMessage>"""), "sharedflows");
        await desk.DeployAsync("any", BundleText.Proxy("/any", null, "", "Show")
            .Policy("""<AssignMessage name="Show"><Set><Payload contentType="text/plain">{greeting:nothing}</Payload></Set></AssignMessage>"""));

        var before = await desk.GetAsync("/any");
        var (attached, body) = await desk.ManageAsync("PUT", "environments/production/flowhooks/PreProxyFlowHook", new JsonObject { ["sharedFlow"] = "greet", ["continueOnError"] = false });
        var hooked = await desk.GetAsync("/any");
        var (_, read) = await desk.ManageAsync("GET", "environments/production/flowhooks/PreProxyFlowHook");
        var (detached, _) = await desk.ManageAsync("DELETE", "environments/production/flowhooks/PreProxyFlowHook");
        var after = await desk.GetAsync("/any");

        Assert.Equal(("nothing", "hello", "nothing"), (before.Body, hooked.Body, after.Body));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (attached, detached));
        Assert.Equal(body!.ToJsonString(), read!.ToJsonString());
        Assert.Equal(("PreProxyFlowHook", "greet", false), (read["flowHookPoint"]!.GetValue<string>(), read["sharedFlow"]!.GetValue<string>(), read["continueOnError"]!.GetValue<bool>()));
    }

    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 500)]
    [Contract("gateway 3.4")]
    public async Task A_fault_in_a_hook_counts_unless_the_hook_says_otherwise(bool continues, int status)
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("fail", BundleText.SharedFlow("Raise").Policy("""<RaiseFault name="Raise"/>"""), "sharedflows");
        await desk.DeployAsync("any", BundleText.Proxy("/any", null));
        await desk.ManageAsync("PUT", "environments/production/flowhooks/PostProxyFlowHook", new JsonObject { ["sharedFlow"] = "fail", ["continueOnError"] = continues });

        var answer = await desk.GetAsync("/any");

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    [Contract("gateway 3.4")]
    public async Task A_hook_takes_only_a_shared_flow_that_is_deployed_and_there_are_four_of_them()
    {
        await using var desk = await GatewayDesk.OpenAsync();

        var (_, names) = await desk.ManageAsync("GET", "environments/production/flowhooks");
        var (missing, why) = await desk.ManageAsync("PUT", "environments/production/flowhooks/PreProxyFlowHook", new JsonObject { ["sharedFlow"] = "none" });
        var (unknown, _) = await desk.ManageAsync("PUT", "environments/production/flowhooks/MidFlowHook", new JsonObject { ["sharedFlow"] = "none" });
        var (_, empty) = await desk.ManageAsync("GET", "environments/production/flowhooks/PreProxyFlowHook");

        Assert.Equal(["PostProxyFlowHook", "PostTargetFlowHook", "PreProxyFlowHook", "PreTargetFlowHook"], ConsumerSample.Names(names));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.NotFound), (missing, unknown));
        Assert.Equal("flow.SharedFlowNotFound", why!["code"]!.GetValue<string>());
        Assert.Equal("""{"flowHookPoint":"PreProxyFlowHook"}""", empty!.ToJsonString());
    }

    private static int Checks(SampleTarget target) => target.Calls.Count(call => call.PathAndQuery == "/health");

    private static async Task<string[]> BurstAsync(GatewayDesk desk)
    {
        var bodies = new string[4];
        for (var call = 0; call < bodies.Length; call++)
            bodies[call] = (await desk.GetAsync("/balanced")).Body;
        return bodies;
    }

    private static Task DeployAsync(GatewayDesk desk, string monitor, params string[] urls) =>
        urls[0].StartsWith('<') ? DeployAsync(desk, monitor, urls[0], urls[1..]) : DeployAsync(desk, monitor, "", urls);

    private static async Task DeployAsync(GatewayDesk desk, string monitor, string properties, string[] urls)
    {
        for (var number = 0; number < urls.Length; number++)
        {
            var address = new Uri(urls[number]);
            await desk.ManageAsync("DELETE", $"environments/production/targetservers/s{number}");
            await desk.CreateAsync("environments/production/targetservers", new JsonObject { ["name"] = $"s{number}", ["host"] = address.Host, ["port"] = address.Port });
        }
        await desk.DeployAsync("balanced", Bundle(monitor, properties, urls.Length));
    }

    private static BundleText Bundle(string monitor, string properties, int servers) => BundleText.Proxy("/balanced", "http://unused").With("targets/default.xml", $"""
        <TargetEndpoint name="default"><HTTPTargetConnection>
          <LoadBalancer>{string.Concat(Enumerable.Range(0, servers).Select(number => $"<Server name=\"s{number}\"/>"))}<MaxFailures>1</MaxFailures></LoadBalancer>
          <Properties>{properties}</Properties>{monitor}
        </HTTPTargetConnection></TargetEndpoint>
        """);
}
