using System.Text.Json;

namespace Sluice.Gateway.Json;

/// <summary>Chooses among the children of a value.</summary>
internal abstract class JsonPathSelector
{
    internal abstract IEnumerable<JsonElement> Select(JsonElement node, JsonPathWalk walk);
}

/// <summary><c>.name</c> or <c>['name']</c>.</summary>
internal sealed class NameSelector(string name) : JsonPathSelector
{
    internal override IEnumerable<JsonElement> Select(JsonElement node, JsonPathWalk walk) =>
        node.ValueKind == JsonValueKind.Object && node.TryGetProperty(name, out var value) ? [value] : [];
}

/// <summary><c>*</c>.</summary>
internal sealed class WildcardSelector : JsonPathSelector
{
    internal override IEnumerable<JsonElement> Select(JsonElement node, JsonPathWalk walk) => JsonPathWalk.Children(node);
}

/// <summary><c>[2]</c>, or <c>[-1]</c> from the end.</summary>
internal sealed class IndexSelector(int index) : JsonPathSelector
{
    internal override IEnumerable<JsonElement> Select(JsonElement node, JsonPathWalk walk)
    {
        if (node.ValueKind != JsonValueKind.Array)
            return [];
        var at = index < 0 ? (long)node.GetArrayLength() + index : index;
        return at >= 0 && at < node.GetArrayLength() ? [node[(int)at]] : [];
    }
}

/// <summary><c>[start:end:step]</c>; each may be left out, and a negative one counts from the end.</summary>
internal sealed class SliceSelector(int? start, int? end, int step) : JsonPathSelector
{
    internal override IEnumerable<JsonElement> Select(JsonElement node, JsonPathWalk walk)
    {
        if (node.ValueKind != JsonValueKind.Array)
            yield break;
        JsonElement[] items = [.. node.EnumerateArray()];
        if (step > 0)
        {
            var last = Place(end ?? items.Length, 0, items.Length);
            for (long at = Place(start ?? 0, 0, items.Length); at < last; at += step)
                yield return items[at];
            yield break;
        }
        var first = end is { } given ? Place(given, -1, items.Length - 1) : -1;
        for (long at = Place(start ?? items.Length - 1, -1, items.Length - 1); at > first; at += step)
            yield return items[at];

        long Place(int index, int least, int most) => Math.Clamp(index < 0 ? (long)items.Length + index : index, least, most);
    }
}

/// <summary><c>[?( … )]</c>: the children for which an expression holds.</summary>
internal sealed class FilterSelector(JsonPathExpression expression) : JsonPathSelector
{
    internal override IEnumerable<JsonElement> Select(JsonElement node, JsonPathWalk walk) =>
        JsonPathWalk.Children(node).Where(child => walk.Visit() && expression.IsTrue(child, walk));
}
