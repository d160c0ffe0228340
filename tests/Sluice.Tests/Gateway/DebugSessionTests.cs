using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>Debug sessions over the management API: what is recorded of a watched request, and what never is.</summary>
public sealed class DebugSessionTests
{
    private const string Cache = """
        <ResponseCache name="RC-Weather">
          <DisplayName>Weather for ten minutes</DisplayName>
          <CacheKey><KeyFragment ref="request.queryparam.w"/></CacheKey>
          <ExpirySettings><TimeoutInSeconds>600</TimeoutInSeconds></ExpirySettings>
          <SkipCacheLookup>request.header.bypass-cache = "true"</SkipCacheLookup>
        </ResponseCache>
        """;

    [Fact]
    [Statement("C12")]
    [Contract("gateway 1.8", "gateway Ruling 10")]
    public async Task A_watched_request_tells_each_step_with_its_condition_variables_and_time_and_why_the_cache_missed_or_hit()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("weather", BundleText.Proxy(
                "/weather", target.Url,
                "<Step><Name>RC-Weather</Name></Step><Step><Condition>request.queryparam.w = \"9\"</Condition><Name>Never</Name></Step>",
                "<Step><Name>RC-Weather</Name></Step><Step><Condition>responsecache.RC-Weather.cachehit = true</Condition><Name>Tell</Name></Step>")
            .Policy(Cache)
            .Policy("""<AssignMessage name="Never"><AssignVariable><Name>never</Name><Value>1</Value></AssignVariable></AssignMessage>""")
            .Policy("""<AssignMessage name="Tell"><Set><Headers><Header name="X-Hit">yes</Header></Headers></Set></AssignMessage>"""));
        await BeginAsync(desk, "weather", new JsonObject { ["name"] = "one", ["count"] = 3 });

        await desk.GetAsync("/weather/today?w=1");
        await desk.GetAsync("/weather/today?w=1");
        await desk.GetAsync("/weather/today?w=1", ("bypass-cache", "true"));
        await desk.GetAsync("/weather/today?w=1");

