using System.IO.Compression;
using System.Text;

namespace Sluice.Tests.Doubles;

/// <summary>Builds the archive of a proxy or shared flow from the XML that matters to a test.</summary>
internal sealed class BundleText
{
    private readonly string _root;
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    private BundleText(string root) => _root = root;

    /// <summary>A proxy whose default endpoint has these request and response steps in its PreFlow, and sends to <paramref name="target"/>; without one, nowhere.</summary>
    internal static BundleText Proxy(string basePath, string? target, string request = "", string response = "", string more = "") =>
        new BundleText("apiproxy").With("proxies/default.xml", $"""
            <ProxyEndpoint name="default">
              <PreFlow><Request>{Steps(request)}</Request><Response>{Steps(response)}</Response></PreFlow>
              <HTTPProxyConnection><BasePath>{basePath}</BasePath></HTTPProxyConnection>
              {more}
              <RouteRule name="default">{(target is null ? "" : "<TargetEndpoint>default</TargetEndpoint>")}</RouteRule>
            </ProxyEndpoint>
            """).WithTarget(target);

    /// <summary>A shared flow of these steps.</summary>
    internal static BundleText SharedFlow(string steps) =>
        new BundleText("sharedflowbundle").With("sharedflows/default.xml", $"""<SharedFlow name="default">{Steps(steps)}</SharedFlow>""");

    internal static BundleText Empty(string root = "apiproxy") => new(root);

    /// <summary>Step names separated by blanks, as steps; XML is taken as it is.</summary>
    internal static string Steps(string names) => names.Contains('<', StringComparison.Ordinal)
        ? names
        : string.Concat(names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => $"<Step><Name>{name}</Name></Step>"));

    internal BundleText With(string path, string content)
    {
        _files[path] = Encoding.UTF8.GetBytes(content);
        return this;
    }

    internal BundleText With(string path, byte[] content)
    {
        _files[path] = content;
        return this;
    }

    /// <summary>Adds a policy; its file is named by the <c>name</c> in its XML.</summary>
    internal BundleText Policy(string xml)
    {
        var name = System.Xml.Linq.XElement.Parse(xml).Attribute("name")!.Value;
        return With($"policies/{name}.xml", xml);
    }

    /// <summary>Replaces the target endpoint <c>default</c>.</summary>
    internal BundleText WithTarget(string? url, string flows = "", string connection = "") => url is null ? this : With("targets/default.xml", $"""
        <TargetEndpoint name="default">{flows}<HTTPTargetConnection><URL>{url}</URL>{connection}</HTTPTargetConnection></TargetEndpoint>
        """);

    internal byte[] Zip()
    {
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in _files)
            {
                using var entry = archive.CreateEntry($"{_root}/{path}").Open();
                entry.Write(content);
            }
        }
        return bytes.ToArray();
    }
}
