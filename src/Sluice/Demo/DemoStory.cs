using System.Net;
using System.Text.Json.Nodes;

namespace Sluice.Demo;

/// <summary>The demo: every step with its request and its answer, checked against what was promised.</summary>
internal sealed class DemoStory(string address, string folder, WeatherService weather, TextWriter output)
{
    private static readonly TimeSpan BatchPatience = TimeSpan.FromSeconds(30);

    private readonly StepPrinter _print = new(output);

    /// <summary>Tells the story; false when a step did not go as promised.</summary>
    internal async Task<bool> TellAsync(CancellationToken cancellation)
    {
        using var api = new DemoApi(address);
        try
        {
            await TellStepsAsync(api, cancellation);
            return true;
        }
        catch (DemoFailure failure)
        {
            _print.Failed(failure.Message);
            return false;
        }
    }

    private async Task TellStepsAsync(DemoApi api, CancellationToken cancellation)
    {
        var credentials = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "credentials.json"), cancellation))!;
        var orgId = credentials["orgId"]!.GetValue<string>();
        _print.Title($"Sluice is up on {address}, data in {folder}");

        _print.Step("A client asks for a token", "POST /ims/token/v3");
        await api.SignInAsync(credentials["client"]!, cancellation);
        _print.Done("a signed token, good for a day");

        _print.Step("A schema says what an event may hold", "POST /data/foundation/schemaregistry/tenant/schemas");
        var schemaId = await FindOrCreateSchemaAsync(api, cancellation);
        _print.Done(schemaId);

        _print.Step("A dataset keeps the events of that schema", "POST /data/foundation/catalog/dataSets");
        var datasetId = await FindOrCreateDatasetAsync(api, schemaId, cancellation);
        _print.Done($"dataset {datasetId}");

        _print.Step("A connection gives producers their own address", "POST /data/core/edge/inlet");
        var inletUrl = await FindOrCreateInletAsync(api, cancellation);
        _print.Done(inletUrl);

        string Fill(string sample) => Samples.Read(sample)
            .Replace("{SCHEMA_ID}", schemaId, StringComparison.Ordinal)
            .Replace("{DATASET_ID}", datasetId, StringComparison.Ordinal)
            .Replace("{IMS_ORG}", orgId, StringComparison.Ordinal);

        var before = (await ListBatchesAsync(api, datasetId, cancellation)).Select(IdOf).ToHashSet();
        _print.Step("Two valid messages in one request", $"POST {inletUrl}");
        var valid = await api.SendAsync(inletUrl, Fill("messages/valid.json"), cancellation);
        _print.Answer(valid);
        _print.Promise(valid.Status == HttpStatusCode.MultiStatus && Verdicts(valid.Body) is [null, null], "both messages are accepted with 207");

        _print.Step("Five messages, three of them wrong", $"POST {inletUrl}");
        var mixed = await api.SendAsync(inletUrl, Fill("messages/mixed.json"), cancellation);
        _print.Answer(mixed);
        _print.Promise(
            mixed.Status == HttpStatusCode.MultiStatus
            && Verdicts(mixed.Body) is [null, var noBody, var wrongOrg, null, var oldForm]
            && noBody?.EndsWith("Message has unknown xdm format", StringComparison.Ordinal) == true
            && wrongOrg?.EndsWith("Message has an absent or wrong ims org in the header", StringComparison.Ordinal) == true
            && oldForm?.EndsWith("Message has unknown xdm format", StringComparison.Ordinal) == true,
            "messages 1 and 4 are accepted; 2, 3 and 5 are refused, each with its reason");

        _print.Step("The window closes and the batches land", $"GET /data/foundation/catalog/batches?dataSet={datasetId}");
        var batches = await WaitForBatchesAsync(api, datasetId, before, cancellation);
        foreach (var batch in batches)
            _print.Line($"{batch["id"]}  {batch["status"],-7}  {batch["metrics"]!["inputRecordCount"]} records");
        _print.Promise(Count(batches, "success") == 4 && Count(batches, "failed") == 3, "four records are stored and three are kept as failed");

        await ShowFilesAsync(api, batches, cancellation);
        await new AudienceStory(api, _print).TellAsync(cancellation);
        await new GatewayStory(api, _print, credentials["tenantId"]!.GetValue<string>(), weather).TellAsync(cancellation);
        TellWhatNext(inletUrl, datasetId);
    }

    private async Task ShowFilesAsync(DemoApi api, List<JsonObject> batches, CancellationToken cancellation)
    {
        var stored = new List<JsonNode>();
        var failed = new List<JsonNode>();
        foreach (var batch in batches)
        {
            var isFailed = batch["status"]!.GetValue<string>() == "failed";
            var list = isFailed ? $"/data/foundation/export/batches/{batch["id"]}/failed" : $"/data/foundation/export/files/{batch["id"]}-1";
            var files = (await api.GetAsync(list, cancellation))["data"]!.AsArray();
            var href = files.Select(file => file!["_links"]!["self"]!["href"]!.GetValue<string>())
                .First(link => !link.EndsWith("_SUCCESS", StringComparison.Ordinal));
            (isFailed ? failed : stored).AddRange(await api.GetLinesAsync(href, cancellation));
        }

        _print.Step("The stored events are read back", "GET /data/foundation/export/files/{dataSetFileId}?path=…");
        foreach (var entity in stored)
            _print.Line($"{entity["_id"]}  {entity["productListItems"]![0]!["name"]}, {entity["productListItems"]![0]!["quantity"]} pieces");
        _print.Promise(stored.Count == 4, "all four accepted events are in the files, none twice");

        _print.Step("The failed messages are read back, each with its reason", "GET /data/foundation/export/batches/{id}/failed?path=…");
        foreach (var message in failed)
            _print.Line($"{message["_errors"]!["_streamingValidation"]![0]!["message"]}  ({message["_dcsMeta"]!["xactionId"]})");
        _print.Promise(failed.Count == 3, "all three refused messages are kept whole");
    }

    private void TellWhatNext(string inletUrl, string datasetId)
    {
        _print.Title("All of it went as promised. Try next:");
        output.WriteLine(
            $$$"""
              ID=$(sed -n '/"client":/,/}/s/.*"clientId": "\(.*\)".*/\1/p' {{{folder}}}/credentials.json)
              SECRET=$(sed -n '/"client":/,/}/s/.*"clientSecret": "\(.*\)".*/\1/p' {{{folder}}}/credentials.json)
              TOKEN=$(curl -s {{{address}}}/ims/token/v3 -d grant_type=client_credentials -d client_id=$ID -d client_secret=$SECRET | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
              curl -s -H "Authorization: Bearer $TOKEN" {{{address}}}/data/foundation/catalog/dataSets/{{{datasetId}}}
              curl -s -H "Authorization: Bearer $TOKEN" '{{{address}}}/data/foundation/catalog/batches?dataSet={{{datasetId}}}&orderBy=desc:created'
              curl -s {{{inletUrl}}} -H 'Content-Type: application/json' -d '{"messages":[{"header":{},"body":{}}]}'
              curl -si '{{{address}}}/weather/forecast?w=2' -H 'bypass-cache: true'
              curl -s {{{address}}}/metrics | grep sluice_

            """);
    }

    private static async Task<string> FindOrCreateSchemaAsync(DemoApi api, CancellationToken cancellation)
    {
        var sample = JsonNode.Parse(Samples.Read("schemas/web-event.schema.json"))!;
        const string path = "/data/foundation/schemaregistry/tenant/schemas";
        var known = (await api.GetAsync(path, cancellation))["results"]!.AsArray()
            .FirstOrDefault(one => one!["title"]!.GetValue<string>() == sample["title"]!.GetValue<string>());
        var schema = known ?? (await api.CreateAsync(path, sample, cancellation))!;
        return schema["$id"]!.GetValue<string>();
    }

    private static async Task<string> FindOrCreateDatasetAsync(DemoApi api, string schemaId, CancellationToken cancellation)
    {
        const string path = "/data/foundation/catalog/dataSets";
        const string name = "Demo web events";
        if ((await api.GetAsync($"{path}?name={Uri.EscapeDataString(name)}", cancellation)).AsObject() is { Count: > 0 } known)
            return known.First().Key;
        var created = await api.CreateAsync(
            path,
            new JsonObject
            {
                ["name"] = name,
                ["schemaRef"] = new JsonObject { ["id"] = schemaId, ["contentType"] = "application/vnd.adobe.xed+json;version=1" },
            },
            cancellation);
        return created[0]!.GetValue<string>()["@/dataSets/".Length..];
    }

    private static async Task<string> FindOrCreateInletAsync(DemoApi api, CancellationToken cancellation)
    {
        const string path = "/data/core/edge/inlet";
        const string name = "sluice-demo";
        var known = (await api.GetAsync($"{path}?sourceId={name}", cancellation))["items"]!.AsArray().FirstOrDefault();
        var inlet = known ?? await api.CreateAsync(path, new JsonObject { ["name"] = name, ["sourceId"] = name, ["dataType"] = "xdm" }, cancellation);
        return inlet["inletUrl"]!.GetValue<string>();
    }

    private static async Task<List<JsonObject>> ListBatchesAsync(DemoApi api, string datasetId, CancellationToken cancellation) =>
        [.. (await api.GetAsync($"/data/foundation/catalog/batches?dataSet={datasetId}&orderBy=desc:created&limit=100&status=!loading", cancellation))
            .AsObject().Select(one => one.Value!.AsObject())];

    private static async Task<List<JsonObject>> WaitForBatchesAsync(DemoApi api, string datasetId, HashSet<string> before, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(BatchPatience);
        while (true)
        {
            var landed = (await ListBatchesAsync(api, datasetId, cancellation)).Where(batch => !before.Contains(IdOf(batch))).OrderBy(IdOf).ToList();
            if (Count(landed, "success") >= 4 && Count(landed, "failed") >= 3)
                return landed;
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), patience.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new DemoFailure($"the batches did not land within {BatchPatience.TotalSeconds} s");
            }
        }
    }

    private static string IdOf(JsonObject batch) => batch["id"]!.GetValue<string>();

    private static int Count(List<JsonObject> batches, string status) =>
        batches.Where(batch => batch["status"]!.GetValue<string>() == status).Sum(batch => batch["metrics"]!["inputRecordCount"]!.GetValue<int>());

    // A verdict is null when the entry carries no status: accepted.
    private static string?[] Verdicts(JsonNode body) =>
        [.. body["responses"]!.AsArray().Select(entry => entry!["status"] is null ? null : entry["message"]!.GetValue<string>())];
}
