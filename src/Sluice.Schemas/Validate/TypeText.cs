using System.Globalization;
using System.Text;
using Sluice.Schemas.Model;

namespace Sluice.Schemas.Validate;

/// <summary>The names of types in messages: those of Java's classes, as contract section 1.8 has them.</summary>
internal static class TypeText
{
    /// <summary>The class of a value. Integers are sorted by the bits they need.</summary>
    public static string Found(JsonTypes kind, ReadOnlySpan<byte> value) => kind switch
    {
        JsonTypes.Null => "Null",
        JsonTypes.Boolean => "Boolean",
        JsonTypes.Text => "String",
        JsonTypes.Sequence => "JSONArray",
        JsonTypes.Members => "JSONObject",
        JsonTypes.Integer when long.TryParse(Encoding.UTF8.GetString(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) =>
            whole is >= int.MinValue and <= int.MaxValue ? "Integer" : "Long",
        JsonTypes.Integer when value.IndexOfAny(".eE"u8) < 0 => "BigInteger",
        _ => "Double",
    };

    /// <summary>The word for a type of JSON Schema; null when there is no such type.</summary>
    public static string? Expected(string type) => type switch
    {
        "null" => "Null",
        "boolean" => "Boolean",
        "integer" => "Integer",
        "number" => "Number",
        "string" => "String",
        "array" => "JSONArray",
        "object" => "JSONObject",
        _ => null,
    };

    /// <summary>The kinds of value that a type of JSON Schema accepts.</summary>
    public static JsonTypes Kinds(string type) => type switch
    {
        "null" => JsonTypes.Null,
        "boolean" => JsonTypes.Boolean,
        "integer" => JsonTypes.Integer,
        "number" => JsonTypes.Number,
        "string" => JsonTypes.Text,
        "array" => JsonTypes.Sequence,
        "object" => JsonTypes.Members,
        _ => JsonTypes.None,
    };
}
