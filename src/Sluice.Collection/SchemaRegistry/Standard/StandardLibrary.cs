using System.Text.Json;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>The global resources that every installation has, carried inside the program: enough to compose events and profiles.</summary>
/// <remarks>Ours, under the published ids and names. An import of the published files replaces them, and only adds to what they allow.</remarks>
internal static class StandardLibrary
{
    private const string Prefix = "registry/";

    internal static IReadOnlyList<RegistryResource> Resources { get; } = [.. Read()];

    // The folder says the kind: registry/classes/profile.json.
    private static IEnumerable<RegistryResource> Read()
    {
        var assembly = typeof(StandardLibrary).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(one => one.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var parsed = JsonDocument.Parse(stream);
            var document = parsed.RootElement.Clone();
            var type = ResourceType.Find(name.Split('/')[1])!;
            yield return new RegistryResource(document.GetProperty("$id").GetString()!, type, isGlobal: true, document, ResourceStamp.Shipped);
        }
    }
}
