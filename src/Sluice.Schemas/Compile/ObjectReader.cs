using System.Text;
using System.Text.Json;
using Sluice.Schemas.Model;

namespace Sluice.Schemas.Compile;

/// <summary>Makes the rules for objects of one node from all schemas that the node stands for.</summary>
internal sealed class ObjectReader(SchemaCompiler compiler, KeywordReader reader)
{
    /// <summary>The rules; null when the schemas say nothing about objects.</summary>
    /// <param name="closing">The names beyond which everything is refused; null when unknown names are none of this node's concern.</param>
    public ObjectRules? Read(IReadOnlyList<SchemaPlace> places, DeclaredNames? closing)
    {
        bool closes = closing is { Closes: true };
        if (!closes && !places.Any(place => place.HasAny(SchemaKeywords.OfObjects) || place.HasAny(SchemaKeywords.OfObjectsAlone)))
            return null;

        // At most one of the schemas has keywords that depend on its own properties.
        var alone = places.FirstOrDefault(place => place.HasAny(SchemaKeywords.OfObjectsAlone));
        var names = new NameList();
        foreach (var place in places)
            AddProperties(place, names);
        foreach (var place in places)
            AddRequired(place, names);
        if (closes)
        {
            foreach (string name in closing!.Names)
                names.GetOrAdd(name).IsDeclared = true;
        }

        var dependencies = alone is null ? [] : ReadDependencies(alone, names);
        var patterns = alone is null ? [] : ReadPatterns(alone);
        if (closes)
            patterns = [.. patterns, .. closing!.Patterns.Where(known => known.Place != alone).Select(KnownPattern)];

        bool refusesOthers = alone is not null && alone.TryGet("additionalProperties", out var others) && others.ValueKind == JsonValueKind.False;
        var rules = new ObjectRules([.. names.Items.Select(MakeProperty)])
        {
            Patterns = patterns,
            Dependencies = dependencies,
            RefusesOthers = refusesOthers || closes,
            MinProperties = alone is null ? 0 : KeywordReader.ReadCount(alone, "minProperties", 0),
            MaxProperties = alone is null ? int.MaxValue : KeywordReader.ReadCount(alone, "maxProperties", int.MaxValue),
        };
        if (alone is not null && !rules.RefusesOthers && alone.HasAny("additionalProperties"))
            rules.Additional = compiler.GetValueNode([compiler.Library.Below(alone, "additionalProperties")]);
        if (alone is not null && alone.HasAny("propertyNames"))
            rules.PropertyNames = compiler.GetBesideNode(compiler.Library.Below(alone, "propertyNames"));
        return rules;
    }

    private void AddProperties(SchemaPlace place, NameList names)
    {
        if (!place.TryGet("properties", out var properties))
            return;
        if (properties.ValueKind != JsonValueKind.Object)
            throw place.Fault("properties", "must map names to schemas");
        foreach (var member in properties.EnumerateObject())
        {
            var name = names.GetOrAdd(member.Name);
            name.IsDeclared = true;
            name.Schemas.Add(compiler.Library.Below(place, "properties", member.Name));
        }
    }

    private static void AddRequired(SchemaPlace place, NameList names)
    {
        if (!place.TryGet("required", out var required))
            return;
        foreach (string name in KeywordReader.ReadNames(place, "required", required))
            names.GetOrAdd(name).RequiredBy ??= place.Location;
    }

    private Dependency[] ReadDependencies(SchemaPlace place, NameList names)
    {
        if (!place.TryGet("dependencies", out var map))
            return [];
        if (map.ValueKind != JsonValueKind.Object)
            throw place.Fault("dependencies", "must map names to schemas or lists of names");

        var dependencies = new List<Dependency>();
        foreach (var member in map.EnumerateObject())
        {
            int trigger = names.GetOrAdd(member.Name).Place;
            bool isList = member.Value.ValueKind == JsonValueKind.Array;
            int[] needs = isList
                ? [.. KeywordReader.ReadNames(place, "dependencies", member.Value).Select(name => names.GetOrAdd(name).Place)]
                : [];
            var node = isList ? null : compiler.GetBesideNode(compiler.Library.Below(place, "dependencies", member.Name));
            dependencies.Add(new Dependency(trigger, needs, node, place.Location));
        }

        return [.. dependencies];
    }

    private PatternProperty[] ReadPatterns(SchemaPlace place)
    {
        if (!place.TryGet("patternProperties", out var map))
            return [];
        if (map.ValueKind != JsonValueKind.Object)
            throw place.Fault("patternProperties", "must map patterns to schemas");
        return
        [
            .. map.EnumerateObject().Select(member => new PatternProperty(
                reader.GetPattern(place, "patternProperties", member.Name),
                compiler.GetValueNode([compiler.Library.Below(place, "patternProperties", member.Name)]))),
        ];
    }

    // A pattern of a schema that is checked apart: here it only makes names known.
    private PatternProperty KnownPattern((SchemaPlace Place, string Pattern) known) =>
        new(reader.GetPattern(known.Place, "patternProperties", known.Pattern), SchemaNode.Anything);

    private Property MakeProperty(Name name)
    {
        var node = name.Schemas.Count > 0 ? compiler.GetValueNode(name.Schemas) : name.IsDeclared ? SchemaNode.Anything : null;
        return new Property(Encoding.UTF8.GetBytes(name.Text), node, name.RequiredBy);
    }

    // The names that the rules will know, in order of appearance.
    private sealed class NameList
    {
        private readonly Dictionary<string, Name> _byText = new(StringComparer.Ordinal);

        public List<Name> Items { get; } = [];

        public Name GetOrAdd(string text)
        {
            if (!_byText.TryGetValue(text, out var name))
            {
                name = new Name(text, Items.Count);
                _byText.Add(text, name);
                Items.Add(name);
            }

            return name;
        }
    }

    private sealed class Name(string text, int place)
    {
        public string Text { get; } = text;

        public int Place { get; } = place;

        public List<SchemaPlace> Schemas { get; } = [];

        public bool IsDeclared { get; set; }

        public string? RequiredBy { get; set; }
    }
}
