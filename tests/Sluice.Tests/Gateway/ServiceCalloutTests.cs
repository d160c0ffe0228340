using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>ServiceCallout: another service is asked with a request of its own (contract gateway.md 7).</summary>
[Contract("gateway 7")]
public sealed class ServiceCalloutTests
{
    private const string Show = """<RaiseFault name="Show"><FaultResponse><Set><StatusCode>200</StatusCode><Payload>{answer.status.code}|{answer.header.x-one}|{answer.content}|{servicecallout.C.target.url}</Payload></Set></FaultResponse></RaiseFault>""";

    [Fact]
    public async Task A_service_is_asked_with_a_request_of_its_own_and_its_answer_is_a_message()
    {
        await using var service = await SampleTarget.StartAsync();
        service.AnswerWith(202, "given", ("X-One", "1"));
        await using var desk = await OpenAsync($"""
            <Request><Set><Verb>POST</Verb><Headers><Header name="X-Sent">{"{request.queryparam.q}"}</Header></Headers><QueryParams><QueryParam name="a">b c</QueryParam></QueryParams><Payload contentType="text/x">body {"{request.verb}"}</Payload></Set></Request>
            <Response>answer</Response><HTTPTargetConnection><URL>http://{service.Url[7..]}/{"{request.queryparam.q}"}</URL></HTTPTargetConnection>
            """, "Show");

        var answer = await desk.GetAsync("/x/suffix?q=7&other=1", ("X-Client", "c"));

        Assert.Equal($"202|1|given|{service.Url}/7", answer.Body);
        var call = Assert.Single(service.Calls);
        Assert.Equal(("POST", "/7?a=b%20c", "body GET", "7", "text/x"), (call.Method, call.PathAndQuery, call.Body, call.Headers["X-Sent"], call.Headers["Content-Type"]));
        Assert.False(call.Headers.ContainsKey("X-Client"));
    }

    [Fact]
    public async Task Without_a_request_it_is_an_empty_GET_and_the_target_sees_nothing_of_it()
    {
        await using var service = await SampleTarget.StartAsync();
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", BundleText.Proxy("/x", target.Url, "C").Policy($"<ServiceCallout name='C'><Response>answer</Response><HTTPTargetConnection><URL>{service.Url}/only</URL></HTTPTargetConnection></ServiceCallout>"));

        using var answer = await desk.SendAsync("PUT", "/x/suffix?q=7", "client's");

        Assert.Equal(("GET", "/only", ""), (service.Calls[0].Method, service.Calls[0].PathAndQuery, service.Calls[0].Body));
        Assert.Equal(("PUT", "/suffix?q=7", "client's"), (target.Calls[0].Method, target.Calls[0].PathAndQuery, target.Calls[0].Body));
    }

