using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Hosting;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Program;

/// <summary>Whose word about the client is believed.</summary>
public sealed class TrustedProxyTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    public async Task A_trusted_proxy_is_believed_that_the_client_came_over_https(string trusted)
    {
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, $"Proxies:Trusted:0={trusted}");

        Assert.True(await InsistsOnHttpsAsync(house));
    }

    [Theory]
    [InlineData]
    [InlineData("Proxies:Trusted:0=10.0.0.0/8", "Proxies:Trusted:1=::1")]
    [InlineData("ForwardedHeaders_Enabled=true")]
    public async Task Nobody_else_is(params string[] settings)
    {
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, settings);

        Assert.False(await InsistsOnHttpsAsync(house));
    }

    [Theory]
    // The nearest proxy appends whom it saw; entries are believed from the right as long as a trusted one wrote them.
    [InlineData("10.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9")]
    [InlineData("10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9")]
    [InlineData("203.0.113.9", "198.51.100.1", "203.0.113.9")]
    [InlineData("10.0.0.1", "no address", "10.0.0.1")]
    // Ten trusted hops in a row: eight are followed.
    [InlineData("10.0.0.1", "203.0.113.9, 10.0.1.9, 10.0.1.8, 10.0.1.7, 10.0.1.6, 10.0.1.5, 10.0.1.4, 10.0.1.3, 10.0.1.2", "10.0.1.9")]
    public async Task The_clients_address_is_the_last_that_a_trusted_proxy_saw(string peer, string forwardedFor, string expected)
    {
        var http = await PassAsync(peer, "10.0.0.0/8", ("X-Forwarded-For", forwardedFor));

        Assert.Equal(expected, http.Connection.RemoteIpAddress!.ToString());
    }

    [Theory]
    [InlineData("10.0.0.1", "https", "api.example")]
    [InlineData("10.1.0.1", "http", "inside")]
    public async Task Scheme_and_host_are_those_the_client_asked_for_when_a_trusted_proxy_says_so(string peer, string scheme, string host)
    {
        var http = await PassAsync(peer, "10.0.0.1", ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "api.example"));

        Assert.Equal((scheme, host), (http.Request.Scheme, http.Request.Host.Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("proxy.example")]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.1:8080")]
    [InlineData("*")]
    public async Task A_value_that_is_neither_address_nor_network_stops_the_start(string value)
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(
            () => TestHouse.StartAsync(StoreKind.Sqlite, "Proxies:Trusted:0=10.0.0.1", $"Proxies:Trusted:1={value}"));

        Assert.Equal($"Proxies:Trusted:1 is '{value}'; it must be an address or a network, such as 10.0.0.7 or 10.0.0.0/8", fault.Message);
    }

    private static async Task<bool> InsistsOnHttpsAsync(TestHouse house)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        request.Headers.Add("X-Forwarded-Proto", "https");
        using var answer = await house.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode);
        return answer.Headers.Contains("Strict-Transport-Security");
    }

    private static async Task<HttpContext> PassAsync(string peer, string trusted, params (string Name, string Value)[] headers)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Proxies:Trusted:0", trusted)]).Build();
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var app = new ApplicationBuilder(services);
        TrustedProxies.From(configuration).UseOn(app);
        app.Run(_ => Task.CompletedTask);
        var http = new DefaultHttpContext { RequestServices = services };
        http.Connection.RemoteIpAddress = System.Net.IPAddress.Parse(peer);
        (http.Request.Scheme, http.Request.Host) = ("http", new HostString("inside"));
        foreach (var (name, value) in headers)
            http.Request.Headers[name] = value;
        await app.Build()(http);
        return http;
    }
}
