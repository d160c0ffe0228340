using System.Text;
using System.Text.Json;
using Sluice.Schemas.Formats;
using Sluice.Schemas.Model;
using Sluice.Schemas.Patterns;
using Sluice.Schemas.Text;
using Sluice.Schemas.Validate;

namespace Sluice.Schemas.Compile;

/// <summary>Reads the keywords that hold no schemas, and refuses those whose value is of the wrong type.</summary>
internal sealed class KeywordReader(SchemaOptions options)
{
    private readonly Dictionary<string, PatternMatcher> _patterns = new(StringComparer.Ordinal);

    /// <summary>The kinds of value that <c>type</c> accepts, and its words; any kind and no words when it is absent.</summary>
    public (JsonTypes Types, string Names) ReadType(SchemaPlace place)
    {
        if (!place.TryGet("type", out var value))
            return (JsonTypes.Any, "");

        var names = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : new[] { value };
        var types = JsonTypes.None;
        var words = new List<string>();
        foreach (var name in names)
        {
            string type = name.ValueKind == JsonValueKind.String ? name.GetString()! : name.GetRawText();
            words.Add(TypeText.Expected(type) ?? throw place.Fault("type", $"[{type}] is not a type"));
            types |= TypeText.Kinds(type);
        }

        // Contract 1.8: null is never accepted where a type is declared.
        return (options.Dialect == SchemaDialect.Ingestion ? types & ~JsonTypes.Null : types, string.Join(" or ", words));
    }

    public StringRules? ReadStrings(SchemaPlace place)
    {
        if (!place.HasAny(SchemaKeywords.OfStrings))
            return null;

        var rules = new StringRules
        {
            MinLength = ReadCount(place, "minLength", 0),
            MaxLength = ReadCount(place, "maxLength", int.MaxValue),
            Pattern = ReadText(place, "pattern") is { } pattern ? GetPattern(place, "pattern", pattern) : null,
            Format = ReadText(place, "format") is { } format && options.AssertFormats ? StringFormat.Find(format, options.Dialect) : null,
        };
        bool demands = rules.MinLength > 0 || rules.MaxLength < int.MaxValue || rules.Pattern is not null || rules.Format is not null;
        return demands ? rules : null;
    }

    public static NumberRules? ReadNumbers(SchemaPlace place)
    {
        if (!place.HasAny(SchemaKeywords.OfNumbers))
            return null;

        var divisor = ReadLimit(place, "multipleOf");
        ulong significand = 0;
        long power = 0;
        if (divisor is not null)
        {
            var number = JsonNumber.Parse(divisor.Text);
            if (number.IsNegative || number.DigitCount == 0)
                throw place.Fault("multipleOf", "must be greater than 0");
            if (!number.TryGetScaled(out significand, out power))
                throw place.Fault("multipleOf", "has more than 19 digits");
        }

        return new NumberRules
        {
            Minimum = ReadLimit(place, "minimum"),
            Maximum = ReadLimit(place, "maximum"),
            ExclusiveMinimum = ReadLimit(place, "exclusiveMinimum"),
            ExclusiveMaximum = ReadLimit(place, "exclusiveMaximum"),
            MultipleOf = divisor,
            DivisorSignificand = significand,
            DivisorPower = power,
        }.WithEasyRange();
    }

    /// <summary>A count of 0 or more; larger than 32 bits means as many as there can be.</summary>
    public static int ReadCount(SchemaPlace place, string keyword, int otherwise)
    {
        if (!place.TryGet(keyword, out var value))
            return otherwise;
        if (value.ValueKind != JsonValueKind.Number)
            throw place.Fault(keyword, "must be a number");

        var number = JsonNumber.Parse(Encoding.UTF8.GetBytes(value.GetRawText()));
        if (number.IsNegative || !number.IsInteger)
            throw place.Fault(keyword, "must be a whole number of 0 or more");
        return value.TryGetDouble(out double count) && count < int.MaxValue ? (int)count : int.MaxValue;
    }

    public static bool ReadFlag(SchemaPlace place, string keyword)
    {
        if (!place.TryGet(keyword, out var value))
            return false;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw place.Fault(keyword, "must be a boolean");
    }

    /// <summary>A list of names.</summary>
    public static IEnumerable<string> ReadNames(SchemaPlace place, string keyword, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw place.Fault(keyword, "must be a list of names");
        foreach (var name in value.EnumerateArray())
            yield return name.ValueKind == JsonValueKind.String ? name.GetString()! : throw place.Fault(keyword, "must be a list of names");
    }

    /// <summary>The sets of values of <c>enum</c> and <c>const</c>.</summary>
    public static IEnumerable<ValueSet> ReadValues(SchemaPlace place)
    {
        if (place.TryGet("enum", out var values))
        {
            if (values.ValueKind != JsonValueKind.Array)
                throw place.Fault("enum", "must be a list");
            yield return new ValueSet("enum", place.Location, values.EnumerateArray());
        }

        if (place.TryGet("const", out var constant))
            yield return new ValueSet("const", place.Location, [constant]);
    }

    /// <summary>A compiled pattern; equal ones are the same object.</summary>
    public PatternMatcher GetPattern(SchemaPlace place, string keyword, string source)
    {
        if (_patterns.TryGetValue(source, out var known))
            return known;
        try
        {
            return _patterns[source] = SharedPatterns.Get(source);
        }
        catch (FormatException fault)
        {
            throw place.Fault(keyword, $"the pattern [{source}] {fault.Message}");
        }
    }

    private static string? ReadText(SchemaPlace place, string keyword)
    {
        if (!place.TryGet(keyword, out var value))
            return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw place.Fault(keyword, "must be a string");
    }

    private static NumberLimit? ReadLimit(SchemaPlace place, string keyword)
    {
        if (!place.TryGet(keyword, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Number)
            throw place.Fault(keyword, "must be a number");

        // A fraction or exponent sends the comparison to the digits, so only the plain form counts as whole.
        return new NumberLimit(Encoding.UTF8.GetBytes(value.GetRawText()), value.TryGetInt64(out long whole) ? whole : null);
    }
}
