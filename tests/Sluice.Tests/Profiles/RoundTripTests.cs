using System.Text;
using System.Text.Json.Nodes;
using Sluice.Profiles.Rules;
using Sluice.Profiles.Rules.Text;
using Sluice.Profiles.Rules.Tree;

namespace Sluice.Tests.Profiles;

/// <summary>A rule survives being written, as text and as an expression tree, and read again.</summary>
public sealed class RoundTripTests
{
    private const int Rounds = 5_000;

    [Fact]
    public void Any_tree_comes_back_from_its_canonical_text()
    {
        var random = new Random(5);
        for (int round = 0; round < Rounds; round++)
        {
            var (trait, segment) = (ARule.RandomTraitTree(random), ARule.RandomSegmentTree(random));
            var (traitText, segmentText) = (RulePrinter.Print(trait), RulePrinter.Print(segment));

            var (readTrait, readSegment) = (new TraitRuleParser(traitText).ParseWhole(), new SegmentRuleParser(segmentText, traits: null).ParseWhole());

            Assert.Equal(ARule.Shape(trait), ARule.Shape(readTrait!));
            Assert.Equal(ARule.Shape(segment), ARule.Shape(readSegment!));
            Assert.Equal(traitText, RulePrinter.Print(readTrait!));
            Assert.Equal(segmentText, RulePrinter.Print(readSegment!));
        }
    }

    [Fact]
    public void Any_rule_comes_back_from_its_expression_tree()
    {
        var random = new Random(6);
        int segments = 0;
        for (int round = 0; round < Rounds; round++)
        {
            var trait = ARule.Trait(RulePrinter.Print(ARule.RandomTraitTree(random)));
            Assert.True(TraitRule.TryReadExpressionTree(trait.WriteExpressionTree(), out var readTrait, out var problems), string.Join(';', problems));
            Assert.Equal(ARule.Shape(trait.Root), ARule.Shape(readTrait.Root));

            if (!SegmentRule.TryParse(RulePrinter.Print(ARule.RandomSegmentTree(random)), out var segment, out _))
                continue; // it would hold for everyone
            segments++;
            Assert.True(SegmentRule.TryReadExpressionTree(segment.WriteExpressionTree(), out var readSegment, out problems), string.Join(';', problems));
            Assert.Equal(ARule.Shape(segment.Root), ARule.Shape(readSegment.Root));
        }

        Assert.True(segments > Rounds / 4);
    }

    [Fact]
    public void Every_place_in_a_tree_is_that_of_its_text()
    {
        const string text = " ( a == 1 OR \"b\"==\"x\" )  AND NOT (c > 2 AND d != 3) ";

        var root = (RuleNode.Join)ARule.Trait(text).Root;

        Assert.Equal(
            ["a == 1 OR \"b\"==\"x\" )  AND NOT (c > 2 AND d != 3", "a == 1 OR \"b\"==\"x\"", "NOT (c > 2 AND d != 3"],
            new[] { root, root.Operands[0], root.Operands[1] }.Select(node => text.Substring(node.Place.Start, node.Place.Length)));
        Assert.Equal(["a == 1", "\"b\"==\"x\"", "c > 2", "d != 3"], TreeShape.Terms(root).Select(term => text.Substring(term.Place.Start, term.Place.Length)));
    }

    [Fact]
    public void The_golden_segment_has_the_golden_expression_tree() => Assert.Equal(
        """{"expressionName":"and","expr1":{"expressionName":">=","value":2,"frequency":{"list":[5001,5002],"op":"<=","value":5,"units":"D"}},"expr2":{"expressionName":"not","expr":{"sid":5003}}}""",
        Encoding.UTF8.GetString(ARule.Segment("frequency([5001T,5002T] <= 5D) >= 2 AND NOT 5003T").WriteExpressionTree()));

    [Theory]
    [InlineData("c_x == \"1\"", """{"name":"c_x","value":"1","expressionName":"=="}""")]
    [InlineData("c_x == 1", """{"name":"c_x","value":"1","expressionName":"==","bare":true}""")]
    [InlineData("a contains \"<é\"\"\"", """{"name":"a","value":"<é\"","expressionName":"contains"}""")]
    [InlineData("NOT a == b", """{"expressionName":"not","expr":{"name":"a","value":"b","expressionName":"=="}}""")]
    public void A_test_is_a_leaf_of_the_expression_tree(string rule, string json) =>
        Assert.Equal(json, Encoding.UTF8.GetString(ARule.Trait(rule).WriteExpressionTree()));

