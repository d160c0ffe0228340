namespace Sluice.Profiles.Rules;

/// <summary>One thing that is wrong with a rule, or worth a warning: where, what stands there, what was expected.</summary>
/// <param name="Kind">What kind of problem; the names are stable.</param>
/// <param name="Place">Where in the text. A rule read from an expression tree has the places of its canonical text.</param>
/// <param name="Line">1 or more; a line ends at CR LF, LF or CR.</param>
/// <param name="Column">1 or more, in UTF-16 units, as editors count.</param>
/// <param name="Found">What stands there, shortened; "the end of the rule" at the end.</param>
/// <param name="Expected">What could have stood there; empty where the syntax is not the problem.</param>
/// <param name="Sentence">All of it, for people; without the place.</param>
/// <param name="Sid">The trait it is about, where it is about one.</param>
public sealed record RuleProblem(
    RuleProblemKind Kind, RuleSpan Place, int Line, int Column, string Found, IReadOnlyList<string> Expected, string Sentence, long? Sid = null)
{
    /// <summary>The sentence with its place, as <c>childMessages</c> carry it.</summary>
    public override string ToString() => $"line {Line}, column {Column}: {Sentence}";
}
