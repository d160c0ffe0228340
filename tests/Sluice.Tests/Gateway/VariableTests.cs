using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>The variables of messages and of the platform, read in a proxy's flows (contract gateway.md 5.2, 5.3).</summary>
public sealed class VariableTests
{
    [Fact]
    [Contract("gateway 5.3", "gateway 3.7")]
    public async Task The_platform_tells_flows_where_they_are_and_who_asks()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        var told = await ReadAsync(
            desk, "/app/one/two?a=1&b=%20x", "organization.name", "environment.name", "apiproxy.name", "apiproxy.revision", "apiproxy.basepath", "application.basepath", "proxy.name",
            "proxy.basepath", "proxy.pathsuffix", "proxy.url", "client.ip", "proxy.client.ip", "client.scheme", "client.host", "virtualhost.name", "virtualhost.ssl.enabled",
            "current.flow.name", "current.flow.description", "proxy.flow.name", "system.time.zone", "is.error", "route.name", "target.name", "request.path", "request.uri", "request.verb", "request.version");

        Assert.Equal(
            [
                ("organization.name", desk.House.TenantId), ("environment.name", "production"), ("apiproxy.name", "told"), ("apiproxy.revision", "1"), ("apiproxy.basepath", "/app"), ("application.basepath", ""),
                ("proxy.name", "default"), ("proxy.basepath", "/app"), ("proxy.pathsuffix", "/one/two"), ("proxy.url", desk.House.Address + "/app/one/two?a=1&b=%20x"),
                ("client.ip", "127.0.0.1"), ("proxy.client.ip", "127.0.0.1"), ("client.scheme", "http"), ("client.host", "127.0.0.1"), ("virtualhost.name", "default"), ("virtualhost.ssl.enabled", "false"),
                ("current.flow.name", "read"), ("current.flow.description", "reads"), ("proxy.flow.name", "read"), ("system.time.zone", "UTC"), ("is.error", "false"),
                ("route.name", ""), ("target.name", ""), ("request.path", "/app/one/two"), ("request.uri", "/app/one/two?a=1&b=%20x"), ("request.verb", "GET"), ("request.version", "1.1"),
            ],
            told);
    }

    [Fact]
    [Contract("gateway 5.2")]
    public async Task Values_of_a_message_are_read_one_by_one_counted_and_whole()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        var told = await ReadAsync(
            desk, "/app?n=1&n=2&m=%C3%A4", "request.header.X-List", "request.header.x-list.2", "request.header.x-list.3", "request.header.x-list.values.count", "request.header.x-list.values.string",
            "request.header.accept.1", "request.queryparam.n", "request.queryparam.n.2", "request.queryparam.n.values.count", "request.queryparam.m", "request.queryparam.N",
            "request.queryparams.count", "request.queryparams.names.string", "request.querystring", "request.header.none", "request.status.code", "response.status.code");

        Assert.Equal(
            [
                ("request.header.X-List", "a"), ("request.header.x-list.2", "b"), ("request.header.x-list.3", ""), ("request.header.x-list.values.count", "2"), ("request.header.x-list.values.string", "a,b"),
                ("request.header.accept.1", "text/plain"), ("request.queryparam.n", "1"), ("request.queryparam.n.2", "2"), ("request.queryparam.n.values.count", "2"), ("request.queryparam.m", "ä"), ("request.queryparam.N", ""),
                ("request.queryparams.count", "3"), ("request.queryparams.names.string", "n,m"), ("request.querystring", "n=1&n=2&m=%C3%A4"), ("request.header.none", ""), ("request.status.code", ""), ("response.status.code", ""),
            ],
            told);
    }

    [Fact]
    [Contract("gateway 5.3", "gateway 5.2")]
    public async Task What_concerns_the_target_is_known_from_the_target_flow_on_and_times_go_forward()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        string[] names =
        [
            "route.name", "route.target", "target.name", "target.url", "target.host", "target.port", "target.scheme", "target.ssl.enabled", "target.basepath", "request.uri", "request.path", "response.status.code",
            "response.reason.phrase", "response.content", "message.status.code", "client.received.start.timestamp", "client.received.end.timestamp", "target.sent.start.timestamp", "target.sent.end.timestamp",
            "target.received.start.timestamp", "target.received.end.timestamp", "system.timestamp",
        ];
        await desk.DeployAsync("after", BundleText.Proxy("/after", target.Url + "/base", "Early", "Tell").Policy(Teller("Tell", names)).Policy("""
            <AssignMessage name="Early"><AssignVariable><Name>early</Name><Template>[{target.name}][{target.url}][{response.status.code}]</Template></AssignVariable><IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables></AssignMessage>
            """));

        var (_, body) = await desk.GetAsync("/after/x?q=1");

        var told = Parse(body);
        var port = new Uri(target.Url).Port.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(
            [
                ("route.name", "default"), ("route.target", "default"), ("target.name", "default"), ("target.url", target.Url + "/base/x?q=1"), ("target.host", "127.0.0.1"), ("target.port", port), ("target.scheme", "http"),
                ("target.ssl.enabled", "false"), ("target.basepath", "/base/x"), ("request.uri", "/base/x?q=1"), ("request.path", "/after/x"), ("response.status.code", "200"),
                ("response.reason.phrase", "OK"), ("response.content", "answer 1"), ("message.status.code", "200"),
            ],
            told.Take(15));
        var times = told.Skip(15).Select(one => long.Parse(one.Value, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(times.Order(), times);
        Assert.All(times, time => Assert.True(time > 1_600_000_000_000));
    }

    [Theory]
    [Contract("gateway 5.2", "gateway 5.3")]
    [InlineData("request.header.x-new", "one", "GET /base?a=1 x-new=one")]
    [InlineData("request.queryparam.a", "2", "GET /base?a=2 x-new=")]
    [InlineData("request.verb", "PUT", "PUT /base?a=1 x-new=")]
    [InlineData("target.copy.queryparams", "false", "GET /base x-new=")]
    [InlineData("request.querystring", "z=9", "GET /base?z=9 x-new=")]
    public async Task What_may_be_written_changes_the_request_that_the_target_gets(string name, string value, string got)
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("write", BundleText.Proxy("/write", target.Url + "/base").WithTarget(target.Url + "/base", "<PreFlow><Request><Step><Name>Write</Name></Step></Request></PreFlow>").Policy($"""
            <AssignMessage name="Write"><AssignVariable><Name>{name}</Name><Value>{value}</Value></AssignVariable></AssignMessage>
            """));

        await desk.GetAsync("/write?a=1");

        var call = Assert.Single(target.Calls);
        Assert.Equal(got, $"{call.Method} {call.PathAndQuery} x-new={call.Headers.GetValueOrDefault("x-new")}");
    }

    [Theory]
    [Contract("gateway 5.3")]
    [InlineData("client.ip")]
    [InlineData("organization.name")]
    [InlineData("system.timestamp")]
    public async Task Writing_what_is_only_read_is_the_policys_fault(string name)
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("write", BundleText.Proxy("/write", null, "Write").Policy($"""
            <AssignMessage name="Write"><AssignVariable><Name>{name}</Name><Value>x</Value></AssignVariable></AssignMessage>
            """));

        var (status, body) = await desk.GetAsync("/write");

        Assert.Equal(500, status);
        Assert.Equal("steps.assignmessage.SetVariableFailed", (string?)JsonNode.Parse(body)!["fault"]!["detail"]!["errorcode"]);
    }

    [Fact]
    [Contract("gateway 5.3", "gateway 6.3")]
    public async Task The_error_flow_knows_what_failed()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        string[] names = ["fault.name", "fault.category", "error.status.code", "error.reason.phrase", "error.content", "error.message", "is.error", "raisefault.Raise.failed", "raisefault.failed", "response.content", "message.status.code"];
        await desk.DeployAsync("wrong", BundleText.Proxy("/wrong", null, "Raise", "", "<DefaultFaultRule name=\"d\"><Step><Name>Tell</Name></Step></DefaultFaultRule>")
            .Policy("""<RaiseFault name="Raise"><FaultResponse><Set><StatusCode>409</StatusCode><ReasonPhrase>Not So</ReasonPhrase><Payload contentType="text/plain">why</Payload></Set></FaultResponse></RaiseFault>""")
            .Policy(Teller("Tell", names)));

        var (status, body) = await desk.GetAsync("/wrong");

        Assert.Equal(409, status);
        Assert.Equal(
            [
                ("fault.name", "RaiseFault"), ("fault.category", "Step"), ("error.status.code", "409"), ("error.reason.phrase", "Not So"), ("error.content", "why"),
                ("error.message", Parse(body).Single(one => one.Name == "error.message").Value), ("is.error", "true"), ("raisefault.Raise.failed", "true"), ("raisefault.failed", "true"), ("response.content", ""), ("message.status.code", "409"),
            ],
            Parse(body));
    }

    private static async Task<IReadOnlyList<(string Name, string Value)>> ReadAsync(GatewayDesk desk, string path, params string[] names)
    {
        await desk.DeployAsync("told", BundleText.Proxy("/app", null, "", "", """
            <Flows><Flow name="read"><Description>reads</Description><Request><Step><Name>Tell</Name></Step></Request><Response><Step><Name>Show</Name></Step></Response></Flow></Flows>
            """)
            .Policy(Teller("Tell", names, "<AssignTo createNew=\"true\" type=\"response\">told</AssignTo>"))
            .Policy("""<AssignMessage name="Show"><Set><Payload contentType="text/plain">{told.content}</Payload></Set></AssignMessage>"""));
        var (_, body) = await desk.GetAsync(path, ("X-List", "a,b"), ("Accept", "text/plain"));
        return Parse(body);
    }

    // One name and value in a line.
    private static string Teller(string policy, string[] names, string more = "") => $$"""
        <AssignMessage name="{{policy}}">{{more}}<IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables>
          <Set><Payload contentType="text/plain">{{string.Concat(names.Select(name => $"{name}={{{name}}}\n"))}}</Payload></Set>
        </AssignMessage>
        """;

    private static List<(string Name, string Value)> Parse(string body) =>
        [.. body.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => (line[..line.IndexOf('=', StringComparison.Ordinal)], line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]))];
}
