using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Load;

/// <summary>A running Sluice prepared to receive: the sample schema, a dataset, an inlet, and request bodies that fit them.</summary>
internal sealed class SluiceTarget
{
    private readonly HttpClient _http;
    private readonly ServerProcess _server;
    private readonly string[] _samples;

    private SluiceTarget(HttpClient http, ServerProcess server, string datasetId, string[] samples, Uri inlet)
    {
        _http = http;
        _server = server;
        DatasetId = datasetId;
        _samples = samples;
        Inlet = inlet;
    }

    internal Uri Inlet { get; }

    /// <summary>The dataset of its first schema.</summary>
    internal string DatasetId { get; }

    /// <param name="kinds">How many schemas, each with a dataset; messages take them in turn.</param>
    /// <param name="deduplicates">Whether the inlet remembers ids.</param>
    internal static async Task<SluiceTarget> PrepareAsync(
        HttpClient http, ServerProcess server, string folder, CancellationToken cancellation, int kinds = 1, bool deduplicates = false)
    {
        var credentials = await SignInAsync(http, server, folder, cancellation);
        var ids = new List<(string SchemaId, string DatasetId)>();
        var run = Guid.NewGuid().ToString("N")[..8];
        for (var kind = 0; kind < kinds; kind++)
        {
            var document = JsonNode.Parse(Sample("schemas/web-event.schema.json"))!;
            document["title"] = $"Load {run} {kind}";
            var schema = await CreateAsync("/data/foundation/schemaregistry/tenant/schemas", document);
            var schemaId = schema["$id"]!.GetValue<string>();
            var name = kind == 0 && kinds == 1 && !deduplicates ? "load" : $"load {run} {kind}";
            var dataset = await CreateAsync("/data/foundation/catalog/dataSets", new JsonObject { ["name"] = name, ["schemaRef"] = new JsonObject { ["id"] = schemaId } });
            ids.Add((schemaId, dataset[0]!.GetValue<string>()["@/dataSets/".Length..]));
        }
        var inlet = await CreateAsync("/data/core/edge/inlet", new JsonObject { ["name"] = $"load {run}", ["deduplication"] = deduplicates });

        var sample = JsonNode.Parse(Sample("messages/valid.json"))!["messages"]![0]!.ToJsonString()
            .Replace("{IMS_ORG}", credentials["orgId"]!.GetValue<string>(), StringComparison.Ordinal);
        string[] samples = [.. ids.Select(one => sample
            .Replace("{SCHEMA_ID}", one.SchemaId, StringComparison.Ordinal).Replace("{DATASET_ID}", one.DatasetId, StringComparison.Ordinal))];
        return new SluiceTarget(http, server, ids[0].DatasetId, samples, new Uri(server.Address, "/collection/" + inlet["inletId"]));

        async Task<JsonNode> CreateAsync(string path, JsonNode document)
        {
            using var content = new StringContent(document.ToJsonString(), Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri(server.Address, path), content, cancellation);
            return JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellation))!;
        }
    }

    /// <summary>The target that an earlier process on the same folder prepared, to look at what landed.</summary>
    internal static async Task<SluiceTarget> FindAsync(HttpClient http, ServerProcess server, string folder, CancellationToken cancellation)
    {
        await SignInAsync(http, server, folder, cancellation);
        var datasets = await http.GetFromJsonAsync<JsonObject>(new Uri(server.Address, "/data/foundation/catalog/dataSets?name=load"), cancellation);
        return new SluiceTarget(http, server, datasets!.Single().Key, [], server.Address);
    }

    /// <summary>A request body of so many messages of about a kilobyte, whose ids, addresses, names and numbers all differ.</summary>
    internal byte[] Body(int messages) => Body(messages, 0, false);

    /// <summary>So many bodies that together use every schema and dataset; with <paramref name="newIds"/> each request's ids are its own.</summary>
    internal IReadOnlyList<LoadBody> Bodies(int messages, bool newIds) =>
        [.. Enumerable.Range(0, (_samples.Length + messages - 1) / messages).Select(number => LoadBody.WithNumbers(Body(messages, number * messages, newIds)))];

    /// <summary>A body of one message about somebody and a product.</summary>
    internal string Message(string email, string sku)
    {
        var message = JsonNode.Parse(_samples[0])!;
        var entity = message["body"]!["xdmEntity"]!;
        entity["_id"] = email;
        entity["identityMap"] = new JsonObject { ["Email"] = new JsonArray(new JsonObject { ["id"] = email, ["primary"] = true }) };
        entity["productListItems"]![0]!["SKU"] = sku;
        return new JsonObject { ["messages"] = new JsonArray(message) }.ToJsonString();
    }

    private byte[] Body(int messages, int first, bool newIds)
    {
        var random = new Random(messages + first);
        return Encoding.UTF8.GetBytes(
            "{\"messages\":[" + string.Join(',', Enumerable.Range(first, messages).Select(number => Vary(_samples[number % _samples.Length], newIds, random))) + "]}");
    }

    private static string Vary(string sample, bool newIds, Random random)
    {
        Span<byte> id = stackalloc byte[16];
        random.NextBytes(id);
        var message = JsonNode.Parse(sample)!;
        var entity = message["body"]!["xdmEntity"]!;
        entity["_id"] = newIds ? LoadBody.Number + Convert.ToHexStringLower(id) : new Guid(id).ToString();
        entity["timestamp"] = $"2025-11-22T09:{random.Next(60):D2}:{random.Next(60):D2}Z";
        entity["environment"]!["viewportHeight"] = random.Next(400, 2_000);
        entity["environment"]!["viewportWidth"] = random.Next(400, 4_000);
        entity["environment"]!["browserDetails"]!["userAgent"] =
            $"Mozilla/5.0 (X11; Linux x86_64; rv:{random.Next(90, 150)}.0) Gecko/20100101 Firefox/{random.Next(90, 150)}.{random.Next(100)}";
        var item = entity["productListItems"]![0]!;
        item["SKU"] = $"SKU-{random.Next():x8}";
        item["name"] = $"Product {random.Next(100_000)}";
        item["quantity"] = random.Next(1, 1_000);
        item["priceTotal"] = random.Next(1, 1_000_000) / 100.0;
        entity["_experience"]!["campaign"]!["message"]!["profileSnapshot"]!["workEmail"]!["address"] = $"{random.Next():x8}.{random.Next():x8}@example.com";
        return message.ToJsonString();
    }

    /// <summary>Journal bytes that landing has not registered yet.</summary>
    internal async Task<long> LandingLagBytesAsync(CancellationToken cancellation)
    {
        var metrics = await _http.GetStringAsync(new Uri(_server.Address, "/metrics"), cancellation);
        var line = metrics.Split('\n').First(one => one.StartsWith("sluice_landing_lag_bytes ", StringComparison.Ordinal));
        return long.Parse(line.AsSpan("sluice_landing_lag_bytes ".Length), CultureInfo.InvariantCulture);
    }

    /// <summary>Records in the dataset's registered success batches.</summary>
    internal async Task<long> LandedRecordsAsync(CancellationToken cancellation)
    {
        long records = 0;
        for (var start = 0; ; start += 100)
        {
            var page = await _http.GetFromJsonAsync<JsonObject>(
                new Uri(_server.Address, $"/data/foundation/catalog/batches?dataSet={DatasetId}&status=success&limit=100&start={start}"), cancellation);
            records += page!.Sum(batch => batch.Value!["metrics"]!["outputRecordCount"]!.GetValue<long>());
            if (page!.Count < 100)
                return records;
        }
    }

    internal static async Task<JsonNode> SignInAsync(HttpClient http, ServerProcess server, string folder, CancellationToken cancellation)
    {
        var credentials = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "credentials.json"), cancellation))!;
        var client = credentials["client"]!;
        using var granted = await http.PostAsync(
            new Uri(server.Address, $"/ims/token/v3?grant_type=client_credentials&client_id={client["clientId"]}&client_secret={client["clientSecret"]}"), null, cancellation);
        var token = JsonNode.Parse(await granted.Content.ReadAsStringAsync(cancellation))!["access_token"]!.GetValue<string>();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return credentials;
    }

    private static string Sample(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "samples", name);
            if (File.Exists(path))
                return File.ReadAllText(path);
        }
        throw new FileNotFoundException($"samples/{name} is not above this program: run it inside a checkout.");
    }
}
