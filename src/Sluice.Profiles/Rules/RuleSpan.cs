namespace Sluice.Profiles.Rules;

/// <summary>A place in the text of a rule.</summary>
/// <param name="Start">UTF-16 units before it.</param>
/// <param name="Length">UTF-16 units of it; 0 at the end of the text.</param>
public readonly record struct RuleSpan(int Start, int Length)
{
    internal int End => Start + Length;

    internal RuleSpan To(RuleSpan last) => new(Start, last.End - Start);
}
