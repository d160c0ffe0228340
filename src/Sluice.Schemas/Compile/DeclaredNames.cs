using System.Text.Json;

namespace Sluice.Schemas.Compile;

/// <summary>
/// The names that the schemas applied to one object declare, through <c>$ref</c>, <c>allOf</c>, <c>anyOf</c>, <c>oneOf</c> and
/// <c>dependencies</c>: what <see cref="SchemaOptions.RefuseUnknownFields"/> lets pass.
/// </summary>
internal sealed class DeclaredNames
{
    private static readonly string[] Alternatives = ["allOf", "anyOf", "oneOf"];

    private readonly SchemaLibrary _library;
    private readonly HashSet<int> _passed = [];
    private bool _isOpen;

    private DeclaredNames(SchemaLibrary library) => _library = library;

    public SortedSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>The patterns for names, with the schema that has them.</summary>
    public List<(SchemaPlace Place, string Pattern)> Patterns { get; } = [];

    /// <summary>
    /// Whether other names are refused: some name is declared, and no schema says what else there may be. A schema without
    /// <c>properties</c> is a free object.
    /// </summary>
    public bool Closes => !_isOpen && Names.Count > 0;

    public static DeclaredNames Of(SchemaLibrary library, IEnumerable<SchemaPlace> places)
    {
        var declared = new DeclaredNames(library);
        var waiting = new Stack<SchemaPlace>(places);
        while (waiting.TryPop(out var place))
        {
            place = library.Follow(place);
            if (declared._passed.Add(place.Id))
                declared.Add(place, waiting);
        }

        return declared;
    }

    private void Add(SchemaPlace place, Stack<SchemaPlace> waiting)
    {
        if (place.TryGet("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
            Names.UnionWith(properties.EnumerateObject().Select(member => member.Name));
        if (place.TryGet("patternProperties", out var patterns) && patterns.ValueKind == JsonValueKind.Object)
            Patterns.AddRange(patterns.EnumerateObject().Select(member => (place, member.Name)));
        _isOpen |= place.TryGet("additionalProperties", out var others) && others.ValueKind != JsonValueKind.False;

        foreach (string keyword in Alternatives)
        {
            if (!place.TryGet(keyword, out var branches) || branches.ValueKind != JsonValueKind.Array)
                continue;
            for (int i = 0; i < branches.GetArrayLength(); i++)
                waiting.Push(_library.Below(place, keyword, i.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        if (!place.TryGet("dependencies", out var dependencies) || dependencies.ValueKind != JsonValueKind.Object)
            return;
        foreach (var member in dependencies.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object)
                waiting.Push(_library.Below(place, "dependencies", member.Name));
        }
    }
}
