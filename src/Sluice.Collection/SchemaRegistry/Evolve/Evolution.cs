using System.Text.Json;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>Says whether a composed schema only grew (contract collection.md 3.5): what records were valid stay valid, and mean the same.</summary>
internal static class Evolution
{
    private const int MaxFields = 200_000;

    // A value that must not grow, a value that must not shrink, and what must stay as it is.
    private static readonly string[] UpperBounds = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];
    private static readonly string[] LowerBounds = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
    private static readonly string[] Fixed =
    [
        "format", "pattern", "const", "multipleOf", "oneOf", "anyOf", "not", "contains", "dependencies", "patternProperties", "propertyNames", "uniqueItems",
        "additionalItems",
    ];

    /// <summary>The first change that is not an addition, as a sentence that names the field and the rule; null when there is none.</summary>
    internal static string? FindBreak(ComposedField before, ComposedField after)
    {
        var met = new HashSet<(string, string)>();
        var waiting = new Queue<(string Path, ComposedField Before, ComposedField After)>([("", before, after)]);
        while (waiting.TryDequeue(out var next))
        {
            if (next.Before.Key == next.After.Key || !met.Add((next.Before.Key, next.After.Key)) || met.Count > MaxFields)
                continue;
            var place = next.Path.Length == 0 ? "/" : next.Path;
            if (FindBreakHere(place, next.Before, next.After) is { } reason)
                return reason;
            var names = next.After.Properties().ToDictionary(StringComparer.Ordinal);
            foreach (var (name, field) in next.Before.Properties())
            {
                if (!names.TryGetValue(name, out var same))
                    return $"the field [{next.Path}/{name}] would be gone; fields must not be removed, renamed or moved";
                waiting.Enqueue(($"{next.Path}/{name}", field, same));
            }
            foreach (var keyword in new[] { "items", "additionalProperties" })
            {
                if (next.Before.Below(keyword) is { } below && next.After.Below(keyword) is { } same)
                    waiting.Enqueue((next.Path + (keyword == "items" ? "[*]" : "/*"), below, same));
            }
        }
        return null;
    }

    private static string? FindBreakHere(string place, ComposedField before, ComposedField after)
    {
        if (before.Type is { } type && after.Type != type)
            return $"the field [{place}] would change its type from [{type}] to [{after.Type}]; types must stay";
        if (before.Type is null && after.Type is not null)
            return $"the field [{place}] would get the type [{after.Type}] where any was accepted; accepted values must not be narrowed";
        if (XdmTypes.Of(before) is { } xdmType && XdmTypes.Of(after) != xdmType && !(xdmType == "map" && after.Properties().Count > 0))
            return $"the field [{place}] would change its meta:xdmType from [{xdmType}] to [{XdmTypes.Of(after)}]; types must stay";
        if (before.Parts.Select(part => part.Form.Id).FirstOrDefault(id => id.Length > 0 && after.Parts.All(part => part.Form.Id != id)) is { } gone)
            return $"the field [{place}] would no longer refer to {gone}; a '$ref' must not be taken away or changed";
        return FindNarrowed(place, before, after) ?? FindClosed(place, before, after) ?? FindRequired(place, before, after) ?? FindTwin(place, before, after);
    }

    private static string? FindNarrowed(string place, ComposedField before, ComposedField after)
    {
        foreach (var keyword in Fixed)
        {
            if (Text(before, keyword) != Text(after, keyword))
                return $"the field [{place}] would change its '{keyword}'; fields must not be redefined";
        }
        foreach (var keyword in UpperBounds)
        {
            if (Least(after, keyword) is { } most && !(Least(before, keyword) <= most))
                return $"the field [{place}] would lower its '{keyword}' to {most}; accepted values must not be narrowed";
        }
        foreach (var keyword in LowerBounds)
        {
            if (Most(after, keyword) is { } least && !(Most(before, keyword) >= least))
                return $"the field [{place}] would raise its '{keyword}' to {least}; accepted values must not be narrowed";
        }
        if (Choices(after) is not { } narrower)
            return null;
        return Choices(before) is not { } wider ? $"the field [{place}] would get an 'enum'; accepted values must not be narrowed"
            : wider.FirstOrDefault(value => !narrower.Contains(value)) is { } gone
                ? $"the field [{place}] would no longer accept {gone}; accepted values must not be narrowed"
                : null;
    }

    // An object without declared fields takes any; with the first declared one it would not.
    private static string? FindClosed(string place, ComposedField before, ComposedField after)
    {
        if (IsOpen(before) && !IsOpen(after) && before.Type is null or "object")
            return $"the field [{place}] accepted any content and would not any more; accepted values must not be narrowed";
        if (before.Type == "array" && before.Items() is null && after.Items() is not null)
            return $"the items of [{place}] could be anything and would not any more; accepted values must not be narrowed";
        var had = before.Below("additionalProperties");
        return had is not null && after.Below("additionalProperties") is null && !IsOpen(after)
            ? $"the field [{place}] would lose its 'additionalProperties'; accepted values must not be narrowed"
            : null;
    }

    private static bool IsOpen(ComposedField field) =>
        field.Values("additionalProperties").Any(one => one.ValueKind != JsonValueKind.False)
        || (field.Properties().Count == 0 && !field.Values("additionalProperties").Any());

    // A field that is new may be required; one that was optional may not become so.
    private static string? FindRequired(string place, ComposedField before, ComposedField after)
    {
        var required = before.Required;
        var narrowed = after.Required.FirstOrDefault(name => !required.Contains(name) && (before.Find(name) is not null || IsOpen(before)));
        return narrowed is null ? null
            : $"the field [{(place == "/" ? "" : place)}/{narrowed}] would become required; optional fields must stay optional";
    }

    private static string? FindTwin(string place, ComposedField before, ComposedField after)
    {
        var known = before.Properties().Select(one => one.Key).ToHashSet(StringComparer.Ordinal);
        var byCase = new HashSet<string>(known, StringComparer.OrdinalIgnoreCase);
        var twin = after.Properties().Select(one => one.Key).FirstOrDefault(name => !known.Contains(name) && !byCase.Add(name));
        return twin is null ? null : $"the new field [{(place == "/" ? "" : place)}/{twin}] would differ from another only by capitals";
    }

    private static string Text(ComposedField field, string keyword) =>
        string.Join(' ', field.Values(keyword).Select(one => one.GetRawText()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static decimal? Least(ComposedField field, string keyword) => Numbers(field, keyword) is { Count: > 0 } bounds ? bounds.Min() : null;

    private static decimal? Most(ComposedField field, string keyword) => Numbers(field, keyword) is { Count: > 0 } bounds ? bounds.Max() : null;

    private static List<decimal> Numbers(ComposedField field, string keyword) =>
        [.. field.Values(keyword).Where(one => one.ValueKind == JsonValueKind.Number && one.TryGetDecimal(out _)).Select(one => one.GetDecimal())];

    private static HashSet<string>? Choices(ComposedField field)
    {
        HashSet<string>? choices = null;
        foreach (var list in field.Values("enum").Where(one => one.ValueKind == JsonValueKind.Array))
        {
            var these = list.EnumerateArray().Select(one => one.GetRawText()).ToHashSet(StringComparer.Ordinal);
            if (choices is null)
                choices = these;
            else
                choices.IntersectWith(these);
        }
        return choices;
    }
}
