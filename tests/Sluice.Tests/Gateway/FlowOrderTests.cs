using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>The order in which a proxy's steps run (contract gateway.md 3.2 to 3.4), seen in a header that each step adds to.</summary>
public sealed class FlowOrderTests
{
    [Fact]
    [Contract("gateway 3.4")]
    public async Task Steps_run_in_the_documented_order_there_and_back()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("order", Ordered(target.Url));

        using var main = await desk.SendAsync("GET", "/order/a", null);
        using var other = await desk.SendAsync("GET", "/order/a?flow=other", null);

        Assert.Equal("p1 p4 p5 t1 t4 t5", target.Calls[0].Headers["X-There"]);
        Assert.Equal("t6 t8 t9 p6 p8 p9", main.Headers.GetValues("X-Back").Single());
        Assert.Equal("p1 p2 p5 t1 t2 t5", target.Calls[1].Headers["X-There"]);
        Assert.Equal("t6 t7 t9 p6 p7 p9", other.Headers.GetValues("X-Back").Single());
    }

    [Fact]
    [Contract("gateway 3.2")]
    public async Task A_route_without_a_target_answers_with_an_empty_200_and_runs_the_response_flows_of_the_proxy()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("nowhere", BundleText.Proxy("/nowhere", null, response: "Mark").Policy(Add("Mark", "X-Back", "p")));

        using var answer = await desk.SendAsync("GET", "/nowhere", null);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("p", answer.Headers.GetValues("X-Back").Single());
        Assert.Equal("", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    [Contract("gateway 3.2")]
    public async Task The_first_route_whose_condition_holds_is_taken_and_none_is_a_fault()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        var bundle = BundleText.Empty().With("proxies/default.xml", $$"""
            <ProxyEndpoint name="default">
              <HTTPProxyConnection><BasePath>/routes</BasePath></HTTPProxyConnection>
              <RouteRule name="one"><Condition>request.queryparam.to = "one"</Condition><URL>{{target.Url}}/one</URL></RouteRule>
              <RouteRule name="two"><Condition>request.queryparam.to ~ "tw*"</Condition><TargetEndpoint>second</TargetEndpoint></RouteRule>
            </ProxyEndpoint>
            """).With("targets/second.xml", $"<TargetEndpoint name=\"second\"><HTTPTargetConnection><URL>{target.Url}/two</URL></HTTPTargetConnection></TargetEndpoint>");
        await desk.DeployAsync("routes", bundle);

        await desk.GetAsync("/routes/x?to=one");
        await desk.GetAsync("/routes/x?to=two");
        var none = await desk.GetAsync("/routes/x?to=three");

        Assert.Equal(["/one/x?to=one", "/two/x?to=two"], target.Calls.Select(call => call.PathAndQuery));
        Assert.Equal(500, none.Status);
        Assert.Contains("messaging.runtime.RouteFailed", none.Body);
    }

    [Fact]
    [Contract("gateway 3.2")]
    public async Task The_longest_base_path_at_a_segments_end_takes_the_request()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        foreach (var (name, path) in (IEnumerable<(string, string)>)[("short", "/a"), ("long", "/a/b"), ("wild", "/w/*/x"), ("other", "/ab")])
            await desk.DeployAsync(name, BundleText.Proxy(path, null, "Say").Policy(Say($"{name} {{proxy.basepath}} {{proxy.pathsuffix}}")));

        Assert.Equal("short /a ", (await desk.GetAsync("/a")).Body);
        Assert.Equal("short /a /", (await desk.GetAsync("/a/")).Body);
        Assert.Equal("short /a /c", (await desk.GetAsync("/a/c")).Body);
        Assert.Equal("long /a/b /c/d", (await desk.GetAsync("/a/b/c/d")).Body);
        Assert.Equal("other /ab ", (await desk.GetAsync("/ab")).Body);
        Assert.Equal("wild /w/7/x /y", (await desk.GetAsync("/w/7/x/y")).Body);
        Assert.Equal(404, (await desk.GetAsync("/abc")).Status);
    }

    [Fact]
    [Contract("gateway 3.2", "gateway Ruling 8", "gateway 6.2")]
    public async Task A_host_of_the_gateway_answers_unknown_paths_itself_and_serves_the_environment_in_its_name()
    {
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, "Storage:Environments:0=test");
        await desk.DeployAsync("a", BundleText.Proxy("/a", null, "Say").Policy(Say("production")));
        var revision = await desk.ImportAsync("a", BundleText.Proxy("/a", null, "Say").Policy(Say("{environment.name} {apiproxy.revision}")));
        await desk.ManageAsync("POST", $"environments/test/apis/a/revisions/{revision}/deployments");

        var test = await desk.GetAsync("/a", ("Host", $"{desk.House.TenantId}-test.apis.example"));
        var unknown = await desk.GetAsync("/v1/unknown", ("Host", $"{desk.House.TenantId}-test.apis.example"));
        var elsewhere = await desk.GetAsync("/a", ("Host", "somewhere.example"));

        Assert.Equal("test 2", test.Body);
        Assert.Equal(404, unknown.Status);
        Assert.Equal("""{"fault":{"faultstring":"Unable to identify proxy for host: default and url: \\/v1\\/unknown","detail":{"errorcode":"messaging.adaptors.http.flow.ApplicationNotFound"}}}""", unknown.Body);
        Assert.Equal("production", elsewhere.Body);
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task The_targets_address_is_its_url_with_path_suffix_and_query_unless_switched_off()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("plain", BundleText.Proxy("/plain", target.Url + "/base?k=v"));
        await desk.DeployAsync("off", BundleText.Proxy("/off", target.Url + "/base", "Off").Policy("""
            <AssignMessage name="Off">
              <AssignVariable><Name>target.copy.pathsuffix</Name><Value>false</Value></AssignVariable>
              <AssignVariable><Name>target.copy.queryparams</Name><Value>false</Value></AssignVariable>
            </AssignMessage>
            """));
        await desk.DeployAsync("set", BundleText.Proxy("/set", target.Url).WithTarget(target.Url, "<PreFlow><Request><Step><Name>Set</Name></Step></Request></PreFlow>").Policy($$"""
            <AssignMessage name="Set"><AssignVariable><Name>target.url</Name><Value>{{target.Url}}/else</Value></AssignVariable></AssignMessage>
            """));

        await desk.GetAsync("/plain/a%2Fb?x=1%202");
        await desk.GetAsync("/off/a?x=1");
        await desk.GetAsync("/set/a");

        Assert.Equal(["/base/a%2Fb?k=v&x=1%202", "/base", "/else/a"], target.Calls.Select(call => call.PathAndQuery));
    }

    [Fact]
    [Contract("gateway 3.4")]
    public async Task The_post_client_flow_runs_when_the_client_has_its_answer()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("after", BundleText.Proxy("/after", target.Url, more: "<PostClientFlow><Response><Step><Name>Late</Name></Step></Response></PostClientFlow>")
            .Policy("""<RaiseFault name="Late"/>"""));

        var answer = await desk.GetAsync("/after");

        Assert.Equal((200, "answer 1"), answer);
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task A_proxy_calls_another_in_this_process()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("inner", BundleText.Proxy("/inner", target.Url, response: "Mark").Policy(Add("Mark", "X-Back", "inner")));
        await desk.DeployAsync("outer", BundleText.Proxy("/outer", null).With("proxies/default.xml", """
            <ProxyEndpoint name="default"><HTTPProxyConnection><BasePath>/outer</BasePath></HTTPProxyConnection><RouteRule name="default"><TargetEndpoint>local</TargetEndpoint></RouteRule></ProxyEndpoint>
            """).With("targets/local.xml", """<TargetEndpoint name="local"><LocalTargetConnection><APIProxy>inner</APIProxy><ProxyEndpoint>default</ProxyEndpoint></LocalTargetConnection></TargetEndpoint>"""));

        using var answer = await desk.SendAsync("GET", "/outer/x?q=1", null);

        Assert.Equal("answer 1", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("inner", answer.Headers.GetValues("X-Back").Single());
        Assert.Equal("/x?q=1", target.Calls.Single().PathAndQuery);
    }

    internal static string Say(string text) => $"""<AssignMessage name="Say"><AssignTo type="response"/><Set><Payload contentType="text/plain">{text}</Payload></Set></AssignMessage>""";

    internal static string Add(string name, string header, string value) => $"""
        <AssignMessage name="{name}"><IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables><Set><Headers><Header name="{header}">{value}</Header></Headers></Set></AssignMessage>
        """;

    private static BundleText Ordered(string url)
    {
        var bundle = BundleText.Proxy("/order", url);
        string Step(string name, bool isBack)
        {
            bundle.Policy($$"""
                <AssignMessage name="{{name}}"><IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables>
                  <AssignVariable><Name>trail</Name><Template>{trail:} {{name}}</Template></AssignVariable>
                  <AssignVariable><Name>trail</Name><Template>{replaceFirst(trail,'^ ','')}</Template></AssignVariable>
                  <Set><Headers><Header name="{{(isBack ? "X-Back" : "X-There")}}">{trail}</Header></Headers></Set>
                </AssignMessage>
                """);
            return $"<Step><Name>{name}</Name></Step>";
        }
        string Endpoint(string side)
        {
            string There(int number) => Step($"{side}{number}", isBack: false);
            string Back(int number) => Step($"{side}{number}", isBack: true);
            return $"""
                <PreFlow><Request>{There(1)}</Request><Response>{Back(6)}</Response></PreFlow>
                <Flows>
                  <Flow name="other"><Condition>request.queryparam.flow = "other"</Condition><Request>{There(2)}</Request><Response>{Back(7)}</Response></Flow>
                  <Flow name="main"><Request>{There(4)}</Request><Response>{Back(8)}</Response></Flow>
                </Flows>
                <PostFlow><Request>{There(5)}</Request><Response>{Back(9)}</Response></PostFlow>
                """;
        }
        bundle.Policy("""<AssignMessage name="Forget"><AssignVariable><Name>trail</Name><Value></Value></AssignVariable></AssignMessage>""");
        var target = Endpoint("t").Replace("<Response><Step><Name>t6", "<Response><Step><Name>Forget</Name></Step><Step><Name>t6", StringComparison.Ordinal);
        return bundle.WithTarget(url, target).With("proxies/default.xml", $"""
            <ProxyEndpoint name="default">
              {Endpoint("p")}
              <HTTPProxyConnection><BasePath>/order</BasePath></HTTPProxyConnection>
              <RouteRule name="default"><TargetEndpoint>default</TargetEndpoint></RouteRule>
            </ProxyEndpoint>
            """);
    }
}
