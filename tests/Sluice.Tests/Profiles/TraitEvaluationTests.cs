using Sluice.Profiles.Rules;

namespace Sluice.Tests.Profiles;

/// <summary>When a trait rule holds (the table of section 4.1 of the audience contract).</summary>
public sealed class TraitEvaluationTests
{
    [Theory]
    [InlineData("k == 2", true, "k=1", "k=2")]
    [InlineData("k != 2", true, "k=1", "k=2")]
    [InlineData("k != 2", false, "k=2", "k=2")]
    [InlineData("NOT k == 2", false, "k=1", "k=2")]
    [InlineData("k > 1 AND k < 1", true, "k=0", "k=2")]
    public void One_value_of_several_is_enough(string rule, bool expected, params string[] signals) => Assert.Equal(expected, ARule.Holds(rule, signals));

    [Theory]
    [InlineData("a == 1")]
    [InlineData("a != 1")]
    [InlineData("a < 1")]
    [InlineData("a contains x")]
    [InlineData("a matchesregex \".*\"")]
    public void No_comparison_holds_without_its_key(string rule) => Assert.False(ARule.Holds(rule, "b=1"));

    [Theory]
    [InlineData("k == 12", "12.0", true)]
    [InlineData("k == 12", " +12 ", true)]
    [InlineData("k == 012", "12", true)]
    [InlineData("k == 0", "-0.00", true)]
    [InlineData("k == \"12\"", "12.0", false)]
    [InlineData("k == \"12\"", "12", true)]
    [InlineData("k == 12", "12x", false)]
    [InlineData("k == 12", "1e1", false)]
    [InlineData("k != 12", "12.0", false)]
    [InlineData("k != \"12\"", "12.0", true)]
    [InlineData("k == 123456789012345678901234567890.1", "123456789012345678901234567890.10", true)]
    [InlineData("k == 123456789012345678901234567890.1", "123456789012345678901234567890.2", false)]
    public void Equality_is_of_text_and_with_a_bare_number_of_numbers_too(string rule, string value, bool expected) =>
        Assert.Equal(expected, ARule.Holds(rule, "k=" + value));

    [Theory]
    [InlineData("k < 10", "9.99", true)]
    [InlineData("k < 10", "10", false)]
    [InlineData("k <= 10", "10.000", true)]
    [InlineData("k > -2", "-1", true)]
    [InlineData("k > -2", "-3", false)]
    [InlineData("k < -2", "-10", true)]
    [InlineData("k < 1", "-1", true)]
    [InlineData("k > 9", "10", true)]
    [InlineData("k > \"0.5\"", ".75", true)]
    [InlineData("k > 0.1", "0.09", false)]
    [InlineData("k > 1", "1,5", false)]
    [InlineData("k > 1", "", false)]
    [InlineData("k > 1", ".", false)]
    [InlineData("k > 1", "NaN", false)]
    [InlineData("k > 1", "٣", false)]
    [InlineData("k > 99999999999999999999999999999", "100000000000000000000000000000", true)]
    public void Order_is_of_decimal_numbers(string rule, string value, bool expected) => Assert.Equal(expected, ARule.Holds(rule, "k=" + value));

    [Theory]
    [InlineData("k contains \"OO\"", "shoe boot", true)]
    [InlineData("k startswith sho", "Shoe", true)]
    [InlineData("k startswith oe", "shoe", false)]
    [InlineData("k endswith É", "café", true)]
    [InlineData("k endswith ho", "shoe", false)]
    public void Parts_of_text_are_found(string rule, string value, bool expected) => Assert.Equal(expected, ARule.Holds(rule.Replace("É", "\"É\"", StringComparison.Ordinal), "k=" + value));

    [Theory]
    [InlineData("red shoe", "a RED, big shoe!", true)]
    [InlineData("red shoe", "shoe red", false)]
    [InlineData("red shoe", "red shoes", false)]
    [InlineData("red shoe", "infrared shoe", false)]
    [InlineData("red red", "red", false)]
    [InlineData("café", "le café-bar", true)]
    [InlineData("caf", "le café-bar", false)]
    [InlineData("a_b", "a b", false)]
    public void Words_match_whole_and_in_order(string words, string value, bool expected) =>
        Assert.Equal(expected, ARule.Holds($"k matcheswords \"{words}\"", "k=" + value));

    [Fact]
    public void A_regular_expression_is_found_anywhere_and_tells_case_apart()
    {
        Assert.True(ARule.Holds("k matchesregex \"o+t\"", "k=a boot here"));
        Assert.False(ARule.Holds("k matchesregex \"^o+t$\"", "k=a boot here"));
        Assert.False(ARule.Holds("k matchesregex \"BOOT\"", "k=a boot here"));
        Assert.True(ARule.Holds("k matchesregex \"(?i)BOOT\"", "k=a boot here"));
    }

