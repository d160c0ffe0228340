namespace Sluice.Gateway.Bundles;

/// <summary>A proxy or shared flow as its author wrote it: read, but bound to no environment yet. Never changes (contract gateway.md 3.1).</summary>
internal sealed class ProxyBundle
{
    internal required string Name { get; init; }

    /// <summary>The descriptor's <c>DisplayName</c>, or the name.</summary>
    internal required string DisplayName { get; init; }

    internal string? Description { get; init; }

    internal required bool IsSharedFlow { get; init; }

    internal required IReadOnlyList<EndpointElement> ProxyEndpoints { get; init; }

    internal required IReadOnlyList<EndpointElement> TargetEndpoints { get; init; }

    /// <summary>The flows of a shared flow bundle; the first is the one that callers run.</summary>
    internal required IReadOnlyList<EndpointElement> SharedFlows { get; init; }

    /// <summary>Policies by the <c>name</c> of their root element, which need not be the file's (contract gateway.md 0, trap 4).</summary>
    internal required IReadOnlyDictionary<string, PolicyElement> Policies { get; init; }

    /// <summary>Resources by <c>type://path</c>.</summary>
    internal required IReadOnlyDictionary<string, BundleResource> Resources { get; init; }
}

/// <summary>A proxy endpoint, target endpoint or shared flow: its name and its XML.</summary>
internal sealed record EndpointElement(string Name, BundleElement Xml);

/// <summary>A policy: the name that steps call it by, its kind (the root element's name) and its XML.</summary>
internal sealed record PolicyElement(string Name, string Kind, BundleElement Xml)
{
    /// <summary>What people see (Ruling 10).</summary>
    internal string DisplayName => Xml.ChildText("DisplayName") ?? Name;
}

/// <summary>A file that policies use: a script, a stylesheet, properties.</summary>
internal sealed record BundleResource(string Type, string Path, byte[] Content)
{
    internal string Url => $"{Type}://{Path}";
}
