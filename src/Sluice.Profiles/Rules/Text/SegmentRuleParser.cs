using System.Globalization;
using Sluice.Profiles.Rules.Check;
using Sluice.Profiles.Rules.Tree;

namespace Sluice.Profiles.Rules.Text;

/// <summary>Reads segment rules: terms are traits and frequency terms (audience contract, section 4.2).</summary>
/// <remarks>
/// trait = digits , "T"; freq-test = "FREQUENCY" , "(" , "[" , trait-list , "]" , [ rec-op , int , "D" ] , ")" , freq-op , int;
/// trait-list = trait , { ( "," | OR ) , trait }; rec-op is &lt;= or >=; freq-op is >=, &lt;= or ==.
/// </remarks>
internal sealed class SegmentRuleParser(string text, Func<long, KnownTrait>? traits) : RuleParser(text)
{
    private const string FrequencyWord = "frequency";
    private const string ATrait = "a trait such as 123T";

    private TraitCheck? _check;

    /// <summary>The different traits of the rule, in the order of their first appearance.</summary>
    public IReadOnlyList<long> Traits => Check.Found;

    protected override IReadOnlyList<string> TermStarts { get; } = [ATrait, "frequency(", "(", "NOT"];

    private TraitCheck Check => _check ??= new TraitCheck(Problems, traits);

    protected override RuleNode? ParseTerm()
    {
        if (Current.Kind == TokenKind.Word && CurrentText.Equals(FrequencyWord, StringComparison.OrdinalIgnoreCase))
            return ParseFrequency();

        var place = Current.Place;
        return TryReadTrait(TermStarts, isCounted: false, out long sid) ? new RuleNode.Trait(sid, place) : null;
    }

    private RuleNode.Frequency? ParseFrequency()
    {
        var start = Current.Place;
        Advance();
        var sids = new List<long>();
        if (!TryTake(TokenKind.Open, "(") || !TryTake(TokenKind.OpenList, "[") || !TryReadList(sids))
            return null;

        int? days = null;
        bool isSince = false;
        if (Current.Kind != TokenKind.Close)
        {
            if (!TryReadOperator(out var side, "<=", ">=", ")") || !TryReadDays(out int read))
                return null;
            (days, isSince) = (read, side == ComparisonOperator.LessOrEqual);
        }

        if (!TryTake(TokenKind.Close, ")") || !TryReadOperator(out var op, ">=", "<=", "=="))
            return null;

        var last = Current.Place;
        return TryReadCount(out int count) ? new RuleNode.Frequency(sids, days, isSince, op, count, start.To(last)) : null;
    }

    private bool TryReadList(List<long> sids)
    {
        while (TryReadTrait([ATrait], isCounted: true, out long sid))
        {
            sids.Add(sid);
            if (Current.Kind == TokenKind.CloseList)
            {
                Advance();
                return true;
            }

            if (Current.Kind != TokenKind.Comma && !IsAtOr)
            {
                Refuse(RuleProblemKind.UnexpectedToken, sentence: null, ",", "OR", "]");
                return false;
            }

            Advance();
        }

        return false;
    }

    private bool TryReadTrait(IReadOnlyList<string> expected, bool isCounted, out long sid)
    {
        sid = 0;
        if (Current.Kind != TokenKind.Word || CurrentText is not [.. var digits, 'T'] || digits.Length == 0 || digits.ContainsAnyExceptInRange('0', '9'))
        {
            Refuse(RuleProblemKind.UnexpectedToken, sentence: null, expected);
            return false;
        }

        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out sid) || sid == 0)
        {
            Problems.Add(RuleProblemKind.NumberOutOfRange, Current.Place, $"A trait's number is between 1 and {long.MaxValue}.");
            sid = 0;
        }
        else
        {
            Check.Take(sid, Current.Place, isCounted);
        }

        Advance();
        return true;
    }

    private bool TryReadOperator(out ComparisonOperator op, params IReadOnlyList<string> expected)
    {
        op = ComparisonOperator.Equal;
        if (Current.Kind != TokenKind.Operator || !OperatorNames.TryFind(CurrentText, out op) || !expected.Contains(OperatorNames.Of(op)))
        {
            Refuse(RuleProblemKind.UnexpectedToken, sentence: null, expected);
            return false;
        }

        Advance();
        return true;
    }

    private bool TryReadDays(out int days)
    {
        days = 0;
        if (Current.Kind != TokenKind.Word || CurrentText is not [.. var number, 'D'] || !IsInteger(number))
        {
            Refuse(RuleProblemKind.UnexpectedToken, sentence: null, "a number of days such as 5D");
            return false;
        }

        if (number[0] == '-' || !number.ContainsAnyExcept('0'))
            Problems.Add(RuleProblemKind.RecencyNotPositive, Current.Place, "A recency is at least 1 day.");
        else if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out days) || days > RuleLimits.RecencyDays)
            Problems.Add(RuleProblemKind.NumberOutOfRange, Current.Place, $"A recency is at most {RuleLimits.RecencyDays} days.");
        Advance();
        return true;
    }

    private bool TryReadCount(out int count)
    {
        count = 0;
        if (Current.Kind != TokenKind.Word || !IsInteger(CurrentText))
        {
            Refuse(RuleProblemKind.UnexpectedToken, sentence: null, "a whole number");
            return false;
        }

        if (CurrentText[0] == '-')
            Problems.Add(RuleProblemKind.FrequencyNegative, Current.Place, "A frequency is not below 0.");
        else if (!int.TryParse(CurrentText, NumberStyles.None, CultureInfo.InvariantCulture, out count))
            Problems.Add(RuleProblemKind.NumberOutOfRange, Current.Place, $"A frequency is at most {int.MaxValue}.");
        Advance();
        return true;
    }

    private bool TryTake(TokenKind kind, string expected)
    {
        if (Current.Kind != kind)
        {
            Refuse(RuleProblemKind.UnexpectedToken, sentence: null, expected);
            return false;
        }

        Advance();
        return true;
    }

    private static bool IsInteger(ReadOnlySpan<char> number)
    {
        var digits = number is ['-', ..] ? number[1..] : number;
        return digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');
    }
}
