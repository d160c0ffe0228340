using Sluice.Profiles.Rules.Tree;

namespace Sluice.Profiles.Rules.Evaluate;

/// <summary>
/// A tree as a list of tests, each of which says what is tested next when it holds and when it does not. AND, OR and NOT
/// are gone, and so is the need for a stack: evaluating is a loop that looks at no more terms than it must.
/// </summary>
internal static class ShortCircuit
{
    /// <summary>Instead of a next test: the rule holds.</summary>
    public const int True = -1;

    /// <summary>Instead of a next test: the rule does not hold.</summary>
    public const int False = -2;

    /// <summary>Compiles a tree; the first test to make is the last of the list.</summary>
    public static Step<TTest>[] Compile<TTest>(RuleNode root, Func<RuleNode, TTest> compile)
    {
        var steps = new List<Step<TTest>>();
        Append(root, True, False);
        return [.. steps];

        // From the right to the left, since each test must know where the ones after it are.
        int Append(RuleNode node, int whenTrue, int whenFalse)
        {
            if (node is RuleNode.Not not)
                return Append(not.Operand, whenFalse, whenTrue);
            if (node is not RuleNode.Join join)
            {
                steps.Add(new Step<TTest>(compile(node), whenTrue, whenFalse));
                return steps.Count - 1;
            }

            int next = Append(join.Operands[^1], whenTrue, whenFalse);
            for (int i = join.Operands.Count - 2; i >= 0; i--)
                next = join.IsAnd ? Append(join.Operands[i], next, whenFalse) : Append(join.Operands[i], whenTrue, next);
            return next;
        }
    }
}

/// <summary>One test, and where to go on after it.</summary>
internal readonly record struct Step<TTest>(TTest Test, int WhenTrue, int WhenFalse);
