namespace Sluice.Schemas;

/// <summary>Why <see cref="JsonScanner"/> refused a text; the position says where.</summary>
public enum JsonScanError
{
    /// <summary>The text was accepted.</summary>
    None,

    /// <summary>The text ended inside a value.</summary>
    UnexpectedEnd,

    /// <summary>A byte that the grammar does not allow at this place.</summary>
    UnexpectedCharacter,

    /// <summary>A number with a leading zero, or without a digit where one must be.</summary>
    InvalidNumber,

    /// <summary>A backslash followed by something that is not an escape of RFC 8259 section 7.</summary>
    InvalidEscape,

    /// <summary>A character below U+0020 inside a string.</summary>
    ControlCharacter,

    /// <summary>More open objects and arrays than the caller allows.</summary>
    TooDeep,
}
