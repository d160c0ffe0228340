using System.Collections.Concurrent;
using System.Text.Json;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>A resource's document under one kind of names, and the schemas in it by their place.</summary>
/// <remarks>Threading: any. The same place always gives the same <see cref="SchemaPart"/>, so parts can be compared by reference.</remarks>
internal sealed class NamedForm(string id, JsonElement json)
{
    private readonly ConcurrentDictionary<string, SchemaPart> _parts = new(StringComparer.Ordinal);

    /// <summary>The <c>$id</c> of the resource.</summary>
    internal string Id => id;

    internal JsonElement Json => json;

    internal SchemaPart Root => Part("", json);

    /// <summary>The schema at a JSON pointer, or null when there is none.</summary>
    internal SchemaPart? Find(string pointer)
    {
        if (_parts.TryGetValue(pointer, out var known))
            return known;
        if (JsonPatch.ParsePointer(pointer) is not { } path)
            return null;
        var element = json;
        foreach (var name in path)
        {
            if (element.ValueKind == JsonValueKind.Array && int.TryParse(name, out var index) && index >= 0 && index < element.GetArrayLength())
                element = element[index];
            else if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }
        return Part(pointer, element);
    }

    internal SchemaPart Part(string pointer, JsonElement element) =>
        _parts.GetOrAdd(pointer, static (place, given) => new SchemaPart(given.Form, place, given.Element), (Form: this, Element: element));
}

/// <summary>One schema in a document: its JSON, and where it stands.</summary>
internal sealed class SchemaPart(NamedForm form, string pointer, JsonElement json)
{
    private static long _last;

    /// <summary>A number of its own in this process.</summary>
    internal long Number { get; } = Interlocked.Increment(ref _last);

    internal NamedForm Form => form;

    internal JsonElement Json => json;

    /// <summary>Such as <c>https://…/profile#/definitions/profile</c>.</summary>
    internal string Location => $"{form.Id}#{pointer}";

    internal string? Reference => SchemaText.Reference(json);

    internal bool TryGet(string keyword, out JsonElement value)
    {
        value = default;
        return json.ValueKind == JsonValueKind.Object && json.TryGetProperty(keyword, out value);
    }

    internal string? Text(string keyword) => TryGet(keyword, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The schema that a keyword holds, or null.</summary>
    internal SchemaPart? Below(string keyword) =>
        TryGet(keyword, out var value) && value.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False
            ? form.Part($"{pointer}/{keyword}", value)
            : null;

    internal IEnumerable<SchemaPart> List(string keyword) =>
        TryGet(keyword, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select((one, index) => form.Part($"{pointer}/{keyword}/{index}", one))
            : [];

    internal IEnumerable<(string Name, SchemaPart Part)> Properties() =>
        TryGet("properties", out var map) && map.ValueKind == JsonValueKind.Object
            ? map.EnumerateObject().Select(member => (member.Name, form.Part($"{pointer}/properties/{Escape(member.Name)}", member.Value)))
            : [];

    private static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
