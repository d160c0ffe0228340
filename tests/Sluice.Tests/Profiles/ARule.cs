using System.Globalization;
using Sluice.Profiles.Rules;
using Sluice.Profiles.Rules.Tree;

namespace Sluice.Tests.Profiles;

/// <summary>Rules for tests: read ones, random trees, and a way to compare trees that is not the printer's.</summary>
internal static class ARule
{
    private static readonly string[] Keys = ["a", "c_make", "1a", "_", "-", "a.b", "two words", "quo\"te", "AND", "not", "contains", "é", "123", "😀", "\t"];
    private static readonly string[] Values = ["1", "", "A b", "\"", "\"\"", "x\ny", "'", "1.0", "or", "é", "😀", "a\\b", "(", "<>"];
    private static readonly string[] Numbers = ["0", "1", "-1", "1.00", "007", "123456789012345678901234567890", "-0.5", ".5", "5."];
    private static readonly string[] Patterns = ["a", "^[a-z&&[^b]]+$", "\\Qa.b\\E", "a++b"];

    public static TraitRule Trait(string text)
    {
        Assert.True(TraitRule.TryParse(text, out var rule, out var problems), $"{text}: {string.Join("; ", problems)}");
        return rule;
    }

    public static SegmentRule Segment(string text)
    {
        Assert.True(SegmentRule.TryParse(text, out var rule, out var problems), $"{text}: {string.Join("; ", problems)}");
        return rule;
    }

    public static IReadOnlyList<RuleProblem> TraitProblems(string text)
    {
        Assert.False(TraitRule.TryParse(text, out var rule, out var problems), text);
        Assert.Null(rule);
        return problems;
    }

    public static IReadOnlyList<RuleProblem> SegmentProblems(string text)
    {
        Assert.False(SegmentRule.TryParse(text, out var rule, out var problems), text);
        Assert.Null(rule);
        return problems;
    }

    public static Signals Signals(params string[] pairs)
    {
        var signals = new Signals();
        foreach (string pair in pairs)
        {
            int sign = pair.IndexOf('=', StringComparison.Ordinal);
            signals.Add(pair[..sign], pair[(sign + 1)..]);
        }

        return signals;
    }

    public static bool Holds(string rule, params string[] pairs) => Trait(rule).Compile(TextCase.Ignored).IsTrue(Signals(pairs));

    public static RuleNode RandomTraitTree(Random random) => TreeShape.Normalise(RandomTree(random, RandomComparison, depth: 0));

    public static RuleNode RandomSegmentTree(Random random) => TreeShape.Normalise(RandomTree(random, RandomTerm, depth: 0));

    /// <summary>The tree in prefix form, without places.</summary>
    public static string Shape(RuleNode node) => node switch
    {
        RuleNode.Join join => $"({(join.IsAnd ? '&' : '|')}{string.Concat(join.Operands.Select(one => " " + Shape(one)))})",
        RuleNode.Not not => $"(! {Shape(not.Operand)})",
        RuleNode.Comparison one => $"<{one.Key}|{one.Operator}|{one.Value}|{one.IsBareNumber}>",
        RuleNode.Trait trait => trait.Sid.ToString(CultureInfo.InvariantCulture),
        RuleNode.Frequency one => $"[{string.Join('+', one.Sids)} {one.IsSince} {one.RecencyDays} {one.Operator} {one.Count}]",
        _ => throw new InvalidOperationException(),
    };

    /// <summary>
    /// The bytes that a thousand calls allocate once they have settled: code that is not optimised yet allocates a little,
    /// and when it is optimised is the runtime's affair.
    /// </summary>
    public static long LeastAllocation(Func<bool> call)
    {
        long least = long.MaxValue;
        for (int round = 0; round < 300 && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1_000; i++)
                call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static RuleNode RandomTree(Random random, Func<Random, RuleNode> term, int depth)
    {
        int kind = depth > 6 ? 9 : random.Next(10);
        if (kind < 4)
        {
            // Now and then more than the builder draws, where the shape of a tree changes.
            int count = random.Next(25) == 0 ? random.Next(40, 80) : random.Next(2, 5);
            return new RuleNode.Join(kind < 2, [.. Enumerable.Range(0, count).Select(_ => RandomTree(random, term, depth + (count > 5 ? 4 : 1)))], default);
        }

        return kind < 6 ? new RuleNode.Not(RandomTree(random, term, depth + 1), default) : term(random);
    }

    private static RuleNode.Comparison RandomComparison(Random random)
    {
        var op = (ComparisonOperator)random.Next(11);
        bool isNumber = op.IsOrder() || random.Next(3) == 0;
        string value = op == ComparisonOperator.MatchesRegex ? Pick(random, Patterns) : isNumber ? Pick(random, Numbers) : Pick(random, Values);
        if (op == ComparisonOperator.MatchesWords)
            value = "A b";
        else if (op > ComparisonOperator.LessOrEqual && value.Length == 0)
            value = "x";
        return new RuleNode.Comparison(Pick(random, Keys), op, value, isNumber && value[0] != 'x' && value != "A b" && random.Next(2) == 0 && op != ComparisonOperator.MatchesRegex, null, default);
    }

    private static RuleNode RandomTerm(Random random)
    {
        if (random.Next(3) > 0)
            return new RuleNode.Trait(random.Next(1, 30), default);
        bool isRecent = random.Next(2) == 0;
        var op = Pick(random, ComparisonOperator.Equal, ComparisonOperator.GreaterOrEqual, ComparisonOperator.LessOrEqual);
        return new RuleNode.Frequency(
            [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (long)random.Next(1, 30))], isRecent ? random.Next(1, 400) : null, isRecent && random.Next(2) == 0, op,
            random.Next(0, 20), default);
    }

    private static T Pick<T>(Random random, params T[] of) => of[random.Next(of.Length)];
}
