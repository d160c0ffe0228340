using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>Writes a composed schema as one document without <c>$ref</c> and <c>allOf</c> (contract collection.md 3.2, <c>xed-full</c>).</summary>
/// <remarks>A field that holds itself keeps a <c>$ref</c> where it comes round; so does everything past the bound on fields.</remarks>
internal sealed class FullForm
{
    private const int MaxFields = 50_000;
    private const int MaxLevels = 200;

    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private readonly IReadOnlyCollection<string> _deprecated;
    private int _fields;

    private FullForm(IReadOnlyCollection<string> deprecated) => _deprecated = deprecated;

    /// <summary>Writes all fields; those at the <paramref name="deprecated"/> paths say so.</summary>
    internal static JsonObject Write(ComposedField root, IReadOnlyCollection<string> deprecated) => new FullForm(deprecated).WriteField(root, "");

    private JsonObject WriteField(ComposedField field, string path)
    {
        var written = new JsonObject();
        if (++_fields > MaxFields || _open.Count > MaxLevels || !_open.Add(field.Key))
        {
            written["$ref"] = field.Parts.FirstOrDefault(part => part.Form.Id.Length > 0)?.Form.Id ?? "#";
            return written;
        }

        foreach (var part in field.Parts.Where(part => part.Json.ValueKind == JsonValueKind.Object))
        {
            foreach (var member in part.Json.EnumerateObject())
            {
                if (!IsStructure(member.Name, member.Value) && !written.ContainsKey(member.Name))
                    written[member.Name] = Copy(member.Value);
            }
        }
        if (XdmTypes.Of(field) is { } type)
            written["meta:xdmType"] = type;
        if (field.Type is { } plain)
            written["type"] = plain;
        WriteBelow(field, path, written);
        if (_deprecated.Contains(path))
            written["meta:status"] = "deprecated";
        _open.Remove(field.Key);
        return written;
    }

    private void WriteBelow(ComposedField field, string path, JsonObject written)
    {
        if (field.Properties() is { Count: > 0 } properties)
        {
            var fields = new JsonObject();
            foreach (var (name, below) in properties)
                fields[name] = WriteField(below, $"{path}/{name}");
            written["properties"] = fields;
        }
        if (field.Required is { Count: > 0 } required)
            written["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
        foreach (var keyword in new[] { "items", "additionalProperties" })
        {
            if (field.Below(keyword) is { Parts: [{ Json.ValueKind: JsonValueKind.Object }, ..] } below)
                written[keyword] = WriteField(below, path);
        }
    }

    // What is written anew for the whole, or means nothing outside the document it stands in.
    private static bool IsStructure(string keyword, JsonElement value) => keyword switch
    {
        "allOf" or "$ref" or "definitions" or "properties" or "required" or "$id" or "$schema" or "meta:license" => true,
        "items" or "additionalProperties" => value.ValueKind == JsonValueKind.Object,
        _ => false,
    };

    private static JsonNode? Copy(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        _ => JsonValue.Create(value),
    };
}

/// <summary>Takes titles and descriptions out of a schema, but not the fields that happen to have these names.</summary>
internal static class TextlessForm
{
    private static readonly string[] Texts = ["title", "description", "meta:titleId", "meta:descriptionId"];

    internal static void Strip(JsonNode? node, bool isMap = false)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                Strip(item);
        }
        if (node is not JsonObject map)
            return;
        if (!isMap)
        {
            foreach (var name in Texts)
                map.Remove(name);
        }
        foreach (var (name, value) in map)
        {
            if (isMap || !SchemaText.HoldsData(name))
                Strip(value, !isMap && name is "properties" or "definitions" or "patternProperties");
        }
    }
}
