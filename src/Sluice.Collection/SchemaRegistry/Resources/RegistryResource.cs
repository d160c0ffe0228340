using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>Who made and last changed a resource, and how often it changed.</summary>
internal sealed record ResourceStamp(long CreatedMs, string CreatedBy, long ModifiedMs, string ModifiedBy, long Version)
{
    internal static ResourceStamp Shipped { get; } = new(0, "sluice", 0, "sluice", 1);

    internal ResourceStamp Next(long nowMs, string clientId) => this with { ModifiedMs = nowMs, ModifiedBy = clientId, Version = Version + 1 };
}

/// <summary>A class, field group, data type, behaviour or schema: what its author wrote, and its two forms of names. Immutable.</summary>
internal sealed class RegistryResource
{
    private readonly Lazy<NamedForm> _compatible;

    internal RegistryResource(string id, ResourceType type, bool isGlobal, JsonElement document, ResourceStamp stamp)
    {
        Id = id;
        Type = type;
        IsGlobal = isGlobal;
        Document = document;
        Stamp = stamp;
        Title = Text(document, "title") ?? "";
        References = [.. SchemaText.References(document)];
        StandsAlone = type == ResourceType.Schema && !isGlobal && !SchemaText.ExtendsOthers(document);
        Stored = new NamedForm(id, document);
        _compatible = new Lazy<NamedForm>(() =>
            StandsAlone ? Stored : new NamedForm(id, new CompatibleForm(dropsAlternatives: isGlobal).Convert(document)));
    }

    internal string Id { get; }

    internal string AltId => ResourceIds.Alternate(Id);

    internal ResourceType Type { get; }

    internal bool IsGlobal { get; }

    internal string Title { get; }

    /// <summary>Without the members that only the server says, for a tenant's resource; as published, for a global one.</summary>
    internal JsonElement Document { get; }

    internal ResourceStamp Stamp { get; }

    /// <summary>A schema without a class, whose fields are its own: it is taken as it stands, names and all.</summary>
    internal bool StandsAlone { get; }

    /// <summary>The addresses of other resources that it refers to, each once, without fragments.</summary>
    internal IReadOnlyList<string> References { get; }

    /// <summary>With the names its author wrote, such as <c>xdm:foo</c>.</summary>
    internal NamedForm Stored { get; }

    /// <summary>With the names of ingested records, such as <c>foo</c> (contract collection.md 3.6).</summary>
    internal NamedForm Compatible => _compatible.Value;

    internal string Version => $"1.{Stamp.Version - 1}";

    internal string ETag => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Id} {Stamp.Version} {Stamp.ModifiedMs}")).AsSpan(0, 16));

    /// <summary>Whether it was opened for profiles.</summary>
    internal bool IsInUnion => Texts("meta:immutableTags").Contains("union", StringComparer.Ordinal);

    /// <summary>The strings of a list at its root; none when there is no such list.</summary>
    internal IEnumerable<string> Texts(string member) => SchemaText.Texts(Document, member);

    private static string? Text(JsonElement document, string member) =>
        document.TryGetProperty(member, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
