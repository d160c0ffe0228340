namespace Sluice.Profiles.Rules.Tree;

/// <summary>What a comparison of a trait rule asks of a signal.</summary>
internal enum ComparisonOperator
{
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Contains,
    MatchesWords,
    StartsWith,
    EndsWith,
    MatchesRegex,
}
