namespace Sluice.Schemas.Patterns;

/// <summary>The long names of Unicode general categories that patterns use; .NET knows the short ones.</summary>
internal static class UnicodeCategories
{
    /// <summary>The short name; the name itself when it is not a long one, so that .NET judges it.</summary>
    public static string ShortName(string name) => name switch
    {
        "Letter" => "L",
        "Lowercase_Letter" or "Lower" => "Ll",
        "Uppercase_Letter" or "Upper" => "Lu",
        "Titlecase_Letter" => "Lt",
        "Modifier_Letter" => "Lm",
        "Other_Letter" => "Lo",
        "Alpha" => "L",
        "Mark" => "M",
        "Number" => "N",
        "Decimal_Number" or "Digit" or "digit" => "Nd",
        "Letter_Number" => "Nl",
        "Other_Number" => "No",
        "Punctuation" or "Punct" or "punct" => "P",
        "Symbol" => "S",
        "Separator" => "Z",
        "Space_Separator" => "Zs",
        "Other" => "C",
        "Control" or "Cntrl" or "cntrl" => "Cc",
        _ => name,
    };
}
