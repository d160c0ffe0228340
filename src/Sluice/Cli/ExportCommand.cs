using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary><c>export</c> and <c>import</c>: the schemas, datasets, inlets, audience objects and deployed proxies of an environment as a folder that can be read, compared and brought in again.</summary>
/// <remarks>What is brought in beside what is there is found by its name, so a second import changes nothing. Ids that hold the tenant's are those of the tenant that imports.</remarks>
internal static class ExportCommand
{
    private const string Format = "sluice-export/1";
    private const string Rpc = "/data/foundation/schemaregistry/rpc";
    private const string About = "about.json";
    private const string Schemas = "schemas.json";
    private const string Datasets = "datasets.json";
    private const string Inlets = "inlets.json";
    private const string Audience = "audience.json";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static Command BuildExport()
    {
        var folder = new Argument<string>("DIR") { Description = "A folder that is not there yet, or an earlier export to write over." };
        return ClientVerb.Build(
            "export", "Writes schemas, datasets, inlets, everything of the audience and what the gateway has deployed into a folder. Secrets, people, messages, flows and webhooks are not in it.",
            "sluice export ./installation", [folder], async call =>
            {
                var path = Directory.CreateDirectory(call.Parsed.GetValue(folder)!).FullName;
                if (Directory.EnumerateFileSystemEntries(path).Any() && !File.Exists(Path.Combine(path, About)))
                    throw new InvalidDataException($"{path} holds something else");
                var (schemas, titles) = await SchemasOfAsync(call);
                var datasets = new JsonArray();
                var names = new Dictionary<string, string>(StringComparer.Ordinal);
                await foreach (var one in call.Server.ListDatasetsAsync(call.Cancellation))
                {
                    if (names.ContainsValue(one.Name))
                        throw new InvalidDataException($"two datasets are called '{one.Name}'; an import could not tell them apart");
                    names[one.Id] = one.Name;
                    datasets.Add((JsonNode)new JsonObject { ["name"] = one.Name, ["schema"] = one.SchemaId });
                }
                var inlets = new JsonArray([.. (await call.Server.ListInletsAsync(call.Cancellation)).Select(one => (JsonNode)new JsonObject
                {
                    ["name"] = one.Name,
                    ["dataset"] = one.DatasetId is { } dataset ? names.GetValueOrDefault(dataset) : null,
                    ["authenticationRequired"] = one.AuthenticationRequired,
                    ["deduplication"] = one.Deduplication,
                })]);
                var audience = await call.GetAsync("/v1/configuration");
                await WriteAsync(path, Schemas, schemas);
                await WriteAsync(path, Datasets, datasets);
                await WriteAsync(path, Inlets, inlets);
                await WriteAsync(path, Audience, audience);
                var bundles = await ExportedGateway.WriteAsync(call, path, WriteAsync);
                await WriteAsync(path, About, new JsonObject { ["format"] = Format, ["tenantId"] = await TenantAsync(call) });
                var answer = new JsonObject { ["folder"] = path, ["schemas"] = titles, ["datasets"] = datasets.Count, ["inlets"] = inlets.Count, ["bundles"] = bundles };
                return await call.AnswerAsync(answer, output => output.WriteLineAsync($"{path}: {titles} schemas, {datasets.Count} datasets, {inlets.Count} inlets, {bundles} bundles of the gateway, and what the audience has"));
            });
    }

