using System.Buffers;

namespace Sluice.Gateway.Bundles;

/// <summary>Reads the files of a bundle into its model. Descriptors are informative: what is on disk counts, not what they list (contract gateway.md 3.1).</summary>
internal static class BundleReader
{
    internal const int MaxEndpoints = 100;
    internal const int MaxPolicies = 1_000;
    internal const int MaxNameCharacters = 255;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-$ %");

    /// <summary>The bundle, or null after its faults were added. <paramref name="name"/> is what the caller calls it; null takes the descriptor's name.</summary>
    internal static ProxyBundle? Read(BundleFiles files, string? name, BundleFaults faults)
    {
        var descriptor = files.All.Keys.Where(path => path.EndsWith(".xml", StringComparison.Ordinal) && !path.Contains('/', StringComparison.Ordinal))
            .Select(path => BundleXml.Read(path, files.All[path], faults)).FirstOrDefault(one => one?.Name is "APIProxy" or "SharedFlowBundle");
        var proxyName = name ?? descriptor?.Attribute("name");
        if (proxyName is null)
            faults.Add("InvalidBundle", "Neither the call nor a descriptor names the bundle", new SourceSpot(files.Root, 0, 0));
        else if (!IsName(proxyName))
            faults.Add("InvalidBundle", $"'{proxyName}' is no name: 1 to {MaxNameCharacters} of letters, digits, . _ - $ % and blank", new SourceSpot(files.Root, 0, 0));

        var proxies = ReadEndpoints(files, "proxies/", "ProxyEndpoint", faults);
        var sharedFlows = ReadEndpoints(files, "sharedflows/", "SharedFlow", faults);
        if ((files.IsSharedFlow ? sharedFlows : proxies).Count == 0)
            faults.Add("InvalidBundle", files.IsSharedFlow ? "The bundle has no file in sharedflows/" : "The bundle has no file in proxies/", new SourceSpot(files.Root, 0, 0));
        var bundle = new ProxyBundle
        {
            Name = proxyName ?? "",
            DisplayName = descriptor?.ChildText("DisplayName") ?? proxyName ?? "",
            Description = descriptor?.ChildText("Description"),
            IsSharedFlow = files.IsSharedFlow,
            ProxyEndpoints = proxies,
            TargetEndpoints = ReadEndpoints(files, "targets/", "TargetEndpoint", faults),
            SharedFlows = sharedFlows,
            Policies = ReadPolicies(files, faults),
            Resources = ReadResources(files),
        };
        return faults.Any ? null : bundle;
    }

    internal static bool IsName(string text) => text.Length is > 0 and <= MaxNameCharacters && !text.AsSpan().ContainsAnyExcept(NameCharacters);

    private static List<EndpointElement> ReadEndpoints(BundleFiles files, string folder, string root, BundleFaults faults)
    {
        var endpoints = new List<EndpointElement>();
        foreach (var (path, content) in files.All)
        {
            if (!IsXmlIn(path, folder) || BundleXml.Read(path, content, faults) is not { } xml)
                continue;
            var name = xml.Attribute("name") ?? Path.GetFileNameWithoutExtension(path);
            if (xml.Name != root)
                faults.Add("InvalidBundle", $"{folder} holds {root} files; this one's root is {xml.Name}", xml.Spot);
            else if (!IsName(name))
                faults.Add("InvalidBundle", $"'{name}' is no name of an endpoint", xml.Spot);
            else if (endpoints.Exists(one => one.Name == name))
                faults.Add("InvalidBundle", $"There are two of {root} '{name}'", xml.Spot);
            else if (endpoints.Count == MaxEndpoints)
                faults.Add("InvalidBundle", $"There are more than {MaxEndpoints} of {root}", xml.Spot);
            else
                endpoints.Add(new EndpointElement(name, xml));
        }
        return endpoints;
    }

    private static Dictionary<string, PolicyElement> ReadPolicies(BundleFiles files, BundleFaults faults)
    {
        var policies = new Dictionary<string, PolicyElement>(StringComparer.Ordinal);
        foreach (var (path, content) in files.All)
        {
            if (!(IsXmlIn(path, "policies/") || IsXmlIn(path, "stepdefinitions/")) || BundleXml.Read(path, content, faults) is not { } xml)
                continue;
            if (xml.Attribute("name") is not { } name)
                faults.Add("InvalidBundle", $"The {xml.Name} policy has no name", xml.Spot);
            else if (!IsName(name))
                faults.Add("InvalidBundle", $"'{name}' is no name of a policy: 1 to {MaxNameCharacters} of letters, digits, . _ - $ % and blank", xml.Spot);
            else if (policies.Count == MaxPolicies)
                faults.Add("InvalidBundle", $"There are more than {MaxPolicies} policies", xml.Spot);
            else if (!policies.TryAdd(name, new PolicyElement(name, xml.Name, xml)))
                faults.Add("InvalidBundle", $"There are two policies named '{name}'", xml.Spot);
        }
        return policies;
    }

    private static Dictionary<string, BundleResource> ReadResources(BundleFiles files)
    {
        var resources = new Dictionary<string, BundleResource>(StringComparer.Ordinal);
        foreach (var (path, content) in files.All)
        {
            if (path.Split('/', 3) is not ["resources", var type, var rest])
                continue;
            var resource = new BundleResource(type, rest, content);
            resources[resource.Url] = resource;
        }
        return resources;
    }

    private static bool IsXmlIn(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal) && path.IndexOf('/', folder.Length) < 0 && path.EndsWith(".xml", StringComparison.Ordinal);
}
