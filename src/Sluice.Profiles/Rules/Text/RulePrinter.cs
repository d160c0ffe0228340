using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sluice.Profiles.Rules.Tree;

namespace Sluice.Profiles.Rules.Text;

/// <summary>Writes a tree as the canonical text of its rule: parsing that text gives the same tree.</summary>
internal static class RulePrinter
{
    public static string Print(RuleNode root)
    {
        var text = new StringBuilder();
        Append(text, root);
        return text.ToString();
    }

    private static void Append(StringBuilder text, RuleNode node)
    {
        switch (node)
        {
            case RuleNode.Join join:
                AppendJoin(text, join);
                break;
            case RuleNode.Not not:
                text.Append("NOT ");
                AppendOperand(text, not.Operand, inParentheses: !TreeShape.IsTerm(not.Operand));
                break;
            case RuleNode.Comparison comparison:
                AppendComparison(text, comparison);
                break;
            case RuleNode.Trait trait:
                text.Append(CultureInfo.InvariantCulture, $"{trait.Sid}T");
                break;
            case RuleNode.Frequency frequency:
                AppendFrequency(text, frequency);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static void AppendJoin(StringBuilder text, RuleNode.Join join)
    {
        for (int i = 0; i < join.Operands.Count; i++)
        {
            if (i > 0)
                text.Append(join.IsAnd ? " AND " : " OR ");
            // AND binds tighter: inside OR it needs no parentheses.
            AppendOperand(text, join.Operands[i], inParentheses: join.Operands[i] is RuleNode.Join inner && (join.IsAnd || !inner.IsAnd));
        }
    }

    private static void AppendOperand(StringBuilder text, RuleNode operand, bool inParentheses)
    {
        if (inParentheses)
            text.Append('(');
        Append(text, operand);
        if (inParentheses)
            text.Append(')');
    }

    private static void AppendComparison(StringBuilder text, RuleNode.Comparison comparison)
    {
        if (TraitRuleParser.IsBareKey(comparison.Key))
            text.Append(comparison.Key);
        else
            AppendQuoted(text, comparison.Key);

        text.Append(' ').Append(OperatorNames.Of(comparison.Operator)).Append(' ');
        if (comparison.IsBareNumber)
            text.Append(comparison.Value);
        else
            AppendQuoted(text, comparison.Value);
    }

    private static void AppendFrequency(StringBuilder text, RuleNode.Frequency frequency)
    {
        text.Append("frequency([").AppendJoin(',', frequency.Sids.Select(sid => string.Create(CultureInfo.InvariantCulture, $"{sid}T"))).Append(']');
        if (frequency.RecencyDays is { } days)
            text.Append(CultureInfo.InvariantCulture, $" {(frequency.IsSince ? "<=" : ">=")} {days}D");
        text.Append(CultureInfo.InvariantCulture, $") {OperatorNames.Of(frequency.Operator)} {frequency.Count}");
    }

    private static void AppendQuoted(StringBuilder text, string value) =>
        text.Append('"').Append(value.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
}
