using System.Text.Json;
using Sluice.Schemas;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>Turns a stored schema into the validator of the receiving path.</summary>
internal static class SchemaCompiler
{
    private static readonly SchemaOptions Ingestion = new() { Dialect = SchemaDialect.Ingestion, RefuseUnknownFields = true };

    /// <exception cref="SchemaException">The document is no schema; the message says where and why.</exception>
    internal static CompiledSchema Compile(string document)
    {
        using var parsed = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = 256 });
        return CompiledSchema.Compile(parsed.RootElement, Ingestion);
    }
}
