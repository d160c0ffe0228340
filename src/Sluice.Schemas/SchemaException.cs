namespace Sluice.Schemas;

/// <summary>A schema that cannot be compiled: where, and why.</summary>
public sealed class SchemaException(string pointer, string reason) : Exception($"{pointer}: {reason}")
{
    /// <summary>The place in the schema: the document's address where it is not the root document, then a JSON pointer after '#'.</summary>
    public string Pointer { get; } = pointer;

    /// <summary>What is wrong there, as a phrase.</summary>
    public string Reason { get; } = reason;
}
