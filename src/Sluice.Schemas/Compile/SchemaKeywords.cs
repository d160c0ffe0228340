namespace Sluice.Schemas.Compile;

/// <summary>The keywords that hold schemas, by the way they hold them, and those that concern one kind of value.</summary>
internal static class SchemaKeywords
{
    /// <summary>The value is a schema.</summary>
    public static readonly string[] HoldSchema = ["not", "items", "additionalItems", "contains", "additionalProperties", "propertyNames"];

    /// <summary>The value is a list of schemas.</summary>
    public static readonly string[] HoldList = ["allOf", "anyOf", "oneOf", "items"];

    /// <summary>The value maps names to schemas.</summary>
    public static readonly string[] HoldMap = ["properties", "patternProperties", "definitions", "dependencies"];

    public static readonly string[] OfStrings = ["minLength", "maxLength", "pattern", "format"];
    public static readonly string[] OfNumbers = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
    public static readonly string[] OfArrays = ["items", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains"];

    /// <summary>Those of objects that mean the same when written into another schema of the same object.</summary>
    public static readonly string[] OfObjects = ["properties", "required"];

    /// <summary>Those of objects that depend on the other members of their own schema, or can stand only once.</summary>
    public static readonly string[] OfObjectsAlone =
        ["additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties", "dependencies"];
}
