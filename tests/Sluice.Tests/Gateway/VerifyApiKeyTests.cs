using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>VerifyAPIKey through the public door: which keys are let through, and what is known of them afterwards (contract gateway.md 7, 6.3).</summary>
public sealed class VerifyApiKeyTests
{
    private const string App = $"developers/{ConsumerSample.Jane}/apps/web";
    private const string Verify = """<VerifyAPIKey name="Verify"><APIKey ref="request.queryparam.apikey"/></VerifyAPIKey>""";

    private const string Show = """
        <AssignMessage name="Show"><IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables><Set><Payload contentType="text/plain">{verifyapikey.Verify.failed}|{verifyapikey.Verify.developer.app.name}|{verifyapikey.Verify.developer.email}|{verifyapikey.Verify.developer.firstName}|{verifyapikey.Verify.apiproduct.name}|{verifyapikey.Verify.apiproduct.developer.quota.limit}|{verifyapikey.Verify.colour}|{verifyapikey.Verify.developer.team}|{verifyapikey.Verify.apiproduct.tier}|{client_id}</Payload></Set></AssignMessage>
        """;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 7", "gateway 5.3")]
    public async Task A_good_key_is_let_through_and_says_whose_it_is(StoreKind kind)
    {
        await using var desk = await GatewayDesk.OpenAsync(kind);
        await DeployAsync(desk);
        var app = await desk.NewAppAsync(
            new JsonObject { ["quota"] = "5", ["quotaInterval"] = "1", ["quotaTimeUnit"] = "hour", ["attributes"] = ConsumerSample.Attributes(("tier", "top")) },
            new JsonObject { ["attributes"] = ConsumerSample.Attributes(("colour", "blue")) });
        var key = ConsumerSample.KeyOf(app);

        var answer = await desk.GetAsync($"/secure?apikey={key}");

        Assert.Equal((200, $"false|web|{ConsumerSample.Jane}|Jane|gold|5|blue|red|top|{key}"), answer);
    }

    [Fact]
    [Contract("gateway 7", "gateway 6.3", "gateway 6.1")]
    public async Task A_call_without_a_key_or_with_nobodys_is_refused()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await DeployAsync(desk);

        var without = await desk.GetAsync("/secure");
        var unknown = await desk.GetAsync("/secure?apikey=nobody");

