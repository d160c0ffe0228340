using Sluice.Profiles.Rules.Evaluate;
using Sluice.Profiles.Rules.Patterns;
using Sluice.Profiles.Rules.Text;
using Sluice.Profiles.Rules.Tree;

namespace Sluice.Profiles.Rules.Check;

/// <summary>Makes a comparison of its parts, if they can be one: the checks of the rule builder (audience contract, section 4.1).</summary>
internal readonly struct ComparisonCheck(ProblemList problems, RuleSpan keyPlace, RuleSpan valuePlace)
{
    private static readonly string[] ReservedKeys = ["d_dst_filter", "d_rs"];

    public RuleNode.Comparison Make(string key, ComparisonOperator op, string value, bool isQuoted, ref int patternRoom)
    {
        CheckStorable(key, keyPlace);
        CheckStorable(value, valuePlace);
        if (key.Length == 0)
            problems.Add(RuleProblemKind.MissingKey, keyPlace, "The key is empty.", "a key");

        bool isNumber = DecimalText.TryRead(value, out _);
        JavaPattern? pattern = null;
        if (op.IsOrder() && !isNumber)
            problems.Add(RuleProblemKind.NotNumeric, valuePlace, $"'{OperatorNames.Of(op)}' compares numbers, such as 12, -3 or 0.5.", "a number");
        else if (op is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual) && value.Length == 0)
            problems.Add(RuleProblemKind.MissingValue, valuePlace, $"'{OperatorNames.Of(op)}' needs a value that is not empty.", "a value");
        else if (op == ComparisonOperator.MatchesWords && !WholeWords.In(value).MoveNext())
            problems.Add(RuleProblemKind.MissingValue, valuePlace, "'matcheswords' needs a value with at least one word.", "a word");
        else if (op == ComparisonOperator.MatchesRegex && !JavaPattern.TryCompile(value, ref patternRoom, out pattern, out string reason))
            problems.Add(RuleProblemKind.BadPattern, valuePlace, $"The regular expression {reason}.");

        return new RuleNode.Comparison(key, op, value, isNumber && !isQuoted, pattern, keyPlace.To(valuePlace));
    }

    public RuleProblem? WarningFor(string key, string text)
    {
        if (!ReservedKeys.Contains(key, StringComparer.OrdinalIgnoreCase))
            return null;
        var warnings = new ProblemList(text);
        warnings.Add(RuleProblemKind.ReservedKey, keyPlace, $"The key {key} is reserved by the platform; events may not carry it as sent.");
        return warnings.Found[0];
    }

    // PostgreSQL keeps no U+0000 in text, and half a surrogate pair is no text at all.
    private void CheckStorable(string one, RuleSpan place)
    {
        for (int i = 0; i < one.Length; i++)
        {
            if (char.IsHighSurrogate(one[i]) && i + 1 < one.Length && char.IsLowSurrogate(one[i + 1]))
            {
                i++;
            }
            else if (one[i] == '\0' || char.IsSurrogate(one[i]))
            {
                problems.Add(RuleProblemKind.UnexpectedCharacter, place, $"The character {ProblemList.Visible(one[i])} cannot stand in a rule.");
                return;
            }
        }
    }
}
