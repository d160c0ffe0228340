using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary><c>schemas</c>: looks at a server's schemas, and carries a folder of published XDM files into its global container.</summary>
internal static class SchemasCommand
{
    private const int MaxFaultsShown = 50;
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    // Every schema that uses what comes in is compiled again before the answer: seconds for a thousand of them.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    internal static Command Build() => new("schemas", "Work with the schema registry of a running server.\n\nExample: sluice schemas list") { List(), Show(), Import() };

    /// <summary>A schema of the tenant by its <c>$id</c>, <c>meta:altId</c> or title.</summary>
    internal static async Task<SchemaSummary> FindAsync(ClientCall call, string wanted)
    {
        var found = new List<SchemaSummary>();
        await foreach (var one in call.Server.ListSchemasAsync(call.Cancellation))
        {
            if (one.Id == wanted || one.AltId == wanted || one.Title == wanted)
                found.Add(one);
        }
        return found.Count == 1 ? found[0]
            : throw new InvalidDataException(found.Count == 0 ? $"there is no schema '{wanted}'" : $"{found.Count} schemas are called '{wanted}'; give an $id, such as {found[0].Id}");
    }

    private static Command List() => ClientVerb.Build("list", "Lists the tenant's schemas.", "sluice schemas list", [], async call =>
    {
        var rows = new JsonArray();
        await foreach (var one in call.Server.ListSchemasAsync(call.Cancellation))
            rows.Add((JsonNode)new JsonObject { ["id"] = one.Id, ["altId"] = one.AltId, ["title"] = one.Title, ["version"] = one.Version });
        return await call.AnswerAsync(rows, ("TITLE", one => one["title"]?.ToString()), ("VERSION", one => one["version"]?.ToString()), ("ID", one => one["id"]?.ToString()));
    });

    private static Command Show()
    {
        var wanted = new Argument<string>("SCHEMA") { Description = "Its $id, meta:altId or title." };
        return ClientVerb.Build("show", "Prints a schema's document.", "sluice schemas show \"Web event\"", [wanted], async call =>
        {
            var summary = await FindAsync(call, call.Parsed.GetValue(wanted)!);
            var schema = await call.Server.FindSchemaAsync(summary.Id, call.Cancellation) ?? throw new InvalidDataException($"the schema {summary.Id} is gone");
            await call.Output.WriteLineAsync(JsonSerializer.Serialize(schema.Document, Readable));
            return ExitCode.Done;
        });
    }

    private static Command Import()
    {
        var folder = new Argument<string>("DIR") { Description = "The folder; every *.schema.json in it and below it is sent." };
        return ClientVerb.Build(
            "import", "Sends published XDM files to the server: all are taken, or none.", "sluice schemas import ./xdm/components", [folder],
            async call =>
            {
                using var http = await call.OpenAsync(Patience);
                using var told = new StringWriter();
                var code = await ImportAsync(call.Parsed.GetValue(folder)!, http, null, call.IsJson ? told : call.Output, call.Cancellation);
                if (call.IsJson)
                    await call.AnswerAsync(new JsonObject { ["imported"] = code == ExitCode.Done, ["report"] = new JsonArray([.. told.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (JsonNode)line.TrimEnd())]) }, _ => Task.CompletedTask);
                return code;
            });
    }

    /// <summary>Reads, sends and reports; 0 when all was taken.</summary>
    internal static async Task<int> ImportAsync(
        string folder, HttpClient http, string? environment, TextWriter output, CancellationToken cancellation)
    {
        var files = Directory.EnumerateFiles(folder, "*.schema.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
            throw new InvalidDataException($"there is no *.schema.json in {folder}");
        var (resources, fileOf) = await ReadAsync(folder, files, cancellation);
        await output.WriteLineAsync($"Read {files.Count} files in {folder}");

        if (environment is not null)
            http.DefaultRequestHeaders.Add("x-sandbox-name", environment);
        await output.WriteLineAsync($"Sending to {http.BaseAddress}");
        using var content = new StringContent(resources, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync("/api/sluice/v1/schemaregistry/global/import", content, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (response.IsSuccessStatusCode)
        {
            await ReportAsync(JsonNode.Parse(text)!, fileOf, output);
            return 0;
        }

        await output.WriteLineAsync($"Refused with {(int)response.StatusCode}; nothing was imported.");
        var refusal = text.StartsWith('{') ? JsonNode.Parse(text) : null;
        await output.WriteLineAsync(refusal?["detail"]?.ToString() ?? refusal?["message"]?.ToString() ?? text);
        foreach (var fault in (refusal?["report"]?["sub-errors"] as JsonArray ?? []).Take(MaxFaultsShown))
            await output.WriteLineAsync($"  {Named(fault!.ToString(), fileOf)}");
        return 1;
    }

    private static async Task<(string Body, Dictionary<string, string> FileOf)> ReadAsync(string folder, List<string> files, CancellationToken cancellation)
    {
        var body = new StringBuilder("{\"resources\":[");
        var fileOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var name = Path.GetRelativePath(folder, file);
            var text = await File.ReadAllTextAsync(file, cancellation);
            try
            {
                using var parsed = JsonDocument.Parse(text);
                if (parsed.RootElement.ValueKind == JsonValueKind.Object && parsed.RootElement.TryGetProperty("$id", out var id))
                    fileOf[id.ToString()] = name;
            }
            catch (JsonException error)
            {
                throw new InvalidDataException($"{name} is not JSON: {error.Message}", error);
            }
            body.Append(body[^1] == '[' ? "" : ",").Append(text);
        }
        return (body.Append("]}").ToString(), fileOf);
    }

    private static async Task ReportAsync(JsonNode answer, Dictionary<string, string> fileOf, TextWriter output)
    {
        foreach (var resource in answer["resources"]!.AsArray())
        {
            var id = resource!["$id"]!.GetValue<string>();
            foreach (var warning in resource["warnings"]!.AsArray())
                await output.WriteLineAsync($"  {fileOf.GetValueOrDefault(id, id)}: {warning}");
        }
        foreach (var kind in answer["resources"]!.AsArray().GroupBy(one => one!["meta:resourceType"]!.GetValue<string>()).OrderBy(group => group.Key, StringComparer.Ordinal))
            await output.WriteLineAsync($"  {kind.Count(),5} {kind.Key}");
        await output.WriteLineAsync($"Imported {answer["imported"]}; {answer["unchanged"]} were there already.");
    }

    // The server knows ids; the caller knows files.
    private static string Named(string fault, Dictionary<string, string> fileOf)
    {
        var end = fault.IndexOf(": ", StringComparison.Ordinal);
        return end > 0 && fileOf.TryGetValue(fault[..end], out var file) ? file + fault[end..] : fault;
    }
}
