using System.Text.Json;
using Sluice.Schemas;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>Turns schemas into the validators of the receiving path, always under the same rules.</summary>
internal static class SchemaCompiler
{
    /// <summary>Compiles a document that refers to no other.</summary>
    /// <exception cref="SchemaException">The document is no schema; the message says where and why.</exception>
    internal static CompiledSchema Compile(string document)
    {
        using var parsed = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = JsonBounds.MaxDepth });
        return Compile(parsed.RootElement, address: null, _ => null);
    }

    /// <summary>Compiles a document with those it refers to.</summary>
    /// <exception cref="SchemaException">The whole is no schema; the message says where and why.</exception>
    internal static CompiledSchema Compile(JsonElement document, Uri? address, Func<string, JsonElement?> resolve) =>
        CompiledSchema.Compile(document, new SchemaOptions
        {
            Dialect = SchemaDialect.Ingestion,
            RefuseUnknownFields = true,
            BaseUri = address,
            Resolve = resolve,
        });
}
