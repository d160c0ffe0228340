using System.Text.Json.Nodes;

namespace Sluice.Tests.Doubles;

/// <summary>A house with a schema, a dataset and an inlet, and what a test does with them: send, wait for batches, read them back.</summary>
public sealed class Producer : IDisposable
{
    private Producer(TestHouse house, ApiClient api, string schemaId, string datasetId, string inletId)
    {
        House = house;
        Api = api;
        SchemaId = schemaId;
        DatasetId = datasetId;
        InletId = inletId;
    }

    public TestHouse House { get; }

    /// <summary>Signed in, for the management paths.</summary>
    public ApiClient Api { get; }

    public string SchemaId { get; }

    public string DatasetId { get; }

    public string InletId { get; }

    public string Path => $"/collection/{InletId}";

    /// <summary>How every refusal of the inlet begins.</summary>
    public string Prefix => $"inletId: [{InletId}] imsOrgId: [{House.OrgId}] ";

    public static async Task<Producer> OpenAsync(TestHouse house, JsonObject? inlet = null)
    {
        var api = await house.SignInAsync();
        var sample = JsonNode.Parse(
            await File.ReadAllTextAsync(System.IO.Path.Combine(SharedData.Repository, "samples/schemas/web-event.schema.json"), TestContext.Current.CancellationToken))!;
        sample["title"] = $"Web event {Guid.NewGuid():N}"; // titles are unique, and a house may have several producers
        var schema = await api.PostAsync("/data/foundation/schemaregistry/tenant/schemas", sample);
        return await OpenAsync(house, api, schema.Json["$id"]!.GetValue<string>(), inlet);
    }

    /// <summary>A producer of a schema that is there already.</summary>
    public static async Task<Producer> OpenAsync(TestHouse house, ApiClient api, string schemaId, JsonObject? inlet = null)
    {
        var dataset = await api.PostAsync("/data/foundation/catalog/dataSets",
            new JsonObject { ["name"] = "Events", ["schemaRef"] = new JsonObject { ["id"] = schemaId } });
        var datasetId = dataset.Json[0]!.GetValue<string>()["@/dataSets/".Length..];
        inlet ??= [];
        inlet["name"] = $"inlet-{Guid.NewGuid():N}";
        var created = await api.PostAsync("/data/core/edge/inlet", inlet);
        return new Producer(house, api, schemaId, datasetId, created.Json["inletId"]!.GetValue<string>());
    }

    /// <summary>A message as the page shows it, around any entity.</summary>
    public JsonObject Message(JsonNode? entity = null) => new()
    {
        ["header"] = new JsonObject
        {
            ["schemaRef"] = SchemaRef(),
            ["imsOrgId"] = House.OrgId,
            ["source"] = new JsonObject { ["name"] = "GettingStarted" },
            ["datasetId"] = DatasetId,
            ["createdAt"] = 1526283801869,
        },
        ["body"] = new JsonObject
        {
            ["xdmMeta"] = new JsonObject { ["schemaRef"] = SchemaRef() },
            ["xdmEntity"] = entity ?? Entity(Guid.NewGuid().ToString()),
        },
    };

    /// <summary>The smallest entity the schema takes.</summary>
    public static JsonObject Entity(string id) => new() { ["_id"] = id, ["timestamp"] = "2019-02-23T22:07:01Z" };

    public JsonObject SchemaRef() =>
        new() { ["id"] = SchemaId, ["contentType"] = "application/vnd.adobe.xed-full+json;version=1" };

    /// <summary>A request of the page, with this house's ids in the place of its sample values.</summary>
    public string Fill(string pageRequest) => pageRequest
        .Replace("https://ns.adobe.com/acme/schemas/5e9e7a3f3b6c41d8a1f2", SchemaId, StringComparison.Ordinal)
        .Replace("5e41fb9b9c0d1f18a8b3a1c2", DatasetId, StringComparison.Ordinal)
        .Replace("\"ACME@AdobeOrg\"", $"\"{House.OrgId}\"", StringComparison.Ordinal);

    public Task<ApiAnswer> SendAsync(params JsonNode?[] messages) =>
        Api.PostAsync(Path, new JsonObject { ["messages"] = new JsonArray(messages) });

    /// <summary>Waits until so many records are registered in the dataset's batches of one status, and returns their lines.</summary>
    public Task<List<JsonNode>> LandedAsync(int records, string status = "success", string query = "") =>
        LandedAsync($"dataSet={DatasetId}", records, status, query);

    /// <summary>The same for refused messages whose dataset is not known.</summary>
    public async Task<List<JsonNode>> LandedAsync(string filter, int records, string status, string query)
    {
        var page = await Until.SeenAsync(
            async () => (await Api.GetAsync($"/data/foundation/catalog/batches?{filter}&status={status}&orderBy=asc:created&limit=100")).Json.AsObject(),
            page => page.Sum(one => one.Value!["metrics"]!["inputRecordCount"]!.GetValue<int>()) >= records);
        var lines = new List<JsonNode>();
        foreach (var (batchId, _) in page)
        {
            var path = status == "failed"
                ? $"/data/foundation/export/batches/{batchId}/failed?path=part-00000-{batchId}-c000.json"
                : $"/data/foundation/export/files/{batchId}-1?{query}path={batchId}.json";
            var file = await Api.GetAsync(path);
            lines.AddRange(file.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!));
        }
        return lines;
    }

    public void Dispose() => Api.Dispose();
}
