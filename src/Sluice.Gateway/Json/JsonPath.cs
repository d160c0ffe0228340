using System.Collections.Concurrent;
using System.Text.Json;

namespace Sluice.Gateway.Json;

/// <summary>A JSONPath, read once (contract gateway.md 7): <c>$</c>, names, <c>*</c>, <c>..</c>, indexes, slices, unions, filters and <c>length()</c>.</summary>
/// <remarks>Threading: immutable. What it may look at is bounded, so that neither a path nor a document can keep a flow busy.</remarks>
internal sealed class JsonPath
{
    internal const int MaxCharacters = 4_000;

    /// <summary>Values that one evaluation may look at.</summary>
    internal const int MaxVisits = 500_000;

    internal const int MaxFound = 10_000;

    // Paths also come from variables; a client that makes them up must not fill the memory.
    private const int MostKept = 2_000;

    private static readonly ConcurrentDictionary<string, JsonPath?> Known = new(StringComparer.Ordinal);

    private readonly JsonPathStep[] _steps;

    internal JsonPath(JsonPathStep[] steps, bool countsLength) => (_steps, CountsLength) = (steps, countsLength);

    /// <summary>Whether it finds one value at most: names and single indexes only.</summary>
    internal bool IsDefinite => Array.TrueForAll(_steps, step => step is { IsDeep: false, Selectors: [NameSelector or IndexSelector] });

    /// <summary>Whether it ends in <c>length()</c>, so that what is found is counted.</summary>
    internal bool CountsLength { get; }

    /// <summary>The path of a text; null, and the reason with the place it was seen at, when it is none.</summary>
    internal static JsonPath? Parse(string text, out string? fault) => new JsonPathParser(text).Parse(out fault);

    /// <summary>The path of a text that is only known when it runs; null when it is none.</summary>
    internal static JsonPath? Of(string text)
    {
        if (text.Length > MaxCharacters)
            return null;
        if (Known.TryGetValue(text, out var known))
            return known;
        var made = Parse(text, out _);
        if (Known.Count < MostKept)
            Known[text] = made;
        return made;
    }

    /// <summary>What it finds, in the order of the document; null when that takes more than <see cref="MaxVisits"/>.</summary>
    internal IReadOnlyList<JsonElement>? Find(JsonElement root)
    {
        var walk = new JsonPathWalk(root);
        var found = Find(root, walk);
        return walk.IsOver ? null : found;
    }

    /// <summary>What it finds from a value of a document that is being walked.</summary>
    internal List<JsonElement> Find(JsonElement from, JsonPathWalk walk)
    {
        var found = new List<JsonElement>();
        Go(from, 0, walk, found);
        if (CountsLength)
            found = [.. found.Select(LengthOf).OfType<JsonElement>()];
        return found;
    }

    /// <summary>What was found as the text of a variable: one value as it is, several as an array (contract gateway.md 5.1). Null for nothing.</summary>
    internal string? Text(IReadOnlyList<JsonElement> found, bool asArray) =>
        found.Count == 0 ? null
        : IsDefinite || !asArray ? Text(found[0])
        : $"[{string.Join(',', found.Select(one => one.GetRawText()))}]";

    /// <summary>A value as the text of a variable; null for null.</summary>
    internal static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null => null,
        _ => value.GetRawText(),
    };

    // Recursion is as deep as the path is long and the document nests, both bounded.
    private void Go(JsonElement node, int at, JsonPathWalk walk, List<JsonElement> found)
    {
        if (!walk.Visit() || found.Count >= MaxFound)
            return;
        if (at == _steps.Length)
        {
            found.Add(node);
            return;
        }
        var step = _steps[at];
        foreach (var selector in step.Selectors)
        {
            foreach (var child in selector.Select(node, walk))
                Go(child, at + 1, walk, found);
        }
        if (!step.IsDeep)
            return;
        foreach (var child in JsonPathWalk.Children(node))
            Go(child, at, walk, found);
    }

    private static JsonElement? LengthOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => JsonSerializer.SerializeToElement(value.GetArrayLength()),
        JsonValueKind.Object => JsonSerializer.SerializeToElement(value.EnumerateObject().Count()),
        JsonValueKind.String => JsonSerializer.SerializeToElement(value.GetString()!.Length),
        _ => null,
    };
}

/// <summary>One step of a path: what is selected, from the value at hand, or with <c>..</c> also from all below it.</summary>
internal sealed record JsonPathStep(bool IsDeep, JsonPathSelector[] Selectors);

/// <summary>One evaluation of a path, with what it may still look at.</summary>
internal sealed class JsonPathWalk(JsonElement root)
{
    private int _left = JsonPath.MaxVisits;

    internal JsonElement Root => root;

    internal bool IsOver => _left < 0;

    internal bool Visit() => --_left >= 0;

    internal static IEnumerable<JsonElement> Children(JsonElement node) => node.ValueKind switch
    {
        JsonValueKind.Object => node.EnumerateObject().Select(property => property.Value),
        JsonValueKind.Array => node.EnumerateArray(),
        _ => [],
    };
}
