using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>Makes an entity that a schema takes, with a value for as many fields as can be (contract collection.md 3.1, <c>/rpc/sampledata</c>).</summary>
/// <remarks>What cannot be guessed, such as a text for a pattern of its own, is left out again where it may be missing.</remarks>
internal sealed class SampleEntity
{
    private const int MaxFields = 2_000;
    private const int MaxLevels = 12;
    private const int MaxRepairs = 200;

    // Texts that patterns in use ask for: codes of countries, currencies and languages, versions, numbers, hashes.
    private static readonly string[] Texts =
    [
        "Sample", "sample", "USD", "US", "en-US", "en", "1", "12", "1.0", "1.0.0", "2024", "0123456789abcdef0123456789abcdef", "US-CA", "12:00", "A1",
        "https://example.com/sample", "sample@example.com", "/sample", "0.5", "12345", "+15550100",
    ];

    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private int _fields;

    /// <summary>The sample, or the reason why none could be made.</summary>
    internal static (JsonNode? Sample, string? Fault) Make(ComposedSchema schema)
    {
        var compiled = schema.Compile();
        var sample = new SampleEntity().Value(schema.Root);
        for (var repair = 0; repair < MaxRepairs; repair++)
        {
            var violations = compiled.Validate(Encoding.UTF8.GetBytes(sample?.ToJsonString(JsonFormat.Readable) ?? "null"));
            if (violations.Count == 0)
                return (sample, null);
            if (!violations.Any(one => Remove(sample, one.Pointer)))
                return (null, $"No sample could be made: {violations[0].Pointer}: {violations[0].Message}");
        }
        return (null, "No sample could be made: too many fields have values that cannot be guessed");
    }

    private JsonNode? Value(ComposedField field)
    {
        if (Given(field) is { } given)
            return given;
        return field.Type switch
        {
            "object" => Object(field),
            "array" => new JsonArray(field.Items() is { } items && CanGoOn(items) ? Inside(items) : "Sample"),
            "integer" => JsonValue.Create((long)Math.Ceiling(Number(field))),
            "number" => JsonValue.Create(Number(field)),
            "boolean" => true,
            _ => Text(field),
        };
    }

    private JsonObject Object(ComposedField field)
    {
        var written = new JsonObject();
        foreach (var (name, below) in field.Properties())
        {
            if (below.Parts.Length > 0 && CanGoOn(below))
                written[name] = Inside(below);
        }
        if (written.Count == 0 && field.Below("additionalProperties") is { Parts.Length: > 0 } values && CanGoOn(values))
            written["sample"] = Inside(values);
        return written;
    }

    private bool CanGoOn(ComposedField field) => ++_fields < MaxFields && _open.Count < MaxLevels && !_open.Contains(field.Key);

    private JsonNode? Inside(ComposedField field)
    {
        _open.Add(field.Key);
        var value = Value(field);
        _open.Remove(field.Key);
        return value;
    }

    private static JsonNode? Given(ComposedField field)
    {
        foreach (var value in field.Values("const"))
            return JsonNode.Parse(value.GetRawText());
        foreach (var list in field.Values("enum").Concat(field.Type == "string" ? field.Values("examples") : []))
        {
            if (list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0)
                return JsonNode.Parse(list[0].GetRawText());
        }
        return null;
    }

    private static decimal Number(ComposedField field)
    {
        var number = 1m;
        foreach (var (keyword, step) in new[] { ("minimum", 0m), ("exclusiveMinimum", 1m) })
            number = Math.Max(number, Bounds(field, keyword).Select(bound => bound + step).DefaultIfEmpty(number).Max());
        foreach (var (keyword, step) in new[] { ("maximum", 0m), ("exclusiveMaximum", 1m) })
            number = Math.Min(number, Bounds(field, keyword).Select(bound => bound - step).DefaultIfEmpty(number).Min());
        return number;
    }

    private static IEnumerable<decimal> Bounds(ComposedField field, string keyword) =>
        field.Values(keyword).Where(one => one.ValueKind == JsonValueKind.Number && one.TryGetDecimal(out var bound) && Math.Abs(bound) < 1e15m)
            .Select(one => one.GetDecimal());

    private static string Text(ComposedField field)
    {
        if (field.Parts.Select(part => part.Text("pattern")).FirstOrDefault(pattern => pattern is not null) is { } pattern)
            return Array.Find(Texts, text => Matches(text, pattern)) ?? "Sample";
        var text = field.Parts.Select(part => part.Text("format")).FirstOrDefault(format => format is not null) switch
        {
            "date-time" => "2024-01-15T12:00:00Z",
            "date" => "2024-01-15",
            "time" => "12:00:00Z",
            "email" => "sample@example.com",
            "uri" or "url" => "https://example.com/sample",
            "uri-reference" => "sample",
            "ipv4" => "192.0.2.1",
            "ipv6" => "2001:db8::1",
            "hostname" => "example.com",
            _ => "Sample",
        };
        var least = Bounds(field, "minLength").DefaultIfEmpty(0).Max();
        var most = Bounds(field, "maxLength").DefaultIfEmpty(1_000).Min();
        text = text.Length < least ? text.PadRight((int)Math.Min(least, 4_096), 'x') : text;
        return text.Length > most && most >= 0 ? text[..(int)most] : text;
    }

    private static bool Matches(string text, string pattern)
    {
        try
        {
            return Regex.IsMatch(text, pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return false; // an ECMA pattern that .NET writes otherwise
        }
    }

    // Takes out what a violation points at; the root stays.
    private static bool Remove(JsonNode? sample, string pointer)
    {
        var text = pointer.TrimStart('#');
        if (text.Length == 0 || JsonPatch.ParsePointer(text) is not { Length: > 0 } path)
            return false;
        var node = sample;
        foreach (var name in path.SkipLast(1))
            node = node is JsonArray list && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count
                ? list[index]
                : (node as JsonObject)?[name];
        if (node is JsonArray array && int.TryParse(path[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last < array.Count)
        {
            array.RemoveAt(last);
            return true;
        }
        return node is JsonObject map && map.Remove(path[^1]);
    }
}
