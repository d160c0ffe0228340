using System.IO.Compression;
using System.Text.Json.Nodes;
using Sluice.AcceptanceTests.Durability;

namespace Sluice.AcceptanceTests.Gateway;

/// <summary>A folder of samples/bundles: a bundle, what it needs, and requests that show it.</summary>
internal sealed class SampleBundle
{
    private readonly string _folder;
    private readonly string _root;

    private SampleBundle(string folder, string root) => (_folder, _root) = (folder, root);

    private static string Folder => Checkout.PathOf("samples/bundles");

    /// <summary>The names of all of them.</summary>
    internal static IEnumerable<string> Names => Directory.EnumerateDirectories(Folder).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    internal string Name => Path.GetFileName(_folder);

    internal bool IsSharedFlow => _root == "sharedflowbundle";

    /// <summary><c>requests.http</c>, as it is named in messages.</summary>
    internal string RequestsName => $"samples/bundles/{Name}/requests.http";

    internal string Requests => File.ReadAllText(Path.Combine(_folder, "requests.http"));

    internal bool HasReadme => File.Exists(Path.Combine(_folder, "README.md"));

    /// <summary>Bundles that are deployed before it.</summary>
    internal IEnumerable<string> DeployFirst => (Environment["deployFirst"]?.AsArray() ?? []).Select(name => name!.GetValue<string>());

    /// <summary>What is created before it: a collection of the management API, and what is posted to it.</summary>
    internal IEnumerable<(string In, JsonObject Body)> Create =>
        (Environment["create"]?.AsArray() ?? []).Select(one => (one!["in"]!.GetValue<string>(), one["body"]!.AsObject()));

    private JsonNode Environment => Path.Combine(_folder, "environment.json") is var file && File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file))! : new JsonObject();

    internal static SampleBundle Of(string name)
    {
        var folder = Path.Combine(Folder, name);
        return new SampleBundle(folder, Directory.Exists(Path.Combine(folder, "sharedflowbundle")) ? "sharedflowbundle" : "apiproxy");
    }

    /// <summary>The bundle as its authors would upload it.</summary>
    internal byte[] Zip()
    {
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, _root), "*", SearchOption.AllDirectories))
                archive.CreateEntryFromFile(file, Path.GetRelativePath(_folder, file).Replace(Path.DirectorySeparatorChar, '/'));
        }
        return bytes.ToArray();
    }
}
