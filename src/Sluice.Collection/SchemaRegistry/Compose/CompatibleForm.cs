using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>Rewrites a document from published names to those of ingested records, keeping its structure so that pointers still lead.</summary>
/// <param name="dropsAlternatives">
/// Whether <c>oneOf</c>, <c>anyOf</c> and <c>patternProperties</c> go, as they do on the platform. They stay in a tenant's own resources:
/// their author means them.
/// </param>
internal sealed class CompatibleForm(bool dropsAlternatives)
{
    internal JsonElement Convert(JsonElement document) => JsonSerializer.SerializeToElement(Schema(document), JsonFormat.Readable);

    private JsonNode? Schema(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return Copy(schema);
        var written = new JsonObject();
        if (schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
            written["properties"] = Properties(properties);
        foreach (var member in schema.EnumerateObject())
            Keyword(schema, member, written);
        return written;
    }

    private void Keyword(JsonElement schema, JsonProperty member, JsonObject written)
    {
        var value = member.Value;
        switch (member.Name)
        {
            case "properties" when written.ContainsKey("properties"):
                break;
            case "required" when value.ValueKind == JsonValueKind.Array:
                Require(written, SchemaText.Texts(schema, "required"));
                break;
            case "oneOf" or "patternProperties" when dropsAlternatives:
                break;
            case "anyOf" when dropsAlternatives:
                if (!schema.TryGetProperty("type", out _) && !written.ContainsKey("properties"))
                    written["type"] = "string";
                break;
            case "additionalProperties" when value.ValueKind == JsonValueKind.False && written.ContainsKey("properties"):
                break; // unknown fields are refused for the composed whole: here it would refuse those of its own siblings
            case "definitions" or "patternProperties" when value.ValueKind == JsonValueKind.Object:
                written[member.Name] = new JsonObject(value.EnumerateObject().Select(one => KeyValuePair.Create(one.Name, Schema(one.Value))));
                break;
            case "items" or "additionalItems" or "additionalProperties" or "not" or "contains" when value.ValueKind == JsonValueKind.Object:
                written[member.Name] = Schema(value);
                break;
            case "items" or "allOf" or "anyOf" or "oneOf" when value.ValueKind == JsonValueKind.Array:
                written[member.Name] = new JsonArray([.. value.EnumerateArray().Select(Schema)]);
                break;
            default:
                written[member.Name] = Copy(value);
                break;
        }
    }

    private JsonObject Properties(JsonElement properties)
    {
        var written = new JsonObject();
        foreach (var member in properties.EnumerateObject())
        {
            var levels = CompatibleName.Levels(member.Name);
            var place = Level(written, levels.AsSpan(0, levels.Length - 1));
            var field = Schema(member.Value);
            var isRenamed = levels.Length > 1 || levels[0] != member.Name;
            if (isRenamed && field is JsonObject known)
                known["meta:xdmField"] = member.Name;
            if (field is JsonObject deeper && place[levels[^1]] is JsonObject earlier && earlier["properties"] is JsonObject under
                && deeper["properties"] is null)
                deeper["properties"] = under.DeepClone(); // a level that stood before the field of its name
            place[levels[^1]] = field;
        }
        return written;
    }

    // Names that became levels are required level by level.
    private static void Require(JsonObject written, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            var levels = CompatibleName.Levels(name);
            var schema = written;
            for (var index = 0; index < levels.Length; index++)
            {
                AddRequired(schema, levels[index]);
                if (index == levels.Length - 1)
                    break;
                if (schema["properties"] is not JsonObject properties)
                    schema["properties"] = properties = [];
                _ = Level(properties, levels.AsSpan(index, 1));
                schema = (JsonObject)properties[levels[index]]!;
            }
        }
    }

    private static void AddRequired(JsonObject schema, string name)
    {
        if (schema["required"] is not JsonArray required)
            schema["required"] = required = [];
        if (!required.Any(one => one!.GetValue<string>() == name))
            required.Add((JsonNode)name);
    }

    // The 'properties' below these levels, which are made where they are missing.
    private static JsonObject Level(JsonObject properties, ReadOnlySpan<string> levels)
    {
        foreach (var name in levels)
        {
            if (properties[name] is not JsonObject level)
                properties[name] = level = new JsonObject { ["type"] = "object" };
            if (level["properties"] is not JsonObject below)
                level["properties"] = below = [];
            properties = below;
        }
        return properties;
    }

    private static JsonNode? Copy(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        _ => JsonValue.Create(value),
    };
}
