using Sluice.Hosting;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>Listeners of the gateway's own: requests on them go to proxies and nowhere else (design.md section 4).</summary>
public sealed class ListenerTests
{
    private const string Own = "Gateway:Listeners:0=http://127.0.0.1:0";

    [Fact]
    [Contract("gateway 3.2")]
    public async Task On_a_listener_of_its_own_a_proxy_answers_below_our_paths_and_on_the_main_one_we_do()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, Own);
        await desk.DeployAsync("health", BundleText.Proxy("/health", target.Url));

        var main = await desk.GetAsync("/health/live");
        var own = await desk.GetAsync(desk.House.Addresses[1] + "/health/live");

        Assert.Contains("live", main.Body);
        Assert.Equal((200, "answer 1"), own);
        Assert.Equal("/live", Assert.Single(target.Calls).PathAndQuery);
    }

    [Theory]
    [InlineData("/v1/organizations")]
    [InlineData("/metrics")]
    [InlineData("/health/live")]
    [InlineData("/ims/token/v3")]
    [Contract("gateway 3.2", "gateway 6.2")]
    public async Task On_a_listener_of_its_own_nothing_of_ours_is_served(string path)
    {
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, Own);

        var (status, body) = await desk.GetAsync(desk.House.Addresses[1] + path);

        Assert.Equal((404, "messaging.adaptors.http.flow.ApplicationNotFound"), (status, ConsumerSample.CodeOf(body)));
    }

    [Fact]
    [Contract("gateway 3.2")]
    public async Task Proxies_are_served_on_both_listeners_as_before()
    {
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, Own);
        await desk.DeployAsync("any", BundleText.Proxy("/any", null, "Set").Policy("""<AssignMessage name="Set"><AssignTo type="response"/><Set><Payload>hello</Payload></Set></AssignMessage>"""));

        var main = await desk.GetAsync("/any");
        var own = await desk.GetAsync(desk.House.Addresses[1] + "/any");

        Assert.Equal((200, 200), (main.Status, own.Status));
    }

    [Theory]
    [InlineData("ftp://127.0.0.1:0", "Gateway:Listeners: 'ftp://127.0.0.1:0' is no address")]
    [InlineData("nonsense", "Gateway:Listeners: 'nonsense' is no address")]
    [InlineData("http://127.0.0.1:0/path", "Gateway:Listeners: 'http://127.0.0.1:0/path' is no address")]
    [InlineData("https://127.0.0.1:0", "Tls:Certificate is not set; https://127.0.0.1:0 needs it")]
    public async Task An_address_that_cannot_be_listened_on_stops_the_start_and_is_named(string address, string message)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => TestHouse.StartAsync(StoreKind.Sqlite, "Gateway:Listeners:0=" + address));

        Assert.True(SluiceServer.IsStartFault(failure), failure.ToString());
        Assert.Contains(message, failure.Message);
    }

    [Fact]
    public async Task Without_the_gateway_its_listeners_are_not_opened()
    {
        await using var house = await TestHouse.StartAsync(new ServerSettings { Roles = "collection" }, StoreKind.Sqlite, Own);

        Assert.Single(house.Addresses);
    }
}
