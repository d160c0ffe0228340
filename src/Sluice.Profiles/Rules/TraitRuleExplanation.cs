namespace Sluice.Profiles.Rules;

/// <summary>Whether a trait rule holds for some signals, and what each of its comparisons contributed.</summary>
/// <param name="IsTrue">Whether the rule holds.</param>
/// <param name="Comparisons">All comparisons, from left to right, those too that the result did not depend on.</param>
public sealed record TraitRuleExplanation(bool IsTrue, IReadOnlyList<ComparisonOutcome> Comparisons);

/// <summary>What became of one comparison. Values of signals are not in it: those of private keys must not be written down.</summary>
/// <param name="Place">The comparison in the text of the rule.</param>
/// <param name="Text">The comparison in canonical form.</param>
/// <param name="IsTrue">Whether any value of the key satisfied it.</param>
/// <param name="HasKey">Whether the key was there at all.</param>
/// <param name="GaveUp">Whether a regular expression was given up on a value, which counts as not found.</param>
public sealed record ComparisonOutcome(RuleSpan Place, string Text, bool IsTrue, bool HasKey, bool GaveUp);
