namespace Sluice.Schemas;

/// <summary>One thing that is wrong with an instance.</summary>
/// <param name="Pointer">The place in the instance as a JSON pointer (RFC 6901) after '#', such as <c>#/a/0/b</c>.</param>
/// <param name="Keyword">
/// The keyword that refused it. Ours, beside those of the specification: <c>duplicateKey</c>, <c>depth</c>, <c>effort</c>,
/// <c>syntax</c>; <c>false</c> stands for the schema <c>false</c>.
/// </param>
/// <param name="Message">The sentence of the collection contract, section 1.8.</param>
/// <param name="SchemaLocation">The schema that refused it, in the form of <see cref="SchemaException.Pointer"/>.</param>
public sealed record SchemaViolation(string Pointer, string Keyword, string Message, string SchemaLocation)
{
    /// <summary>Why each alternative of an <c>anyOf</c> or <c>oneOf</c> refused the value; empty for other keywords.</summary>
    public IReadOnlyList<SchemaViolation> Causes { get; init; } = [];
}
