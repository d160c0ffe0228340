using System.Text.Json;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>Finds a field that the parts of a composed schema declare differently (contract collection.md 3.3, 1413; 3.6).</summary>
internal static class MergeConflicts
{
    private const int MaxFields = 200_000; // as many as a compiled schema may have

    /// <summary>The first conflict as a sentence, or null.</summary>
    internal static string? Find(ComposedField root)
    {
        var met = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<(string Path, ComposedField Field)>([("", root)]);
        while (waiting.TryDequeue(out var next))
        {
            if (!met.Add(next.Field.Key))
                continue;
            if (met.Count > MaxFields)
                return $"the schema has more than {MaxFields} fields";
            if ((Clash(next.Field, "type") ?? Clash(next.Field, "format")) is { } clash)
                return $"the field [{(next.Path.Length == 0 ? "/" : next.Path)}] has {clash}";
            foreach (var (name, below) in next.Field.Properties())
                waiting.Enqueue(($"{next.Path}/{name}", below));
            if (next.Field.Items() is { } items)
                waiting.Enqueue(($"{next.Path}[*]", items));
            if (next.Field.Below("additionalProperties") is { } values)
                waiting.Enqueue(($"{next.Path}/*", values));
        }
        return null;
    }

    private static string? Clash(ComposedField field, string keyword)
    {
        SchemaPart? first = null;
        foreach (var part in field.Parts)
        {
            if (!part.TryGet(keyword, out var value) || value.ValueKind != JsonValueKind.String)
                continue;
            if (first is null)
                first = part;
            else if (first.Text(keyword) != value.GetString())
                return $"the {keyword} [{first.Text(keyword)}] in {first.Location} and [{value.GetString()}] in {part.Location}";
        }
        return null;
    }
}
