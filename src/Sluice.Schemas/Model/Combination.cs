namespace Sluice.Schemas.Model;

/// <summary>The keywords that apply other schemas to the same value.</summary>
internal enum CombinationKind
{
    AllOf,
    AnyOf,
    OneOf,
    Not,
}

/// <summary>One such keyword of a schema.</summary>
/// <param name="Text">For <see cref="CombinationKind.Not"/> the refused schema as JSON; otherwise empty.</param>
internal sealed record Combination(CombinationKind Kind, SchemaNode[] Branches, string Location, string Text = "");
