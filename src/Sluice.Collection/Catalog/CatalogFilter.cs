using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Collection.Catalog;

/// <summary>One condition of a list (contract collection.md 4.1; the flow service's lists read <c>property</c> the same way).</summary>
internal sealed class CatalogFilter
{
    private const int MaxPatternCharacters = 1_024;
    private const int MaxPathParts = 32;

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
            if (name.Length == 0 || Operators.Any(sign => name.StartsWith(sign, StringComparison.Ordinal)))
                return $"'property' must name a member: {text}";
            filter = new CatalogFilter((_, document) => Reach(document, name).Any(node => node is not null) != isAbsent);
            return null;
        }

        var path = text[..found.At];
        var value = text[(found.At + found.Sign.Length)..];
        if (found.Sign == "~")
        {
            if (TryPattern(value) is not { } pattern)
                return $"'property' has a pattern that cannot be used: {value}";
            filter = new CatalogFilter((_, document) => FindAll(document, path).Any(node => pattern.IsMatch(Text(node))));
            return null;
        }

        filter = new CatalogFilter((_, document) => found.Sign == "!="
            ? !FindAll(document, path).Any(node => Compare(node, "==", value))
            : FindAll(document, path).Any(node => Compare(node, found.Sign, value)));
        return null;
    }

    /// <summary><c>name=a,b</c> (one of), <c>name=!a</c>, <c>*</c> as wildcard, and the names that stand for something else.</summary>
    internal static CatalogFilter Plain(string name, string value)
    {
        var isWanted = OneOf(value);
        return name switch
        {
            "createdAfter" => new((_, document) => Compare(document["created"], ">", value)),
            "createdBefore" => new((_, document) => Compare(document["created"], "<", value)),
            "updatedAfter" => new((_, document) => Compare(document["updated"], ">", value)),
            "updatedBefore" => new((_, document) => Compare(document["updated"], "<", value)),
            "batch" => new((id, document) => isWanted(document["batchId"]?.ToString() ?? id)),
            "dataSet" => new((_, document) => isWanted(DataSetOf(document))),
            "replayPredecessors" => new((_, document) => FindAll(document, "replay.predecessors").Any(one => isWanted(Text(one)))),
            "tags" => new((_, document) => HasTag(document, value)),
            _ => new((_, document) => isWanted(Find(document, name) is { } node ? Text(node) : "")),
        };
    }

    /// <summary>The member at a dotted path, or null; of several in an array the first.</summary>
    internal static JsonNode? Find(JsonObject document, string path) => FindAll(document, path).FirstOrDefault();

    /// <summary>Every value at a dotted path: one that leads through an array means each of its elements; clients also write <c>name[]</c>.</summary>
    internal static IEnumerable<JsonNode> FindAll(JsonObject document, string path) => Reach(document, path).SelectMany(Elements).OfType<JsonNode>();

    private static IEnumerable<JsonNode?> Reach(JsonObject document, string path)
    {
        IEnumerable<JsonNode?> found = [document];
        foreach (var part in path.Split('.', MaxPathParts))
        {
            var name = part.EndsWith("[]", StringComparison.Ordinal) ? part[..^2] : part;
            found = found.SelectMany(Elements).Select(node => node is JsonObject map ? map[name] : null);
        }
        return found;
    }

    private static IEnumerable<JsonNode?> Elements(JsonNode? node) => node is JsonArray array ? array : Enumerable.Repeat(node, 1);

    private static bool Compare(JsonNode? node, string sign, string value)
    {
        if (node is null)
            return false;
        var order = node.GetValueKind() == JsonValueKind.Number
            && CatalogOrder.TryNumber(node, out var number) && decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var wanted)
                ? number.CompareTo(wanted)
                : string.CompareOrdinal(Text(node), value);
        return sign switch
        {
            "==" => order == 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    private static Func<string, bool> OneOf(string wanted)
    {
        if (wanted.StartsWith('!'))
        {
            var isUnwanted = OneOf(wanted[1..]);
            return text => !isUnwanted(text);
        }
        var choices = wanted.Split(',');
        return text => Array.Exists(choices, one => IsLike(text, one));
    }

    // * stands for any characters, none too: each part is taken at the first place after the one before it.
    private static bool IsLike(string text, string wanted)
    {
        var parts = wanted.Split('*');
        if (parts.Length == 1)
            return text == wanted;
        if (text.Length < parts[0].Length + parts[^1].Length
            || !text.StartsWith(parts[0], StringComparison.Ordinal) || !text.EndsWith(parts[^1], StringComparison.Ordinal))
            return false;
        var rest = text.AsSpan(parts[0].Length, text.Length - parts[0].Length - parts[^1].Length);
        foreach (var part in parts.AsSpan(1, parts.Length - 2))
        {
            var at = rest.IndexOf(part, StringComparison.Ordinal);
            if (at < 0)
                return false;
            rest = rest[(at + part.Length)..];
        }
        return true;
    }

    private static Regex? TryPattern(string text)
    {
        try
        {
            return text.Length <= MaxPatternCharacters ? new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant) : null;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static string DataSetOf(JsonObject document) =>
        document["dataSetViewId"]?.ToString()
        ?? (document["relatedObjects"] as JsonArray)?.FirstOrDefault(one => one?["type"]?.ToString() == "dataSet")?["id"]?.ToString()
        ?? "";

    // ns:value, where the value may itself hold colons and wildcards.
    private static bool HasTag(JsonObject document, string wanted)
    {
        var colon = wanted.IndexOf(':');
        if (document["tags"] is not JsonObject tags)
            return false;
        if (colon < 0)
            return tags[wanted] is not null;
        var isWanted = OneOf(wanted[(colon + 1)..]);
        return tags[wanted[..colon]] is { } values && Elements(values).Any(one => one is not null && isWanted(Text(one)));
    }

    private static string Text(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.String => node.GetValue<string>(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => node.ToJsonString(JsonFormat.Readable),
    };
}
