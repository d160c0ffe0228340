using System.Text.Json;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>One value of a composed schema: every schema that applies to it, with references and <c>allOf</c> followed.</summary>
/// <remarks>Fields are made as they are asked for, so data types that hold themselves are no matter.</remarks>
internal sealed class ComposedField
{
    private readonly NameSource _source;
    private string? _key;

    private ComposedField(NameSource source, SchemaPart[] parts)
    {
        _source = source;
        Parts = parts;
    }

    /// <summary>The schemas, references replaced by what they lead to; empty for a field whose reference leads nowhere.</summary>
    internal SchemaPart[] Parts { get; }

    /// <summary>Equal for fields of the same parts: tells where a walk comes round.</summary>
    internal string Key => _key ??= string.Join(',', Parts.Select(part => part.Number).Order());

    internal string? Type => Parts.Select(part => part.Text("type")).FirstOrDefault(type => type is not null)
        ?? (Parts.Any(part => part.TryGet("properties", out _)) ? "object" : null);

    /// <summary>The names that must be there, each once.</summary>
    internal IReadOnlyList<string> Required =>
        [.. Parts.SelectMany(part => SchemaText.Texts(part.Json, "required")).Distinct(StringComparer.Ordinal)];

    internal static ComposedField Of(NameSource source, SchemaPart root) => Gather(source, [root]);

    /// <summary>The fields of an object, in the order in which they are declared.</summary>
    internal IReadOnlyList<KeyValuePair<string, ComposedField>> Properties()
    {
        var order = new List<string>();
        var byName = new Dictionary<string, List<SchemaPart>>(StringComparer.Ordinal);
        foreach (var (name, part) in Parts.SelectMany(part => part.Properties()))
        {
            if (!byName.TryGetValue(name, out var parts))
            {
                byName[name] = parts = [];
                order.Add(name);
            }
            parts.Add(part);
        }
        return [.. order.Select(name => KeyValuePair.Create(name, Gather(_source, byName[name])))];
    }

    /// <summary>One field of an object, or null.</summary>
    internal ComposedField? Find(string name)
    {
        var parts = Parts
            .SelectMany(part => part.TryGet("properties", out var map) && map.ValueKind == JsonValueKind.Object && map.TryGetProperty(name, out _)
                ? part.Properties().Where(one => one.Name == name).Select(one => one.Part)
                : [])
            .ToList();
        return parts.Count == 0 ? null : Gather(_source, parts);
    }

    /// <summary>The field at a path of names; arrays and maps on the way are walked.</summary>
    internal ComposedField? Find(IEnumerable<string> path)
    {
        var field = this;
        foreach (var name in path)
        {
            while (field.Items() is { } items && field.Type == "array")
                field = items;
            var below = field.Find(name) ?? (field.Parts.All(part => !part.TryGet("properties", out _)) ? field.Below("additionalProperties") : null);
            if (below is null)
                return null;
            field = below;
        }
        return field;
    }

    internal ComposedField? Items() => Below("items");

    /// <summary>What a keyword that holds one schema says, by all parts together; null when none has it.</summary>
    internal ComposedField? Below(string keyword)
    {
        var parts = Parts.Select(part => part.Below(keyword)).OfType<SchemaPart>().ToList();
        return parts.Count == 0 ? null : Gather(_source, parts);
    }

    /// <summary>The values that parts give a keyword, in order.</summary>
    internal IEnumerable<JsonElement> Values(string keyword)
    {
        foreach (var part in Parts)
        {
            if (part.TryGet(keyword, out var value))
                yield return value;
        }
    }

    private static ComposedField Gather(NameSource source, IEnumerable<SchemaPart> roots)
    {
        var parts = new List<SchemaPart>();
        var met = new HashSet<long>();
        foreach (var root in roots)
            Add(source, root, parts, met);
        return new ComposedField(source, [.. parts]);
    }

    private static void Add(NameSource source, SchemaPart part, List<SchemaPart> parts, HashSet<long> met)
    {
        if (!met.Add(part.Number))
            return;
        if (part.Reference is { } reference)
        {
            // Members beside a reference mean nothing in draft-06.
            if (source.Follow(part.Form, reference) is { } target)
                Add(source, target, parts, met);
            return;
        }
        parts.Add(part);
        foreach (var member in part.List("allOf"))
            Add(source, member, parts, met);
    }
}

/// <summary>Where references lead: a library seen under one kind of names.</summary>
internal sealed class NameSource(RegistryLibrary library, bool compatible)
{
    internal RegistryLibrary Library => library;

    internal bool IsCompatible => compatible;

    internal NamedForm? Find(string id) => library.Get(id) is { } resource ? (compatible ? resource.Compatible : resource.Stored) : null;

    /// <summary>The schema that a reference in a document leads to, or null.</summary>
    internal SchemaPart? Follow(NamedForm from, string reference)
    {
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var address = hash < 0 ? reference : reference[..hash];
        var pointer = hash < 0 ? "" : Uri.UnescapeDataString(reference[(hash + 1)..]);
        var form = address.Length == 0 || address == from.Id ? from : Find(address);
        return pointer.Length == 0 ? form?.Root : form?.Find(pointer);
    }
}
