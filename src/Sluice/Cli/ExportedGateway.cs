using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Sluice.Cli;

/// <summary>The gateway's part of an export: what an environment has deployed, as bundles in folders, and the caches, target servers, products and hooks they need.</summary>
/// <remarks>Not in it: what holds secrets or is people's (key value maps, keystores, developers, apps), and revisions that are not deployed.</remarks>
internal sealed class ExportedGateway
{
    private const string Folder = "gateway";
    private const string Deployments = "deployments.json";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // In the order in which one can need another.
    private static readonly string[] Bundles = ["sharedflows", "apis"];

    private readonly ClientCall _call;
    private readonly HttpClient _http;
    private readonly string _organization;
    private readonly string _environment;
    private readonly string _folder;

    private ExportedGateway(ClientCall call, HttpClient http, string organization, string path) =>
        (_call, _http, _organization, _environment, _folder) = (call, http, organization, call.Environment ?? "production", Path.Combine(path, Folder));

    private string Organization => $"/v1/organizations/{Uri.EscapeDataString(_organization)}";

    private string Environment => $"{Organization}/environments/{Uri.EscapeDataString(_environment)}";

    // Where each kind of thing is made and listed, and its file.
    private (string File, string Path)[] Kinds =>
        [("caches.json", $"{Environment}/caches"), ("targetservers.json", $"{Environment}/targetservers"), ("apiproducts.json", $"{Organization}/apiproducts")];

    /// <summary>Writes it; returns how many bundles there are.</summary>
    internal static async Task<int> WriteAsync(ClientCall call, string path, Func<string, string, JsonNode, Task> write)
    {
        using var http = await call.OpenAsync(Patience);
        var gateway = new ExportedGateway(call, http, await OrganizationAsync(call), path);
        if (Directory.Exists(gateway._folder))
            Directory.Delete(gateway._folder, recursive: true); // of an earlier export
        Directory.CreateDirectory(gateway._folder);
        return await gateway.WriteAsync(write);
    }

    /// <summary>Brings in what is not there; returns how much was created and how many bundles were deployed.</summary>
    /// <exception cref="InvalidDataException">A bundle was refused; what was said against it is in the message.</exception>
    internal static async Task<(int Created, int Deployed)> ReadAsync(ClientCall call, string path, Func<string, string, JsonNode> read)
    {
        if (!Directory.Exists(Path.Combine(path, Folder)))
            return (0, 0); // an export of before
        using var http = await call.OpenAsync(Patience);
        var gateway = new ExportedGateway(call, http, await OrganizationAsync(call), path);
        return (await gateway.CreateAsync(read), await gateway.DeployAsync(read));
    }

    private static async Task<string> OrganizationAsync(ClientCall call) => (await call.GetAsync("/v1/organizations")).AsArray()[0]!.ToString();

    private async Task<int> WriteAsync(Func<string, string, JsonNode, Task> write)
    {
        foreach (var (file, path) in Kinds)
        {
            var all = new JsonArray();
            foreach (var name in (await _call.GetAsync(path)).AsArray())
                all.Add((await _call.GetAsync($"{path}/{Uri.EscapeDataString(name!.ToString())}")).DeepClone());
            await write(_folder, file, all);
        }
        var hooks = new JsonObject();
        foreach (var hook in (await _call.GetAsync($"{Environment}/flowhooks")).AsArray().Select(one => one!.ToString()))
        {
            if ((string?)(await _call.GetAsync($"{Environment}/flowhooks/{hook}"))["sharedFlow"] is { Length: > 0 } flow)
                hooks[hook] = flow;
        }
        await write(_folder, "flowhooks.json", hooks);

        var deployed = new JsonArray();
        foreach (var kind in Bundles)
        {
            foreach (var name in (await _call.GetAsync($"{Organization}/{kind}")).AsArray().Select(one => one!.ToString()))
            {
                if (await DeployedAsync(kind, name) is not { } deployment)
                    continue;
                deployed.Add((JsonNode)new JsonObject { ["kind"] = kind, ["name"] = name, ["basePath"] = deployment.BasePath });
                using var zip = new MemoryStream(await ZipOfAsync(kind, name, deployment.Revision));
                await ZipFile.ExtractToDirectoryAsync(zip, Path.Combine(_folder, kind, name), _call.Cancellation);
            }
        }
        await write(_folder, Deployments, deployed);
        return deployed.Count;
    }

