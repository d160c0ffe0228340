using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>Everything that the data access API shows: each landed batch's file read once, each message counted.</summary>
public sealed class LandedFiles
{
    private const int Page = 100;

    private readonly Dictionary<string, int> _read = [];
    private readonly Dictionary<int, int> _good = [];
    private readonly Dictionary<int, int> _failed = [];

    /// <summary>Lines that are not, to the byte, what was sent; the first few.</summary>
    public List<string> Strangers { get; } = [];

    /// <summary>Batches that are announced and not landed, as of the last look.</summary>
    public int Loading { get; private set; }

    public int Batches => _read.Count;

    public int TimesGood(int number) => _good.GetValueOrDefault(number);

    public int TimesFailed(int number) => _failed.GetValueOrDefault(number);

    /// <summary>The batches a client sees as landed now, with their record counts.</summary>
    public static async Task<Dictionary<string, int>> ListAsync(HttpClient api) =>
        (await ListAllAsync(api)).Where(batch => StatusOf(batch) != "loading").ToDictionary(IdOf, RecordsOf);

    /// <summary>Reads the files of batches that landed since the last look.</summary>
    public async Task ReadNewAsync(HttpClient api)
    {
        var all = await ListAllAsync(api);
        Loading = all.Count(batch => StatusOf(batch) == "loading");
        foreach (var batch in all.Where(batch => StatusOf(batch) != "loading" && !_read.ContainsKey(IdOf(batch))))
        {
            _read.Add(IdOf(batch), RecordsOf(batch));
            var records = await ReadAsync(api, IdOf(batch), StatusOf(batch) == "failed");
            if (records != RecordsOf(batch))
                AddStranger($"batch {IdOf(batch)} says {RecordsOf(batch)} records and holds {records}");
        }
    }

    private static string IdOf(JsonNode batch) => batch["id"]!.GetValue<string>();

    private static string StatusOf(JsonNode batch) => batch["status"]!.GetValue<string>();

    private static int RecordsOf(JsonNode batch) => batch["metrics"]!["inputRecordCount"]!.GetValue<int>();

    private static async Task<List<JsonNode>> ListAllAsync(HttpClient api)
    {
        var all = new List<JsonNode>();
        while (true)
        {
            var page = JsonNode.Parse(await api.GetStringAsync(
                $"/data/foundation/catalog/batches?orderBy=asc:created&limit={Page}&start={all.Count}", TestContext.Current.CancellationToken))!.AsObject();
            all.AddRange(page.Select(one => one.Value!));
            if (page.Count < Page)
                return all;
        }
    }

    private async Task<int> ReadAsync(HttpClient api, string batchId, bool isFailed)
    {
        var path = isFailed
            ? $"/data/foundation/export/batches/{batchId}/failed?path=part-00000-{batchId}-c000.json"
            : $"/data/foundation/export/files/{batchId}-1?path={batchId}.json";
        using var response = await api.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            AddStranger($"the file of batch {batchId} is answered with {(int)response.StatusCode}");
            return 0;
        }
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var records = 0;
        while (await lines.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            records++;
            if (!TryFindNumber(line, isFailed, out var number))
                AddStranger(line);
            else if (isFailed)
                _failed[number] = TimesFailed(number) + 1;
            else
                _good[number] = TimesGood(number) + 1;
        }
        return records;
    }

    // A good file's line is the entity as sent; a failed one's is the message with its reasons.
    private static bool TryFindNumber(string line, bool isFailed, out int number)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var entity = isFailed ? root.GetProperty("body").GetProperty("xdmEntity") : root;
        return int.TryParse(entity.GetProperty("_id").GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && (isFailed ? root.TryGetProperty("_errors", out _) && entity.GetRawText() == SentMessage.Entity(number) : line == SentMessage.Entity(number));
    }

    private void AddStranger(string what)
    {
        if (Strangers.Count < 20)
            Strangers.Add(what);
    }

    /// <summary>The ids of all that has landed in the batches a query names, once it is so many, and a moment longer, in which a duplicate would come.</summary>
    internal static async Task<List<string>> IdsAsync(HttpClient api, string query, int expected)
    {
        await Until.SeenAsync(
            ListAsync, batches => batches.Sum(batch => batch.Value!["metrics"]!["outputRecordCount"]!.GetValue<int>()) >= expected);
        await Task.Delay(1_000, TestContext.Current.CancellationToken); // two windows more
        var ids = new List<string>();
        foreach (var (batchId, _) in await ListAsync())
        {
            var file = await api.GetStringAsync($"/data/foundation/export/files/{batchId}-1?path={batchId}.json", TestContext.Current.CancellationToken);
            ids.AddRange(file.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["_id"]!.GetValue<string>()));
        }
        return ids;

        async Task<JsonObject> ListAsync() => JsonNode.Parse(
            await api.GetStringAsync($"/data/foundation/catalog/batches?{query}&limit=100", TestContext.Current.CancellationToken))!.AsObject();
    }
}
