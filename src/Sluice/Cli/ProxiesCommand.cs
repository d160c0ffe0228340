using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Sluice.Cli;

/// <summary><c>proxies</c>: brings bundles of proxies and shared flows to a running server: imports them, deploys them, and deploys them again whenever a file is saved.</summary>
internal static class ProxiesCommand
{
    private const int MaxFaultsShown = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    internal static Command Build() => new("proxies", "Bring bundles to a running server.\n\nExample: sluice proxies watch ./weather")
    {
        Verb("import", "Stores a bundle as a new revision, and deploys nothing.", deploys: false, ImportAsync),
        Verb("deploy", "Stores a bundle as a new revision and deploys it in place of what is deployed. No request is dropped.", deploys: true, DeployAsync),
        Verb("watch", "Deploys a folder, and again whenever a file in it is saved, until Ctrl+C. Revisions that it made and replaced are deleted.", deploys: true, ProxyWatch.RunAsync),
    };

    private static Command Verb(string name, string description, bool deploys, Func<BundleFolder, ProxyPlace, CancellationToken, Task<int>> run)
    {
        var path = new Argument<string>("BUNDLE") { Description = "A folder with apiproxy/ or sharedflowbundle/ in it, or an archive." };
        var called = new Option<string?>("--name") { Description = "Its name. Default: that of its descriptor." };
        var environment = new Option<string>("--environment") { Description = "The environment. Default: production.", DefaultValueFactory = _ => "production" };
        var basePath = new Option<string?>("--base-path") { Description = "Put before the base paths of the bundle." };
        var json = new Option<bool>("--json") { Description = "Print a JSON object with the exit code and the lines, instead of the lines." };
        var connection = new ServerConnection();
        var command = new Command(name, $"{description}\n\nExample: sluice proxies {name} ./weather") { path, called, json };
        if (deploys)
        {
            command.Options.Add(environment);
            command.Options.Add(basePath);
        }
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (answers, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            using var told = new StringWriter { NewLine = "\n" };
            var output = parsed.GetValue(json) ? told : answers;
            try
            {
                var bundle = BundleFolder.Find(parsed.GetValue(path)!);
                using var http = await connection.OpenAsync(parsed, Patience, cancellation);
                var organization = (JsonNode.Parse(await http.GetStringAsync("/v1/organizations", cancellation)) as JsonArray)?[0]?.ToString() ?? throw new InvalidDataException("the server has no organization");
                var place = new ProxyPlace(
                    http, organization, parsed.GetValue(called) ?? bundle.Name, deploys ? parsed.GetValue(environment)! : "", deploys ? parsed.GetValue(basePath) : null, output);
                var code = await run(bundle, place, cancellation);
                if (parsed.GetValue(json))
                    await answers.WriteLineAsync(new JsonObject { ["done"] = code == ExitCode.Done, ["report"] = new JsonArray([.. told.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (JsonNode)line)]) }.ToJsonString());
                return code;
            }
            catch (Exception failure) when (ServerConnection.IsFault(failure) && !cancellation.IsCancellationRequested)
            {
                await error.WriteLineAsync($"Not done: {failure.Message}");
                return 1;
            }
        });
        return command;
    }

    private static async Task<int> ImportAsync(BundleFolder bundle, ProxyPlace place, CancellationToken cancellation) =>
        await place.ImportAsync(bundle, bundle.Zip(), cancellation) is null ? 1 : 0;

    private static async Task<int> DeployAsync(BundleFolder bundle, ProxyPlace place, CancellationToken cancellation) =>
        await place.ImportAsync(bundle, bundle.Zip(), cancellation) is { } revision && await place.DeployAsync(bundle, revision, cancellation) ? 0 : 1;

    /// <summary>Where a bundle goes, and where is said what came of it.</summary>
    internal sealed record ProxyPlace(HttpClient Http, string Organization, string Name, string Environment, string? BasePath, TextWriter Output)
    {
        /// <summary>Stores the archive; its revision, or null when it was refused.</summary>
        internal async Task<string?> ImportAsync(BundleFolder bundle, byte[] zip, CancellationToken cancellation)
        {
            using var content = new ByteArrayContent(zip);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            var answer = await SendAsync(bundle, HttpMethod.Post, $"{bundle.Resource}?action=import&name={Uri.EscapeDataString(Name)}", content, cancellation);
            if (answer is null)
                return null;
            var revision = answer["revision"]!.ToString();
            await Output.WriteLineAsync($"{Name}: revision {revision} imported");
            return revision;
        }

        /// <summary>Deploys a revision in place of what is deployed; false when it was refused.</summary>
        internal async Task<bool> DeployAsync(BundleFolder bundle, string revision, CancellationToken cancellation)
        {
            var path = $"environments/{Uri.EscapeDataString(Environment)}/{bundle.Resource}/{Uri.EscapeDataString(Name)}/revisions/{revision}/deployments?override=true";
            var answer = await SendAsync(bundle, HttpMethod.Post, BasePath is null ? path : $"{path}&basepath={Uri.EscapeDataString(BasePath)}", null, cancellation);
            if (answer is null)
                return false;
            await TellAsync(bundle, answer["warnings"] as JsonArray, "warning");
            var paths = (answer["paths"] as JsonArray)?.Select(one => one!.ToString()) ?? [];
            await Output.WriteLineAsync($"{Name}: revision {revision} deployed to {Environment} {string.Join(", ", paths)}".TrimEnd());
            return true;
        }

        /// <summary>Deletes a revision that is no longer deployed.</summary>
        internal async Task DeleteAsync(BundleFolder bundle, string revision, CancellationToken cancellation)
        {
            using var response = await Http.DeleteAsync($"/v1/organizations/{Organization}/{bundle.Resource}/{Uri.EscapeDataString(Name)}/revisions/{revision}", cancellation);
        }

        private async Task<JsonNode?> SendAsync(BundleFolder bundle, HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
        {
            using var request = new HttpRequestMessage(method, $"/v1/organizations/{Organization}/{path}") { Content = content };
            using var response = await Http.SendAsync(request, cancellation);
            var text = await response.Content.ReadAsStringAsync(cancellation);
            var body = text.StartsWith('{') ? JsonNode.Parse(text) : null;
            if (response.IsSuccessStatusCode)
                return body;
            await Output.WriteLineAsync($"{Name}: refused with {(int)response.StatusCode}; nothing changed");
            if (body?["faults"] is JsonArray { Count: > 0 } faults)
                await TellAsync(bundle, faults, "error");
            else
                await Output.WriteLineAsync($"  {body?["message"]?.ToString() ?? text}");
            return null;
        }

        // As compilers say it, so that editors lead to the place.
        private async Task TellAsync(BundleFolder bundle, JsonArray? faults, string kind)
        {
            foreach (var fault in (faults ?? []).Take(MaxFaultsShown))
                await Output.WriteLineAsync($"  {bundle.Root}/{fault!["file"]}({fault["line"]},{fault["column"]}): {kind} {fault["name"]}: {fault["message"]}");
        }
    }
}
