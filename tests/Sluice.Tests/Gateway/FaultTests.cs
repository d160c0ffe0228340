using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>The error state (contract gateway.md 3.5, 3.6) and the platform's own faults (6.2).</summary>
public sealed class FaultTests
{
    private const string Raise = """<RaiseFault name="Raise"><FaultResponse><Set><StatusCode>418</StatusCode><ReasonPhrase>Teapot</ReasonPhrase><Payload contentType="text/plain">short and stout</Payload></Set></FaultResponse></RaiseFault>""";

    [Fact]
    [Contract("gateway 3.6", "gateway 7")]
    public async Task A_raised_fault_is_the_answer_and_no_step_behind_it_runs()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("raise", BundleText.Proxy("/raise", target.Url, "Raise Mark").Policy(Raise).Policy(FlowOrderTests.Add("Mark", "X-Mark", "1")));

        using var answer = await desk.SendAsync("GET", "/raise", null);

        Assert.Equal((HttpStatusCode)418, answer.StatusCode);
        Assert.Equal("Teapot", answer.ReasonPhrase);
        Assert.Equal("short and stout", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Empty(target.Calls);
    }

    [Theory]
    [InlineData("ProxyEndpoint", "B")] // from the bottom up
    [InlineData("TargetEndpoint", "A")] // from the top down
    [Contract("gateway 3.6")]
    public async Task The_first_fault_rule_that_holds_is_the_only_one_in_each_endpoints_own_order(string endpoint, string expected)
    {
        const string Rules = """
            <FaultRules>
              <FaultRule name="A"><Condition>fault.name = "RaiseFault"</Condition><Step><Name>A</Name></Step></FaultRule>
              <FaultRule name="B"><Condition>fault.name = "RaiseFault"</Condition><Step><Name>B</Name></Step></FaultRule>
              <FaultRule name="C"><Condition>fault.name = "Other"</Condition><Step><Name>C</Name></Step></FaultRule>
            </FaultRules>
            """;
        await using var desk = await GatewayDesk.OpenAsync();
        var bundle = endpoint == "ProxyEndpoint"
            ? BundleText.Proxy("/rules", "http://127.0.0.1:1", "Raise", more: Rules)
            : BundleText.Proxy("/rules", "http://127.0.0.1:1").WithTarget("http://127.0.0.1:1", Rules + "<PreFlow><Request><Step><Name>Raise</Name></Step></Request></PreFlow>");
        foreach (var name in (string[])["A", "B", "C"])
            bundle.Policy(FlowOrderTests.Add(name, "X-Rule", $"{name} {{message.header.x-rule:}}"));
        await desk.DeployAsync("rules", bundle.Policy(Raise));

        using var answer = await desk.SendAsync("GET", "/rules", null);

        Assert.Equal(expected, answer.Headers.GetValues("X-Rule").Single().Trim());
    }

    [Theory]
    [InlineData("", "", "default")] // no rule holds
    [InlineData("rule", "", "rule")] // one does: not the default
    [InlineData("rule", "<AlwaysEnforce>true</AlwaysEnforce>", "rule default")]
    [InlineData("empty", "", "")] // chosen, though none of its steps runs
    [InlineData("raise", "<AlwaysEnforce>true</AlwaysEnforce>", "")] // a raised fault ends it
    [Contract("gateway 3.6")]
    public async Task The_default_fault_rule_runs_when_no_rule_was_chosen_or_always_when_enforced(string rule, string enforce, string expected)
    {
        await using var desk = await GatewayDesk.OpenAsync();
        var steps = rule switch { "rule" => "<Step><Name>Rule</Name></Step>", "raise" => "<Step><Name>Again</Name></Step>", _ => "<Step><Condition>request.verb = \"PUT\"</Condition><Name>Rule</Name></Step>" };
        var rules = rule.Length == 0 ? "" : $"<FaultRules><FaultRule name=\"r\">{steps}</FaultRule></FaultRules>";
        await desk.DeployAsync("defaults", BundleText.Proxy("/defaults", null, "Raise", more: $"{rules}<DefaultFaultRule name=\"d\">{enforce}<Step><Name>Default</Name></Step></DefaultFaultRule>")
            .Policy(Raise).Policy("""<RaiseFault name="Again"><FaultResponse><Set><StatusCode>419</StatusCode></Set></FaultResponse></RaiseFault>""")
            .Policy(FlowOrderTests.Add("Rule", "X-Rule", "rule")).Policy(FlowOrderTests.Add("Default", "X-Rule", "{message.header.x-rule:} default")));

        using var answer = await desk.SendAsync("GET", "/defaults", null);

        Assert.Equal(expected, answer.Headers.TryGetValues("X-Rule", out var values) ? values.Single().Trim() : "");
        Assert.Equal(rule == "raise" ? 419 : 418, (int)answer.StatusCode);
    }

