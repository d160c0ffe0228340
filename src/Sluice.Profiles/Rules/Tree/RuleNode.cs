using Sluice.Profiles.Rules.Patterns;

namespace Sluice.Profiles.Rules.Tree;

/// <summary>
/// A rule as a tree, with the place of each node in its text. Trait rules end in comparisons, segment rules in trait and
/// frequency terms. <see cref="TreeShape"/> says which of several trees of one meaning is used.
/// </summary>
internal abstract record RuleNode(RuleSpan Place)
{
    /// <summary>Two or more operands, joined by AND or by OR.</summary>
    internal sealed record Join(bool IsAnd, IReadOnlyList<RuleNode> Operands, RuleSpan Place) : RuleNode(Place);

    /// <summary>The opposite of its operand.</summary>
    internal sealed record Not(RuleNode Operand, RuleSpan Place) : RuleNode(Place);

    /// <summary>A test of one signal.</summary>
    /// <param name="IsBareNumber">A number outside quotes: it equals signals by number, not only by text.</param>
    /// <param name="Pattern">The value, compiled; for <see cref="ComparisonOperator.MatchesRegex"/> only.</param>
    internal sealed record Comparison(
        string Key, ComparisonOperator Operator, string Value, bool IsBareNumber, JavaPattern? Pattern, RuleSpan Place) : RuleNode(Place);

    /// <summary>The profile holds a trait.</summary>
    internal sealed record Trait(long Sid, RuleSpan Place) : RuleNode(Place);

    /// <summary>How often traits were realized, all told or on one side of a cut-off.</summary>
    /// <param name="RecencyDays">Days between the cut-off and now; null when all time counts.</param>
    /// <param name="IsSince">Counted is what came since the cut-off; else what came up to it.</param>
    internal sealed record Frequency(
        IReadOnlyList<long> Sids, int? RecencyDays, bool IsSince, ComparisonOperator Operator, int Count, RuleSpan Place) : RuleNode(Place);
}
