using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Collection;

/// <summary>What a JSON document of a client must keep to before it is used: readable text, and a depth that no later step chokes on.</summary>
internal static class JsonBounds
{
    /// <summary>Fifty levels of arrays of objects in a schema take a hundred and fifty.</summary>
    internal const int MaxDepth = 256;

    private const string NulReason = "holds the character U+0000"; // PostgreSQL cannot keep this one in a text

    /// <summary>The first fault with its place as a JSON Pointer, or null. Afterwards every member can be read without a surprise.</summary>
    internal static string? Fault(JsonNode? node, int maxDepth) =>
        Find(node, maxDepth) is { } fault ? $"[{fault.Place}] {fault.Reason}" : null;

    /// <summary>How many objects and arrays stand inside each other.</summary>
    internal static int DepthOf(JsonNode? node) => node switch
    {
        JsonObject map => 1 + map.Max(member => (int?)DepthOf(member.Value)).GetValueOrDefault(),
        JsonArray array => 1 + array.Max(one => (int?)DepthOf(one)).GetValueOrDefault(),
        _ => 0,
    };

    private static (string Place, string Reason)? Find(JsonNode? node, int depthLeft)
    {
        if (node is JsonObject or JsonArray && depthLeft == 0)
            return ("", "is nested too deep");
        try
        {
            return node switch
            {
                JsonObject map => FindInside(map.Select(member => (member.Key, member.Value)), depthLeft),
                JsonArray array => FindInside(array.Select((one, index) => ($"{index}", one)), depthLeft),
                JsonValue value when value.GetValueKind() == JsonValueKind.String && HasNul(value.GetValue<string>()) => ("", NulReason),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return ("", "holds half of a surrogate pair"); // RFC 8259 section 8.2 leaves it open; it shows only when the text is made
        }
    }

    // The place is put together on the way out, so that a document without fault costs no text.
    private static (string Place, string Reason)? FindInside(IEnumerable<(string Name, JsonNode? Value)> members, int depthLeft)
    {
        foreach (var (name, value) in members)
        {
            if (HasNul(name))
                return ("", NulReason);
            if (Find(value, depthLeft - 1) is { } fault)
                return ($"/{name}{fault.Place}", fault.Reason);
        }
        return null;
    }

    private static bool HasNul(string text) => text.Contains('\0');
}