    [Theory]
    [InlineData("C_Make == \"bmw\"", true, false)]
    [InlineData("c_make == \"bmw\"", true, false)]
    [InlineData("c_make == \"BMW\"", true, true)]
    [InlineData("c_make contains \"m\"", true, false)]
    [InlineData("c_make matcheswords \"bmw\"", true, false)]
    [InlineData("c_make matchesregex \"bmw\"", false, false)]
    public void Case_counts_in_keys_and_text_when_the_account_says_so(string rule, bool ignored, bool distinguished)
    {
        var signals = ARule.Signals("C_MAKE=X", "c_make=BMW");

        Assert.Equal(ignored, ARule.Trait(rule).Compile(TextCase.Ignored).IsTrue(signals));
        Assert.Equal(distinguished, ARule.Trait(rule).Compile(TextCase.Distinguished).IsTrue(signals));
    }

    [Fact]
    public void An_explanation_gives_the_outcome_of_every_comparison_in_its_order()
    {
        const string text = "a == 1 OR (b == 2 AND c > 3)";

        var explanation = ARule.Trait(text).Compile(TextCase.Ignored).Explain(ARule.Signals("a=1", "c=3"));

        Assert.True(explanation.IsTrue);
        Assert.Equal(
            [("a == 1", true, true), ("b == 2", false, false), ("c > 3", false, true)],
            explanation.Comparisons.Select(one => (one.Text, one.IsTrue, one.HasKey)));
        Assert.Equal(["a == 1", "b == 2", "c > 3"], explanation.Comparisons.Select(one => text.Substring(one.Place.Start, one.Place.Length)));
    }

    [Fact]
    public void A_search_that_takes_too_long_finds_nothing_and_is_counted()
    {
        var rule = ARule.Trait("k matchesregex \"^(a|aa)+(?!b)$\"").Compile(TextCase.Ignored);
        var signals = ARule.Signals("k=" + new string('a', 100) + "!");

        bool isTrue = rule.IsTrue(signals);
        var explanation = rule.Explain(signals);

        Assert.False(isTrue);
        Assert.True(explanation.Comparisons.Single().GaveUp);
        Assert.Equal(2, rule.SearchesGivenUp);
    }

    [Fact]
    public void Random_rules_hold_exactly_when_their_explanations_say_so()
    {
        var random = new Random(11);
        string[] keys = ["a", "c_make", "AND", "two words", "123"];
        int held = 0;
        for (int round = 0; round < 2_000; round++)
        {
            var rule = ARule.Trait(Sluice.Profiles.Rules.Text.RulePrinter.Print(ARule.RandomTraitTree(random)));
            var signals = ARule.Signals([.. keys.Where(_ => random.Next(2) == 0).Select(key => $"{key}={random.Next(3)}")]);
            var compiled = rule.Compile(TextCase.Ignored);

            bool isTrue = compiled.IsTrue(signals);

            var explanation = compiled.Explain(signals);
            var outcomes = new Queue<bool>(explanation.Comparisons.Select(one => one.IsTrue));
            Assert.Equal(isTrue, explanation.IsTrue);
            Assert.Equal(isTrue, ByTree(rule.Root, outcomes));
            held += isTrue ? 1 : 0;
        }

        Assert.InRange(held, 200, 1_800);
    }

    [Fact]
    public void Evaluating_allocates_nothing_where_no_regular_expression_is_searched()
    {
        var rule = ARule.Trait(
            "a == 2 OR a == 01.0 AND b contains \"EE\" AND NOT (missing == 1 OR c > 99) AND c matcheswords \"red shoe\" AND c endswith SHOE").Compile(TextCase.Ignored);
        var signals = ARule.Signals("a=x", "A=1", "b=been", "c=a red shoe");
        Assert.True(rule.IsTrue(signals));

        Assert.Equal(0, ARule.LeastAllocation(() => rule.IsTrue(signals)));
    }

    // The outcomes of the terms, from left to right, put together as the tree says.
    private static bool ByTree(Sluice.Profiles.Rules.Tree.RuleNode node, Queue<bool> outcomes) => node switch
    {
        Sluice.Profiles.Rules.Tree.RuleNode.Not not => !ByTree(not.Operand, outcomes),
        Sluice.Profiles.Rules.Tree.RuleNode.Join join => join.Operands.Select(one => ByTree(one, outcomes)).ToList() is var all && (join.IsAnd ? all.All(one => one) : all.Any(one => one)),
        _ => outcomes.Dequeue(),
    };
}
