using System.Text.Json;
using Sluice.Schemas;

namespace Sluice.Collection.Validate;

/// <summary>Writes violations as the tree that clients of the original parse (contract collection.md 1.8).</summary>
internal static class ErrorTree
{
    /// <summary>One violation is a node by itself; several stand under a wrapper that counts them.</summary>
    internal static void Write(Utf8JsonWriter json, IReadOnlyList<SchemaViolation> violations)
    {
        if (violations is [var only])
        {
            WriteNode(json, only);
            return;
        }

        json.WriteStartObject();
        json.WriteString("schemaLocation"u8, "#"u8);
        json.WriteString("pointerToViolation"u8, "#"u8);
        json.WriteStartArray("causingExceptions"u8);
        foreach (var violation in violations)
            WriteNode(json, violation);
        json.WriteEndArray();
        json.WriteString("message"u8, $"{violations.Count} schema violations found");
        json.WriteEndObject();
    }

    private static void WriteNode(Utf8JsonWriter json, SchemaViolation violation)
    {
        json.WriteStartObject();
        json.WriteString("schemaLocation"u8, violation.SchemaLocation);
        json.WriteString("pointerToViolation"u8, violation.Pointer);
        json.WriteStartArray("causingExceptions"u8);
        json.WriteEndArray();
        json.WriteString("keyword"u8, violation.Keyword);
        json.WriteString("message"u8, violation.Message);
        json.WriteEndObject();
    }
}
