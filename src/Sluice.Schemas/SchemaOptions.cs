using System.Text.Json;

namespace Sluice.Schemas;

/// <summary>How a schema is compiled. Everything is copied into the compiled schema.</summary>
public sealed class SchemaOptions
{
    /// <summary>The rules in force. Default <see cref="SchemaDialect.Draft06"/>.</summary>
    public SchemaDialect Dialect { get; init; }

    /// <summary>
    /// Whether an object whose schema names properties refuses all others, unless <c>additionalProperties</c> says something.
    /// The named properties are those of all schemas that apply to the object. Default false.
    /// </summary>
    public bool RefuseUnknownFields { get; init; }

    /// <summary>Whether <c>format</c> refuses values; otherwise it is a remark. Default true.</summary>
    public bool AssertFormats { get; init; } = true;

    /// <summary>Objects and arrays of an instance that may be open at once, 1 to 1,000. Default 100.</summary>
    public int MaxDepth { get; init; } = 100;

    /// <summary>Schemas that one compiled schema may be made of, 1 or more. Default 200,000.</summary>
    public int MaxNodes { get; init; } = 200_000;

    /// <summary>The address of the schema where it has no <c>$id</c>. Default none.</summary>
    public Uri? BaseUri { get; init; }

    /// <summary>
    /// Finds the schema at an absolute address without fragment, for a <c>$ref</c> that leaves the document; null says there is none.
    /// The draft-06 meta-schema is known without it. The element must live until compilation is over.
    /// </summary>
    public Func<string, JsonElement?>? Resolve { get; init; }
}