    internal static Command BuildImport()
    {
        var folder = new Argument<string>("DIR") { Description = "What export wrote." };
        return ClientVerb.Build(
            "import", "Brings an export in beside what is there. What has the same name is left as it is, so it can be repeated, also after a fault.", "sluice import ./installation", [folder],
            async call =>
            {
                var path = Path.GetFullPath(call.Parsed.GetValue(folder)!);
                var about = Read(path, About, "");
                if ((string?)about["format"] != Format)
                    throw new InvalidDataException($"{path} is not an export of this form");
                var rename = ((string)about["tenantId"]!, await TenantAsync(call));
                var schemas = Read(path, Schemas, rename).AsArray();
                if (schemas.Count > 0)
                    await call.SendAsync(HttpMethod.Post, $"{Rpc}/import", schemas);
                var known = new Dictionary<string, string>(StringComparer.Ordinal);
                await foreach (var one in call.Server.ListDatasetsAsync(call.Cancellation))
                    known[one.Name] = one.Id;
                var made = 0;
                foreach (var one in Read(path, Datasets, rename).AsArray().Where(one => !known.ContainsKey((string)one!["name"]!)))
                {
                    known[(string)one!["name"]!] = await call.Server.CreateDatasetAsync((string)one["name"]!, (string)one["schema"]!, call.Cancellation);
                    made++;
                }
                var inlets = (await call.Server.ListInletsAsync(call.Cancellation)).Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
                var opened = 0;
                foreach (var one in Read(path, Inlets, rename).AsArray().Where(one => !inlets.Contains((string)one!["name"]!)))
                {
                    await call.Server.CreateInletAsync(
                        new InletWish((string)one!["name"]!)
                        {
                            DatasetId = (string?)one["dataset"] is { } dataset ? known[dataset] : null,
                            AuthenticationRequired = (bool)one["authenticationRequired"]!,
                            Deduplication = (bool)one["deduplication"]!,
                        }, call.Cancellation);
                    opened++;
                }
                var audience = await call.SendAsync(HttpMethod.Post, "/v1/configuration", Read(path, Audience, rename));
                var gateway = await ExportedGateway.ReadAsync(call, path, (folder, name) => Read(folder, name, rename));
                var answer = new JsonObject
                {
                    ["datasets"] = made,
                    ["inlets"] = opened,
                    ["gateway"] = new JsonObject { ["created"] = gateway.Created, ["deployed"] = gateway.Deployed },
                    ["audience"] = new JsonObject { ["created"] = audience["created"]?.DeepClone(), ["updated"] = audience["updated"]?.DeepClone(), ["unchanged"] = audience["unchanged"]?.DeepClone() },
                };
                return await call.AnswerAsync(answer, output => output.WriteLineAsync(
                    $"{made} datasets and {opened} inlets created; audience: {audience["created"]} created, {audience["updated"]} changed, {audience["unchanged"]} were so already; gateway: {gateway.Created} created, {gateway.Deployed} bundles deployed"));
            });
    }

    private static async Task<string> TenantAsync(ClientCall call) => (await call.GetAsync("/data/foundation/schemaregistry/stats"))["tenantId"]!.ToString();

    // Each with what it uses; what several use is there once, before its users.
    private static async Task<(JsonArray Parts, int Schemas)> SchemasOfAsync(ClientCall call)
    {
        var (parts, seen, count) = (new JsonArray(), new HashSet<string>(StringComparer.Ordinal), 0);
        await foreach (var schema in call.Server.ListSchemasAsync(call.Cancellation))
        {
            count++;
            foreach (var part in (await call.GetAsync($"{Rpc}/export/{Uri.EscapeDataString(schema.Id)}")).AsArray())
            {
                if (seen.Add((part!["$id"] ?? part["@id"])!.ToString()))
                    parts.Add(part.DeepClone());
            }
        }
        return (parts, count);
    }

    private static async Task WriteAsync(string folder, string name, JsonNode content)
    {
        var path = Path.Combine(folder, name);
        await File.WriteAllTextAsync(path + ".new", content.ToJsonString(Readable) + "\n");
        File.Move(path + ".new", path, overwrite: true);
    }

    private static JsonNode Read(string folder, string name, string tenant) => Read(folder, name, (tenant, tenant));

    private static JsonNode Read(string folder, string name, (string From, string To) tenant)
    {
        var text = File.ReadAllText(Path.Combine(folder, name));
        if (tenant.From != tenant.To)
            text = text.Replace($"ns.adobe.com/{tenant.From}/", $"ns.adobe.com/{tenant.To}/", StringComparison.Ordinal).Replace($"_{tenant.From}", $"_{tenant.To}", StringComparison.Ordinal);
        return JsonNode.Parse(text) ?? throw new InvalidDataException($"{name} is empty");
    }
}
