using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Cli;

/// <summary><c>schemas import</c>: carries a folder of published XDM files into a server's global container.</summary>
internal static class SchemasCommand
{
    private const string DefaultServer = "http://127.0.0.1:8080";
    private const string DefaultData = "sluice-data";
    private const int MaxFaultsShown = 50;

    // Every schema that uses what comes in is compiled again before the answer: seconds for a thousand of them.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    internal static Command Build()
    {
        var folder = new Argument<string>("DIR") { Description = "The folder; every *.schema.json in it and below it is sent." };
        var server = new Option<string>("--server") { Description = $"The server's address. Default: {DefaultServer}.", DefaultValueFactory = _ => DefaultServer };
        var data = new Option<string>("--data") { Description = $"The data folder whose credentials.json to use. Default: ./{DefaultData}.", DefaultValueFactory = _ => DefaultData };
        var clientId = new Option<string?>("--client-id") { Description = "The client to ask for a token as, instead of that of the data folder." };
        var clientSecret = new Option<string?>("--client-secret") { Description = "Its secret." };
        var sandbox = new Option<string?>("--environment") { Description = "The environment. Default: production." };

        var import = new Command("import", "Sends published XDM files to the server: all are taken, or none.") { folder, server, data, clientId, clientSecret, sandbox };
        import.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                var credentials = parsed.GetValue(clientId) is { } id
                    ? new Client(id, parsed.GetValue(clientSecret) ?? "")
                    : Client.OfFolder(parsed.GetValue(data)!);
                return await ImportAsync(parsed.GetValue(folder)!, parsed.GetValue(server)!, credentials, parsed.GetValue(sandbox), Console.Out, cancellation);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or HttpRequestException or JsonException or UriFormatException
                or TaskCanceledException or InvalidDataException)
            {
                await Console.Error.WriteLineAsync($"The schemas cannot be imported: {failure.Message}");
                return 1;
            }
        });
        return new Command("schemas", "Work with the schema registry of a running server.") { import };
    }

    /// <summary>Reads, sends and reports; 0 when all was taken.</summary>
    internal static async Task<int> ImportAsync(
        string folder, string server, Client client, string? environment, TextWriter output, CancellationToken cancellation)
    {
        var files = Directory.EnumerateFiles(folder, "*.schema.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
            throw new InvalidDataException($"there is no *.schema.json in {folder}");
        var (resources, fileOf) = await ReadAsync(folder, files, cancellation);
        await output.WriteLineAsync($"Read {files.Count} files in {folder}");

        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(server), Timeout = Patience };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await client.TokenAsync(http, cancellation));
        if (environment is not null)
            http.DefaultRequestHeaders.Add("x-sandbox-name", environment);
        await output.WriteLineAsync($"Sending to {server}");
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

    /// <summary>Who asks for the token.</summary>
    internal sealed record Client(string Id, string Secret)
    {
        internal static Client OfFolder(string data)
        {
            var path = Path.Combine(data, "credentials.json");
            var client = JsonNode.Parse(File.ReadAllText(path))?["client"];
            return client?["clientId"]?.ToString() is { } id && client["clientSecret"]?.ToString() is { } secret
                ? new Client(id, secret)
                : throw new InvalidDataException($"{path} names no client");
        }

        internal async Task<string> TokenAsync(HttpClient http, CancellationToken cancellation)
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_id"] = Id,
                ["client_secret"] = Secret,
            });
            using var response = await http.PostAsync("/ims/token/v3", form, cancellation);
            var text = await response.Content.ReadAsStringAsync(cancellation);
            return response.IsSuccessStatusCode && JsonNode.Parse(text)?["access_token"]?.ToString() is { } token
                ? token
                : throw new InvalidDataException($"the server gave no token: {(int)response.StatusCode} {text}");
        }
    }
}
