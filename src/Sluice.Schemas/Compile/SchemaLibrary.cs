using System.Globalization;
using System.Text.Json;

namespace Sluice.Schemas.Compile;

/// <summary>
/// The documents of one compilation and every schema in them: finds what a <c>$ref</c> means. <c>$id</c> counts only where a
/// schema stands, not inside an enum or an unknown keyword.
/// </summary>
internal sealed class SchemaLibrary
{
    private const int DeepestSchema = 512;

    private readonly Func<string, JsonElement?>? _resolve;
    private readonly Dictionary<(string Document, string Pointer), SchemaPlace> _places = [];
    private readonly Dictionary<string, SchemaPlace> _byAddress = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SchemaPlace> _byAnchor = new(StringComparer.Ordinal);

    public SchemaLibrary(JsonElement root, SchemaOptions options)
    {
        _resolve = options.Resolve;
        string address = options.BaseUri?.AbsoluteUri ?? "";
        Root = Index("", "", address, root, 0);
        _byAddress.TryAdd(address, Root);
    }

    /// <summary>The schema that is compiled.</summary>
    public SchemaPlace Root { get; }

    /// <summary>The schema below another one, step by step.</summary>
    public SchemaPlace Below(SchemaPlace place, params ReadOnlySpan<string> tokens)
    {
        foreach (string token in tokens)
            place = Step(place, token) ?? throw new SchemaException(place.Location, $"there is no [{token}] here");
        return place;
    }

    /// <summary>What a schema really is: itself, or what its reference leads to in the end.</summary>
    public SchemaPlace Follow(SchemaPlace place)
    {
        var passed = new HashSet<int>();
        while (place.IsReference)
        {
            if (!passed.Add(place.Id))
                throw place.Fault("$ref", "references lead round in a circle and never to a schema");
            place = Find(place, place.Element.GetProperty("$ref").GetString()!);
        }

        return place.Element.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False
            ? place
            : throw new SchemaException(place.Location, "a schema is an object or a boolean");
    }

    private SchemaPlace Find(SchemaPlace from, string reference)
    {
        var (address, fragment) = SchemaUri.Resolve(from.BaseUri, reference);
        if (!_byAddress.TryGetValue(address, out var place))
            place = Load(address) ?? throw from.Fault("$ref", $"unknown schema [{reference}]");
        if (fragment.Length == 0)
            return place;
        if (fragment[0] != '/')
        {
            return _byAnchor.TryGetValue($"{address}#{fragment}", out var anchored)
                ? anchored
                : throw from.Fault("$ref", $"unknown schema [{reference}]");
        }

        foreach (string token in fragment[1..].Split('/'))
            place = Step(place, SchemaUri.UnescapeToken(token)) ?? throw from.Fault("$ref", $"unknown schema [{reference}]");
        return place;
    }

    private SchemaPlace? Load(string address)
    {
        var element = _resolve?.Invoke(address) ?? MetaSchema.Find(address);
        if (element is null)
            return null;

        var place = Index(address, "", address, element.Value, 0);
        _byAddress.TryAdd(address, place);
        return place;
    }

    // One step of a JSON pointer, through schemas and anything else.
    private SchemaPlace? Step(SchemaPlace place, string token)
    {
        string pointer = $"{place.Pointer}/{SchemaUri.EscapeToken(token)}";
        if (_places.TryGetValue((place.Document, pointer), out var known))
            return known;

        var element = place.Element;
        JsonElement below;
        if (element.ValueKind == JsonValueKind.Array
            && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < element.GetArrayLength())
            below = element[index];
        else if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(token, out below))
            return null;
        return Register(place.Document, pointer, place.BaseUri, below);
    }

    private SchemaPlace Register(string document, string pointer, string baseUri, JsonElement element)
    {
        var place = new SchemaPlace(_places.Count, document, pointer, baseUri, element);
        _places[(document, pointer)] = place;
        return place;
    }

    // Registers a schema and all that it holds.
    private SchemaPlace Index(string document, string pointer, string baseUri, JsonElement element, int depth)
    {
        if (depth > DeepestSchema)
            throw new SchemaException($"{document}#{pointer}", "schemas are nested too deeply");
        if (element.ValueKind != JsonValueKind.Object)
            return Register(document, pointer, baseUri, element);

        bool isReference = element.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String;
        string anchor = "";
        bool isResource = false;
        if (!isReference && element.TryGetProperty("$id", out var id) && id.ValueKind == JsonValueKind.String)
        {
            string before = baseUri;
            (baseUri, anchor) = SchemaUri.Resolve(baseUri, id.GetString()!);
            isResource = baseUri != before;
        }

        var place = Register(document, pointer, baseUri, element);
        if (isResource)
            _byAddress.TryAdd(baseUri, place);
        if (anchor.Length > 0)
            _byAnchor.TryAdd($"{baseUri}#{anchor}", place);

        foreach (string keyword in SchemaKeywords.HoldSchema)
        {
            if (element.TryGetProperty(keyword, out var schema) && schema.ValueKind == JsonValueKind.Object)
                Index(document, $"{pointer}/{keyword}", baseUri, schema, depth + 1);
        }

        foreach (string keyword in SchemaKeywords.HoldList)
        {
            if (!element.TryGetProperty(keyword, out var list) || list.ValueKind != JsonValueKind.Array)
                continue;
            for (int i = 0; i < list.GetArrayLength(); i++)
                Index(document, $"{pointer}/{keyword}/{i.ToString(CultureInfo.InvariantCulture)}", baseUri, list[i], depth + 1);
        }

        foreach (string keyword in SchemaKeywords.HoldMap)
        {
            if (!element.TryGetProperty(keyword, out var map) || map.ValueKind != JsonValueKind.Object)
                continue;
            foreach (var member in map.EnumerateObject())
                Index(document, $"{pointer}/{keyword}/{SchemaUri.EscapeToken(member.Name)}", baseUri, member.Value, depth + 1);
        }

        return place;
    }
}
