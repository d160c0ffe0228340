using System.Text.Json;

namespace Sluice.Client;

/// <summary>A message in parts: an entity and the header around it.</summary>
public sealed record SluiceMessage
{
    /// <summary>The schema's <c>$id</c>.</summary>
    public required string SchemaId { get; init; }

    /// <summary>The entity (<c>xdmEntity</c>) as a JSON object in UTF-8.</summary>
    public required ReadOnlyMemory<byte> Entity { get; init; }

    /// <summary>The dataset; null for the inlet's own.</summary>
    public string? DatasetId { get; init; }

    /// <summary>The organisation; null to let the server fill it in.</summary>
    public string? OrganisationId { get; init; }

    /// <summary>What sends it.</summary>
    public string? SourceName { get; init; }

    /// <summary>An id of the message; where the inlet deduplicates, it counts before the entity's <c>_id</c>.</summary>
    public string? MessageId { get; init; }

    /// <summary>The whole message.</summary>
    /// <exception cref="JsonException"><see cref="Entity"/> is not JSON.</exception>
    public ReadOnlyMemory<byte> ToUtf8()
    {
        using var buffer = new MemoryStream(Entity.Length + 512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartObject("header"u8);
        WriteSchema(json);
        WriteText(json, "imsOrgId"u8, OrganisationId);
        WriteText(json, "datasetId"u8, DatasetId);
        WriteText(json, "msgId"u8, MessageId);
        if (SourceName is not null)
        {
            json.WriteStartObject("source"u8);
            json.WriteString("name"u8, SourceName);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteStartObject("body"u8);
        json.WriteStartObject("xdmMeta"u8);
        WriteSchema(json);
        json.WriteEndObject();
        json.WritePropertyName("xdmEntity"u8);
        json.WriteRawValue(Entity.Span);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.ToArray();
    }

    private void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteStartObject("schemaRef"u8);
        json.WriteString("id"u8, SchemaId);
        json.WriteString("contentType"u8, "application/vnd.adobe.xed-full+json;version=1"u8);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }
}
