using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Collection.Catalog;

/// <summary>Orders members of listed objects: absent ones first, then numbers by value, then everything else as text.</summary>
internal sealed class CatalogOrder : IComparer<JsonNode?>
{
    internal static CatalogOrder Comparer { get; } = new();

    public int Compare(JsonNode? x, JsonNode? y)
    {
        if (x is null || y is null)
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        var xIsNumber = TryNumber(x, out var left);
        var yIsNumber = TryNumber(y, out var right);
        return (xIsNumber, yIsNumber) switch
        {
            (true, true) => left.CompareTo(right),
            (false, false) => string.CompareOrdinal(x.ToString(), y.ToString()),
            _ => xIsNumber ? -1 : 1, // text and number never compare by chance: the order must be one order for any three
        };
    }

    internal static bool TryNumber(JsonNode node, out decimal number)
    {
        number = 0;
        return node.GetValueKind() == JsonValueKind.Number && decimal.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }
}
