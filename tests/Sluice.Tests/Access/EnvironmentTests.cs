using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary>Environments by host and header, and callers limited to some of them: contract audience.md 1.3, Ruling 9, design.md section 2.</summary>
[Contract("audience 1.3", "audience Ruling 9")]
public sealed class EnvironmentTests
{
    private const string Datasets = "/data/foundation/catalog/dataSets";
    private const string Inlets = "/data/core/edge/inlet";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Statement("B55", "B56")]
    public async Task The_four_host_names_of_the_page_reach_two_environments_that_share_no_data(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind, "Storage:Environments:0=beta");
        using var desk = await AccessDesk.OpenAsync(house);
        var ims = (await desk.GrantAsync(desk.Api)).AccessToken();
        var legacy = (await desk.SignInAsync(desk.AdminUser.Name, desk.AdminUser.Password)).AccessToken();

        await CreateAsync(desk, "aam.adobe.io", ims, "made in production");
        await CreateAsync(desk, "api-beta.demdex.com", legacy, "made in beta");

        Assert.Equal(["made in production"], await NamesAsync(desk, "aam.adobe.io", ims));
        Assert.Equal(["made in production"], await NamesAsync(desk, "api.demdex.com", legacy));
        Assert.Equal(["made in beta"], await NamesAsync(desk, "aam-beta.adobe.io", ims));
        Assert.Equal(["made in beta"], await NamesAsync(desk, "api-beta.demdex.com", legacy));
        Assert.Equal(["made in beta"], await NamesAsync(desk, "api.demdex.com", legacy, ("x-sandbox-name", "beta")));
        Assert.Equal(["made in production"], await NamesAsync(desk, "api-beta.demdex.com", legacy, ("x-sandbox-name", "prod")));
        Assert.Equal(["made in production"], await NamesAsync(desk, "127.0.0.1", legacy));
    }

    [Theory]
    [InlineData("api-beta.demdex.com")]
    [InlineData("aam-beta.adobe.io")]
    [InlineData("api-stage.demdex.com")]
    [InlineData("bank-beta.demdex.com")]
    public async Task A_test_system_that_is_not_configured_is_never_taken_for_production(string host)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var token = (await desk.GrantAsync(desk.Api)).AccessToken();

        var answer = await desk.GetAsync("/v1/users/self", token, ("Host", host), ("x-api-key", desk.Api.ClientId));

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Contains("sandbox", answer.Member("message"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api-internal.example.com", "production")]
    [InlineData("beta.example.com", "production")]
    [InlineData("try.example.com", "beta")]
    [InlineData("TRY.example.com", "beta")]
    public async Task A_host_means_the_environment_it_is_configured_for_and_else_production(string host, string environment)
    {
        await using var house = await TestHouse.StartAsync(
            StoreKind.Sqlite, "Storage:Environments:0=beta", "Access:EnvironmentHosts:beta:0=try.example.com");
        using var desk = await AccessDesk.OpenAsync(house);
        var client = await desk.AddClientAsync($$"""{"name":"limited","isAdmin":true,"environments":["{{environment}}"]}""");
        var token = (await desk.GrantAsync(client)).AccessToken();

        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync("/v1/users/self", token, ("Host", host))).Status);
    }

    [Fact]
    public async Task A_host_for_an_environment_that_does_not_exist_stops_the_start()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => TestHouse.StartAsync(StoreKind.Sqlite, "Access:EnvironmentHosts:moon:0=moon.example.com"));

        Assert.Contains("Access:EnvironmentHosts:moon", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_client_or_user_limited_to_some_environments_is_refused_in_the_others_with_a_clear_text(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind, "Storage:Environments:0=beta");
        using var desk = await AccessDesk.OpenAsync(house);
        var client = await desk.AddClientAsync("""{"name":"tester","isAdmin":true,"environments":["beta"]}""");
        await desk.AddUserAsync("ada", "\"isAdmin\":true,\"environments\":[\"prod\"]");
        var clients = (await desk.GrantAsync(client)).AccessToken();
        var users = (await desk.SignInAsync("ada", AccessDesk.Password)).AccessToken();

        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Datasets, clients, ("x-sandbox-name", "beta"))).Status);
        var refused = await desk.GetAsync(Datasets, clients);
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Contains("[production]", refused.Member("message"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await desk.GetAsync("/v1/users/self", clients)).Status);
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Datasets, users)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await desk.GetAsync(Datasets, users, ("x-sandbox-name", "beta"))).Status);

        await desk.Admin.SendAsync(HttpMethod.Patch, $"/api/sluice/v1/clients/{client.ClientId}", """{"environments":[]}""");
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Datasets, clients)).Status);
    }

    [Fact]
    public async Task An_inlet_that_asks_for_a_token_takes_it_only_of_those_who_may_use_its_environment()
    {
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, "Storage:Environments:0=beta");
        using var desk = await AccessDesk.OpenAsync(house);
        var inlet = await desk.Admin.PostTextAsync(
            "/data/core/edge/inlet", """{"name":"in","sourceId":"in","dataType":"xdm","authenticationRequired":true}""");
        var client = await desk.AddClientAsync("""{"name":"tester","environments":["beta"]}""");
        var plain = await desk.AddClientAsync("""{"name":"sender"}""");

        async Task<HttpStatusCode> SendAsync(TestClient sender)
        {
            using var api = new ApiClient(house.Address, (await desk.GrantAsync(sender)).AccessToken());
            return (await api.PostTextAsync($"/collection/{inlet.Member("inletId")}", "{}")).Status;
        }

        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(client));
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(plain)); // sending needs no management right; the message is none
    }

    private static async Task CreateAsync(AccessDesk desk, string host, string token, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Inlets)
        {
            Content = new StringContent($$"""{"name":"{{name}}","sourceId":"{{name}}","dataType":"xdm"}""", System.Text.Encoding.UTF8, "application/json"),
        };
        Address(request, host, token, desk);
        Assert.Equal(HttpStatusCode.OK, (await desk.SendAsync(request)).Status);
    }

    private static async Task<IReadOnlyList<string>> NamesAsync(AccessDesk desk, string host, string token, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Inlets);
        Address(request, host, token, desk);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        var answer = await desk.SendAsync(request);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return [.. answer.Json["items"]!.AsArray().Select(one => one!["name"]!.GetValue<string>())];
    }

    private static void Address(HttpRequestMessage request, string host, string token, AccessDesk desk)
    {
        request.Headers.Host = host;
        request.Headers.Add("Authorization", "Bearer " + token);
        if (!host.StartsWith("aam", StringComparison.Ordinal))
            return;
        request.Headers.Add("x-api-key", desk.Api.ClientId);
        request.Headers.Add("x-gw-ims-org-id", desk.OrgId);
    }
}
