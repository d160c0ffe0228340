using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.AcceptanceTests.Durability;
using Sluice.Demo;
using Sluice.Tests.Doubles;

namespace Sluice.AcceptanceTests.Gateway;

/// <summary>The started program with the demo's service behind it, in which samples are deployed and called. One for all samples.</summary>
public sealed class SampleHouse : IAsyncLifetime
{
    private const string Environment = "environments/production";
    private const string WeatherServer = "weather-service";

    private const int MaxShownCharacters = 1_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly House _house = new();
    private readonly HashSet<string> _deployed = new(StringComparer.Ordinal);
    private ServerProcess _server = null!;
    private WeatherService _weather = null!;
    private HttpClient _management = null!;
    private HttpClient _http = null!;
    private string _organization = "";

    public async ValueTask InitializeAsync()
    {
        _weather = await WeatherService.StartAsync(TestContext.Current.CancellationToken);
        _house.Settings.AddRange(["Gateway:AllowLoopbackTargets=true", "Logging:LogLevel:Default=Information", "Logging:LogLevel:Microsoft=Warning"]);
        _server = _house.Start();
        var address = await _server.ReadyAsync();
        Assert.True(address is not null, _server.LastLines);
        _management = await _house.SignInAsync(address);
        _http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(30) };
        var credentials = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_house.Folder, "credentials.json"), TestContext.Current.CancellationToken))!;
        _organization = credentials["tenantId"]!.GetValue<string>();
        await CreateAsync($"{Environment}/targetservers", new JsonObject { ["name"] = WeatherServer, ["host"] = "127.0.0.1", ["port"] = _weather.Port });
    }

    /// <summary>Makes what a sample needs and deploys it, once; the variables that its requests may name.</summary>
    internal async Task<IReadOnlyDictionary<string, string>> DeployAsync(SampleBundle sample)
    {
        foreach (var first in sample.DeployFirst.Where(first => !_deployed.Contains(first)))
            await DeployAsync(SampleBundle.Of(first));
        if (_deployed.Add(sample.Name))
        {
            foreach (var (collection, body) in sample.Create)
                await CreateAsync(collection, Filled(body));
            await ImportAsync(sample);
        }
        return new Dictionary<string, string> { ["host"] = "", ["org"] = _organization, ["revision"] = "1" };
    }

    /// <summary>Sends a request until it is answered as promised, or its time is over; what is unlike the promises then.</summary>
    internal async Task<IReadOnlyList<string>> CallAsync(SampleRequest request, Dictionary<string, string> earlier)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(request.Patience);
        while (true)
        {
            var faults = await TryAsync(request, earlier);
            if (faults.Count == 0 || late.IsCancellationRequested)
                return faults;
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _management?.Dispose();
        _http?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        if (_weather is not null)
            await _weather.DisposeAsync();
        _house.Dispose();
    }

    private async Task<IReadOnlyList<string>> TryAsync(SampleRequest request, Dictionary<string, string> earlier)
    {
        var before = _weather.Calls;
        var responses = await Task.WhenAll(Enumerable.Range(0, request.AtOnce).Select(_ => SendAsync(request)));
        var calls = _weather.Calls - before;
        foreach (var line in request.Expectations.OfType<Expectation.Logged>())
            await WaitForLogAsync(line.Part);
        earlier[request.Title] = responses[0].Body;
        var answers = responses.Select(one => new SampleAnswer(one.Status, one.Headers, one.Body, calls, earlier, _server.HasSaid));
        return [.. answers.SelectMany(answer => request.Expectations.Select(one => (Expected: one, Got: one.Unlike(answer)))).Where(one => one.Got is not null)
            .Select(one => $"{one.Expected.Line}: expected: {one.Expected.Text}\n  got: {Readable(one.Got!)}").Distinct()];
    }

    // Bodies may be long, or packed.
    private static string Readable(string text) =>
        string.Concat((text.Length > MaxShownCharacters ? text[..MaxShownCharacters] + "…" : text).Select(letter => char.IsControl(letter) ? '.' : letter));

    private async Task<(int Status, Dictionary<string, string> Headers, string Body)> SendAsync(SampleRequest request)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Path);
        if (request.Body is not null)
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(request.Body));
        foreach (var (name, value) in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
                (message.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await _http.SendAsync(message, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var headers = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .ToDictionary(one => one.Key, one => string.Join(", ", one.Value), StringComparer.OrdinalIgnoreCase);
        return ((int)response.StatusCode, headers, body);
    }

    // Lines come through a pipe, some time after the answer.
    private Task WaitForLogAsync(string part) => Until.TrueAsync(() => _server.HasSaid(part), part);

    private async Task ImportAsync(SampleBundle sample)
    {
        var kind = sample.IsSharedFlow ? "sharedflows" : "apis";
        using var archive = new ByteArrayContent(sample.Zip());
        archive.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        var imported = await PostAsync($"{kind}?action=import&name={sample.Name}", archive, HttpStatusCode.Created);
        var revision = imported["revision"]!.GetValue<string>();
        using var nothing = new ByteArrayContent([]);
        var deployed = await PostAsync($"{Environment}/{kind}/{sample.Name}/revisions/{revision}/deployments", nothing, HttpStatusCode.OK);
        Assert.True(deployed["warnings"] is null, $"{sample.Name} is deployed with warnings: {deployed["warnings"]?.ToJsonString()}");
    }

    private async Task CreateAsync(string collection, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        await PostAsync(collection, content, HttpStatusCode.Created);
    }

    private async Task<JsonNode> PostAsync(string path, HttpContent content, HttpStatusCode expected)
    {
        using var response = await _management.PostAsync($"/v1/organizations/{_organization}/{path}", content, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == expected, $"{path} was answered {(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    // A second server entity for the service has the port that it got.
    private JsonObject Filled(JsonObject body) =>
        JsonNode.Parse(body.ToJsonString().Replace("{{weather-port}}", _weather.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal))!.AsObject();
}
