using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>CORS: preflights are answered, and every answer has the headers, also cached ones and faults (contract gateway.md 7).</summary>
[Contract("gateway 7")]
public sealed class CorsTests
{
    private const string Origin = "https://app.example";

    [Fact]
    public async Task A_preflight_is_answered_without_the_target()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await OpenAsync(target, "<AllowOrigins>https://app.example, https://b.example</AllowOrigins><AllowMethods>GET, PUT</AllowMethods><AllowHeaders>x-a</AllowHeaders><ExposeHeaders>x-b</ExposeHeaders><MaxAge>60</MaxAge>");

        using var preflight = await desk.SendAsync("OPTIONS", "/x", null, ("Origin", Origin), ("Access-Control-Request-Method", "PUT"));
        using var stranger = await desk.SendAsync("OPTIONS", "/x", null, ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "PUT"));
        using var plain = await desk.SendAsync("OPTIONS", "/x", null, ("Origin", Origin));

        Assert.Equal(
            ["Access-Control-Allow-Headers: x-a", "Access-Control-Allow-Methods: GET, PUT", $"Access-Control-Allow-Origin: {Origin}", "Access-Control-Max-Age: 60", "Vary: Origin"], Lines(preflight));
        Assert.Equal(["Vary: Origin"], Lines(stranger));
        Assert.Equal(200, (int)preflight.StatusCode);
        Assert.Equal("OPTIONS", Assert.Single(target.Calls).Method);
        Assert.Contains("Access-Control-Expose-Headers: x-b", Lines(plain));
    }

    [Fact]
    public async Task Every_answer_has_the_headers_also_a_cached_one_and_a_fault()
    {
        await using var target = await SampleTarget.StartAsync();
        target.Answer = (http, number) =>
        {
            http.Response.StatusCode = http.Request.Query.ContainsKey("bad") ? 503 : 200;
            http.Response.Headers.AccessControlAllowOrigin = "https://other.example";
            http.Response.Headers.Vary = "Accept";
            return Task.CompletedTask;
        };
        await using var desk = await OpenAsync(target, "<AllowOrigins>{request.header.origin}</AllowOrigins><AllowCredentials>true</AllowCredentials>");

        using var first = await desk.SendAsync("GET", "/x?k=1", null, ("Origin", Origin));
        using var hit = await desk.SendAsync("GET", "/x?k=1", null, ("Origin", "https://second.example"));
        using var fault = await desk.SendAsync("GET", "/x?k=2&bad=1", null, ("Origin", Origin));
        using var without = await desk.SendAsync("GET", "/x?k=3", null);

        Assert.Equal(["Access-Control-Allow-Credentials: true", $"Access-Control-Allow-Origin: {Origin}", "Vary: Accept, Origin"], Lines(first));
        Assert.Equal(["Access-Control-Allow-Credentials: true", "Access-Control-Allow-Origin: https://second.example", "Vary: Accept, Origin"], Lines(hit));
        Assert.Equal(503, (int)fault.StatusCode);
        Assert.Contains($"Access-Control-Allow-Origin: {Origin}", Lines(fault));
        Assert.Equal(["Access-Control-Allow-Origin: https://other.example", "Vary: Accept"], Lines(without));
        Assert.Equal(3, target.Calls.Count);
    }

    [Fact]
    public async Task A_preflight_goes_to_the_target_where_the_policy_says_so()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await OpenAsync(target, "<AllowOrigins>*</AllowOrigins><GeneratePreflightResponse>false</GeneratePreflightResponse><MaxAge>-1</MaxAge>");

        using var preflight = await desk.SendAsync("OPTIONS", "/x", null, ("Origin", Origin), ("Access-Control-Request-Method", "PUT"));

        Assert.Single(target.Calls);
        Assert.Contains("Access-Control-Allow-Origin: *", Lines(preflight));
        Assert.Contains("Access-Control-Max-Age: -1", Lines(preflight));
    }

    [Fact]
    public async Task A_variable_without_a_value_is_a_fault_unless_it_is_ignored()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var strict = await OpenAsync(target, "<AllowOrigins>{none}</AllowOrigins>");
        await using var lenient = await OpenAsync(target, "<AllowOrigins>{none}</AllowOrigins><IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables>");

        var fault = await strict.GetAsync("/x?k=1", ("Origin", Origin));
        var answer = await lenient.GetAsync("/x?k=1", ("Origin", Origin));

        Assert.Contains("steps.cors.UnresolvedVariable", fault.Body);
        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [InlineData("", "AllowOriginsMissing")]
    [InlineData("<AllowOrigins>*</AllowOrigins><MaxAge>soon</MaxAge>", "InvalidMaxAge")]
    [InlineData("<AllowOrigins>*</AllowOrigins><MaxAge>-2</MaxAge>", "InvalidMaxAge")]
    [Contract("gateway 6.4")]
    public async Task What_is_wrong_in_the_policy_refuses_the_deployment(string inner, string name)
    {
        await using var desk = await GatewayDesk.OpenAsync();

        var refusal = await desk.RefusalAsync("x", BundleText.Proxy("/x", null, "C").Policy($"<CORS name='C'>{inner}</CORS>"));

        Assert.Equal(name, refusal["faults"]![0]!["name"]!.GetValue<string>());
    }

    private static async Task<GatewayDesk> OpenAsync(SampleTarget target, string inner)
    {
        var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", BundleText.Proxy("/x", target.Url, "C RC", "RC").Policy($"<CORS name='C'>{inner}</CORS>").Policy(
            """<ResponseCache name="RC"><CacheKey><KeyFragment ref="request.queryparam.k"/></CacheKey><ExcludeErrorResponse>true</ExcludeErrorResponse><SkipCacheLookup>request.verb != "GET"</SkipCacheLookup><SkipCachePopulation>request.verb != "GET"</SkipCachePopulation><ExpirySettings/></ResponseCache>"""));
        return desk;
    }

    private static string[] Lines(HttpResponseMessage answer) =>
        [.. answer.Headers.Where(header => header.Key == "Vary" || header.Key.StartsWith("Access-", StringComparison.Ordinal)).Select(header => $"{header.Key}: {string.Join(", ", header.Value)}").Order(StringComparer.Ordinal)];
}
