using System.Runtime.CompilerServices;
using System.Text.Json;
using Sluice.Client.Administration;

namespace Sluice.Client;

/// <summary>The management paths as typed calls: schemas, datasets, inlets and connections, batches, failed messages.</summary>
/// <remarks>A refusal is a <see cref="SluiceException"/>, a server that cannot be reached an <see cref="HttpRequestException"/>. What reads is asked again
/// when it fails for the moment; what writes is sent once. Threading: all members may be called from anywhere.</remarks>
public sealed class SluiceAdministration : IDisposable
{
    private const string Schemas = "/data/foundation/schemaregistry/tenant/schemas";
    private const string Datasets = "/data/foundation/catalog/dataSets";
    private const string Batches = "/data/foundation/catalog/batches";
    private const string Inlets = "/data/core/edge/inlet";
    private const string Connections = "/data/foundation/flowservice/connections";
    private const string Failed = "/api/sluice/v1/failed-messages";
    private const string StreamingSpec = "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb"; // contract collection.md 2.2
    private const int PageSize = 100;

    private readonly ApiCalls _calls;

    /// <summary>Calls a server; nothing is sent before the first call.</summary>
    public SluiceAdministration(AdministrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _calls = new ApiCalls(options);
    }

    /// <summary>Creates a schema from its document, a JSON object in UTF-8.</summary>
    public async Task<SchemaDetail> CreateSchemaAsync(ReadOnlyMemory<byte> document, CancellationToken cancellation = default) =>
        Schema(await _calls.SendAsync(HttpMethod.Post, Schemas, document, cancellation));

    /// <summary>A schema by its <c>$id</c> or <c>meta:altId</c>; null when there is none.</summary>
    public async Task<SchemaDetail?> FindSchemaAsync(string id, CancellationToken cancellation = default) =>
        await FindAsync($"{Schemas}/{Uri.EscapeDataString(id)}", cancellation) is { } reply ? Schema(reply) : null;

