using System.Text.Json;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>The platform's type of a field, <c>meta:xdmType</c>, as JSON Schema implies it (contract collection.md 3.6).</summary>
internal static class XdmTypes
{
    internal static string? Of(ComposedField field)
    {
        var said = field.Values("meta:xdmType").Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()).FirstOrDefault();
        return said ?? field.Type switch
        {
            "string" => field.Values("format").Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()).FirstOrDefault() switch
            {
                "date-time" => "date-time",
                "date" => "date",
                _ => "string",
            },
            "integer" => OfInteger(Bound(field, "minimum"), Bound(field, "maximum")),
            "number" => "double",
            "object" => IsMap(field) ? "map" : "object",
            var plain => plain,
        };
    }

    internal static bool IsMap(ComposedField field) =>
        field.Properties().Count == 0 && field.Values("additionalProperties").Any(one => one.ValueKind == JsonValueKind.Object);

    private static string OfInteger(decimal? least, decimal? most) =>
        least >= -128 && most <= 127 ? "byte"
        : least >= -32_768 && most <= 32_767 ? "short"
        : most > int.MaxValue ? "long"
        : "int";

    private static decimal? Bound(ComposedField field, string keyword) =>
        field.Values(keyword).Where(one => one.ValueKind == JsonValueKind.Number).Select(one => one.TryGetDecimal(out var bound) ? (decimal?)bound : null)
            .FirstOrDefault();
}