    [Fact]
    public async Task A_message_made_before_is_sent_and_emptied_unless_it_is_to_be_kept()
    {
        await using var service = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        static string Callout(string name, string clear, string url) => $"""<ServiceCallout name="{name}"><Request variable="mine"{clear}/><Response>answer</Response><HTTPTargetConnection><URL>{url}</URL></HTTPTargetConnection></ServiceCallout>""";
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, "Make Kept Cleared Third").Policy("""
            <AssignMessage name="Make"><AssignTo createNew="true" type="request">mine</AssignTo><Set><Verb>PUT</Verb><Payload>made</Payload></Set></AssignMessage>
            """).Policy(Callout("Kept", " clearPayload=\"false\"", service.Url)).Policy(Callout("Cleared", "", service.Url)).Policy(Callout("Third", "", service.Url)));

        await desk.GetAsync("/x");

        Assert.Equal(["PUT made", "PUT made", "PUT "], service.Calls.Select(call => $"{call.Method} {call.Body}"));
    }

    [Fact]
    public async Task Without_a_response_nobody_waits_for_the_answer()
    {
        var asked = new TaskCompletionSource();
        var released = new TaskCompletionSource();
        await using var service = await SampleTarget.StartAsync();
        service.Answer = async (http, _) =>
        {
            asked.SetResult();
            await released.Task;
        };
        await using var desk = await OpenAsync($"<Request><Set><Verb>POST</Verb><Payload>late</Payload></Set></Request><HTTPTargetConnection><URL>{service.Url}</URL></HTTPTargetConnection>");

        var answer = await desk.GetAsync("/x");
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        released.SetResult();

        Assert.Equal(200, answer.Status);
        Assert.Equal("late", service.Calls[0].Body);
    }

    [Fact]
    [Contract("gateway 6.3")]
    public async Task An_answer_that_is_no_success_is_a_fault_but_can_be_read()
    {
        await using var service = await SampleTarget.StartAsync();
        service.AnswerWith(404, "none");
        var url = $"<Response>answer</Response><HTTPTargetConnection><URL>{service.Url}</URL>";
        await using var strict = await OpenAsync(url + "</HTTPTargetConnection>", "Show");
        await using var going = await OpenAsync(url + "</HTTPTargetConnection>", "Show", "continueOnError='true'");
        await using var lenient = await OpenAsync(url + "<Properties><Property name='success.codes'>2xx,404</Property></Properties></HTTPTargetConnection>", "Show");

        var fault = await strict.GetAsync("/x");
        var went = await going.GetAsync("/x");
        var success = await lenient.GetAsync("/x");

        Assert.Equal(500, fault.Status);
        Assert.Contains("\"steps.servicecallout.ExecutionFailed\"", fault.Body);
        Assert.Contains("ResponseCode 404 is treated as error", fault.Body);
        Assert.StartsWith("404||none|", went.Body);
        Assert.StartsWith("404||none|", success.Body);
    }

    [Fact]
    [Contract("gateway 6.3")]
    public async Task A_service_that_is_late_or_not_there_is_a_fault()
    {
        await using var service = await SampleTarget.StartAsync();
        service.Answer = (http, _) => Task.Delay(Timeout.Infinite, http.RequestAborted);
        await using var late = await OpenAsync($"<Response>answer</Response><Timeout>100</Timeout><HTTPTargetConnection><URL>{service.Url}</URL></HTTPTargetConnection>");
        await using var gone = await OpenAsync("<Response>answer</Response><HTTPTargetConnection><URL>http://127.0.0.1:1</URL></HTTPTargetConnection>");

        var lateAnswer = await late.GetAsync("/x");
        var goneAnswer = await gone.GetAsync("/x");

        Assert.Contains("Execution of ServiceCallout C failed. Reason: Gateway Timeout", lateAnswer.Body);
        Assert.Contains("Execution of ServiceCallout C failed. Reason: The Service is temporarily unavailable", goneAnswer.Body);
    }

    [Theory]
    [InlineData("<Request variable='text'/>", "RequestVariableNotMessageType")]
    [InlineData("<Request variable='answered'/>", "RequestVariableNotRequestMessageType")]
    [InlineData("<Request><Set><Payload>{none}</Payload></Set></Request>", "ExecutionFailed")]
    [Contract("gateway 6.3")]
    public async Task A_request_that_is_none_is_a_fault_by_its_published_code(string request, string name)
    {
        await using var service = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, "Text Answered C")
            .Policy("<AssignMessage name='Text'><AssignVariable><Name>text</Name><Value>a</Value></AssignVariable></AssignMessage>")
            .Policy("<AssignMessage name='Answered'><AssignTo createNew='true' type='response'>answered</AssignTo></AssignMessage>")
            .Policy($"<ServiceCallout name='C'>{request}<Response>r</Response><HTTPTargetConnection><URL>{service.Url}</URL></HTTPTargetConnection></ServiceCallout>"));

        var answer = await desk.GetAsync("/x");

        Assert.Equal(500, answer.Status);
        Assert.Contains($"\"steps.servicecallout.{name}\"", answer.Body);
        Assert.Empty(service.Calls);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 3.3")]
    public async Task Target_servers_are_asked_in_turn(StoreKind kind)
    {
        await using var one = await SampleTarget.StartAsync();
        await using var two = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync(kind);
        foreach (var (name, url) in new[] { ("one", one.Url), ("two", two.Url) })
        {
            var (status, _) = await desk.ManageAsync("POST", "environments/production/targetservers", new JsonObject { ["name"] = name, ["host"] = "127.0.0.1", ["port"] = new Uri(url).Port, ["isEnabled"] = true });
            Assert.Equal(HttpStatusCode.Created, status);
        }
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, "C").Policy("""
            <ServiceCallout name="C"><Response>answer</Response><HTTPTargetConnection><LoadBalancer><Server name="one"/><Server name="two"/></LoadBalancer><Path>/p/{request.verb}</Path></HTTPTargetConnection></ServiceCallout>
            """));

        for (var call = 0; call < 4; call++)
            Assert.Equal(200, (await desk.GetAsync("/x")).Status);

        Assert.Equal(["/p/GET", "/p/GET"], one.Calls.Select(call => call.PathAndQuery));
        Assert.Equal(2, two.Calls.Count);
    }

    [Fact]
    public async Task A_proxy_of_the_same_environment_is_called_without_leaving_the_program()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await OpenAsync("""
            <Request><Set><Verb>DELETE</Verb><Path>/inner</Path><QueryParams><QueryParam name="a">1</QueryParam></QueryParams></Set></Request><Response>answer</Response>
            <LocalTargetConnection><APIProxy>other</APIProxy><ProxyEndpoint>default</ProxyEndpoint></LocalTargetConnection>
            """, "Show");
        await desk.DeployAsync("other", BundleText.Proxy("/other", target.Url));

        var answer = await desk.GetAsync("/x/suffix?q=1");

        Assert.Equal("200||answer 1|", answer.Body);
        Assert.Equal(("DELETE", "/inner?a=1"), (target.Calls[0].Method, target.Calls[0].PathAndQuery));
    }

    [Theory]
    [InlineData("", "ConnectionInfoMissing", "Connection information is missing in Step C")]
    [InlineData("<HTTPTargetConnection/>", "URLMissing", "URL is missing in Step C")]
    [InlineData("<HTTPTargetConnection><URL>{scheme}://x</URL></HTTPTargetConnection>", "InvalidURL", "http")]
    [InlineData("<Timeout>soon</Timeout><HTTPTargetConnection><URL>http://x</URL></HTTPTargetConnection>", "InvalidTimeoutValue", "soon")]
    [InlineData("<Timeout>0</Timeout><HTTPTargetConnection><URL>http://x</URL></HTTPTargetConnection>", "InvalidTimeoutValue", "zero")]
    [InlineData("<LocalTargetConnection/>", "InvalidLocalTarget", "APIProxy")]
    [Contract("gateway 6.4")]
    public async Task What_is_wrong_in_the_policy_refuses_the_deployment(string inner, string name, string text)
    {
        await using var desk = await GatewayDesk.OpenAsync();

        var refusal = await desk.RefusalAsync("x", BundleText.Proxy("/x", null, "C").Policy($"<ServiceCallout name='C'>{inner}</ServiceCallout>"));

        Assert.Equal(name, refusal["faults"]![0]!["name"]!.GetValue<string>());
        Assert.Contains(text, refusal["faults"]![0]!["message"]!.GetValue<string>());
    }

    private static async Task<GatewayDesk> OpenAsync(string inner, string more = "", string attributes = "")
    {
        var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, "C " + more).Policy($"<ServiceCallout name='C' {attributes}>{inner}</ServiceCallout>").Policy(Show));
        return desk;
    }
}
