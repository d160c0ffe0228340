using System.Text;
using System.Text.Json;
using Sluice.Schemas;

namespace Sluice.Tests.Schemas;

/// <summary>Short ways to compile a schema from text and to ask about instances given as text.</summary>
internal static class ASchema
{
    public static CompiledSchema Draft06(string schema) => CompiledSchema.Compile(JsonElement.Parse(schema), new SchemaOptions());

    public static CompiledSchema Ingestion(string schema, bool refuseUnknown = false) => CompiledSchema.Compile(
        JsonElement.Parse(schema), new SchemaOptions { Dialect = SchemaDialect.Ingestion, RefuseUnknownFields = refuseUnknown });

    public static bool Accepts(this CompiledSchema schema, string json)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(json);
        bool valid = schema.IsValid(utf8);
        Assert.Equal(valid, schema.Validate(utf8).Count == 0);
        return valid;
    }

    /// <summary>The violations as "pointer keyword: message".</summary>
    public static string[] Faults(this CompiledSchema schema, string json)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(json);
        var violations = schema.Validate(utf8);
        Assert.Equal(schema.IsValid(utf8), violations.Count == 0);
        return [.. violations.Select(violation => $"{violation.Pointer} {violation.Keyword}: {violation.Message}")];
    }

    public static string SampleSchemaText => File.ReadAllText(SharedData.InRepository("samples", "schemas", "web-event.schema.json"));

    public static byte[][] SampleEntities(string file)
    {
        var messages = JsonElement.Parse(File.ReadAllBytes(SharedData.Require("messages", file))).GetProperty("messages");
        return
        [
            .. messages.EnumerateArray()
                .Where(message => message.TryGetProperty("body", out var body) && body.TryGetProperty("xdmEntity", out _))
                .Select(message => Encoding.UTF8.GetBytes(message.GetProperty("body").GetProperty("xdmEntity").GetRawText())),
        ];
    }
}
