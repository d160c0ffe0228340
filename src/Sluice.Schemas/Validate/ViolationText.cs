using System.Globalization;
using System.Text;
using Sluice.Schemas.Text;

namespace Sluice.Schemas.Validate;

/// <summary>The sentences of the collection contract, section 1.8. Existing tools read them: they are part of the contract.</summary>
internal static class ViolationText
{
    public const string NotUnique = "array items are not unique";
    public const string NothingContained = "expected at least one array item to match 'contains' schema";
    public const string TooMuchEffort = "checking all alternatives of the schema takes too long";
    public const string NotJson = "not a JSON value";
    public const string Never = "false schema always fails";

    // The contract prints nothing for a const.
    public const string NotConstant = "";

    public static string Required(ReadOnlySpan<byte> name) => $"required key [{Of(name)}] not found";

    public static string Extraneous(ReadOnlySpan<byte> name) => $"extraneous key [{Of(name)}] is not permitted";

    public static string Repeated(ReadOnlySpan<byte> name) => $"duplicate key [{Of(name)}]";

    public static string Dependency(ReadOnlySpan<byte> name) => $"property [{Of(name)}] is required";

    public static string Type(string expected, string found) => $"expected type: {expected}, found: {found}";

    public static string Below(ReadOnlySpan<byte> value, ReadOnlySpan<byte> minimum) => $"{Of(value)} is not greater or equal to {Of(minimum)}";

    public static string Above(ReadOnlySpan<byte> value, ReadOnlySpan<byte> maximum) => $"{Of(value)} is not less or equal to {Of(maximum)}";

    public static string NotGreater(ReadOnlySpan<byte> value, ReadOnlySpan<byte> limit) => $"{Of(value)} is not greater than {Of(limit)}";

    public static string NotLess(ReadOnlySpan<byte> value, ReadOnlySpan<byte> limit) => $"{Of(value)} is not less than {Of(limit)}";

    public static string NotMultiple(ReadOnlySpan<byte> value, ReadOnlySpan<byte> divisor) => $"{Of(value)} is not a multiple of {Of(divisor)}";

    public static string TooShort(int minimum, int actual) => $"expected minLength: {Number(minimum)}, actual: {Number(actual)}";

    public static string TooLong(int maximum, int actual) => $"expected maxLength: {Number(maximum)}, actual: {Number(actual)}";

    public static string NoPatternMatch(ReadOnlySpan<byte> value, string pattern) => $"string [{Of(value)}] does not match pattern {pattern}";

    public static string NotInEnum(ReadOnlySpan<byte> value) =>
        $"{Of(value is [(byte)'"', .., (byte)'"'] ? value[1..^1] : value)} is not a valid enum value";

    /// <param name="title">What the value is not, and the forms that it may have.</param>
    public static string NotOfFormat(ReadOnlySpan<byte> value, string title) => $"[{Of(value)}] is not a valid {title}";

    public static string TooFewItems(int minimum, int found) => $"expected minimum item count: {Number(minimum)}, found: {Number(found)}";

    public static string TooManyItems(int maximum, int found) => $"expected maximum item count: {Number(maximum)}, found: {Number(found)}";

    public static string TooFewProperties(int minimum, int found) => $"minimum size: [{Number(minimum)}], found: [{Number(found)}]";

    public static string TooManyProperties(int maximum, int found) => $"maximum size: [{Number(maximum)}], found: [{Number(found)}]";

    public static string NotAny(int total) => $"no subschema matched out of the total {Number(total)} subschemas";

    public static string NotOne(int matched) => $"{Number(matched)} subschemas matched instead of one";

    public static string Forbidden(string schema) => $"subject must not be valid against schema {schema}";

    public static string TooDeep(int maxDepth) => $"nesting deeper than {Number(maxDepth)} levels";

    /// <summary>The text of a string's raw content, its escapes resolved.</summary>
    public static string Of(ReadOnlySpan<byte> content)
    {
        if (!content.Contains((byte)'\\'))
            return Encoding.UTF8.GetString(content);

        var resolved = new byte[content.Length];
        return Encoding.UTF8.GetString(resolved.AsSpan(0, EscapeReader.Resolve(content, resolved)));
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
