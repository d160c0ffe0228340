using Sluice.Profiles.Rules.Evaluate;
using Sluice.Profiles.Rules.Tree;

namespace Sluice.Profiles.Rules;

/// <summary>A trait rule made ready to be asked of many events. Any number of threads may ask at once.</summary>
public sealed class CompiledTraitRule
{
    private readonly Step<ComparisonTest>[] _steps;
    private long _givenUp;

    internal CompiledTraitRule(RuleNode root, TextCase textCase) =>
        _steps = ShortCircuit.Compile(root, node => new ComparisonTest((RuleNode.Comparison)node, textCase));

    /// <summary>How many searches for regular expressions were given up since the rule was compiled. Each counted as not found.</summary>
    public long SearchesGivenUp => Interlocked.Read(ref _givenUp);

    /// <summary>Whether the rule holds for some signals. Allocates nothing, but for what regular expressions remember of new texts.</summary>
    public bool IsTrue(Signals signals)
    {
        int givenUp = 0;
        int at = _steps.Length - 1;
        while (at >= 0)
            at = _steps[at].Test.IsTrue(signals, ref givenUp) ? _steps[at].WhenTrue : _steps[at].WhenFalse;

        Count(givenUp);
        return at == ShortCircuit.True;
    }

    /// <summary>The same, with the outcome of every comparison.</summary>
    public TraitRuleExplanation Explain(Signals signals)
    {
        int givenUp = 0;
        var outcomes = new ComparisonOutcome[_steps.Length];
        for (int i = 0; i < _steps.Length; i++)
            outcomes[i] = _steps[i].Test.Explain(signals, ref givenUp);
        Count(givenUp);

        int at = _steps.Length - 1;
        while (at >= 0)
            at = outcomes[at].IsTrue ? _steps[at].WhenTrue : _steps[at].WhenFalse;
        Array.Reverse(outcomes); // the steps are from the right to the left
        return new TraitRuleExplanation(at == ShortCircuit.True, outcomes);
    }

    private void Count(int givenUp)
    {
        if (givenUp > 0)
            Interlocked.Add(ref _givenUp, givenUp);
    }
}
