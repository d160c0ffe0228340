namespace Sluice.Schemas.Model;

/// <summary>
/// One compiled schema: what it demands of a value, sorted by the kind of value. Nodes form a graph that may have cycles.
/// Immutable once compiled.
/// </summary>
internal sealed class SchemaNode(string location)
{
    /// <summary>The schema <c>true</c>.</summary>
    public static readonly SchemaNode Anything = new("#");

    /// <summary>Where the schema stands, in the form of <see cref="SchemaException.Pointer"/>.</summary>
    public string Location { get; } = location;

    /// <summary>The kinds of value accepted.</summary>
    public JsonTypes Types { get; set; } = JsonTypes.Any;

    /// <summary>The declared types in the words of the messages, such as <c>String</c>; empty when none is declared.</summary>
    public string TypeNames { get; set; } = "";

    /// <summary>The schema <c>false</c>.</summary>
    public bool IsNever { get; set; }

    public StringRules? Strings { get; set; }

    public NumberRules? Numbers { get; set; }

    public ArrayRules? Arrays { get; set; }

    public ObjectRules? Objects { get; set; }

    /// <summary>The sets of values of <c>enum</c> and <c>const</c>; a value must be in each.</summary>
    public ValueSet[] Values { get; set; } = [];

    /// <summary>Schemas that look at the same value again.</summary>
    public Combination[] Combinations { get; set; } = [];

    /// <summary>Whether more than the rules by kind must be looked at.</summary>
    public bool HasExtras { get; private set; }

    /// <summary>Works out what depends on the other properties; called once, when they are complete.</summary>
    public void Seal() => HasExtras = IsNever || Values.Length > 0 || Combinations.Length > 0;
}
