using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.AcceptanceTests.Durability;

namespace Sluice.AcceptanceTests.Guide;

/// <summary>A server that has what the examples of <c>docs/cli.md</c> speak of, and a folder with their files; ids in an example stand for those that are there.</summary>
internal sealed class CommandStage : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-cli-page-");
    private readonly House _house = new();
    private readonly ServerProcess _server;
    private readonly Dictionary<string, string> _ids = [];
    private HttpClient _api = null!;
    private string _address = "";
    private string _datasetId = "";

    private CommandStage()
    {
        _house.Settings.AddRange(["Audience:AllowLoopbackTargets=true", "Gateway:AllowLoopbackTargets=true", "Journal:MaxAge=01:00:00"]);
        _server = _house.Start();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal static async Task<CommandStage> OpenAsync()
    {
        var stage = new CommandStage();
        await stage.FurnishAsync();
        return stage;
    }

    /// <summary>Starts an example in a shell; only its ids are others.</summary>
    internal async Task<ProgramRun> StartAsync(string example)
    {
        if (example.Contains("4f1d", StringComparison.Ordinal))
            _ids["4f1d"] = await FirstAsync("/api/sluice/v1/failed-messages/groups", "groups", "fingerprint");
        if (example.Contains("01J8ZQ", StringComparison.Ordinal))
            _ids["01J8ZQ"] = await FirstAsync("/api/sluice/v1/replays", "replays", "id");
        var real = Regex.Replace(example, string.Join('|', _ids.Keys.Select(Regex.Escape)), shown => _ids[shown.Value]);
        return ProgramRun.StartShell(real, _folder.FullName, new Dictionary<string, string> { ["SLUICE_SERVER"] = _address });
    }

    /// <summary>A message that is refused.</summary>
    internal async Task<string> SendWrongAsync() => await SendAsync(7);

    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        await _server.DisposeAsync();
        _house.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task FurnishAsync()
    {
        _address = (await _server.ReadyAsync())!;
        _api = await _house.SignInAsync(_address);
        _datasetId = await _house.FurnishAsync(_api);
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "sluice-data"), _house.Folder);
        _ids["/mnt/backup/sluice"] = Path.Combine(_folder.FullName, "backup");

        var schema = await File.ReadAllTextAsync(Checkout.PathOf("samples/schemas/web-event.schema.json"), Cancellation);
        await PostAsync("/data/foundation/schemaregistry/tenant/schemas", schema);
        var inlet = await PostAsync("/data/core/edge/inlet", $$"""{"name":"web","datasetId":"{{_datasetId}}"}""");
        await File.WriteAllLinesAsync(Path.Combine(_folder.FullName, "events.ndjson"), Enumerable.Range(0, 20).Select(number => SentMessage.Text(number, _house, _datasetId)), Cancellation);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "patch.json"), """[{"op":"add","path":"/body/xdmEntity/timestamp","value":"2026-01-01T00:00:00Z"}]""", Cancellation);
        _ids["1565628583792:1485:153:0"] = await SendAsync(0);
        while ((await GetAsync("/api/sluice/v1/failed-messages/groups"))["groups"]!.AsArray().Count == 0)
        {
            await SendWrongAsync();
            await Task.Delay(200, Cancellation);
        }

        var components = _folder.CreateSubdirectory("xdm/components").FullName;
        await File.WriteAllTextAsync(
            Path.Combine(components, "weather.schema.json"),
            """
            {"$id":"https://ns.adobe.com/xdm/context/page-weather","title":"Weather","type":"object","meta:extensible":true,"meta:abstract":true,
             "meta:intendedToExtend":["https://ns.adobe.com/xdm/context/experienceevent"],
             "definitions":{"weather":{"properties":{"xdm:windSpeed":{"type":"number"}}}},"allOf":[{"$ref":"#/definitions/weather"}]}
            """, Cancellation);
        CopyBundle(Checkout.PathOf("samples/bundles/weather/apiproxy"), Path.Combine(_folder.FullName, "weather/apiproxy"));
        var tenant = (await GetAsync("/v1/organizations"))[0]!;
        await PostAsync($"/v1/organizations/{tenant}/environments/production/caches?name=weather", "{}");
        await PostAsync($"/v1/organizations/{tenant}/environments/production/targetservers", $$"""{"name":"weather-service","host":"127.0.0.1","port":{{new Uri(_address).Port}},"isEnabled":true}""");
        await FurnishAudienceAsync();
    }

    private async Task FurnishAudienceAsync()
    {
        await PostAsync("/v1/datasources/", """{"name":"Shop","integrationCode":"shop","idType":"COOKIE"}""");
        await PostAsync("/v1/datasources/", """{"name":"Email","integrationCode":"Email","idType":"CROSS_DEVICE"}""");
        var source = (await GetAsync("/v1/datasources/")).AsArray().Single(one => one!["name"]!.ToString() == "Shop")!["dataSourceId"];
        var hats = "";
        foreach (var (shown, page) in new[] { ("17", "shoes"), ("18", "boots"), ("19", "gloves"), ("", "hats") })
        {
            hats = (await PostAsync("/v1/traits/", $$"""{"name":"Views {{page}} here","traitType":"RULE_BASED_TRAIT","dataSourceId":{{source}},"folderId":0,"traitRule":"page=={{page}}"}"""))["sid"]!.ToString();
            if (shown.Length > 0)
                _ids[shown] = hats;
        }
        foreach (var shown in new[] { "31", "32" })
            _ids[shown] = (await PostAsync("/v1/segments/", $$"""{"name":"Segment {{shown}}","dataSourceId":{{source}},"folderId":0,"segmentRule":"{{hats}}T"}"""))["sid"]!.ToString();
        (await _api.GetAsync("/event?d_cid_ic=Email%01jane@example.com%011&page=hats", Cancellation)).Dispose();
    }

    private async Task<string> SendAsync(int number)
    {
        var answer = await PostAsync($"/collection/{_house.InletId}", "{\"messages\":[" + SentMessage.Text(number, _house, _datasetId) + "]}");
        return answer["responses"]![0]!["xactionId"]!.ToString();
    }

    private async Task<string> FirstAsync(string path, string list, string member) => (await GetAsync(path))[list]![0]![member]!.ToString();

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _api.GetStringAsync(path, Cancellation))!;

    private async Task<JsonNode> PostAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _api.PostAsync(path, content, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, $"{path} was answered {(int)response.StatusCode}: {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    private static void CopyBundle(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
