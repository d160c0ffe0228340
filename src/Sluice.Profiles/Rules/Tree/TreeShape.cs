namespace Sluice.Profiles.Rules.Tree;

/// <summary>Of all trees that mean the same, the one that stands for a rule.</summary>
/// <remarks>
/// Groups stay as their author wrote them, so that the builder draws them again, with two exceptions. A group in the first
/// place of its own kind, (a OR b) OR c, is part of the list, since the pairs of an expression tree cannot tell the two
/// apart. And more operands than the builder draws are one flat list, so that their expression tree can be written in
/// halves and stay shallow.
/// </remarks>
internal static class TreeShape
{
    public static RuleNode Normalise(RuleNode node) => node switch
    {
        RuleNode.Not not => not with { Operand = Normalise(not.Operand) },
        RuleNode.Join join => join with { Operands = [.. Operands(join).Select(Normalise)] },
        _ => node,
    };

    /// <summary>Whether the builder of the web client cannot draw it: too many terms, or not groups of OR, joined by AND, OR or AND NOT.</summary>
    public static bool IsCodeViewOnly(RuleNode root)
    {
        int terms = 0;
        CountTerms(root, ref terms);
        return terms > RuleLimits.TermsInBuilder || !IsJoinedGroups(root);
    }

    public static bool IsTerm(RuleNode node) => node is not (RuleNode.Join or RuleNode.Not);

    /// <summary>All terms, from left to right.</summary>
    public static IEnumerable<RuleNode> Terms(RuleNode root)
    {
        var left = new Stack<RuleNode>([root]);
        while (left.TryPop(out var node))
        {
            if (node is RuleNode.Not not)
            {
                left.Push(not.Operand);
            }
            else if (node is RuleNode.Join join)
            {
                for (int i = join.Operands.Count - 1; i >= 0; i--)
                    left.Push(join.Operands[i]);
            }
            else
            {
                yield return node;
            }
        }
    }

    private static List<RuleNode> Operands(RuleNode.Join join)
    {
        var all = Spread(join, firstOnly: false);
        return all.Count > RuleLimits.TermsInBuilder ? all : Spread(join, firstOnly: true);
    }

    // The operands with nested groups of the same kind opened: all of them, or those in the first place.
    private static List<RuleNode> Spread(RuleNode.Join join, bool firstOnly)
    {
        var found = new List<RuleNode>();
        var left = new Stack<(RuleNode Node, bool Opens)>([(join, true)]);
        while (left.TryPop(out var next))
        {
            if (next.Opens && next.Node is RuleNode.Join inner && inner.IsAnd == join.IsAnd)
            {
                for (int i = inner.Operands.Count - 1; i >= 0; i--)
                    left.Push((inner.Operands[i], !firstOnly || i == 0));
            }
            else
            {
                found.Add(next.Node);
            }
        }

        return found;
    }

    private static void CountTerms(RuleNode root, ref int terms)
    {
        foreach (var term in Terms(root))
            terms += term is RuleNode.Frequency frequency ? frequency.Sids.Count : 1;
    }

    private static bool IsJoinedGroups(RuleNode node) => node switch
    {
        RuleNode.Join { IsAnd: false } alternatives => alternatives.Operands.All(one => IsGroup(one) || IsConjunction(one)),
        _ => IsGroup(node) || IsConjunction(node),
    };

    // The first group of a rule has nothing before it that NOT could be a part of; OR NOT is not offered either.
    private static bool IsConjunction(RuleNode node) =>
        node is RuleNode.Join { IsAnd: true } all
        && IsGroup(all.Operands[0])
        && all.Operands.Skip(1).All(one => IsGroup(one is RuleNode.Not not ? not.Operand : one));

    private static bool IsGroup(RuleNode node) =>
        IsTerm(node) || (node is RuleNode.Join { IsAnd: false } alternatives && alternatives.Operands.All(IsTerm));
}
