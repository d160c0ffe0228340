using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Sluice.Tests.Doubles;

/// <summary>A house with a gateway whose targets may be on this machine: imports and deploys over the management API, and calls proxies.</summary>
internal sealed class GatewayDesk : IAsyncDisposable
{
    private readonly HttpClient _management;

    private GatewayDesk(TestHouse house, string token)
    {
        House = house;
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 512 }) { BaseAddress = new Uri(house.Address), Timeout = TimeSpan.FromSeconds(60) };
        _management = new HttpClient(new DescribedAnswers()) { BaseAddress = new Uri($"{house.Address}/v1/organizations/{house.TenantId}/"), Timeout = TimeSpan.FromSeconds(60) };
        _management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    internal TestHouse House { get; }

    /// <summary>Calls proxies; follows no redirects, keeps no cookies.</summary>
    internal HttpClient Http { get; }

    /// <summary>Signed in, below <c>/v1/organizations/{org}/</c>; lets no answer pass that the OpenAPI document does not describe.</summary>
    internal HttpClient Management => _management;

    internal static Task<GatewayDesk> OpenAsync(StoreKind kind = StoreKind.Sqlite, params string[] settings) => OpenAsync(kind, null, settings);

    internal static async Task<GatewayDesk> OpenAsync(StoreKind kind, TimeProvider? clock, params string[] settings)
    {
        var house = await TestHouse.StartAsync(kind, clock, ["Gateway:AllowLoopbackTargets=true", .. settings]);
        return await OfAsync(house);
    }

    /// <summary>A desk of a house with what settings cannot say, such as a log to read.</summary>
    internal static async Task<GatewayDesk> OpenAsync(Hosting.ServerSettings beside)
    {
        var house = await TestHouse.StartAsync(beside, StoreKind.Sqlite, "Gateway:AllowLoopbackTargets=true");
        return new GatewayDesk(house, await house.TokenAsync());
    }

    /// <summary>A desk in a house that is there already.</summary>
    internal static async Task<GatewayDesk> OfAsync(TestHouse house) => new(house, await house.TokenAsync());

    /// <summary>Opens a house on a folder that is there already, as after a restart.</summary>
    internal static async Task<GatewayDesk> OpenInAsync(string folder)
    {
        return await OfAsync(await TestHouse.StartInAsync(folder, "Gateway:AllowLoopbackTargets=true"));
    }

    /// <summary>Imports a bundle and deploys it to production, replacing what was there; fails when either is refused.</summary>
    internal async Task<string> DeployAsync(string name, BundleText bundle, string kind = "apis", string basePath = "")
    {
        var revision = await ImportAsync(name, bundle, kind);
        var (status, body) = await ManageAsync("POST", $"environments/production/{kind}/{name}/revisions/{revision}/deployments?override=true{(basePath.Length > 0 ? "&basepath=" + basePath : "")}");
        Assert.True(status == HttpStatusCode.OK, body?.ToJsonString());
        return revision;
    }

    /// <summary>Imports a bundle; the number of its revision.</summary>
    internal async Task<string> ImportAsync(string name, BundleText bundle, string kind = "apis")
    {
        using var content = new ByteArrayContent(bundle.Zip());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var response = await _management.PostAsync($"{kind}?action=import&name={name}", content, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.Created, body);
        return JsonNode.Parse(body)!["revision"]!.GetValue<string>();
    }

    /// <summary>Tries to deploy and is refused: the answer.</summary>
    internal async Task<JsonNode> RefusalAsync(string name, BundleText bundle, string kind = "apis")
    {
        var revision = await ImportAsync(name, bundle, kind);
        var (status, body) = await ManageAsync("POST", $"environments/production/{kind}/{name}/revisions/{revision}/deployments?override=true");
        Assert.True(status == HttpStatusCode.BadRequest, $"{status}: {body?.ToJsonString()}");
        return body!;
    }

    /// <summary>Calls the management API; the status, and the body where it is JSON.</summary>
    internal async Task<(HttpStatusCode Status, JsonNode? Body)> ManageAsync(string method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        using var response = await _management.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, text.StartsWith('{') || text.StartsWith('[') ? JsonNode.Parse(text) : null);
    }

    /// <summary>Calls a proxy; the status and the body.</summary>
    internal async Task<(int Status, string Body)> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync("GET", path, null, headers);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    internal async Task<HttpResponseMessage> SendAsync(string method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body);
        foreach (var (name, value) in headers)
        {
            if (request.Headers.TryAddWithoutValidation(name, value))
                continue;
            request.Content ??= new ByteArrayContent([]);
            request.Content.Headers.Remove(name);
            request.Content.Headers.TryAddWithoutValidation(name, value);
        }
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _management.Dispose();
        Http.Dispose();
        await House.DisposeAsync();
    }
}
