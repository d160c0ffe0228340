using Sluice.Profiles.Rules;

namespace Sluice.Tests.Profiles;

/// <summary>The grammar of trait rules (audience contract, section 4.1): what is read, how it is written again, what is refused and where.</summary>
public sealed class TraitRuleTests
{
    [Theory]
    [InlineData("product==12", "product == 12")]
    [InlineData("(c_make==\"A\") and (b == x)", "c_make == \"A\" AND b == \"x\"")]
    [InlineData("a => 1 Or a=>2.50", "a >= 1 OR a >= 2.50")]
    [InlineData("a CONTAINS \"x\" OR a matchesWords \"x\" OR a StartsWith x OR a endswith x OR a MatchesRegex \"x\"",
        "a contains \"x\" OR a matcheswords \"x\" OR a startswith \"x\" OR a endswith \"x\" OR a matchesregex \"x\"")]
    [InlineData("a == \"say \"\"hi\"\"\"", "a == \"say \"\"hi\"\"\"")]
    [InlineData("page.name == \"x\" AND \"two words\" == 1 AND \"plain\" == 1", "page.name == \"x\" AND \"two words\" == 1 AND plain == 1")]
    [InlineData("1a==1 OR a-b==1 OR _==1 OR -==1", "1a == 1 OR a-b == 1 OR _ == 1 OR - == 1")]
    [InlineData("\"AND\"==1 OR \"contains\"==1 OR contains contains \"x\"", "\"AND\" == 1 OR \"contains\" == 1 OR \"contains\" contains \"x\"")]
    [InlineData("a==-1 AND a<-0.5", "a == -1 AND a < -0.5")]
    [InlineData("a == \"1\"\n\tAND\r\n b == \"\"", "a == \"1\" AND b == \"\"")]
    [InlineData("a==1 OR b==2 AND c==3", "a == 1 OR b == 2 AND c == 3")]
    [InlineData("((a==1 OR b==2)) AND (c==3)", "(a == 1 OR b == 2) AND c == 3")]
    [InlineData("a==1 AND NOT b==2 OR NOT (c==3 AND (NOT d==4))", "a == 1 AND NOT b == 2 OR NOT (c == 3 AND NOT d == 4)")]
    [InlineData("NOT (NOT a==1) AND (b==1 AND c==1)", "NOT (NOT a == 1) AND (b == 1 AND c == 1)")]
    [InlineData("(a==1 AND b==1) AND c==1", "a == 1 AND b == 1 AND c == 1")]
    public void A_rule_is_written_canonically(string text, string canonical)
    {
        string written = ARule.Trait(text).ToString();

        Assert.Equal(canonical, written);
        Assert.Equal(canonical, ARule.Trait(written).ToString());
    }