    [Fact]
    public void Three_operands_are_pairs_from_the_left_and_a_frequency_without_recency_has_no_op() => Assert.Equal(
        """{"expressionName":"or","expr1":{"expressionName":"or","expr1":{"sid":1},"expr2":{"sid":2}},"expr2":{"expressionName":"==","value":3,"frequency":{"list":[4]}}}""",
        Encoding.UTF8.GetString(ARule.Segment("1T OR 2T OR frequency([4T]) == 3").WriteExpressionTree()));

    [Fact]
    public void Hidden_traits_are_masked()
    {
        byte[] json = ARule.Segment("1T AND frequency([2T,3T]) >= 1").WriteExpressionTree(sid => sid != 3);

        Assert.Equal(
            """{"expressionName":"and","expr1":{"sid":0},"expr2":{"expressionName":">=","value":1,"frequency":{"list":[0,3]}}}""", Encoding.UTF8.GetString(json));
    }

    [Fact]
    public void The_longest_rule_has_an_expression_tree_that_any_JSON_reader_can_read()
    {
        string text = string.Join(" OR ", Enumerable.Range(1, 5_000).Select(sid => $"{sid}T"));

        byte[] json = ARule.Segment(text).WriteExpressionTree();

        Assert.NotNull(JsonNode.Parse(json)); // the default depth of 64
        Assert.True(SegmentRule.TryReadExpressionTree(json, out var read, out _));
        Assert.Equal(text, read.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"sid":"5"}""")]
    [InlineData("""{"sid":0}""")]
    [InlineData("""{"sid":-1}""")]
    [InlineData("""{"sid":1.5}""")]
    [InlineData("""{"sid":1,"sid":2}""")]
    [InlineData("""{"expressionName":7}""")]
    [InlineData("""{"expressionName":"xor","expr1":{"sid":1},"expr2":{"sid":2}}""")]
    [InlineData("""{"expressionName":"and","expr1":{"sid":1}}""")]
    [InlineData("""{"expressionName":"not","expr":{"sid":1}}""")]
    [InlineData("""{"expressionName":">=","value":3,"frequency":[1]}""")]
    [InlineData("""{"expressionName":">=","value":3,"frequency":{"list":[]}}""")]
    [InlineData("""{"expressionName":">=","value":3,"frequency":{"list":["1"]}}""")]
    [InlineData("""{"expressionName":">=","value":3,"frequency":{"list":[1],"op":"<=","value":5,"units":"W"}}""")]
    [InlineData("""{"expressionName":">=","value":3,"frequency":{"list":[1],"op":"<","value":5,"units":"D"}}""")]
    [InlineData("""{"expressionName":"contains","value":3,"frequency":{"list":[1]}}""")]
    [InlineData("""{"expressionName":">=","value":99999999999,"frequency":{"list":[1]}}""")]
    [InlineData("""{"expressionName":"\ud800","value":1}""")]
    [InlineData("""{"name":"a","value":"1","expressionName":"=="}""")]
    public void What_is_no_expression_tree_of_a_segment_is_refused(string json)
    {
        Assert.False(SegmentRule.TryReadExpressionTree(Encoding.UTF8.GetBytes(json), out _, out var problems));
        Assert.NotEmpty(problems);
    }

    [Fact]
    public void An_expression_tree_that_nests_too_deep_is_refused()
    {
        string[] openings = ["{\"expressionName\":\"not\",\"expr\":", "{\"expressionName\":\"or\",\"expr2\":{\"sid\":1},\"expr1\":{\"expressionName\":\"not\",\"expr\":", "["];
        foreach (string opening in openings)
        {
            string json = string.Concat(Enumerable.Repeat(opening, 30_000));

            Assert.False(SegmentRule.TryReadExpressionTree(Encoding.UTF8.GetBytes(json), out _, out var problems));
            Assert.NotEmpty(problems);
        }

        string closed = string.Concat(Enumerable.Repeat(openings[0], 4_000)) + "{\"sid\":1}" + new string('}', 4_000);
        Assert.False(SegmentRule.TryReadExpressionTree(Encoding.UTF8.GetBytes(closed), out _, out var deep));
        Assert.Equal(RuleProblemKind.BadExpressionTree, deep.Single().Kind);
    }
}
