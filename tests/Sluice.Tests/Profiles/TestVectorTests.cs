using Sluice.Profiles.Rules;

namespace Sluice.Tests.Profiles;

/// <summary>Every row of section 4.3 of the audience contract.</summary>
public sealed class TestVectorTests
{
    [Theory]
    [InlineData("""(c_make=="A") AND (c_model=="B") AND (c_search=="1")""", true, "c_make=A", "c_model=B", "c_search=1")]
    [InlineData("""(c_make=="A") AND (c_model=="B") AND (c_search=="1")""", false, "c_make=A", "c_model=B")]
    [InlineData("""(a=="1" OR b=="1") AND (c=="new")""", true, "b=1", "c=new")]
    [InlineData("""(a=="1" OR b=="1") AND (c=="new")""", false, "b=1")]
    [InlineData("price >= 1.00 AND price <= 100.00", true, "price=100")]
    [InlineData("price >= 1.00 AND price <= 100.00", false, "price=abc")]
    [InlineData("v==1 AND NOT (a==23)", true, "v=1")]
    [InlineData("v==1 AND NOT (a==23)", false, "v=1", "a=23")]
    [InlineData("v==1 AND a!=23", false, "v=1")]
    [InlineData("v==1 AND a!=23", true, "v=1", "a=5")]
    [InlineData("p_age < 25", true, "p_age=23")]
    public void A_trait_rule_of_the_contract_gives_its_result(string rule, bool expected, params string[] signals) =>
        Assert.Equal(expected, ARule.Holds(rule, signals));

    [Fact]
    public void What_is_said_of_a_private_key_never_holds_its_value()
    {
        var explanation = ARule.Trait("p_age < 25").Compile(TextCase.Ignored).Explain(ARule.Signals("p_age=23.125"));

        Assert.True(explanation.IsTrue);
        Assert.DoesNotContain("23.125", explanation.Comparisons.Single().ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 1, true)]
    [InlineData(6, 6, false)]
    public void Realizations_count_while_they_are_recent(int daysAgoOfOne, int daysAgoOfTwo, bool expected)
    {
        var profile = new AProfile().With(1, times: 2, daysAgoOfOne).With(2, times: 1, daysAgoOfTwo);

        Assert.Equal(expected, ARule.Segment("frequency([1T,2T] <= 5D) >= 3").Compile().IsTrue(profile, AProfile.Now));
    }

    [Fact]
    public void Devices_of_one_graph_qualify_together()
    {
        var rule = ARule.Segment("frequency([8T]) >= 8").Compile();
        var (first, second) = (new AProfile().With(8, times: 3), new AProfile().With(8, times: 5));

        Assert.False(rule.IsTrue(first, AProfile.Now));
        Assert.False(rule.IsTrue(second, AProfile.Now));
        Assert.True(rule.IsTrue(AProfile.Merged(first, second), AProfile.Now));
    }
}