    [Theory]
    [InlineData("", RuleProblemKind.EmptyRule, 1, 1)]
    [InlineData(" \n ", RuleProblemKind.EmptyRule, 2, 2)]
    [InlineData("a", RuleProblemKind.MissingOperator, 1, 2)]
    [InlineData("a ==", RuleProblemKind.MissingValue, 1, 5)]
    [InlineData("a == AND b == 1", RuleProblemKind.MissingValue, 1, 6)]
    [InlineData("== 1", RuleProblemKind.MissingKey, 1, 1)]
    [InlineData("contains \"x\"", RuleProblemKind.MissingKey, 1, 1)]
    [InlineData("\"\" == 1", RuleProblemKind.MissingKey, 1, 1)]
    [InlineData("a \"x\"", RuleProblemKind.MissingOperator, 1, 3)]
    [InlineData("123 == 1", RuleProblemKind.BadKey, 1, 1)]
    [InlineData("price!123 == 1", RuleProblemKind.UnexpectedCharacter, 1, 6)]
    [InlineData("é == 1", RuleProblemKind.UnexpectedCharacter, 1, 1)]
    [InlineData("a = 1", RuleProblemKind.UnexpectedCharacter, 1, 3)]
    [InlineData("a == 'x'", RuleProblemKind.UnexpectedCharacter, 1, 6)]
    [InlineData("a == 1 && b == 1", RuleProblemKind.UnexpectedCharacter, 1, 8)]
    [InlineData("a == \"\0\"", RuleProblemKind.UnexpectedCharacter, 1, 6)]
    [InlineData("a == \"x", RuleProblemKind.UnterminatedString, 1, 6)]
    [InlineData("a == \"x\"\"", RuleProblemKind.UnterminatedString, 1, 6)]
    [InlineData("a == 1 b == 1", RuleProblemKind.UnexpectedToken, 1, 8)]
    [InlineData("a == 1 AND", RuleProblemKind.UnexpectedToken, 1, 11)]
    [InlineData("AND a == 1", RuleProblemKind.UnexpectedToken, 1, 1)]
    [InlineData("NOT NOT a == 1", RuleProblemKind.UnexpectedToken, 1, 5)]
    [InlineData("()", RuleProblemKind.UnexpectedToken, 1, 2)]
    [InlineData("a == 1 AND\r\n(b == 1", RuleProblemKind.UnbalancedParenthesis, 2, 1)]
    [InlineData("a == 1)", RuleProblemKind.UnbalancedParenthesis, 1, 7)]
    [InlineData("a > x", RuleProblemKind.NotNumeric, 1, 5)]
    [InlineData("a <= \"1e3\"", RuleProblemKind.NotNumeric, 1, 6)]
    [InlineData("a contains \"\"", RuleProblemKind.MissingValue, 1, 12)]
    [InlineData("a matcheswords \"!?\"", RuleProblemKind.MissingValue, 1, 16)]
    [InlineData("a matchesregex \"(\"", RuleProblemKind.BadPattern, 1, 16)]
    [InlineData("1T", RuleProblemKind.MissingOperator, 1, 3)]
    public void A_wrong_rule_is_refused_with_its_place(string text, RuleProblemKind kind, int line, int column)
    {
        var problem = ARule.TraitProblems(text)[0];

        Assert.Equal((kind, line, column), (problem.Kind, problem.Line, problem.Column));
        Assert.EndsWith(".", problem.Sentence, StringComparison.Ordinal);
        Assert.StartsWith($"line {line}, column {column}: ", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_problem_says_what_stands_there_and_what_was_expected()
    {
        var problem = ARule.TraitProblems("a ~= 1").Single();
        Assert.Equal(("~", "The character '~' can only stand between double quotes."), (problem.Found, problem.Sentence));

        problem = ARule.TraitProblems("a 1").Single();
        Assert.Equal("1", problem.Found);
        Assert.Contains("==", problem.Expected);
        Assert.Contains("matchesregex", problem.Expected);

        problem = ARule.TraitProblems("(a == 1").Single();
        Assert.Equal([")"], problem.Expected);

        problem = ARule.TraitProblems("a == 1 AND ").Single();
        Assert.Equal("Expected a key, ( or NOT, found the end of the rule.", problem.Sentence);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once_and_nothing_is_said_twice()
    {
        var problems = ARule.TraitProblems("a > x AND (== 1 OR b) AND 12 == 3 AND c == (d == 1 AND e) OR f contains \"\"");

        Assert.Equal(
            [
                RuleProblemKind.NotNumeric, RuleProblemKind.MissingKey, RuleProblemKind.MissingOperator, RuleProblemKind.BadKey, RuleProblemKind.MissingValue,
                RuleProblemKind.MissingValue,
            ],
            problems.Select(one => one.Kind));
        Assert.Equal(problems.Select(one => one.Place.Start).Order(), problems.Select(one => one.Place.Start));
    }

    [Fact]
    public void Reserved_keys_and_rules_that_need_no_signal_are_warned_of_only()
    {
        var reserved = ARule.Trait("d_rs == 1 OR D_DST_FILTER == 1");
        Assert.Equal([RuleProblemKind.ReservedKey, RuleProblemKind.ReservedKey], reserved.Warnings.Select(one => one.Kind));
        Assert.False(reserved.IsTrueWithoutSignals);

        var negative = ARule.Trait("NOT a == 1");
        Assert.Equal(RuleProblemKind.TrueForEveryCall, negative.Warnings.Single().Kind);
        Assert.True(negative.IsTrueWithoutSignals);
        Assert.Empty(ARule.Trait("c_x == 1").Warnings);
    }

    [Fact]
    public void The_keys_of_a_rule_are_listed_once_in_their_order() =>
        Assert.Equal(["b", "a", "\"q"], ARule.Trait("b==1 AND (a==1 OR B==2) AND NOT \"\"\"q\" == 1").Keys);
}
