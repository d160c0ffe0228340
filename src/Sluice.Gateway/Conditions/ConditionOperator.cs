namespace Sluice.Gateway.Conditions;

/// <summary>One operator of the language with its signs and words (contract gateway.md 4.1).</summary>
/// <param name="Name">As people call it.</param>
/// <param name="Signs">How it is written.</param>
/// <param name="Words">Also; in any case.</param>
/// <param name="Comparison">What it compares; null for one that takes a pattern.</param>
/// <param name="Make">Makes its pattern of a text.</param>
internal sealed record ConditionOperator(string Name, string[] Signs, string[] Words, Comparison? Comparison, Func<string, TextPattern>? Make = null)
{
    private static readonly ConditionOperator[] All =
    [
        new("Equals", ["=", "=="], ["Equals", "Is"], Conditions.Comparison.Equals),
        new("NotEquals", ["!="], ["NotEquals", "IsNot"], Conditions.Comparison.NotEquals),
        new("EqualsCaseInsensitive", [":="], ["EqualsCaseInsensitive"], Conditions.Comparison.EqualsCaseInsensitive),
        new("GreaterThan", [">"], ["GreaterThan"], Conditions.Comparison.Greater),
        new("GreaterThanOrEquals", [">="], ["GreaterThanOrEquals"], Conditions.Comparison.GreaterOrEquals),
        new("LesserThan", ["<"], ["LesserThan"], Conditions.Comparison.Lesser),
        new("LesserThanOrEquals", ["<="], ["LesserThanOrEquals"], Conditions.Comparison.LesserOrEquals),
        new("StartsWith", ["=|"], ["StartsWith"], Conditions.Comparison.StartsWith),
        new("Matches", ["~"], ["Matches", "Like"], null, pattern => new GlobPattern(pattern)),
        new("JavaRegex", ["~~"], ["JavaRegex"], null, pattern => new RegexPattern(pattern)),
        new("MatchesPath", ["~/", "/~"], ["MatchesPath", "LikePath"], null, pattern => new PathPattern(pattern)),
    ];

    internal bool TakesPattern => Make is not null;

    internal static ConditionOperator? Find(ConditionToken token) => token.Kind switch
    {
        ConditionTokenKind.Sign => Array.Find(All, one => one.Signs.Contains(token.Text)),
        ConditionTokenKind.Name => Array.Find(All, one => one.Words.Contains(token.Text, StringComparer.OrdinalIgnoreCase)),
        _ => null,
    };
}