    /// <summary>The tenant's schemas.</summary>
    public async IAsyncEnumerable<SchemaSummary> ListSchemasAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (string? start = ""; start is not null;)
        {
            var query = start.Length == 0 ? "" : $"&start={Uri.EscapeDataString(start)}";
            var page = await _calls.GetAsync($"{Schemas}?limit={PageSize}{query}", AdministrationJson.Default.SchemaPage, cancellation);
            foreach (var schema in page.Results)
                yield return schema;
            start = page.Page?.Next is { Length: > 0 } next && next != start ? next : null;
        }
    }

    /// <summary>Creates a dataset and returns its id.</summary>
    public async Task<string> CreateDatasetAsync(string name, string schemaId, CancellationToken cancellation = default)
    {
        var body = Body(json =>
        {
            json.WriteString("name"u8, name);
            json.WriteStartObject("schemaRef"u8);
            json.WriteString("id"u8, schemaId);
            json.WriteString("contentType"u8, "application/vnd.adobe.xed-full+json;version=1"u8);
            json.WriteEndObject();
        });
        var created = (await _calls.SendAsync(HttpMethod.Post, Datasets, body, cancellation)).Read(AdministrationJson.Default.JsonElement);
        return created.EnumerateArray().First().GetString()!.Split('/')[^1];
    }

    /// <summary>A dataset; null when there is none.</summary>
    public async Task<Dataset?> FindDatasetAsync(string id, CancellationToken cancellation = default) =>
        await FindAsync($"{Datasets}/{Uri.EscapeDataString(id)}", cancellation) is { } reply
            ? Members(reply).Select(one => DatasetOf(one.Name, one.Value, reply.ETag)).First()
            : null;

    /// <summary>The datasets.</summary>
    public async IAsyncEnumerable<Dataset> ListDatasetsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (var start = 0; ; start += PageSize)
        {
            var page = Members(await _calls.GetAsync($"{Datasets}?limit={PageSize}&start={start}&orderBy=asc:created", cancellation)).ToList();
            foreach (var one in page)
                yield return DatasetOf(one.Name, one.Value, null);
            if (page.Count < PageSize)
                yield break;
        }
    }

    /// <summary>Creates an inlet.</summary>
    public async Task<Inlet> CreateInletAsync(InletWish inlet, CancellationToken cancellation = default) =>
        (await _calls.PostAsync(Inlets, inlet, AdministrationJson.Default.InletWish, cancellation)).Read(AdministrationJson.Default.Inlet);

    /// <summary>An inlet; null when there is none.</summary>
    public async Task<Inlet?> FindInletAsync(string id, CancellationToken cancellation = default) =>
        (await FindAsync($"{Inlets}/{Uri.EscapeDataString(id)}", cancellation))?.Read(AdministrationJson.Default.Inlet);

    /// <summary>The inlets.</summary>
    public async Task<IReadOnlyList<Inlet>> ListInletsAsync(CancellationToken cancellation = default) =>
        (await _calls.GetAsync(Inlets, AdministrationJson.Default.InletPage, cancellation)).Items;

    /// <summary>Creates a streaming connection, and with it an inlet, and returns its id.</summary>
    public async Task<string> CreateConnectionAsync(string name, bool authenticationRequired, CancellationToken cancellation = default)
    {
        var body = Body(json =>
        {
            json.WriteString("name"u8, name);
            json.WriteStartObject("connectionSpec"u8);
            json.WriteString("id"u8, StreamingSpec);
            json.WriteString("version"u8, "1.0"u8);
            json.WriteEndObject();
            json.WriteStartObject("auth"u8);
            json.WriteString("specName"u8, "Streaming Connection"u8);
            json.WriteStartObject("params"u8);
            json.WriteString("sourceId"u8, name);
            json.WriteString("dataType"u8, "xdm"u8);
            json.WriteString("name"u8, name);
            json.WriteBoolean("authenticationRequired"u8, authenticationRequired);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        return (await _calls.SendAsync(HttpMethod.Post, Connections, body, cancellation)).Read(AdministrationJson.Default.JsonElement).GetProperty("id").GetString()!;
    }

    /// <summary>A connection; null when there is none.</summary>
    public async Task<Connection?> FindConnectionAsync(string id, CancellationToken cancellation = default) =>
        await FindAsync($"{Connections}/{Uri.EscapeDataString(id)}", cancellation) is { } reply ? ConnectionsIn(reply).First() : null;

    /// <summary>The connections.</summary>
    public async Task<IReadOnlyList<Connection>> ListConnectionsAsync(CancellationToken cancellation = default)
    {
        var all = new List<Connection>();
        for (string? path = $"{Connections}?limit={PageSize}"; path is not null;)
        {
            var page = await _calls.GetAsync(path, cancellation);
            all.AddRange(ConnectionsIn(page));
            var links = page.Read(AdministrationJson.Default.JsonElement).GetProperty("_links");
            path = links.TryGetProperty("next", out var next) && Text(next, "href") is { } href && href != path ? href : null;
        }
        return all;
    }

    /// <summary>Batches, newest first.</summary>
    public async Task<IReadOnlyList<CatalogBatch>> ListBatchesAsync(BatchQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var path = $"{Batches}?limit={query.Limit}&orderBy=desc:created"
            + (query.DatasetId is { } dataset ? $"&dataSet={Uri.EscapeDataString(dataset)}" : "")
            + (query.Status is { } status ? $"&status={Uri.EscapeDataString(status)}" : "");
        return [.. Members(await _calls.GetAsync(path, cancellation)).Select(one => BatchOf(one.Name, one.Value))];
    }

    /// <summary>A batch; null when there is none.</summary>
    public async Task<CatalogBatch?> FindBatchAsync(string id, CancellationToken cancellation = default) =>
        await FindAsync($"{Batches}/{Uri.EscapeDataString(id)}", cancellation) is { } reply
            ? Members(reply).Select(one => BatchOf(one.Name, one.Value)).First()
            : null;

    /// <summary>Groups of failed messages, the largest first: a page of up to 500.</summary>
    public async Task<IReadOnlyList<FailedGroup>> ListFailedGroupsAsync(int start = 0, int limit = PageSize, CancellationToken cancellation = default) =>
        (await _calls.GetAsync($"{Failed}/groups?start={start}&limit={limit}", AdministrationJson.Default.GroupPage, cancellation)).Groups;

    /// <summary>A group's open messages, oldest first: a page of up to 500.</summary>
    public async Task<IReadOnlyList<FailedMessage>> ListFailedMessagesAsync(
        string fingerprint, int start = 0, int limit = PageSize, CancellationToken cancellation = default) =>
        (await _calls.GetAsync(
            $"{Failed}/groups/{Uri.EscapeDataString(fingerprint)}/messages?start={start}&limit={limit}", AdministrationJson.Default.FailedMessagePage, cancellation)).Messages;

    /// <summary>Begins to send a group's messages again, each after a JSON Patch; an empty one sends them as they are.</summary>
    /// <param name="fingerprint">The group's.</param>
    /// <param name="patch">A JSON Patch in UTF-8.</param>
    /// <param name="isDryRun">Whether to try it out only.</param>
    /// <param name="cancellation">Ends the wait for the answer.</param>
    public async Task<Fix> StartFixAsync(string fingerprint, ReadOnlyMemory<byte> patch, bool isDryRun, CancellationToken cancellation = default)
    {
        using var operations = JsonDocument.Parse(patch);
        return (await _calls.PostAsync(
            $"{Failed}/groups/{Uri.EscapeDataString(fingerprint)}/fixes", new FixWish(operations.RootElement, isDryRun),
            AdministrationJson.Default.FixWish, cancellation)).Read(AdministrationJson.Default.Fix);
    }

    /// <summary>How far a fix is; null when there is none.</summary>
    public async Task<Fix?> FindFixAsync(string id, CancellationToken cancellation = default) =>
        (await FindAsync($"{Failed}/fixes/{Uri.EscapeDataString(id)}", cancellation))?.Read(AdministrationJson.Default.Fix);

    /// <summary>Ends a fix after the step under way; what was stored stays stored.</summary>
    public Task CancelFixAsync(string id, CancellationToken cancellation = default) =>
        _calls.SendAsync(HttpMethod.Delete, $"{Failed}/fixes/{Uri.EscapeDataString(id)}", null, cancellation);

    /// <summary>Any management path that has no call of its own here.</summary>
    /// <param name="method">What to do; <c>GET</c> is asked again when it fails for the moment.</param>
    /// <param name="path">The path with its query, from the server's root.</param>
    /// <param name="body">JSON in UTF-8.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The answer's JSON; undefined where it has no body.</returns>
    public async Task<JsonElement> CallAsync(HttpMethod method, string path, ReadOnlyMemory<byte>? body = null, CancellationToken cancellation = default)
    {
        var reply = method == HttpMethod.Get ? await _calls.GetAsync(path, cancellation) : await _calls.SendAsync(method, path, body, cancellation);
        return reply.Body.Length == 0 ? default : reply.Read(AdministrationJson.Default.JsonElement);
    }

    /// <inheritdoc/>
    public void Dispose() => _calls.Dispose();

    private async Task<Reply?> FindAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await _calls.GetAsync(path, cancellation);
        }
        catch (SluiceException absent) when (absent.Status == 404)
        {
            return null;
        }
    }

    private static byte[] Body(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static SchemaDetail Schema(Reply reply)
    {
        var document = reply.Read(AdministrationJson.Default.JsonElement);
        return new SchemaDetail(Text(document, "$id") ?? "", Text(document, "title") ?? "", Text(document, "version"), reply.ETag, document);
    }

    private static JsonElement.ObjectEnumerator Members(Reply reply) => reply.Read(AdministrationJson.Default.JsonElement).EnumerateObject();

    private static Dataset DatasetOf(string id, JsonElement document, string? etag) => new(
        id, Text(document, "name") ?? "", document.TryGetProperty("schemaRef", out var schema) ? Text(schema, "id") ?? "" : "", etag, document);

    private static CatalogBatch BatchOf(string id, JsonElement document)
    {
        var metrics = document.GetProperty("metrics");
        var dataset = document.GetProperty("relatedObjects").EnumerateArray().FirstOrDefault(one => Text(one, "type") == "dataSet");
        return new CatalogBatch(
            id, Text(document, "status") ?? "", dataset.ValueKind == JsonValueKind.Object ? Text(dataset, "id") : null,
            Number(metrics, "inputRecordCount"), Number(metrics, "failedRecordCount"),
            DateTimeOffset.FromUnixTimeMilliseconds(Number(document, "created")), document);
    }

    private static IEnumerable<Connection> ConnectionsIn(Reply reply) =>
        from one in reply.Read(AdministrationJson.Default.JsonElement).GetProperty("items").EnumerateArray()
        let parameters = one.TryGetProperty("auth", out var auth) && auth.TryGetProperty("params", out var found) ? found : default
        select new Connection(
            Text(one, "id") ?? "", Text(one, "name"), Text(one, "state"), Text(parameters, "inletUrl") is { } url ? new Uri(url) : null, Text(parameters, "inletId"), Text(one, "etag"));

    private static string? Text(JsonElement element, string member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long Number(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.TryGetInt64(out var number) ? number : 0;
}
