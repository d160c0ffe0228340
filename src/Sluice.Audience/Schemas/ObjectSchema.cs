using System.Text.Json;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Schemas;

/// <summary>The JSON Schema of one family's objects, made of the same members that write them (contract audience.md 3.8).</summary>
internal sealed record ObjectSchema : Entity
{
    private const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    private readonly Action<Utf8JsonWriter> _properties;
    private readonly IReadOnlyList<string> _required;

    private ObjectSchema(string name, Action<Utf8JsonWriter> properties, IReadOnlyList<string> required) =>
        (Name, _properties, _required) = (name, properties, required);

    internal string Name { get; }

    internal string Href => "/v1/schemas/" + Name;

    internal static ObjectSchema Of<T>(Family<T> family)
        where T : Entity => new(family.Kind.Name, json => WriteProperties(json, family.Fields), family.Required);

    /// <summary>Of objects that are only read.</summary>
    internal static ObjectSchema Of<T>(string name, ReadFamily<T> family)
        where T : Entity => new(name, json => WriteProperties(json, family.Fields), []);

    /// <summary>Writes the document; it requires what a body must have for an object to be made, which every answer has as well.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("$schema", Dialect);
        json.WriteString("$id", Href);
        json.WriteString("title", Name);
        json.WriteString("type", "object");
        json.WriteStartObject("properties");
        _properties(json);
        json.WriteEndObject();
        json.WriteStartArray("required");
        foreach (var name in _required)
            json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteProperties<T>(Utf8JsonWriter json, FieldSet<T> fields)
    {
        foreach (var field in fields.Fields)
        {
            json.WriteStartObject(field.Name);
            WriteType(json, field.Type, field.IsNullable);
            if (field.IsReadOnly)
                json.WriteBoolean("readOnly", true);
            json.WriteEndObject();
        }
    }

    private static void WriteType(Utf8JsonWriter json, FieldType type, bool isNullable)
    {
        if (isNullable && type.Name.Length > 0)
        {
            json.WriteStartArray("type");
            json.WriteStringValue(type.Name);
            json.WriteStringValue("null");
            json.WriteEndArray();
        }
        else if (type.Name.Length > 0)
            json.WriteString("type", type.Name);
        if (type.Items is not { } items)
            return;
        json.WriteStartObject("items");
        WriteType(json, items, isNullable: false);
        json.WriteEndObject();
    }
}
