namespace Sluice.Collection.Validate;

/// <summary>What a schema keyword means to people and to metrics: the stored code, the reason in words, the category.</summary>
/// <param name="Code">DCVS-1101, 1103, 1104 and 1106 are the original's (contract collection.md 1.8); the others are ours.</param>
/// <param name="Reason">How the stored sentence begins.</param>
/// <param name="Category">One of the eight of contract 6.1, as its metrics name it.</param>
internal sealed record ViolationKind(string Code, string Reason, string Category)
{
    /// <summary>The eight categories, in the contract's order.</summary>
    internal static readonly string[] Categories = ["type", "range", "format", "pattern", "presence", "enum", "unclassified", "unknown"];

    private static readonly ViolationKind Enumeration = new("DCVS-1102-400", "The message cannot be validated due to the enum mismatch error", "enum");
    private static readonly ViolationKind Pattern = new("DCVS-1103-400", "The message cannot be validated due to the pattern mismatch error", "pattern");
    private static readonly ViolationKind Type = new("DCVS-1104-400", "The message cannot be validated due to the data type error", "type");
    private static readonly ViolationKind Format = new("DCVS-1105-400", "The message cannot be validated due to the format mismatch error", "format");
    private static readonly ViolationKind Presence = new("DCVS-1106-400", "The message cannot be validated because a required property is missing", "presence");
    private static readonly ViolationKind Range = new("DCVS-1107-400", "The message cannot be validated due to the range error", "range");
    private static readonly ViolationKind Extraneous = new("DCVS-1108-400", "The message cannot be validated because a property is not permitted", "unclassified");
    private static readonly ViolationKind Other = new("DCVS-1101-400", "The message cannot be validated", "unclassified");
    private static readonly ViolationKind Unknown = Other with { Category = "unknown" };

    /// <summary>The kind of a keyword; <c>unknown</c> for what is no keyword of JSON Schema, such as a key that stands twice.</summary>
    internal static ViolationKind Of(string keyword) => keyword switch
    {
        "enum" or "const" => Enumeration,
        "pattern" => Pattern,
        "type" => Type,
        "format" => Format,
        "required" or "dependencies" => Presence,
        "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf" or "minLength" or "maxLength" or "minItems" or "maxItems"
            or "minProperties" or "maxProperties" => Range,
        "additionalProperties" => Extraneous,
        "allOf" or "anyOf" or "oneOf" or "not" or "contains" or "uniqueItems" or "false" or "propertyNames" => Other,
        _ => Unknown,
    };
}
