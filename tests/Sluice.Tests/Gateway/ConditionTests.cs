using Sluice.Gateway.Conditions;
using Sluice.Gateway.Flow;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>The condition language (contract gateway.md 4): what holds, and what is said of one that cannot be read.</summary>
public sealed class ConditionTests
{
    [Theory]
    [InlineData("a = \"x\"", true)]
    [InlineData("a == \"x\"", true)]
    [InlineData("a Equals \"x\"", true)]
    [InlineData("a IS \"x\"", true)]
    [InlineData("a =\"X\"", false)]
    [InlineData("a := \"X\"", true)]
    [InlineData("a EqualsCaseInsensitive \"X\"", true)]
    [InlineData("a != \"y\"", true)]
    [InlineData("a IsNot \"x\"", false)]
    [InlineData("a is not \"x\"", false)]
    [InlineData("status = 404", true)]
    [InlineData("status = \"404\"", true)]
    [InlineData("status >= 400 and status < 500", true)]
    [InlineData("status GreaterThanOrEquals 405", false)]
    [InlineData("status LesserThan 405", true)]
    [InlineData("status LesserThanOrEquals 404", true)]
    [InlineData("status > 403L", true)]
    [InlineData("status > 403.5", true)]
    [InlineData("nine > \"10\"", true)] // texts, sign by sign
    [InlineData("yes", true)]
    [InlineData("!yes", false)]
    [InlineData("not (a = \"y\")", true)]
    [InlineData("yes = \"true\"", true)]
    [InlineData("yes = true", true)]
    [InlineData("yesText", true)]
    [InlineData("a", false)]
    [InlineData("nothing", false)]
    [InlineData("a =| \"x\"", true)]
    [InlineData("long StartsWith \"abc\"", true)]
    [InlineData("long !StartsWith \"abc\"", false)]
    [InlineData("long not StartsWith \"b\"", true)]
    [InlineData("long ~ \"a*f\"", true)]
    [InlineData("long Matches \"abc\"", false)]
    [InlineData("long Like \"*cd*\"", true)]
    [InlineData("long ~~ \"[a-f]+\"", true)]
    [InlineData("long JavaRegex \"[a-c]+\"", false)]
    [InlineData("path ~/ \"/x/*\"", true)]
    [InlineData("path MatchesPath \"/x/**\"", true)]
    [InlineData("path /~ \"/x/*\"", true)]
    [InlineData("path !MatchesPath \"/y/**\"", true)]
    [InlineData("a = b", true)]
    [InlineData("'request.header.help!me' = null", true)]
    [InlineData("(a = \"y\") or (a = \"x\") and (status = 1)", false)] // and binds closer
    [InlineData("(a = \"x\") or (a = \"y\") and (status = 1)", true)]
    [InlineData("a = \"x\" && status = 404 || nothing", true)]
    [Contract("gateway 4.1", "gateway 4.2", "gateway 4.3")]
    public void A_condition_holds_as_the_language_says(string text, bool expected)
    {
        var flow = Flow(("a", "x"), ("b", "x"), ("status", 404), ("nine", "9"), ("yes", true), ("yesText", "TRUE"), ("long", "abcdef"), ("path", "/x/y"));

        var condition = ConditionParser.Parse(text, out var fault);

        Assert.Null(fault);
        Assert.Equal(expected, condition!.IsTrue(flow));
    }

    // Operator; left null; right null; both null.
    [Theory]
    [InlineData("=", false, false, true)]
    [InlineData("!=", true, true, false)]
    [InlineData("=|", false, false, false)]
    [InlineData(">", true, false, false)]
    [InlineData(">=", false, true, true)]
    [InlineData("<", true, false, false)]
    [InlineData("<=", false, true, true)]
    [Contract("gateway 4.3")]
    public void Null_is_compared_by_its_table(string sign, bool leftNull, bool rightNull, bool bothNull)
    {
        var flow = Flow(("some", "x"));

        Assert.Equal(leftNull, Ask($"none {sign} some", flow));
        Assert.Equal(rightNull, Ask($"some {sign} none", flow));
        Assert.Equal(bothNull, Ask($"none {sign} missing", flow));
    }

