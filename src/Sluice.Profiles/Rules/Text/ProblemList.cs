using System.Globalization;

namespace Sluice.Profiles.Rules.Text;

/// <summary>Gathers what is wrong with one rule, with lines and columns, up to <see cref="RuleLimits.Problems"/>.</summary>
internal sealed class ProblemList(string text)
{
    private const int LongestFound = 30;

    private readonly List<RuleProblem> _found = [];

    public IReadOnlyList<RuleProblem> Found => _found;

    public bool IsFull => _found.Count >= RuleLimits.Problems;

    public void Add(RuleProblemKind kind, RuleSpan place, string sentence, params IReadOnlyList<string> expected) =>
        Add(kind, place, sentence, sid: null, expected);

    public void AddForTrait(RuleProblemKind kind, RuleSpan place, long sid, string sentence) => Add(kind, place, sentence, sid, []);

    /// <summary>The text of a place for people: short, and without control characters.</summary>
    public string Describe(RuleSpan place)
    {
        if (place.Start >= text.Length)
            return "the end of the rule";

        var shown = text.AsSpan(place.Start, Math.Min(place.Length, LongestFound));
        string dots = shown.Length < place.Length ? "…" : "";
        return string.Concat(string.Concat(shown.ToString().Select(Visible)), dots);
    }

    /// <summary>One character for people.</summary>
    public static string Visible(char c) =>
        char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format
            ? $"U+{(int)c:X4}"
            : c.ToString();

    private void Add(RuleProblemKind kind, RuleSpan place, string sentence, long? sid, IReadOnlyList<string> expected)
    {
        if (IsFull)
            return;
        var (line, column) = LineAndColumn(place.Start);
        _found.Add(new RuleProblem(kind, place, line, column, Describe(place), expected, sentence, sid));
    }

    private (int Line, int Column) LineAndColumn(int offset)
    {
        int line = 1, lineStart = 0;
        for (int i = 0; i < Math.Min(offset, text.Length); i++)
        {
            bool endsLine = text[i] == '\n' || (text[i] == '\r' && (i + 1 >= text.Length || text[i + 1] != '\n'));
            if (!endsLine)
                continue;
            line++;
            lineStart = i + 1;
        }

        return (line, offset - lineStart + 1);
    }
}
