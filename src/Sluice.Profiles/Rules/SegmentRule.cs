using System.Diagnostics.CodeAnalysis;
using Sluice.Profiles.Rules.Evaluate;
using Sluice.Profiles.Rules.Text;
using Sluice.Profiles.Rules.Tree;

namespace Sluice.Profiles.Rules;

/// <summary>
/// A valid segment rule: which traits, held how often and when, make a member (audience contract, section 4.2). Immutable.
/// Keep the text it was read from: the canonical text may be longer than a rule may be.
/// </summary>
public sealed class SegmentRule
{
    private readonly RuleNode _root;

    private SegmentRule(RuleNode root, IReadOnlyList<long> traits)
    {
        _root = root;
        Traits = traits;
    }

    /// <summary>The different traits it names, in the order of their first appearance.</summary>
    public IReadOnlyList<long> Traits { get; }

    /// <summary>How many of its terms count realizations; beyond <see cref="RuleLimits.FrequencyTermsOfEstimate"/> sizes are not estimated.</summary>
    public int FrequencyTerms => TreeShape.Terms(_root).Count(term => term is RuleNode.Frequency);

    /// <summary>Whether the segment builder of the web client cannot draw it: <c>codeViewOnly</c>.</summary>
    public bool IsCodeViewOnly => TreeShape.IsCodeViewOnly(_root);

    internal RuleNode Root => _root;

    /// <summary>Reads a rule whose traits are known to be usable, such as a stored one. Never throws, whatever the text.</summary>
    /// <param name="text">The rule, at most <see cref="RuleLimits.TextBytes"/>.</param>
    /// <param name="rule">The rule, when the answer is true.</param>
    /// <param name="problems">Errors 1, 4, 6 and 7 of section 4.2; empty when the answer is true.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out SegmentRule? rule, out IReadOnlyList<RuleProblem> problems) =>
        TryParseChecked(text, traits: null, out rule, out problems);

    /// <summary>Reads a rule and checks its traits too: errors 2, 3 and 5 of section 4.2. Throws nothing but what <paramref name="traits"/> throws.</summary>
    /// <param name="text">The rule, at most <see cref="RuleLimits.TextBytes"/>.</param>
    /// <param name="traits">What is known of an id, to the caller; asked at most twice of each.</param>
    /// <param name="rule">The rule, when the answer is true.</param>
    /// <param name="problems">What is wrong; empty when the answer is true.</param>
    public static bool TryParse(
        string text, Func<long, KnownTrait> traits, [NotNullWhen(true)] out SegmentRule? rule, out IReadOnlyList<RuleProblem> problems) =>
        TryParseChecked(text, traits, out rule, out problems);

    /// <summary>Reads a rule from its expression tree, at most <see cref="RuleLimits.ExpressionTreeBytes"/> of JSON. Never throws.</summary>
    public static bool TryReadExpressionTree(
        ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out SegmentRule? rule, out IReadOnlyList<RuleProblem> problems)
    {
        rule = null;
        return ExpressionTreeReader.TryRead(utf8Json, ofTraits: false, out string text, out problems) && TryParse(text, out rule, out problems);
    }

    /// <summary>The tree as UTF-8 JSON (section 3.4). It may nest deeper than JSON readers go by default; write it raw.</summary>
    /// <param name="isHidden">Traits whose id is not to be shown; 0 stands in its place.</param>
    public byte[] WriteExpressionTree(Predicate<long>? isHidden = null) => ExpressionTreeWriter.Write(_root, isHidden);

    /// <summary>The canonical text of the rule, as the web client writes it.</summary>
    public override string ToString() => RulePrinter.Print(_root);

    internal CompiledSegmentRule Compile() => new(_root);

    private static bool TryParseChecked(
        string text, Func<long, KnownTrait>? traits, [NotNullWhen(true)] out SegmentRule? rule, out IReadOnlyList<RuleProblem> problems)
    {
        var parser = new SegmentRuleParser(text, traits);
        var root = parser.ParseWhole();
        // Nobody without traits has realizations of any day, so the instant does not matter.
        if (root is not null && new CompiledSegmentRule(root).IsTrue(new EmptyProfile(), DateTimeOffset.UnixEpoch))
        {
            parser.Problems.Add(
                RuleProblemKind.TrueForEveryone, root.Place, "This rule holds for people without any trait; ask for at least one, as in 'frequency([1T]) >= 1'.");
        }

        problems = parser.Problems.Found;
        rule = root is not null && problems.Count == 0 ? new SegmentRule(root, parser.Traits) : null;
        return rule is not null;
    }
}