    [Theory]
    [InlineData("~", false)]
    [InlineData("~~", false)]
    [InlineData("~/", false)]
    [InlineData("!~", true)]
    [Contract("gateway 4.3")]
    public void A_pattern_does_not_match_what_is_not_set(string sign, bool expected) => Assert.Equal(expected, Ask($"none {sign} \".*\"", Flow()));

    [Theory]
    [InlineData("/*/a/", "/x/a/", true)]
    [InlineData("/*/a/", "/x/a", false)]
    [InlineData("/*/a/*", "/x/a/b", true)]
    [InlineData("/*/a/*", "/x/a/b/c", false)]
    [InlineData("/*/a/**", "/x/a/b/c/d", true)]
    [InlineData("/a/**/feed/**", "/a/b/feed/rss/1234", true)]
    [InlineData("/a/**/feed/**", "/a/feed/rss", false)]
    [InlineData("/a/**", "/a", false)]
    [InlineData("/a/**", "/a/", false)]
    [InlineData("/a/*", "/a/b/", true)] // one trailing slash is left out of account
    [InlineData("/claims/{id}", "/claims/17", true)]
    [InlineData("/claims/{id}", "/claims/17/parts", false)]
    [InlineData("/%{user%}", "/{user}", true)]
    [InlineData("/%{user%}", "/x", false)]
    [InlineData("/", "", true)]
    [InlineData("/", "/", true)]
    [InlineData("/", "/x", false)]
    [InlineData("/{version}/profile/{profile.id}/products**", "/v1/profile/7/products", true)]
    [InlineData("/{version}/profile/{profile.id}/products**", "/v1/profile/7/products/8", true)]
    [InlineData("/A", "/a", false)]
    [Contract("gateway 4.4")]
    public void A_path_matches_a_pattern_segment_by_segment(string pattern, string path, bool expected) =>
        Assert.Equal(expected, Ask($"path MatchesPath \"{pattern}\"", Flow(("path", path))));

    [Theory]
    [InlineData("a === \"x\"", 2)]
    [InlineData("a = ", 4)]
    [InlineData("= \"x\"", 0)]
    [InlineData("(a = \"x\"", 8)]
    [InlineData("a = \"x\" b", 8)]
    [InlineData("a = \"x", 4)]
    [InlineData("\"x\" = a", 0)]
    [InlineData("a ~ b", 4)]
    [InlineData("a ~~ \"(\"", 5)]
    [InlineData("a and", 5)]
    [InlineData("a LikeRegex \"x\"", 2)]
    [InlineData("a # b", 2)]
    [InlineData("", 0)]
    [Contract("gateway 4.2")]
    public void What_cannot_be_read_is_refused_with_its_place(string text, int position)
    {
        var condition = ConditionParser.Parse(text, out var fault);

        Assert.Null(condition);
        Assert.Equal(position, fault!.Position);
    }

    [Fact]
    public void A_condition_that_nests_too_deep_is_refused()
    {
        var condition = ConditionParser.Parse(new string('(', 5_000) + "a" + new string(')', 5_000), out var fault);

        Assert.Null(condition);
        Assert.Contains("deep", fault!.Text);
    }

    [Fact]
    public void Any_text_is_a_condition_or_a_fault()
    {
        var random = new Random(7);
        string[] pieces = ["a", "b.c", "\"x\"", "'q!'", "12", "-3.5f", "(", ")", "!", "not", "and", "or", "||", "&&", "=", "==", "=|", ":=", "~", "~~", "~/", "/~", "<", ">=", "is", "null", "true", "%", "\"", "'", " ", "\u00e9", "9x"];
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)] + (random.Next(2) == 0 ? " " : "")));

            var condition = ConditionParser.Parse(text, out var fault);

            Assert.True(condition is null != fault is null, text);
            condition?.IsTrue(Flow());
        }
    }

    internal static FlowContext Flow(params (string Name, object Value)[] variables)
    {
        var flow = new FlowContext();
        foreach (var (name, value) in variables)
            flow.SetOwn(name, value);
        return flow;
    }

    private static bool Ask(string text, FlowContext flow) => ConditionParser.Parse(text, out _)!.IsTrue(flow);
}
