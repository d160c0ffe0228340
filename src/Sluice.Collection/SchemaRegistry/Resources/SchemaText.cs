using System.Text.Json;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>What can be read off a schema document without knowing any other.</summary>
internal static class SchemaText
{
    /// <summary>Keywords whose value is data, in which <c>$ref</c> and <c>properties</c> mean nothing.</summary>
    internal static bool HoldsData(string keyword) =>
        keyword is "enum" or "const" or "default" or "examples" || keyword.StartsWith("meta:", StringComparison.Ordinal);

    /// <summary>The addresses that the document refers to outside itself, each once.</summary>
    internal static IEnumerable<string> References(JsonElement document) =>
        AllReferences(document).Select(reference => reference.Split('#')[0]).Where(address => address.Length > 0).Distinct(StringComparer.Ordinal);

    /// <summary>Whether the root's <c>allOf</c> names a resource, a class as a rule.</summary>
    internal static bool ExtendsOthers(JsonElement document) => Extended(document).Any();

    /// <summary>The addresses in the root's <c>allOf</c>, in order.</summary>
    internal static IEnumerable<string> Extended(JsonElement document)
    {
        if (document.ValueKind != JsonValueKind.Object || !document.TryGetProperty("allOf", out var all) || all.ValueKind != JsonValueKind.Array)
            yield break;
        foreach (var one in all.EnumerateArray())
        {
            if (Reference(one) is { } reference && reference[0] != '#')
                yield return reference;
        }
    }

    internal static string? Reference(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("$ref", out var reference)
        && reference.ValueKind == JsonValueKind.String && reference.GetString() is { Length: > 0 } text ? text : null;

    internal static IEnumerable<string> Texts(JsonElement schema, string member)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty(member, out var list) || list.ValueKind != JsonValueKind.Array)
            return [];
        return list.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!);
    }

    private static IEnumerable<string> AllReferences(JsonElement node)
    {
        var waiting = new Stack<JsonElement>([node]);
        while (waiting.TryPop(out var next))
        {
            if (next.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in next.EnumerateArray())
                    waiting.Push(item);
            }
            else if (next.ValueKind == JsonValueKind.Object)
            {
                if (Reference(next) is { } reference)
                    yield return reference;
                foreach (var member in next.EnumerateObject())
                {
                    if (!HoldsData(member.Name))
                        waiting.Push(member.Value);
                }
            }
        }
    }
}
