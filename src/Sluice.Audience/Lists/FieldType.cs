namespace Sluice.Audience.Lists;

/// <summary>What JSON a member holds, as the published schemas say it (contract audience.md 3.8).</summary>
/// <param name="Name">The type's name in JSON Schema; empty where it may be anything.</param>
/// <param name="Items">The type of a list's items; null for what is no list.</param>
internal sealed record FieldType(string Name, FieldType? Items = null)
{
    internal static FieldType Text { get; } = new("string");
    internal static FieldType Whole { get; } = new("integer");
    internal static FieldType Decimal { get; } = new("number");
    internal static FieldType Flag { get; } = new("boolean");
    internal static FieldType Object { get; } = new("object");
    internal static FieldType Anything { get; } = new("");
    internal static FieldType Texts { get; } = new("array", Text);
    internal static FieldType Wholes { get; } = new("array", Whole);
    internal static FieldType Objects { get; } = new("array", Object);
}