        var transactions = await TransactionsAsync(desk, "weather", "one", 3);
        var (miss, hit, bypassed) = (await DataAsync(desk, "weather", "one", transactions[0]), await DataAsync(desk, "weather", "one", transactions[1]), await DataAsync(desk, "weather", "one", transactions[2]));
        Assert.Equal("MISS: there is no entry of this key", Property(Step(miss, "RC-Weather", "request"), "sluice.cache.result"));
        Assert.StartsWith("STORED", Property(Step(miss, "RC-Weather", "response"), "sluice.cache.result"), StringComparison.Ordinal);
        Assert.StartsWith("HIT: stored at", Property(Step(hit, "RC-Weather", "request"), "sluice.cache.result"), StringComparison.Ordinal);
        Assert.Equal("MISS: SkipCacheLookup holds", Property(Step(bypassed, "RC-Weather", "request"), "sluice.cache.result"));
        Assert.Equal("Weather for ten minutes", Property(Step(hit, "RC-Weather", "request"), "stepDefinition-displayName"));
        Assert.Equal("Tell", Property(Step(hit, "Tell", "response"), "stepDefinition-displayName"));
        Assert.Contains(Accesses(Step(hit, "RC-Weather", "request"), "Set"), set => (string?)set["name"] == "responsecache.RC-Weather.cachekey" && ((string?)set["value"])!.EndsWith("__weather__1__default__1", StringComparison.Ordinal));
        Assert.Contains(Accesses(Step(miss, "RC-Weather", "request"), "Get"), get => (string?)get["name"] == "request.queryparam.w" && (string?)get["value"] == "1");
        Assert.Equal("its condition is false", Property(Step(miss, "Never", "request"), "sluice.skipped"));
        var asked = Assert.Single(Points(hit, "Condition"), point => Property(point, "Expression") == "responsecache.RC-Weather.cachehit = true");
        Assert.Equal("true", Property(asked, "ExpressionResult"));
        Assert.Contains(Points(miss, "StateChange"), point => Property(point, "target.url") == target.Url + "/today?w=1");
        Assert.DoesNotContain(Points(hit, "StateChange"), point => Property(point, "To") == "TARGET");
        Assert.All(Points(hit, "Execution"), point => Assert.True(point["results"]![0]!["sluice"]!["elapsedMicroseconds"]!.GetValue<long>() >= 0));
    }

    [Fact]
    public async Task Only_requests_that_the_filter_wants_are_recorded_and_no_more_than_were_asked_for()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("echo", BundleText.Proxy("/echo", null));
        await BeginAsync(desk, "echo", new JsonObject { ["name"] = "some", ["count"] = 2, ["filter"] = "request.queryparam.watch = \"me\"" });

        await desk.GetAsync("/echo/0");
        for (var number = 1; number <= 3; number++)
            await desk.GetAsync($"/echo/{number}?watch=me");

        var session = await SessionAsync(desk, "echo", "some");
        Assert.Equal(["/echo/1?watch=me", "/echo/2?watch=me"], session["transactions"]!.AsArray().Select(one => (string?)one!["uri"]));
        Assert.False(session["recording"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Secrets_are_in_no_part_of_a_record()
    {
        await using var target = await SampleTarget.StartAsync();
        target.AnswerWith(200, """{"access_token": "tok-1234567890", "ok": true}""", ("Content-Type", "application/json"), ("Set-Cookie", "sid=cookie-5555555"));
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("open", BundleText.Proxy("/open", target.Url, "Copy", "Later").Policy("""
            <AssignMessage name="Copy">
              <AssignVariable><Name>seen</Name><Ref>request.header.authorization</Ref></AssignVariable>
              <AssignVariable><Name>private.thing</Name><Value>hidden-7777777</Value></AssignVariable>
              <AssignVariable><Name>copied</Name><Ref>private.thing</Ref></AssignVariable>
              <AssignVariable><Name>whole</Name><Ref>request.content</Ref></AssignVariable>
              <AssignVariable><Name>address</Name><Ref>request.uri</Ref></AssignVariable>
            </AssignMessage>
            """).Policy("""<AssignMessage name="Later"><AssignVariable><Name>answer</Name><Ref>response.content</Ref></AssignVariable></AssignMessage>"""));
        await BeginAsync(desk, "open", new JsonObject { ["name"] = "s" });

        using var answer = await desk.SendAsync(
            "POST", "/open?apikey=key-99999999&plain=shown", """{"user": "ann", "password": "pass-4444444"}""",
            ("Authorization", "Bearer bearer-3333333"), ("Cookie", "sid=cookie-1111111"), ("Content-Type", "application/json"));

        var id = (await TransactionsAsync(desk, "open", "s", 1))[0];
        var record = (await DataAsync(desk, "open", "s", id)).ToJsonString() + (await SessionAsync(desk, "open", "s")).ToJsonString();
        foreach (var secret in (string[])["bearer-3333333", "cookie-1111111", "key-99999999", "pass-4444444", "hidden-7777777", "tok-1234567890", "cookie-5555555"])
            Assert.DoesNotContain(secret, record, StringComparison.Ordinal);
        Assert.Contains("plain=shown", record, StringComparison.Ordinal);
        Assert.Contains("ann", record, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_a_shared_flow_and_the_steps_of_its_fault_rules_are_recorded_in_the_order_in_which_they_came()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("shared", BundleText.SharedFlow("Inner").Policy("""<AssignMessage name="Inner"><AssignVariable><Name>inner</Name><Value>1</Value></AssignVariable></AssignMessage>"""), "sharedflows");
        await desk.DeployAsync("faulty", BundleText.Proxy("/faulty", null, "Call Raise", "", """
                <FaultRules><FaultRule name="raised"><Condition>fault.name = "RaiseFault"</Condition><Step><Name>Note</Name></Step></FaultRule></FaultRules>
                """)
            .Policy("""<FlowCallout name="Call"><SharedFlowBundle>shared</SharedFlowBundle></FlowCallout>""")
            .Policy("""<RaiseFault name="Raise"><FaultResponse><Set><StatusCode>418</StatusCode></Set></FaultResponse></RaiseFault>""")
            .Policy("""<AssignMessage name="Note"><Set><Headers><Header name="X-Note">1</Header></Headers></Set></AssignMessage>"""));
        await BeginAsync(desk, "faulty", new JsonObject { ["name"] = "f" });

        Assert.Equal(418, (await desk.GetAsync("/faulty")).Status);

        var record = await DataAsync(desk, "faulty", "f", (await TransactionsAsync(desk, "faulty", "f", 1))[0]);
        var order = record["point"]!.AsArray().Where(point => (string?)point!["id"] is "Execution" or "Error" or "Condition")
            .Select(point => Property(point!, "stepDefinition-name") ?? Property(point!, "fault") ?? Property(point!, "Expression"));
        Assert.Equal(["Call", "Inner", "Raise", "steps.raisefault.RaiseFault", "fault.name = \"RaiseFault\"", "Note"], order);
        Assert.Equal("false", Property(Step(record, "Raise", "request"), "result"));
        Assert.Equal(418, record["sluice"]!["status"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_record_is_bounded_and_says_when_something_was_left_out()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("big", BundleText.Proxy("/big", null, "Many").Policy($"""
            <AssignMessage name="Many">{string.Concat(Enumerable.Range(0, 200).Select(number => $"<AssignVariable><Name>v{number}</Name><Value>{new string('x', 1_000)}</Value></AssignVariable>"))}</AssignMessage>
            """));
        await BeginAsync(desk, "big", new JsonObject { ["name"] = "b", ["tracesize"] = 32 });

        await desk.GetAsync("/big");

        var record = await DataAsync(desk, "big", "b", (await TransactionsAsync(desk, "big", "b", 1))[0]);
        Assert.True(record["sluice"]!["truncated"]!.GetValue<bool>());
        Assert.InRange(Accesses(Step(record, "Many", "request"), "Set").Count(), 5, 25);
    }

    [Theory]
    [InlineData("""{"count": 0}""", "count")]
    [InlineData("""{"count": 100000}""", "count")]
    [InlineData("""{"timeout": "a day"}""", "timeout")]
    [InlineData("""{"tracesize": -1}""", "tracesize")]
    [InlineData("""{"name": "a/b"}""", "name")]
    [InlineData("""{"filter": "request.verb === \"GET\""}""", "filter: at character 14")]
    public async Task A_session_that_cannot_be_is_refused_with_the_field_and_the_reason(string body, string told)
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("echo", BundleText.Proxy("/echo", null));

        var (status, answer) = await desk.ManageAsync("POST", Path("echo"), JsonNode.Parse(body));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(told, (string?)answer!["message"], StringComparison.Ordinal);
        Assert.Empty((await desk.ManageAsync("GET", Path("echo"))).Body!["sessions"]!.AsArray());
    }

    [Fact]
    public async Task A_session_is_of_one_deployed_revision_ends_in_time_and_can_be_cleared_and_removed()
    {
        var clock = new ShiftedClock();
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, clock);
        await desk.DeployAsync("echo", BundleText.Proxy("/echo", null));
        await desk.DeployAsync("other", BundleText.Proxy("/other", null));
        await BeginAsync(desk, "other", new JsonObject { ["name"] = "of another proxy" });
        var missing = await desk.ManageAsync("POST", "environments/production/apis/echo/revisions/7/debugsessions");
        var (created, _) = await desk.ManageAsync("POST", Path("echo") + "?session=edge&timeout=60");
        var again = await desk.ManageAsync("POST", Path("echo") + "?session=edge");
        await desk.GetAsync("/echo/seen");
        var listed = await desk.ManageAsync("GET", Path("echo"));
        clock.Shift(TimeSpan.FromSeconds(61));
        await desk.GetAsync("/echo/late");
        var ids = await desk.ManageAsync("GET", Path("echo", "edge") + "/data");
        await desk.ManageAsync("DELETE", Path("echo", "edge") + "/data");
        var cleared = await desk.ManageAsync("GET", Path("echo", "edge") + "/data");
        await desk.ManageAsync("DELETE", Path("echo", "edge"));

        Assert.Equal(HttpStatusCode.NotFound, missing.Status);
        Assert.Equal("distribution.RevisionNotDeployed", (string?)missing.Body!["code"]);
        Assert.Equal(HttpStatusCode.Created, created);
        Assert.Equal("edge", (string?)Assert.Single(listed.Body!["sessions"]!.AsArray())!["id"]);
        Assert.Equal(HttpStatusCode.Conflict, again.Status);
        Assert.Single(ids.Body!.AsArray());
        Assert.Empty(cleared.Body!.AsArray());
        Assert.Equal(HttpStatusCode.NotFound, (await desk.ManageAsync("GET", Path("echo", "edge"))).Status);
    }

    private static string Path(string proxy, string? session = null) => $"environments/production/apis/{proxy}/revisions/1/debugsessions{(session is null ? "" : "/" + session)}";

    private static async Task BeginAsync(GatewayDesk desk, string proxy, JsonObject body)
    {
        var (status, answer) = await desk.ManageAsync("POST", Path(proxy), body);
        Assert.True(status == HttpStatusCode.Created, answer?.ToJsonString());
    }

    private static async Task<JsonNode> SessionAsync(GatewayDesk desk, string proxy, string session) => (await desk.ManageAsync("GET", Path(proxy, session))).Body!;

    // A client has its answer before the last of its flow is noted.
    private static async Task<IReadOnlyList<string>> TransactionsAsync(GatewayDesk desk, string proxy, string session, int count)
    {
        var all = await Until.SeenAsync(
            async () => (await SessionAsync(desk, proxy, session))["transactions"]!.AsArray(),
            found => found.Count == count && found.All(one => one!["completed"]!.GetValue<bool>()));
        return [.. all.Select(one => one!["id"]!.GetValue<string>())];
    }

    private static async Task<JsonNode> DataAsync(GatewayDesk desk, string proxy, string session, string id) =>
        (await desk.ManageAsync("GET", $"{Path(proxy, session)}/data/{Uri.EscapeDataString(id)}")).Body!;

    private static IEnumerable<JsonNode> Points(JsonNode record, string kind) => record["point"]!.AsArray().Where(point => (string?)point!["id"] == kind)!;

    private static JsonNode Step(JsonNode record, string policy, string enforcement) =>
        Points(record, "Execution").Single(point => Property(point, "stepDefinition-name") == policy && Property(point, "enforcement") == enforcement);

    private static string? Property(JsonNode point, string name) =>
        (string?)point["results"]![0]!["properties"]!["property"]!.AsArray().FirstOrDefault(property => (string?)property!["name"] == name)?["value"];

    private static IEnumerable<JsonNode> Accesses(JsonNode point, string kind) => point["results"]!.AsArray()
        .Where(result => (string?)result!["ActionResult"] == "VariableAccess").SelectMany(result => result!["accessList"]!.AsArray()).Select(access => access![kind]).OfType<JsonNode>();
}
