namespace Sluice.Profiles.Rules;

/// <summary>How big a rule may be; past any of these it is refused with a <see cref="RuleProblem"/>, never cut.</summary>
public static class RuleLimits
{
    /// <summary>UTF-8 bytes of a rule's text.</summary>
    public const int TextBytes = 64 * 1024;

    /// <summary>Parentheses open at once. The parser recurses: 500 levels take less than 1 MiB of stack, unoptimised.</summary>
    public const int Nesting = 500;

    /// <summary>Different traits in a segment rule (audience contract, sections 4.2 and 7).</summary>
    public const int TraitsOfSegment = 5_000;

    /// <summary>Terms that the builder of the web client draws; rules with more are for the code view (section 4.2).</summary>
    public const int TermsInBuilder = 50;

    /// <summary>Frequency terms past which sizes are not estimated (section 3.4); such a rule can still be saved.</summary>
    public const int FrequencyTermsOfEstimate = 4;

    /// <summary>UTF-16 units of a regular expression.</summary>
    public const int PatternLength = 1_000;

    /// <summary>
    /// UTF-16 units of all regular expressions of a rule, once translated, which is what compiling them costs: 64 KiB of simple
    /// ones, or thirty that name all letters.
    /// </summary>
    public const int PatternsTranslated = 128 * 1024;

    /// <summary>Days of a recency: a hundred years.</summary>
    public const int RecencyDays = 36_500;

    /// <summary>Problems reported of one rule; the rest is not looked for.</summary>
    public const int Problems = 50;

    /// <summary>UTF-8 bytes of an expression tree to be read: a rule of 64 KiB makes about a tenth of it.</summary>
    public const int ExpressionTreeBytes = 8 * 1024 * 1024;

    // Or, And and Not for each parenthesis; recursion over a tree is no deeper.
    internal const int TreeDepth = (3 * Nesting) + 3;
}
