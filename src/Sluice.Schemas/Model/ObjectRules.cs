using Sluice.Schemas.Patterns;

namespace Sluice.Schemas.Model;

/// <summary>What a schema demands of objects.</summary>
internal sealed class ObjectRules
{
    private const int BitsPerWord = 64;

    /// <summary>The rules of a schema that says nothing about objects.</summary>
    public static readonly ObjectRules Free = new([]);

    public ObjectRules(Property[] properties)
    {
        Properties = properties;
        Names = new NameTable([.. properties.Select(property => property.Name)]);
        Required = new ulong[Math.Max(1, (properties.Length + BitsPerWord - 1) / BitsPerWord)];
        for (int i = 0; i < properties.Length; i++)
        {
            if (properties[i].RequiredBy is not null)
                Required[i / BitsPerWord] |= 1UL << (i % BitsPerWord);
        }
    }

    /// <summary>The names that the rules know, in the order of the schema; the place of a name is its bit.</summary>
    public Property[] Properties { get; }

    /// <summary>Finds a name's place.</summary>
    public NameTable Names { get; }

    /// <summary>The bits of the required names, 64 to a word; at least one word.</summary>
    public ulong[] Required { get; }

    public PatternProperty[] Patterns { get; set; } = [];

    /// <summary>The schema of properties that are neither declared nor matched by a pattern.</summary>
    public SchemaNode Additional { get; set; } = SchemaNode.Anything;

    /// <summary>Whether such properties are refused.</summary>
    public bool RefusesOthers { get; init; }

    /// <summary>The schema of every name.</summary>
    public SchemaNode? PropertyNames { get; set; }

    public int MinProperties { get; init; }

    public int MaxProperties { get; init; } = int.MaxValue;

    public Dependency[] Dependencies { get; set; } = [];

    /// <summary>Whether only required names are looked at when an object closes.</summary>
    public bool EndsPlainly => MinProperties == 0 && MaxProperties == int.MaxValue && Dependencies.Length == 0;

    /// <summary>Whether each name must be looked at beyond finding its place.</summary>
    public bool NamesMatter => Patterns.Length > 0 || PropertyNames is not null;
}

/// <summary>A member of <c>patternProperties</c>.</summary>
internal sealed record PatternProperty(PatternMatcher Pattern, SchemaNode Node);

/// <summary>A member of <c>dependencies</c>.</summary>
/// <param name="Trigger">The place of the name that brings it into force.</param>
/// <param name="Needs">The places of the names that must then be there.</param>
/// <param name="Node">The schema that the object must then satisfy.</param>
internal sealed record Dependency(int Trigger, int[] Needs, SchemaNode? Node, string Location);
