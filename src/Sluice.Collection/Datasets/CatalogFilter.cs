using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Collection.Datasets;

/// <summary>One condition of a catalog list (contract collection.md 4.1).</summary>
internal sealed class CatalogFilter
{
    private static readonly string[] Operators = ["==", "!=", "<=", ">=", "<", ">", "~"]; // the longer first: '<=' begins with '<'

    private readonly Func<string, JsonObject, bool> _matches;

    private CatalogFilter(Func<string, JsonObject, bool> matches) => _matches = matches;

    internal bool Matches(string id, JsonObject document) => _matches(id, document);

    /// <summary>Reads <c>name</c>, <c>!name</c>, <c>name==v</c> and its like; returns the fault, or null and the filter.</summary>
    internal static string? TryParseProperty(string text, out CatalogFilter filter)
    {
        filter = null!;
        var found = Operators
            .Select(sign => (Sign: sign, At: text.IndexOf(sign, StringComparison.Ordinal)))
            .Where(one => one.At > 0)
            .OrderBy(one => one.At).ThenByDescending(one => one.Sign.Length)
            .FirstOrDefault();
        if (found.Sign is null)
        {
            var isAbsent = text.StartsWith('!');
            var name = isAbsent ? text[1..] : text;
            if (name.Length == 0)
                return "'property' must name a member";
            filter = new CatalogFilter((_, document) => Find(document, name) is null == isAbsent);
            return null;
        }

        var path = text[..found.At];
        var value = text[(found.At + found.Sign.Length)..];
        if (found.Sign == "~")
        {
            Regex pattern;
            try
            {
                pattern = new Regex(value, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            }
            catch (Exception error) when (error is ArgumentException or NotSupportedException)
            {
                return $"'property' has a pattern that cannot be used: {value}";
            }
            filter = new CatalogFilter((_, document) => Find(document, path) is { } node && pattern.IsMatch(Text(node)));
            return null;
        }

        filter = new CatalogFilter((_, document) => Compare(Find(document, path), found.Sign, value));
        return null;
    }

    /// <summary><c>name=a,b</c> (one of), <c>name=!a</c>, <c>*</c> as wildcard, and the names that stand for something else.</summary>
    internal static CatalogFilter Plain(string name, string value) => name switch
    {
        "createdAfter" => new((_, document) => Compare(document["created"], ">", value)),
        "createdBefore" => new((_, document) => Compare(document["created"], "<", value)),
        "updatedAfter" => new((_, document) => Compare(document["updated"], ">", value)),
        "updatedBefore" => new((_, document) => Compare(document["updated"], "<", value)),
        "batch" => new((id, _) => IsOneOf(id, value)),
        "dataSet" => new((_, document) => document["relatedObjects"] is JsonArray related
            && related.Any(one => one?["type"]?.ToString() == "dataSet" && IsOneOf(one["id"]!.ToString(), value))),
        "tags" => new((_, document) => HasTag(document, value)),
        _ => new((_, document) => IsOneOf(Find(document, name) is { } node ? Text(node) : "", value)),
    };

    /// <summary>The member at a dotted path, or null.</summary>
    internal static JsonNode? Find(JsonObject document, string path)
    {
        JsonNode? node = document;
        foreach (var name in path.Split('.'))
            node = node is JsonObject map ? map[name] : null;
        return node;
    }

    private static bool Compare(JsonNode? node, string sign, string value)
    {
        if (node is null)
            return sign == "!=";
        var order = CatalogOrder.CompareText(Text(node), value);
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

    private static bool IsOneOf(string text, string wanted) => wanted.StartsWith('!')
        ? !IsOneOf(text, wanted[1..])
        : wanted.Split(',').Any(one => one.Contains('*')
            ? Regex.IsMatch(text, "^" + Regex.Escape(one).Replace("\\*", ".*", StringComparison.Ordinal) + "$",
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline)
            : text == one);

    // ns:value, where the value may itself hold colons.
    private static bool HasTag(JsonObject document, string wanted)
    {
        var colon = wanted.IndexOf(':');
        return colon < 0
            ? document["tags"]?[wanted] is not null
            : DatasetBody.HasTag(document, wanted[..colon], wanted[(colon + 1)..]);
    }

    private static string Text(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => node.ToString(),
    };
}

/// <summary>Orders members of catalog objects: numbers by value, everything else as text, absent ones first.</summary>
internal sealed class CatalogOrder : IComparer<JsonNode?>
{
    internal static CatalogOrder Comparer { get; } = new();

    public int Compare(JsonNode? x, JsonNode? y) => (x, y) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        _ => CompareText(x.ToString(), y.ToString()),
    };

    internal static int CompareText(string one, string other) =>
        decimal.TryParse(one, NumberStyles.Float, CultureInfo.InvariantCulture, out var left)
        && decimal.TryParse(other, NumberStyles.Float, CultureInfo.InvariantCulture, out var right)
            ? left.CompareTo(right)
            : string.CompareOrdinal(one, other);
}
