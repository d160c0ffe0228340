using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>Shared flows that policies call, and conditions that policies keep (contract gateway.md 3.4, 7).</summary>
public sealed class FlowCalloutTests
{
    private const string Show = """<RaiseFault name="Show"><FaultResponse><Set><StatusCode>200</StatusCode><Payload>{a}|{b}|{propertyset.own.k}|{current.shared.flow.name}</Payload></Set></FaultResponse></RaiseFault>""";

    [Fact]
    [Contract("gateway 7", "gateway 3.4")]
    public async Task A_shared_flow_runs_in_its_callers_place_with_the_parameters_it_is_given()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("shared", BundleText.SharedFlow("Set").With("resources/properties/own.properties", "k=shared").Policy(
            """<AssignMessage name="Set"><Set><Headers><Header name="X-Shared">{given}|{copied}|{propertyset.own.k}|{current.shared.flow.name}|{apiproxy.name}</Header></Headers></Set></AssignMessage>"""), "sharedflows");
        await desk.DeployAsync("x", BundleText.Proxy("/x", target.Url, "Call", "Call").Policy("""
            <FlowCallout name="Call"><SharedFlowBundle>shared</SharedFlowBundle><Parameters>
              <Parameter name="given">text</Parameter><Parameter name="copied" ref="request.queryparam.q"/></Parameters></FlowCallout>
            """));

        using var answer = await desk.SendAsync("GET", "/x?q=7", null);

        Assert.Equal("text|7|shared|shared|x", answer.Headers.GetValues("X-Shared").Single());
        Assert.Equal("text|7|shared|shared|x", target.Calls[0].Headers["X-Shared"]);
    }

    [Fact]
    [Contract("gateway 7")]
    public async Task A_fault_in_a_shared_flow_is_the_callers()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("shared", BundleText.SharedFlow("Refuse").Policy("""<RaiseFault name="Refuse"><FaultResponse><Set><StatusCode>418</StatusCode></Set></FaultResponse></RaiseFault>"""), "sharedflows");
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, "Call").Policy("""<FlowCallout name="Call"><SharedFlowBundle>shared</SharedFlowBundle></FlowCallout>"""));

        Assert.Equal(418, (await desk.GetAsync("/x")).Status);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 6.2", "gateway 7")]
    public async Task A_shared_flow_that_is_taken_away_is_a_fault_of_the_call(StoreKind kind)
    {
        await using var desk = await GatewayDesk.OpenAsync(kind);
        var revision = await desk.DeployAsync("shared", BundleText.SharedFlow(""), "sharedflows");
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, "Call").Policy("""<FlowCallout name="Call"><SharedFlowBundle>shared</SharedFlowBundle></FlowCallout>"""));

        var before = await desk.GetAsync("/x");
        await desk.ManageAsync("DELETE", $"environments/production/sharedflows/shared/revisions/{revision}/deployments");
        var after = await desk.GetAsync("/x");

        Assert.Equal(200, before.Status);
        Assert.Equal(500, after.Status);
        Assert.Contains("\"flow.SharedFlowNotFound\"", after.Body);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 3.7", "gateway 7")]
    public async Task Shared_flows_that_call_each_other_are_served_again_whatever_their_order(StoreKind kind)
    {
        await using var desk = await GatewayDesk.OpenAsync(kind);
        await desk.DeployAsync("zeta", BundleText.SharedFlow(""), "sharedflows");
        await desk.DeployAsync("alpha", BundleText.SharedFlow("Call").Policy("""<FlowCallout name="Call"><SharedFlowBundle>zeta</SharedFlowBundle></FlowCallout>"""), "sharedflows");
        await desk.DeployAsync("zeta", BundleText.SharedFlow("Set").Policy("""<AssignMessage name="Set"><AssignVariable><Name>a</Name><Value>zeta</Value></AssignVariable></AssignMessage>"""), "sharedflows");
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, "Call Show").Policy("""<FlowCallout name="Call"><SharedFlowBundle>alpha</SharedFlowBundle></FlowCallout>""").Policy(Show));

        // A change of an entity compiles everything again, as a start does.
        await desk.ManageAsync("POST", "environments/production/caches?name=c", new System.Text.Json.Nodes.JsonObject { ["name"] = "c" });

        Assert.Equal((200, "zeta|||"), await desk.GetAsync("/x"));
    }

    [Fact]
    [Contract("gateway 7")]
    public async Task Shared_flows_that_call_themselves_end_in_a_fault()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("shared", BundleText.SharedFlow(""), "sharedflows");
        await desk.DeployAsync("shared", BundleText.SharedFlow("Call").Policy("""<FlowCallout name="Call"><SharedFlowBundle>shared</SharedFlowBundle></FlowCallout>"""), "sharedflows");
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, "Call").Policy("""<FlowCallout name="Call"><SharedFlowBundle>shared</SharedFlowBundle></FlowCallout>"""));

        var answer = await desk.GetAsync("/x");

        Assert.Equal(500, answer.Status);
        Assert.Contains("deep", answer.Body);
    }

    [Fact]
    [Contract("gateway 4.1", "gateway 5.3")]
    public async Task A_condition_that_was_asserted_can_be_asked_by_its_name()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, """
            <Step><Name>Is</Name></Step><Step><Name>Show</Name><Condition>assertcondition.Is.truthValue</Condition></Step>
            """).Policy("""<AssertCondition name="Is"><Condition>request.queryparam.q = "1" and request.verb = "GET"</Condition></AssertCondition>""").Policy(Show));

        Assert.Equal("|||", (await desk.GetAsync("/x?q=1")).Body);
        Assert.Equal("", (await desk.GetAsync("/x?q=2")).Body);
    }

    [Theory]
    [InlineData("<FlowCallout name='P'/>", "MissingSharedFlowBundle")]
    [InlineData("<FlowCallout name='P'><SharedFlowBundle>none</SharedFlowBundle></FlowCallout>", "SharedFlowNotFound")]
    [InlineData("<AssertCondition name='P'/>", "ConditionMissing")]
    [InlineData("<AssertCondition name='P'><Condition>a === b</Condition></AssertCondition>", "InvalidCondition")]
    [Contract("gateway 6.4")]
    public async Task What_is_wrong_in_the_policy_refuses_the_deployment(string policy, string name)
    {
        await using var desk = await GatewayDesk.OpenAsync();

        var refusal = await desk.RefusalAsync("x", BundleText.Proxy("/x", null, "P").Policy(policy));

        Assert.Equal(name, refusal["faults"]![0]!["name"]!.GetValue<string>());
    }
}
