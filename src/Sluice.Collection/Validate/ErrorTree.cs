using System.Text.Json;
using Sluice.Schemas;

namespace Sluice.Collection.Validate;

/// <summary>Writes violations as the tree that clients of the original parse (contract collection.md 1.8).</summary>
/// <remarks>
/// A value with one fault is that fault's node. A value with several, its own or of values inside it, is a wrapper that counts them; so the
/// tree follows the value, level by level, and a level with one fault adds no node.
/// </remarks>
internal static class ErrorTree
{
    /// <summary>Writes one node: the only violation, or the wrapper of all.</summary>
    internal static void Write(Utf8JsonWriter json, IReadOnlyList<SchemaViolation> violations) => Write(json, [.. violations], 1);

    // The violations share their pointer's first segments, as many as depth says ('#' being the first).
    private static void Write(Utf8JsonWriter json, List<SchemaViolation> violations, int depth)
    {
        if (violations is [var only])
        {
            WriteLeaf(json, only);
            return;
        }

        // Faults of this very value, each by itself; then those inside it, by member.
        var own = violations.Where(violation => Segments(violation.Pointer).Length <= depth).ToList();
        var inner = violations.Where(violation => Segments(violation.Pointer).Length > depth)
            .GroupBy(violation => Segments(violation.Pointer)[depth], StringComparer.Ordinal).Select(group => group.ToList()).ToList();
        if (own.Count == 0 && inner is [var same])
        {
            Write(json, same, depth + 1);
            return;
        }

        var first = violations[0];
        json.WriteStartObject();
        json.WriteString("schemaLocation"u8, LocationOf(first, depth));
        json.WriteString("pointerToViolation"u8, string.Join('/', Segments(first.Pointer)[..depth]));
        json.WriteStartArray("causingExceptions"u8);
        foreach (var violation in own)
            WriteLeaf(json, violation);
        foreach (var group in inner)
            Write(json, group, depth + 1);
        json.WriteEndArray();
        json.WriteString("message"u8, $"{violations.Count} schema violations found");
        json.WriteEndObject();
    }

    private static void WriteLeaf(Utf8JsonWriter json, SchemaViolation violation)
    {
        json.WriteStartObject();
        json.WriteString("schemaLocation"u8, violation.SchemaLocation);
        json.WriteString("pointerToViolation"u8, violation.Pointer);
        json.WriteStartArray("causingExceptions"u8);
        foreach (var cause in violation.Causes)
            WriteLeaf(json, cause);
        json.WriteEndArray();
        json.WriteString("keyword"u8, violation.Keyword);
        json.WriteString("message"u8, violation.Message);
        json.WriteEndObject();
    }

    // The schema of the value around: of each level the location loses '/properties/x' or '/items'. Past a reference it stays where that led.
    private static string LocationOf(SchemaViolation violation, int depth)
    {
        var location = violation.SchemaLocation;
        var segments = Segments(violation.Pointer);
        for (var level = segments.Length - 1; level >= depth; level--)
        {
            var member = "/properties/" + segments[level];
            if (location.EndsWith(member, StringComparison.Ordinal))
                location = location[..^member.Length];
            else if (location.EndsWith("/items", StringComparison.Ordinal))
                location = location[..^"/items".Length];
        }
        return location;
    }

    private static string[] Segments(string pointer) => pointer.Split('/');
}
