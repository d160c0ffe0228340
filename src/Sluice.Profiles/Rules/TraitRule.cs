using System.Diagnostics.CodeAnalysis;
using Sluice.Profiles.Rules.Text;
using Sluice.Profiles.Rules.Tree;

namespace Sluice.Profiles.Rules;

/// <summary>
/// A valid trait rule: which signals of one call realize a trait (audience contract, section 4.1). Immutable. Keep the text
/// it was read from: the canonical text may be longer than a rule may be.
/// </summary>
public sealed class TraitRule
{
    private readonly RuleNode _root;

    private TraitRule(RuleNode root, IReadOnlyList<RuleProblem> warnings)
    {
        _root = root;
        Warnings = warnings;
        Keys = [.. TreeShape.Terms(root).Select(term => ((RuleNode.Comparison)term).Key).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The keys it looks at, in the order of their first appearance; those that differ in case only once.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>What its author should know, though it does not make the rule invalid.</summary>
    public IReadOnlyList<RuleProblem> Warnings { get; }

    /// <summary>Whether the rule builder of the web client cannot draw it: <c>codeViewOnly</c>.</summary>
    public bool IsCodeViewOnly => TreeShape.IsCodeViewOnly(_root);

    /// <summary>Whether it holds for a call without any signal, so that no key leads to it.</summary>
    public bool IsTrueWithoutSignals { get; private init; }

    internal RuleNode Root => _root;

    /// <summary>Reads a rule, at most <see cref="RuleLimits.TextBytes"/> of it. Never throws, whatever the text.</summary>
    /// <param name="text">The rule.</param>
    /// <param name="rule">The rule, when the answer is true.</param>
    /// <param name="problems">What is wrong, in the order of the text; empty when the answer is true.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out TraitRule? rule, out IReadOnlyList<RuleProblem> problems)
    {
        var parser = new TraitRuleParser(text);
        var root = parser.ParseWhole();
        problems = parser.Problems.Found;
        rule = root is null ? null : Make(root, text, parser.Warnings);
        return rule is not null;
    }

    /// <summary>Reads a rule from its expression tree, at most <see cref="RuleLimits.ExpressionTreeBytes"/> of JSON. Never throws.</summary>
    public static bool TryReadExpressionTree(
        ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out TraitRule? rule, out IReadOnlyList<RuleProblem> problems)
    {
        rule = null;
        return ExpressionTreeReader.TryRead(utf8Json, ofTraits: true, out string text, out problems) && TryParse(text, out rule, out problems);
    }

    /// <summary>Makes it ready for evaluation.</summary>
    public CompiledTraitRule Compile(TextCase textCase) => new(_root, textCase);

    /// <summary>The tree as UTF-8 JSON (section 3.4). It may nest deeper than JSON readers go by default; write it raw.</summary>
    public byte[] WriteExpressionTree() => ExpressionTreeWriter.Write(_root, isHidden: null);

    /// <summary>The canonical text of the rule.</summary>
    public override string ToString() => RulePrinter.Print(_root);

    private static TraitRule Make(RuleNode root, string text, IReadOnlyList<RuleProblem> warnings)
    {
        bool isTrueWithout = new CompiledTraitRule(root, TextCase.Ignored).IsTrue(new Signals());
        if (!isTrueWithout)
            return new TraitRule(root, warnings);

        var more = new ProblemList(text);
        more.Add(RuleProblemKind.TrueForEveryCall, root.Place, "This rule holds for every call that lacks the keys it negates, also for an empty one.");
        return new TraitRule(root, [.. warnings, .. more.Found]) { IsTrueWithoutSignals = true };
    }
}
