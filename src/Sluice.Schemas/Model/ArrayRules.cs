namespace Sluice.Schemas.Model;

/// <summary>What a schema demands of arrays.</summary>
internal sealed class ArrayRules
{
    /// <summary>The schemas of the first items, when <c>items</c> is a list.</summary>
    public SchemaNode[] First { get; set; } = [];

    /// <summary>The schema of the items after <see cref="First"/>.</summary>
    public SchemaNode Others { get; set; } = SchemaNode.Anything;

    public int MinItems { get; init; }

    public int MaxItems { get; init; } = int.MaxValue;

    public bool UniqueItems { get; init; }

    public SchemaNode? Contains { get; set; }
}
