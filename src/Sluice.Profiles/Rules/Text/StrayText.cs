namespace Sluice.Profiles.Rules.Text;

/// <summary>Says what is wrong with characters that are no token, and what was probably meant.</summary>
internal static class StrayText
{
    public static string Explain(ReadOnlySpan<char> stray) => stray[0] switch
    {
        '=' => "A single '=' is no operator; equality is '=='.",
        '!' => "A '!' stands only in '!='; negation is NOT.",
        '\'' => "Single quotes are not quotes here; use double quotes.",
        _ when stray.IndexOfAny('&', '|') >= 0 => "'&' and '|' are no operators; write AND and OR.",
        _ => $"The character '{ProblemList.Visible(stray[RuleLexer.FirstOddCharacter(stray)])}' can only stand between double quotes.",
    };
}