    private async Task<int> CreateAsync(Func<string, string, JsonNode> read)
    {
        var created = 0;
        foreach (var (file, path) in Kinds)
        {
            var known = (await _call.GetAsync(path)).AsArray().Select(one => one!.ToString()).ToHashSet(StringComparer.Ordinal);
            foreach (var one in read(_folder, file).AsArray().Where(one => !known.Contains(one!["name"]!.ToString())))
            {
                // A cache says its name in the query.
                await _call.SendAsync(HttpMethod.Post, file == "caches.json" ? $"{path}?name={Uri.EscapeDataString(one!["name"]!.ToString())}" : path, one);
                created++;
            }
        }
        return created;
    }

    private async Task<int> DeployAsync(Func<string, string, JsonNode> read)
    {
        var deployed = 0;
        foreach (var one in read(_folder, Deployments).AsArray())
        {
            var (kind, name, basePath) = (one!["kind"]!.ToString(), one["name"]!.ToString(), one["basePath"]?.ToString());
            var bundle = BundleFolder.Find(Path.Combine(_folder, kind, name));
            var zip = bundle.Zip();
            if (await DeployedAsync(kind, name) is { } there && there.BasePath == basePath && IsSame(zip, await ZipOfAsync(kind, name, there.Revision)))
                continue;
            using var said = new StringWriter();
            var place = new ProxiesCommand.ProxyPlace(_http, _organization, name, _environment, basePath is "/" or "" ? null : basePath, said);
            if (await place.ImportAsync(bundle, zip, _call.Cancellation) is not { } revision || !await place.DeployAsync(bundle, revision, _call.Cancellation))
                throw new InvalidDataException(said.ToString().TrimEnd());
            deployed++;
        }
        foreach (var (hook, flow) in read(_folder, "flowhooks.json").AsObject())
        {
            if ((string?)(await _call.GetAsync($"{Environment}/flowhooks/{hook}"))["sharedFlow"] != (string?)flow)
                await _call.SendAsync(HttpMethod.Put, $"{Environment}/flowhooks/{hook}", new JsonObject { ["sharedFlow"] = (string?)flow, ["continueOnError"] = true });
        }
        return deployed;
    }

    private async Task<(string Revision, string? BasePath)?> DeployedAsync(string kind, string name)
    {
        if (!(await _call.GetAsync($"{Organization}/{kind}")).AsArray().Any(one => one!.ToString() == name))
            return null;
        var all = (await _call.GetAsync($"{Organization}/{kind}/{Uri.EscapeDataString(name)}/deployments"))["deployments"]!.AsArray();
        var here = all.LastOrDefault(one => one!["environment"]!.ToString() == _environment);
        return here is null ? null : (here["revision"]!.ToString(), here["basePath"]?.ToString());
    }

    private Task<byte[]> ZipOfAsync(string kind, string name, string revision) =>
        _http.GetByteArrayAsync($"{Organization}/{kind}/{Uri.EscapeDataString(name)}/revisions/{revision}?format=bundle", _call.Cancellation);

    private static bool IsSame(byte[] one, byte[] other)
    {
        using var left = new ZipArchive(new MemoryStream(one));
        using var right = new ZipArchive(new MemoryStream(other));
        var files = left.Entries.Where(IsFile).ToList();
        return files.Count == right.Entries.Count(IsFile) && files.All(file => right.GetEntry(file.FullName) is { } its && its.Length == file.Length && its.Crc32 == file.Crc32);
    }

    private static bool IsFile(ZipArchiveEntry entry) => !entry.FullName.EndsWith('/');
}
