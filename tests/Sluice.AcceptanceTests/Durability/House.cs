using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>A data folder that outlives the servers started on it, and what was created in it over the public door.</summary>
public sealed class House : IDisposable
{
    private const string Catalog = "/data/foundation/catalog/dataSets";

    private static readonly string[] Quick =
    [
        "Collection:BatchWindow=00:00:00.5",
        "Journal:SegmentBytes=9437184", // the least that takes the largest append: segments begin, end and expire all the time
        "Journal:MaxAge=00:00:03",
        "Logging:LogLevel:Default=Warning",
    ];

    private readonly bool _ownsFolder;
    private readonly List<string> _datasets = [];
    private int _names;

    public House(string? folder = null)
    {
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("sluice-crash-").FullName;
    }

    public string Folder { get; private set; }

    public string OrgId { get; private set; } = "";

    public string SchemaId { get; private set; } = "";

    public string InletId { get; private set; } = "";

    /// <summary>Goes on in another folder; the one before is gone, as if its disk were.</summary>
    public void MoveTo(string folder)
    {
        Directory.Delete(Folder, recursive: true);
        Folder = folder;
    }

    /// <summary>Datasets whose creation was acknowledged.</summary>
    public IReadOnlyList<string> Datasets => _datasets;

    /// <summary>Settings beside the quick ones, such as <c>Storage:Environments:0=beta</c>.</summary>
    public List<string> Settings { get; } = [];

    /// <summary>The environment management requests go to.</summary>
    public string Environment { get; init; } = "production";

    public ServerProcess Start(IReadOnlyDictionary<string, string>? environment = null) =>
        ServerProcess.Start(Folder, [.. Quick, .. Settings], environment ?? new Dictionary<string, string>());

    /// <summary>Starts it where clients know it to be.</summary>
    public ServerProcess StartAt(string address) => ServerProcess.Start(Folder, [.. Quick, .. Settings], new Dictionary<string, string>(), address);

    /// <summary>A client that is signed in with what <c>credentials.json</c> says.</summary>
    public async Task<HttpClient> SignInAsync(string address)
    {
        var credentials = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "credentials.json"), TestContext.Current.CancellationToken))!;
        OrgId = credentials["orgId"]!.GetValue<string>();
        var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = credentials["client"]!["clientId"]!.GetValue<string>(),
            ["client_secret"] = credentials["client"]!["clientSecret"]!.GetValue<string>(),
        });
        using var response = await http.PostAsync("/ims/token/v3", form, TestContext.Current.CancellationToken);
        var token = (await ReadAsync(response))["access_token"]!.GetValue<string>();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        http.DefaultRequestHeaders.Add("x-sandbox-name", Environment);
        return http;
    }

    /// <summary>Creates what is not there yet, and a dataset for this round; returns the dataset.</summary>
    public async Task<string> FurnishAsync(HttpClient api)
    {
        if (SchemaId.Length == 0)
        {
            var schema = JsonNode.Parse(await File.ReadAllTextAsync(Checkout.PathOf("samples/schemas/web-event.schema.json"), TestContext.Current.CancellationToken))!;
            schema["title"] = NewName(); // an earlier try may have been kept without our being told
            SchemaId = (await CreateAsync(api, "/data/foundation/schemaregistry/tenant/schemas", schema))["$id"]!.GetValue<string>();
        }
        if (InletId.Length == 0)
            InletId = (await CreateAsync(api, "/data/core/edge/inlet", new JsonObject { ["name"] = NewName() }))["inletId"]!.GetValue<string>();

        var dataset = await CreateAsync(api, Catalog, new JsonObject { ["name"] = NewName(), ["schemaRef"] = new JsonObject { ["id"] = SchemaId } });
        _datasets.Add(dataset[0]!.GetValue<string>()["@/dataSets/".Length..]);
        return _datasets[^1];
    }

    /// <summary>Gives the inlet other settings than it was made with.</summary>
    public async Task ChangeInletAsync(HttpClient api, JsonObject settings)
    {
        settings["name"] = NewName();
        using var content = new StringContent(settings.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await api.PutAsync($"/data/core/edge/inlet/{InletId}", content, TestContext.Current.CancellationToken);
        await ReadAsync(response);
    }

    /// <summary>Sends a message of the house's schema over the public door; returns the answer.</summary>
    public async Task<JsonNode> CollectAsync(HttpClient http, string datasetId, string entity)
    {
        var schemaRef = $$"""{"id":"{{SchemaId}}","contentType":"application/vnd.adobe.xed-full+json;version=1"}""";
        using var body = new StringContent(
            $$$"""{"header":{"schemaRef":{{{schemaRef}}},"imsOrgId":"{{{OrgId}}}","datasetId":"{{{datasetId}}}"},"body":{"xdmMeta":{"schemaRef":{{{schemaRef}}}},"xdmEntity":{{{entity}}}}}""",
            Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/collection/" + InletId, body, TestContext.Current.CancellationToken);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>Acknowledged datasets that the catalog does not know.</summary>
    public async Task<List<string>> FindLostDatasetsAsync(HttpClient api)
    {
        var lost = new List<string>();
        foreach (var dataset in _datasets)
        {
            using var response = await api.GetAsync($"{Catalog}/{dataset}", TestContext.Current.CancellationToken);
            if (!response.IsSuccessStatusCode)
                lost.Add(dataset);
        }
        return lost;
    }

    public void Dispose()
    {
        if (!_ownsFolder)
            return;
        Directory.Delete(Folder, recursive: true);
        if (Directory.Exists(PowerCut.GraveyardOf(Folder)))
            Directory.Delete(PowerCut.GraveyardOf(Folder), recursive: true);
    }

    private string NewName() => $"Crash {++_names}";

    private static async Task<JsonNode> CreateAsync(HttpClient api, string path, JsonNode document)
    {
        using var content = new StringContent(document.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await api.PostAsync(path, content, TestContext.Current.CancellationToken);
        return await ReadAsync(response);
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{response.RequestMessage!.RequestUri} was answered {(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }
}
