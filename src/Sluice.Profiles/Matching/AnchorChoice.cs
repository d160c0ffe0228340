using Sluice.Profiles.Rules.Evaluate;
using Sluice.Profiles.Rules.Tree;

namespace Sluice.Profiles.Matching;

/// <summary>
/// Chooses for a rule the signals that lead to it: at least one of them is there whenever the rule holds. Of the operands of an AND it takes the
/// one that the fewest other rules share, so that a common country does not lead to every rule that also names a product.
/// </summary>
internal sealed class AnchorChoice
{
    private const int MaxCounted = 1 << 28; // sums of counts stay in range, however large a rule

    private readonly Dictionary<Anchor, int> _uses = new(Same);

    /// <summary>Anchors of keys that differ in case only, or values that do, are one.</summary>
    internal static IEqualityComparer<Anchor> Same { get; } = EqualityComparer<Anchor>.Create(
        (left, right) => left.Kind == right.Kind && string.Equals(left.Key, right.Key, StringComparison.OrdinalIgnoreCase)
            && string.Equals(left.Value, right.Value, StringComparison.OrdinalIgnoreCase),
        anchor => HashCode.Combine(
            StringComparer.OrdinalIgnoreCase.GetHashCode(anchor.Key), anchor.Kind, StringComparer.OrdinalIgnoreCase.GetHashCode(anchor.Value)));

    /// <summary>Counts the anchors that a rule could have; count all rules before the first choice.</summary>
    internal void Count(RuleNode root)
    {
        foreach (var term in TreeShape.Terms(root))
        {
            var anchor = Of((RuleNode.Comparison)term);
            _uses[anchor] = _uses.GetValueOrDefault(anchor) + 1;
        }
    }

    /// <summary>The anchors of a rule; null when it may hold whatever signals there are.</summary>
    internal IReadOnlyList<Anchor>? Choose(RuleNode root) => Choose(root, isNegated: false)?.Anchors;

    /// <summary>Whether a rule holds as soon as one of its anchors is there: an OR of equalities, or one equality.</summary>
    internal static bool IsExact(RuleNode root) => root switch
    {
        RuleNode.Comparison comparison => comparison.Operator == ComparisonOperator.Equal,
        RuleNode.Join { IsAnd: false } or => or.Operands.All(IsExact),
        _ => false,
    };

    private Choice? Choose(RuleNode node, bool isNegated)
    {
        switch (node)
        {
            case RuleNode.Not not:
                return Choose(not.Operand, !isNegated);
            case RuleNode.Join join when join.IsAnd != isNegated:
                Choice? best = null;
                foreach (var operand in join.Operands)
                {
                    if (Choose(operand, isNegated) is { } choice && (best is null || choice.Cost < best.Cost))
                        best = choice;
                }
                return best;
            case RuleNode.Join join:
                var all = new List<Anchor>();
                var cost = 0;
                foreach (var operand in join.Operands)
                {
                    if (Choose(operand, isNegated) is not { } choice)
                        return null;
                    all.AddRange(choice.Anchors);
                    cost = Math.Min(MaxCounted, cost + choice.Cost);
                }
                return new Choice(all, cost);
            default:
                if (isNegated)
                    return null; // holds where the key is not there
                var anchor = Of((RuleNode.Comparison)node);
                return new Choice([anchor], Math.Min(MaxCounted, _uses.GetValueOrDefault(anchor, 1)));
        }
    }

    private static Anchor Of(RuleNode.Comparison comparison)
    {
        var (key, value) = (comparison.Key, comparison.Value);
        return comparison.Operator switch
        {
            ComparisonOperator.Equal => comparison.IsBareNumber && DecimalText.TryRead(value, out var number)
                ? new Anchor(key, AnchorKind.Number, number.ToString()) : new Anchor(key, AnchorKind.Text, value),
            ComparisonOperator.Contains or ComparisonOperator.StartsWith or ComparisonOperator.EndsWith => PartOf(key, value),
            ComparisonOperator.MatchesWords => PartOf(key, LongestWord(value)),
            _ => new Anchor(key, AnchorKind.Any, ""),
        };
    }

    // Letters beyond the first plane have their cases as pairs, which the search for parts does not fold.
    private static Anchor PartOf(string key, string part) =>
        part.Length == 0 || part.Any(char.IsSurrogate) ? new Anchor(key, AnchorKind.Any, "") : new Anchor(key, AnchorKind.Part, part);

    private static string LongestWord(string value)
    {
        var longest = "";
        for (var words = WholeWords.In(value); words.MoveNext();)
        {
            if (words.Current.Length > longest.Length)
                longest = words.Current.ToString();
        }
        return longest;
    }

    private sealed record Choice(IReadOnlyList<Anchor> Anchors, int Cost);
}
