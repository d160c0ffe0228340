using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Consumers;

namespace Sluice.Gateway.Management;

/// <summary>Reads the fields of an entity from a client's JSON, each within its bound, and keeps the first thing that is wrong.</summary>
internal sealed class EntityForm(JsonObject body)
{
    internal const int MaxTextCharacters = 2_048;
    internal const int MaxAttributes = 100;
    internal const int MaxNames = 1_000;

    /// <summary>What is wrong, with the field's name; null when nothing is.</summary>
    internal string? Fault { get; private set; }

    internal bool Has(string field) => body[field] is not null;

    internal void Refuse(string fault) => Fault ??= fault;

    /// <summary>A text or a number as text; the default where it is absent.</summary>
    internal string Text(string field, string byDefault = "", int most = MaxTextCharacters) => OptionalText(field, most) ?? byDefault;

    internal string? OptionalText(string field, int most = MaxTextCharacters)
    {
        if (body[field] is not { } node)
            return null;
        if (node.GetValueKind() is not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False))
            Refuse($"{field} is to be a text");
        else if (node.ToString() is var text && text.Length > most)
            Refuse($"{field} has {text.Length} characters; at most {most}");
        else if (text.Contains('\0', StringComparison.Ordinal))
            Refuse($"{field} holds a character that is none");
        else
            return text;
        return null;
    }

    /// <summary>A name that can stand in a path.</summary>
    internal string Name(string field, string title)
    {
        var name = Text(field);
        if (!BundleReader.IsName(name))
            Refuse($"{title} has a name in {field}: 1 to {BundleReader.MaxNameCharacters} letters, digits, . _ - $ % and blank");
        return name;
    }

    /// <summary>One of a few words; the default where it is absent.</summary>
    internal string Word(string field, string byDefault, params ReadOnlySpan<string> words)
    {
        var word = Text(field, byDefault);
        if (!words.Contains(word))
            Refuse($"{field} is '{word}'; it is one of {string.Join(", ", words.ToArray())}");
        return word;
    }

    /// <summary>A whole number; null where it is absent.</summary>
    internal long? Number(string field, long least, long most)
    {
        if (OptionalText(field) is not { Length: > 0 } text)
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Refuse($"{field} is '{text}'; it is a whole number from {least} to {most}");
        return null;
    }

    /// <summary>A list of texts, each once; the default where it is absent.</summary>
    internal string[] Names(string field, string[]? byDefault = null)
    {
        if (body[field] is not { } node)
            return byDefault ?? [];
        if (node is not JsonArray list)
            Refuse($"{field} is to be a list");
        else if (list.Count > MaxNames)
            Refuse($"{field} has {list.Count} parts; at most {MaxNames}");
        else if (list.Any(one => one?.GetValueKind() != JsonValueKind.String || one.GetValue<string>() is not { Length: <= MaxTextCharacters } text || text.Contains('\0', StringComparison.Ordinal)))
            Refuse($"{field} is to be a list of texts of at most {MaxTextCharacters} characters");
        else
            return [.. list.Select(one => one!.GetValue<string>()).Where(one => one.Length > 0).Distinct(StringComparer.Ordinal)];
        return [];
    }

    /// <summary><c>[{"name","value"}]</c>; the default where it is absent.</summary>
    internal EntityAttribute[] Attributes(EntityAttribute[]? byDefault = null, string field = "attributes")
    {
        if (body[field] is not { } node)
            return byDefault ?? [];
        if (node is not JsonArray list || list.Any(one => one is not JsonObject))
        {
            Refuse($"{field} is to be a list of objects with name and value");
            return [];
        }
        var attributes = new List<EntityAttribute>();
        foreach (var one in list)
        {
            var form = new EntityForm((JsonObject)one!);
            var attribute = new EntityAttribute(form.Text("name"), form.Text("value"));
            if (form.Fault is { } fault)
                Refuse($"{field}[{attributes.Count}].{fault}");
            else if (attribute.Name.Length == 0)
                Refuse($"{field}[{attributes.Count}] has no name");
            attributes.RemoveAll(other => other.Name == attribute.Name);
            attributes.Add(attribute);
        }
        if (attributes.Count > MaxAttributes)
            Refuse($"There are {attributes.Count} attributes; at most {MaxAttributes}");
        return [.. attributes];
    }
}
