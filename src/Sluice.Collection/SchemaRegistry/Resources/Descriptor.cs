using System.Text.Json;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>A remark on a field of a schema that changes what the field means, such as that it identifies (contract collection.md 3.4).</summary>
/// <param name="Id">Its <c>@id</c>.</param>
/// <param name="Document">The whole descriptor as JSON.</param>
internal sealed record Descriptor(string Id, JsonElement Document, ResourceStamp Stamp)
{
    internal const string Identity = "xdm:descriptorIdentity";
    internal const string Deprecated = "xdm:descriptorDeprecated";

    internal string Kind { get; } = Text(Document, "@type") ?? "";

    internal string SchemaId { get; } = Text(Document, "xdm:sourceSchema") ?? "";

    /// <summary>A pointer by the names of records, such as <c>/workEmail/address</c>.</summary>
    internal string Property { get; } = Text(Document, "xdm:sourceProperty") ?? "";

    internal string Namespace => Text(Document, "xdm:namespace") ?? "";

    internal bool IsPrimary => Kind == Identity && Document.TryGetProperty("xdm:isPrimary", out var flag) && flag.ValueKind == JsonValueKind.True;

    /// <summary>The names on the way to the field; <c>[*]</c>, which says that an array is walked, is no name.</summary>
    internal string[] Path =>
        [.. (JsonPatch.ParsePointer(Property) ?? []).Select(name => name.Replace("[*]", "", StringComparison.Ordinal)).Where(name => name.Length > 0)];

    internal static string? Text(JsonElement document, string member) =>
        document.TryGetProperty(member, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