    [Fact]
    [Statement("C9")]
    [Contract("gateway 3.5")]
    public async Task A_policy_that_fails_with_continueOnError_leaves_its_variables_and_the_flow_goes_on()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("goon", BundleText.Proxy("/goon", null, "Fails Say")
            .Policy("""<AssignMessage name="Fails" continueOnError="true"><Set><Headers><Header name="X">{nowhere}</Header></Headers></Set></AssignMessage>""")
            .Policy(FlowOrderTests.Say("{assignmessage.Fails.failed} {fault.name} {is.error}")));

        var answer = await desk.GetAsync("/goon");

        Assert.Equal((200, "true UnresolvedVariable false"), answer);
    }

    [Fact]
    [Statement("C9")]
    [Contract("gateway 6.1", "gateway 6.3")]
    public async Task A_fault_that_no_rule_changes_is_answered_with_the_documented_body()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("fails", BundleText.Proxy("/fails", null, "Fails").Policy("""<AssignMessage name="Fails"><Set><Headers><Header name="X">{nowhere}</Header></Headers></Set></AssignMessage>"""));

        var answer = await desk.GetAsync("/fails");

        Assert.Equal(500, answer.Status);
        Assert.Equal("""{"fault":{"faultstring":"AssignMessage[Fails]: unable to resolve variable nowhere","detail":{"errorcode":"steps.assignmessage.UnresolvedVariable"}}}""", answer.Body);
    }

    [Fact]
    [Contract("gateway 3.6", "gateway 6.2")]
    public async Task A_target_answer_that_is_no_success_is_passed_on_and_seen_by_fault_rules()
    {
        await using var target = await SampleTarget.StartAsync();
        target.AnswerWith(503, "away", ("X-Target", "t"));
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("plain", BundleText.Proxy("/plain", target.Url, response: "Mark").Policy(FlowOrderTests.Add("Mark", "X-Back", "1")));
        await desk.DeployAsync("ruled", BundleText.Proxy("/ruled", target.Url, more: "<FaultRules><FaultRule name=\"r\"><Condition>fault.name = \"ErrorResponseCode\" and error.status.code = 503</Condition><Step><Name>Mark</Name></Step></FaultRule></FaultRules>")
            .Policy(FlowOrderTests.Add("Mark", "X-Rule", "{error.content}")));
        await desk.DeployAsync("taken", BundleText.Proxy("/taken", target.Url, response: "Mark").WithTarget(target.Url, "", "<Properties><Property name=\"success.codes\">2xx, 503</Property></Properties>")
            .Policy(FlowOrderTests.Add("Mark", "X-Back", "1")));

        using var plain = await desk.SendAsync("GET", "/plain", null);
        using var ruled = await desk.SendAsync("GET", "/ruled", null);
        using var taken = await desk.SendAsync("GET", "/taken", null);

        Assert.Equal((503, "away", "t"), ((int)plain.StatusCode, await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), plain.Headers.GetValues("X-Target").Single()));
        Assert.False(plain.Headers.Contains("X-Back"));
        Assert.Equal("away", ruled.Headers.GetValues("X-Rule").Single());
        Assert.Equal("1", taken.Headers.GetValues("X-Back").Single());
    }

    [Theory]
    [InlineData("dead", 503, "messaging.adaptors.http.flow.ServiceUnavailable")]
    [InlineData("slow", 504, "messaging.adaptors.http.flow.GatewayTimeout")]
    [InlineData("closes", 502, "messaging.adaptors.http.flow.UnexpectedEOFAtTarget")]
    [InlineData("half", 502, "messaging.adaptors.http.flow.UnexpectedEOFAtTarget")]
    [InlineData("garbage", 502, "messaging.adaptors.http.flow.UnexpectedEOFAtTarget")]
    [Contract("gateway 6.2", "gateway 3.3")]
    public async Task A_target_that_fails_is_the_documented_fault(string how, int status, string code)
    {
        using var target = new BrokenTarget(how);
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("broken", BundleText.Proxy("/broken", target.Url).WithTarget(target.Url, "", "<Properties><Property name=\"io.timeout.millis\">500</Property></Properties>"));

        var answer = await desk.GetAsync("/broken");

        Assert.Equal(status, answer.Status);
        Assert.Contains(code, answer.Body);
    }

    [Fact]
    [Contract("gateway 6.2", "gateway 3.3")]
    public async Task Bodies_over_the_limit_are_refused_on_both_ways_and_pass_when_streamed()
    {
        await using var target = await SampleTarget.StartAsync();
        var large = new string('x', 2_000_000);
        target.Answer = (http, _) => Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, http.Request.Method == "POST" ? "took it" : large);
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, "Gateway:MaxBodyBytes=1000000");
        await desk.DeployAsync("large", BundleText.Proxy("/large", target.Url));
        var streaming = BundleText.Proxy("/streams", target.Url);
        await desk.DeployAsync("streams", streaming.With("proxies/default.xml", """
            <ProxyEndpoint name="default">
              <HTTPProxyConnection><BasePath>/streams</BasePath><Properties><Property name="request.streaming.enabled">true</Property><Property name="response.streaming.enabled">true</Property></Properties></HTTPProxyConnection>
              <RouteRule name="default"><TargetEndpoint>default</TargetEndpoint></RouteRule>
            </ProxyEndpoint>
            """));

        using var sent = await desk.SendAsync("POST", "/large", large);
        var got = await desk.GetAsync("/large");
        using var streamedUp = await desk.SendAsync("POST", "/streams", large);
        var streamedDown = await desk.GetAsync("/streams");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, sent.StatusCode);
        Assert.Contains("protocol.http.TooBigBody", await sent.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(502, got.Status);
        Assert.Contains("protocol.http.TooBigBody", got.Body);
        Assert.Equal("took it", await streamedUp.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2_000_000, target.Calls.Last(call => call.Method == "POST").Body.Length);
        Assert.Equal(2_000_000, streamedDown.Body.Length);
    }

    [Fact]
    [Contract("gateway 6.2")]
    public async Task A_proxy_that_takes_longer_than_its_time_is_answered_504()
    {
        using var target = new BrokenTarget("slow");
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("timed", BundleText.Proxy("/timed", target.Url).With("proxies/default.xml", """
            <ProxyEndpoint name="default">
              <HTTPProxyConnection><BasePath>/timed</BasePath><Properties><Property name="api.timeout">300</Property></Properties></HTTPProxyConnection>
              <RouteRule name="default"><TargetEndpoint>default</TargetEndpoint></RouteRule>
            </ProxyEndpoint>
            """));

        var answer = await desk.GetAsync("/timed");

        Assert.Equal(504, answer.Status);
        Assert.Contains("flow.APITimedOut", answer.Body);
    }

    [Fact]
    public async Task Targets_on_this_machine_are_refused_unless_allowed()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, "Gateway:AllowLoopbackTargets=false");
        await desk.DeployAsync("inside", BundleText.Proxy("/inside", target.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)));

        var answer = await desk.GetAsync("/inside");

        Assert.Equal(503, answer.Status);
        Assert.Empty(target.Calls);
    }

    /// <summary>A target that is down, silent, or breaks off.</summary>
    private sealed class BrokenTarget : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<TcpClient> _held = [];

        internal BrokenTarget(string how)
        {
            _listener.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
            if (how == "dead")
                _listener.Stop();
            else
                _ = ServeAsync(how);
        }

        internal string Url { get; }

        public void Dispose()
        {
            _listener.Stop();
            _held.ForEach(client => client.Dispose());
        }

        private async Task ServeAsync(string how)
        {
            while (true)
            {
                TcpClient client;
                try
                {
                    client = await _listener.AcceptTcpClientAsync();
                }
                catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
                {
                    return;
                }
                _held.Add(client);
                if (how == "slow")
                    continue;
                var stream = client.GetStream();
                await stream.ReadExactlyAsync(new byte[4]);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(how switch
                {
                    "half" => "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this",
                    "garbage" => "what is HTTP?\r\n\r\n",
                    _ => "",
                }));
                client.Client.Shutdown(SocketShutdown.Both);
                client.Close();
            }
        }
    }
}
