namespace Sluice.Schemas.Model;

/// <summary>The kinds of JSON value; a schema accepts a set of them. A number is an integer or a fraction.</summary>
[Flags]
internal enum JsonTypes : byte
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Integer = 4,
    Fraction = 8,
    Text = 16,
    Sequence = 32,
    Members = 64,
    Number = Integer | Fraction,
    Any = 127,
}
