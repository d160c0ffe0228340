using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>Scripts in the flow: what they see, what they change, and that they end (contract gateway.md 7).</summary>
[Contract("gateway 7")]
public sealed class JavascriptTests
{
    private const string Show = """<RaiseFault name="Show"><FaultResponse><Set><StatusCode>200</StatusCode><Payload>{out}</Payload></Set></FaultResponse></RaiseFault>""";

    [Fact]
    public async Task A_script_reads_and_writes_variables_in_their_types()
    {
        Assert.Equal("string|number|boolean|object|7|x", await RunAsync("""
            context.setVariable('n', 7); context.setVariable('b', true); context.setVariable('gone', 'a'); context.removeVariable('gone');
            var types = [typeof context.getVariable('request.verb'), typeof context.getVariable('n'), typeof context.getVariable('b'), typeof context.getVariable('gone')];
            context.setVariable('out', types.join('|') + '|' + context.getVariable('n') + '|' + context.getVariable('apiproxy.name'));
            """));
    }

    [Fact]
    public async Task A_script_changes_the_request_on_its_way_and_the_response_on_its_way_back()
    {
        await using var target = await SampleTarget.StartAsync();
        target.AnswerWith(200, """{"items":[1,2]}""", ("Content-Type", "application/json"), ("X-Old", "o"));
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", BundleText.Proxy("/x", target.Url, "There", "Back").Policy(Script("There", """
            request.headers['X-New'] = request.headers['x-client'] + context.flow;
            request.queryParams['b'] = request.queryParams['a'] + '2';
            delete request.queryParams['a'];
            request.method = 'POST';
            request.content = JSON.stringify({ was: request.content });
            context.session['kept'] = { deep: 1 };
            """)).Policy(Script("Back", """
            var json = context.targetResponse.content.asJSON;
            json.count = json.items.length;
            response.content.asJSON.again = response.status.code + context.session['kept'].deep;
            response.status = 201;
            delete response.headers['X-Old'];
            response.headers['X-Flow'] = context.flow + (response.status == 201);
            """)));

        using var answer = await desk.SendAsync("PUT", "/x/p?a=1&z=9", "body", ("X-Client", "c"));

        var call = Assert.Single(target.Calls);
        Assert.Equal(("POST", "/p?z=9&b=12", """{"was":"body"}""", "cPROXY_REQ_FLOW"), (call.Method, call.PathAndQuery, call.Body, call.Headers["X-New"]));
        Assert.Equal(201, (int)answer.StatusCode);
        Assert.Equal("""{"items":[1,2],"count":2,"again":201}""", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.False(answer.Headers.Contains("X-Old"));
        Assert.Equal("PROXY_RESP_FLOWtrue", answer.Headers.GetValues("X-Flow").Single());
    }

    [Fact]
    public async Task Included_scripts_run_first_and_properties_are_there()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, "J Show").Policy(Show)
            .Policy("""<Javascript name="J" timeLimit="5000"><Properties><Property name="who">world</Property></Properties><IncludeURL>jsc://lib/a.js</IncludeURL><IncludeURL>jsc://b.js</IncludeURL><ResourceURL>jsc://main.js</ResourceURL></Javascript>""")
            .With("resources/jsc/lib/a.js", "var greet = function (who) { return 'hello ' + who; };").With("resources/jsc/b.js", "var more = greet('b');")
            .With("resources/jsc/main.js", "print('said', more); context.setVariable('out', greet(properties.who) + ', ' + more);"));