        Assert.Equal(401, without.Status);
        Assert.Equal("""{"fault":{"faultstring":"Failed to resolve API Key variable request.queryparam.apikey","detail":{"errorcode":"oauth.v2.FailedToResolveAPIKey"}}}""", without.Body);
        Assert.Equal((401, "oauth.v2.InvalidApiKey"), (unknown.Status, ConsumerSample.CodeOf(unknown.Body)));
    }

    [Theory]
    [InlineData("POST", $"{App}/keys/KEY?action=revoke", "oauth.v2.InvalidApiKey")]
    [InlineData("POST", $"{App}?action=revoke", "keymanagement.service.invalid_client-app_not_approved")]
    [InlineData("POST", $"developers/{ConsumerSample.Jane}?action=inactive", "keymanagement.service.DeveloperStatusNotActive")]
    [InlineData("POST", $"{App}/keys/KEY/apiproducts/gold?action=revoke", "oauth.v2.InvalidApiKeyForGivenResource")]
    [InlineData("DELETE", $"{App}/keys/KEY/apiproducts/gold", "oauth.v2.InvalidApiKeyForGivenResource")]
    [InlineData("DELETE", $"{App}/keys/KEY", "oauth.v2.InvalidApiKey")]
    [InlineData("DELETE", $"developers/{ConsumerSample.Jane}", "oauth.v2.InvalidApiKey")]
    [Contract("gateway 7", "gateway 6.3")]
    public async Task A_key_that_lost_what_it_needs_is_refused_from_the_next_call_on(string method, string path, string code)
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await DeployAsync(desk);
        var key = ConsumerSample.KeyOf(await desk.NewAppAsync());

        var before = await desk.GetAsync($"/secure?apikey={key}");
        var (changed, _) = await desk.ManageAsync(method, path.Replace("KEY", key, StringComparison.Ordinal));
        var after = await desk.GetAsync($"/secure?apikey={key}");

        Assert.Equal(200, before.Status);
        Assert.True((int)changed < 300);
        Assert.Equal((401, code), (after.Status, ConsumerSample.CodeOf(after.Body)));
    }

    [Fact]
    [Contract("gateway 7", "gateway 6.3")]
    public async Task A_key_ends_with_its_time()
    {
        var clock = new ShiftedClock();
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, clock);
        await DeployAsync(desk);
        var key = ConsumerSample.KeyOf(await desk.NewAppAsync(app: new JsonObject { ["keyExpiresIn"] = 3_600_000 }));

        var before = await desk.GetAsync($"/secure?apikey={key}");
        clock.Shift(TimeSpan.FromHours(1));
        var after = await desk.GetAsync($"/secure?apikey={key}");

        Assert.Equal(200, before.Status);
        Assert.Equal((401, "keymanagement.service.consumer_key_expired"), (after.Status, ConsumerSample.CodeOf(after.Body)));
    }

    [Theory]
    [InlineData("""{}""", "/x/y", true)]
    [InlineData("""{"apiResources":["/"]}""", "/x/y", true)]
    [InlineData("""{"apiResources":["/**"]}""", "/x/y", true)]
    [InlineData("""{"apiResources":["/a/*"]}""", "/a/b", true)]
    [InlineData("""{"apiResources":["/a/*"]}""", "/a/b/c", false)]
    [InlineData("""{"apiResources":["/a/**"]}""", "/a/b/c", true)]
    [InlineData("""{"apiResources":["/a/**"]}""", "/b/c", false)]
    [InlineData("""{"proxies":["secure"]}""", "/x", true)]
    [InlineData("""{"proxies":["other"]}""", "/x", false)]
    [InlineData("""{"environments":["production"]}""", "/x", true)]
    [InlineData("""{"environments":["test"]}""", "/x", false)]
    [InlineData("""{"operationGroup":{"operationConfigs":[{"apiSource":"secure","operations":[{"resource":"/a","methods":["GET"]}]}]}}""", "/a", true)]
    [InlineData("""{"operationGroup":{"operationConfigs":[{"apiSource":"secure","operations":[{"resource":"/a","methods":["POST"]}]}]}}""", "/a", false)]
    [InlineData("""{"operationGroup":{"operationConfigs":[{"apiSource":"other","operations":[{"resource":"/"}]}]}}""", "/a", false)]
    [Contract("gateway 3.7", "gateway 7")]
    public async Task A_product_covers_its_proxies_environments_and_resources(string product, string path, bool isCovered)
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await DeployAsync(desk);
        var key = ConsumerSample.KeyOf(await desk.NewAppAsync(JsonNode.Parse(product)!.AsObject()));

        var answer = await desk.GetAsync($"/secure{path}?apikey={key}");

        Assert.Equal(isCovered ? 200 : 401, answer.Status);
        if (!isCovered)
            Assert.Equal("oauth.v2.InvalidApiKeyForGivenResource", ConsumerSample.CodeOf(answer.Body));
    }

    [Fact]
    [Contract("gateway 6.4")]
    public async Task A_policy_that_does_not_say_where_the_key_is_is_not_deployed()
    {
        await using var desk = await GatewayDesk.OpenAsync();

        var refusal = await desk.RefusalAsync("secure", BundleText.Proxy("/secure", null, "Verify").Policy("""<VerifyAPIKey name="Verify"><APIKey/></VerifyAPIKey>"""));

        Assert.Equal("SpecifyValueOrRefApiKey", refusal["code"]!.GetValue<string>());
    }

    [Fact]
    [Contract("gateway 3.5")]
    public async Task A_failure_that_the_flow_goes_on_after_is_told_in_variables()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("secure", BundleText.Proxy("/secure", null, "Verify", "Show")
            .Policy("""<VerifyAPIKey name="Verify" continueOnError="true"><APIKey>nobody</APIKey></VerifyAPIKey>""")
            .Policy("""<AssignMessage name="Show"><Set><Payload contentType="text/plain">{oauthV2.Verify.failed} {verifyapikey.Verify.failed} {fault.name}</Payload></Set></AssignMessage>"""));

        var answer = await desk.GetAsync("/secure");

        Assert.Equal((200, "true true InvalidApiKey"), answer);
    }

    [Fact]
    [Contract("gateway 3.7")]
    public async Task What_one_node_manages_the_other_verifies()
    {
        await using var nodes = await GatewayNodes.StartAsync();
        await DeployAsync(nodes.One);
        var key = ConsumerSample.KeyOf(await nodes.One.NewAppAsync());

        var there = await Until.SeenAsync(() => nodes.Two.GetAsync($"/secure?apikey={key}"), answer => answer.Status == 200);
        await nodes.One.ManageAsync("POST", $"{App}/keys/{key}?action=revoke");
        var revoked = await Until.SeenAsync(() => nodes.Two.GetAsync($"/secure?apikey={key}"), answer => answer.Status == 401);

        Assert.Equal(200, there.Status);
        Assert.Equal((401, "oauth.v2.InvalidApiKey"), (revoked.Status, ConsumerSample.CodeOf(revoked.Body)));
    }

    private static Task<string> DeployAsync(GatewayDesk desk) => desk.DeployAsync("secure", BundleText.Proxy("/secure", null, "Verify", "Show").Policy(Verify).Policy(Show));
}
