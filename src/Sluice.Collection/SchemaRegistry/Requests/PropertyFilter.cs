using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>One <c>property</c> condition of a registry list (contract collection.md 3.3).</summary>
internal sealed class PropertyFilter
{
    private const int MaxCharacters = 1_000;

    private static readonly string[] Signs = ["==", "!=", "<=", ">=", "<", ">", "~"]; // the longer first: '<=' begins with '<'

    private readonly Func<JsonObject, bool> _matches;

    private PropertyFilter(Func<JsonObject, bool> matches) => _matches = matches;

    internal bool Matches(JsonObject document) => _matches(document);

    /// <summary>Reads <c>name==value</c> and its like; a bare name asks whether the member is there. Returns the fault, or null.</summary>
    internal static string? TryParse(string text, out PropertyFilter filter)
    {
        filter = new PropertyFilter(document => Find(document, text) is not null);
        if (text.Length is 0 or > MaxCharacters)
            return $"'property' must have 1 to {MaxCharacters} characters";
        var found = Signs
            .Select(sign => (Sign: sign, At: text.IndexOf(sign, StringComparison.Ordinal)))
            .Where(one => one.At >= 0)
            .OrderBy(one => one.At).ThenByDescending(one => one.Sign.Length)
            .FirstOrDefault();
        if (found.Sign is null)
            return null;
        if (found.At == 0)
            return $"'property' must name a member before [{found.Sign}]";

        var path = text[..found.At];
        var value = text[(found.At + found.Sign.Length)..];
        if (found.Sign != "~")
        {
            filter = new PropertyFilter(document => Compare(Find(document, path), found.Sign, value));
            return null;
        }
        try
        {
            var pattern = new Regex(value, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            filter = new PropertyFilter(document => Texts(Find(document, path)).Any(pattern.IsMatch));
            return null;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return $"'property' has a pattern that cannot be used: {value}";
        }
    }

    /// <summary>The member at a dotted path, or null; a name that itself holds dots is found too.</summary>
    internal static JsonNode? Find(JsonNode? node, string path)
    {
        if (node is not JsonObject map)
            return null;
        if (map.TryGetPropertyValue(path, out var whole))
            return whole;
        for (var dot = path.IndexOf('.'); dot >= 0; dot = path.IndexOf('.', dot + 1))
        {
            if (map.TryGetPropertyValue(path[..dot], out var below) && Find(below, path[(dot + 1)..]) is { } found)
                return found;
        }
        return null;
    }

    // A list is equal to what it contains.
    private static bool Compare(JsonNode? node, string sign, string value)
    {
        if (node is JsonArray list)
            return sign == "!=" ? !list.Any(one => Compare(one, "==", value)) : list.Any(one => Compare(one, sign, value));
        if (node is null)
            return sign == "!=";
        var order = PropertyOrder.CompareTo(node, value);
        return sign switch
        {
            "==" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        null or JsonObject => [],
        JsonArray list => list.SelectMany(Texts),
        _ => [PropertyOrder.Text(node)],
    };
}

/// <summary>Orders members of resources: absent ones first, then numbers and versions by value, then text.</summary>
internal sealed class PropertyOrder : IComparer<JsonNode?>
{
    internal static PropertyOrder Comparer { get; } = new();

    public int Compare(JsonNode? x, JsonNode? y) => x is null || y is null ? (x is null ? 0 : 1) - (y is null ? 0 : 1) : CompareText(Text(x), Text(y));

    internal static int CompareTo(JsonNode? node, string value) => node is null ? -1 : CompareText(Text(node), value);

    internal static string Text(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Object or JsonValueKind.Array => "",
        _ => node.ToString(),
    };

    private static int CompareText(string one, string other) => (TryNumber(one, out var left), TryNumber(other, out var right)) switch
    {
        (true, true) => left.CompareTo(right),
        (true, false) => -1,
        (false, true) => 1,
        _ => string.CompareOrdinal(one, other),
    };

    // 1.10 comes after 1.9: what looks like a number is a version, whose parts count apart.
    private static bool TryNumber(string text, out (long Whole, long Part) number)
    {
        number = default;
        var dot = text.IndexOf('.');
        return long.TryParse(dot < 0 ? text : text.AsSpan(0, dot), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number.Whole)
            && (dot < 0 || long.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number.Part));
    }
}