        Assert.Equal("hello world, hello b", (await desk.GetAsync("/x")).Body);
    }

    [Fact]
    public async Task Nothing_of_a_run_is_seen_by_the_next()
    {
        await using var desk = await OpenAsync("""
            counter = (typeof counter === 'undefined' ? 0 : counter) + 1;
            Array.prototype.seen = (Array.prototype.seen || 0) + 1;
            function last(r) { r.exec('aa'); return r.lastIndex; }
            context.setVariable('out', counter + '|' + [].seen + '|' + last(/a/g));
            """);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => desk.GetAsync("/x")));

        Assert.All(answers, answer => Assert.Equal("1|1|1", answer.Body));
    }

    [Fact]
    public async Task A_script_asks_services_and_waits_or_is_called_back()
    {
        await using var service = await SampleTarget.StartAsync();
        service.Answer = (http, number) => http.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes($$"""{"path":"{{http.Request.Path}}"}""")).AsTask();
        await using var desk = await OpenAsync($$"""
            var first = httpClient.get('{{service.Url}}/get');
            first.waitForComplete();
            var sent = httpClient.send(new Request('{{service.Url}}/send', 'POST', { 'X-A': 'a' }, 'body'));
            sent.waitForComplete();
            var bad = httpClient.get('http://127.0.0.1:1/');
            httpClient.get('{{service.Url}}/back', function (response, error) { context.setVariable('out', context.getVariable('out') + '|' + response.content.asJSON.path + error); });
            context.setVariable('out', [first.isSuccess(), first.getResponse().content.asJSON.path, sent.getResponse().status.code, bad.isError(), bad.getError()].join('|'));
            """);

        var answer = await desk.GetAsync("/x");

        Assert.Equal("true|/get|200|true|The Service is temporarily unavailable|/backundefined", answer.Body);
        Assert.Equal(("POST", "body", "a"), (service.Calls[1].Method, service.Calls[1].Body, service.Calls[1].Headers["X-A"]));
    }

    [Theory]
    [InlineData("while (true) {}", "exceeded limit of 300ms")]
    [InlineData("for (;;) { try { x.y } catch (e) { } }", "exceeded limit of 300ms")]
    [InlineData("(function f() { f(); })()", "recursion")]
    [InlineData("var o = {};\\nnull.x = o;", "main.js:2")]
    [InlineData("throw new TypeError('mine')", "mine")]
    [InlineData("throw 'text'", "text")]
    [InlineData("context.setVariable('organization.name', 'x')", "organization.name cannot be set")]
    [InlineData("JSON.parse(new Array(5000).join('['))", "Javascript runtime error")]
    [InlineData("JSON.parse(request.content)", "Javascript runtime error")]
    [InlineData("response.status = 200", "Javascript runtime error")]
    [InlineData("request.url.none.none", "Javascript runtime error")]
    [InlineData("eval('1')", "eval is not defined")]
    [InlineData("(function () {}).constructor('return 1')()", "Javascript runtime error")]
    [InlineData("httpClient.get('file:///etc/passwd')", "is no http or https address")]
    [InlineData("System.IO.File.ReadAllText('/etc/passwd')", "System is not defined")]
    [Contract("gateway 6.3")]
    public async Task A_script_that_fails_or_does_not_end_is_a_fault(string script, string reason)
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, "J").Policy("""<Javascript name="J" timeLimit="300"><ResourceURL>jsc://main.js</ResourceURL></Javascript>""")
            .With("resources/jsc/main.js", script.Replace("\\n", "\n", StringComparison.Ordinal)));

        var answer = await desk.GetAsync("/x");

        Assert.Equal(500, answer.Status);
        Assert.Contains("\"steps.javascript.ScriptExecutionFailed\"", answer.Body);
        Assert.Contains(reason, JsonNode.Parse(answer.Body)!["fault"]!["faultstring"]!.GetValue<string>());
    }

    [Fact]
    [Contract("gateway 6.4")]
    public async Task What_is_wrong_in_the_policy_refuses_the_deployment_by_its_published_name()
    {
        (string Name, string Policy, string Script, int Line)[] rows =
        [
            ("InvalidTimeLimit", "<Javascript name='J'><ResourceURL>jsc://main.js</ResourceURL></Javascript>", "", 0),
            ("InvalidTimeLimit", "<Javascript name='J' timeLimit='0'><ResourceURL>jsc://main.js</ResourceURL></Javascript>", "", 0),
            ("InvalidResourceUrlFormat", "<Javascript name='J' timeLimit='9'><ResourceURL>main.js</ResourceURL></Javascript>", "", 0),
            ("InvalidResourceUrlReference", "<Javascript name='J' timeLimit='9'><ResourceURL>jsc://none.js</ResourceURL></Javascript>", "", 0),
            ("InvalidResourceUrlReference", "<Javascript name='J' timeLimit='9'><IncludeURL>jsc://none.js</IncludeURL><ResourceURL>jsc://main.js</ResourceURL></Javascript>", "", 0),
            ("WrongResourceType", "<Javascript name='J' timeLimit='9'><ResourceURL>py://main.py</ResourceURL></Javascript>", "", 0),
            ("NoResourceForURL", "<Javascript name='J' timeLimit='9'/>", "", 0),
            ("ScriptCompilationFailed", "<Javascript name='J' timeLimit='9'><ResourceURL>jsc://main.js</ResourceURL></Javascript>", "var a = 1;\nvar = 2;", 2),
            ("ScriptCompilationFailed", "<Javascript name='J' timeLimit='9'>\n<Source>\nvar a;\nvar = 2;</Source></Javascript>", "", 4),
            ("ScriptCompilationFailed", "<Javascript name='J' timeLimit='9'><ResourceURL>jsc://main.js</ResourceURL></Javascript>", "\nvar a = " + new string('(', 50_000), 2),
            ("ScriptCompilationFailed", "<Javascript name='J' timeLimit='9'><ResourceURL>jsc://main.js</ResourceURL></Javascript>", "var a = " + new string('!', 50_000) + "1;", 1),
            ("ScriptCompilationFailed", "<Javascript name='J' timeLimit='9'><ResourceURL>jsc://main.js</ResourceURL></Javascript>", "var a = 1" + string.Concat(Enumerable.Repeat("+1", 50_000)) + ";", 1),
        ];
        await using var desk = await GatewayDesk.OpenAsync();
        foreach (var (name, policy, script, line) in rows)
        {
            var refusal = await desk.RefusalAsync("x", BundleText.Proxy("/x", null, "J").Policy(policy).With("resources/jsc/main.js", script));

            var fault = refusal["faults"]![0]!;
            Assert.Equal((name, policy), (fault["name"]!.GetValue<string>(), policy));
            Assert.True(line == 0 || line == fault["line"]!.GetValue<int>(), fault.ToJsonString());
        }
    }

    private static string Script(string name, string text) => $"<Javascript name=\"{name}\" timeLimit=\"10000\"><Source><![CDATA[{text}]]></Source></Javascript>";

    private static async Task<GatewayDesk> OpenAsync(string script)
    {
        var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, "J Show").Policy(Script("J", script)).Policy(Show));
        return desk;
    }

    private static async Task<string> RunAsync(string script)
    {
        await using var desk = await OpenAsync(script);
        return (await desk.GetAsync("/x")).Body;
    }
}
