using Sluice.Profiles.Rules.Text;
using Sluice.Profiles.Rules.Tree;

namespace Sluice.Profiles.Rules.Evaluate;

/// <summary>A segment rule made ready to be asked of many profiles. Any number of threads may ask at once.</summary>
internal sealed class CompiledSegmentRule
{
    private const long MillisecondsOfDay = 24L * 60 * 60 * 1000;

    private readonly Step<TermTest>[] _steps;

    public CompiledSegmentRule(RuleNode root) => _steps = ShortCircuit.Compile(root, node => new TermTest(node));

    /// <summary>Whether the rule holds for a profile at an instant. Allocates nothing.</summary>
    public bool IsTrue(IProfileView profile, DateTimeOffset now)
    {
        int today = DayOf(now);
        int at = _steps.Length - 1;
        while (at >= 0)
            at = _steps[at].Test.IsTrue(profile, today) ? _steps[at].WhenTrue : _steps[at].WhenFalse;
        return at == ShortCircuit.True;
    }

    /// <summary>The same, with the outcome of every term, from left to right.</summary>
    public SegmentRuleExplanation Explain(IProfileView profile, DateTimeOffset now)
    {
        int today = DayOf(now);
        var outcomes = Array.ConvertAll(_steps, step => step.Test.Explain(profile, today));
        int at = _steps.Length - 1;
        while (at >= 0)
            at = outcomes[at].IsTrue ? _steps[at].WhenTrue : _steps[at].WhenFalse;
        Array.Reverse(outcomes); // the steps are from the right to the left
        return new SegmentRuleExplanation(at == ShortCircuit.True, outcomes);
    }

    private static int DayOf(DateTimeOffset now) => (int)Math.Floor((double)now.ToUnixTimeMilliseconds() / MillisecondsOfDay);
}

/// <summary>Whether a segment rule holds for a profile, and what each of its terms contributed.</summary>
internal sealed record SegmentRuleExplanation(bool IsTrue, IReadOnlyList<TermOutcome> Terms);

/// <summary>What became of one term.</summary>
/// <param name="Count">The realizations that counted; null for a term that does not count any.</param>
internal sealed record TermOutcome(RuleSpan Place, string Text, bool IsTrue, long? Count);

/// <summary>A trait or frequency term made ready.</summary>
internal sealed class TermTest(RuleNode node)
{
    // A trait that a list names twice counts once.
    private readonly long[] _sids = node switch
    {
        RuleNode.Frequency frequency => [.. frequency.Sids.Distinct()],
        _ => [((RuleNode.Trait)node).Sid],
    };

    public bool IsTrue(IProfileView profile, int today) =>
        node is RuleNode.Frequency frequency
            ? frequency.Operator.Holds(Count(frequency, profile, today).CompareTo(frequency.Count))
            : profile.Holds(_sids[0]);

    public TermOutcome Explain(IProfileView profile, int today) => new(
        node.Place, RulePrinter.Print(node), IsTrue(profile, today), node is RuleNode.Frequency frequency ? Count(frequency, profile, today) : null);

    // The cut-off, now − d × 24 h, is rounded to its day, and that day is on both sides: a realization is never too early
    // for "in the last d days" by the hour, nor too late for "d days ago or more".
    private long Count(RuleNode.Frequency frequency, IProfileView profile, int today)
    {
        long sum = 0;
        foreach (long sid in _sids)
        {
            sum += frequency.RecencyDays switch
            {
                null => profile.Realizations(sid),
                { } days when frequency.IsSince => profile.RealizationsSince(sid, today - days),
                { } days => profile.RealizationsUntil(sid, today - days),
            };
        }

        return sum;
    }
}
