using Sluice.Profiles.Rules.Evaluate;

namespace Sluice.Tests.Profiles;

/// <summary>When a segment rule holds for a profile (the table of section 4.2 of the audience contract).</summary>
public sealed class SegmentEvaluationTests
{
    [Theory]
    [InlineData("1T", true)]
    [InlineData("4T", false)]
    [InlineData("1T AND 2T", true)]
    [InlineData("1T AND NOT 4T", true)]
    [InlineData("1T AND NOT (4T OR 2T)", false)]
    [InlineData("4T OR 1T AND 4T", false)]
    [InlineData("frequency([1T]) >= 3", true)]
    [InlineData("frequency([1T]) >= 4", false)]
    [InlineData("frequency([1T,2T]) == 5", true)]
    [InlineData("frequency([1T OR 1T]) == 3", true)]
    [InlineData("frequency([1T]) <= 3 AND 1T", true)]
    [InlineData("frequency([1T]) <= 2 AND 1T", false)]
    [InlineData("frequency([2T] <= 10D) == 2", true)]
    [InlineData("frequency([2T] <= 9D) == 1", true)]
    [InlineData("frequency([2T] <= 1D) >= 1", false)]
    [InlineData("frequency([2T] >= 10D) == 1", true)]
    [InlineData("frequency([2T] >= 2D) == 2", true)]
    [InlineData("frequency([2T] >= 11D) >= 1", false)]
    public void A_term_counts_what_the_profile_holds(string rule, bool expected)
    {
        var profile = new AProfile().With(1, times: 3).With(2, times: 1, daysAgo: 2).With(2, times: 1, daysAgo: 10);

        Assert.Equal(expected, ARule.Segment(rule).Compile().IsTrue(profile, AProfile.Now));
    }

    [Fact]
    public void The_day_of_the_cut_off_counts_on_both_sides_at_any_hour()
    {
        var profile = new AProfile().With(1, daysAgo: 5);
        var (since, until) = (ARule.Segment("frequency([1T] <= 5D) >= 1").Compile(), ARule.Segment("frequency([1T] >= 5D) >= 1").Compile());
        var midnight = new DateTimeOffset(AProfile.Now.Date, TimeSpan.Zero);

        foreach (var now in new[] { midnight, AProfile.Now, midnight.AddDays(1).AddMilliseconds(-1) })
            Assert.True(since.IsTrue(profile, now) && until.IsTrue(profile, now));
        Assert.False(since.IsTrue(profile, midnight.AddDays(1)));
        Assert.False(until.IsTrue(profile, midnight.AddMilliseconds(-1)));
    }

    [Fact]
    public void An_explanation_gives_every_term_its_outcome_and_its_count()
    {
        var profile = new AProfile().With(5001, times: 1, daysAgo: 1).With(5003);

        var explanation = ARule.Segment("frequency([5001T,5002T] <= 5D) >= 2 AND NOT 5003T").Compile().Explain(profile, AProfile.Now);

        Assert.False(explanation.IsTrue);
        Assert.Equal(
            [("frequency([5001T,5002T] <= 5D) >= 2", false, 1L), ("5003T", true, (long?)null)],
            explanation.Terms.Select(one => (one.Text, one.IsTrue, one.Count)));
    }

    [Fact]
    public void Random_rules_hold_exactly_when_their_explanations_say_so()
    {
        var random = new Random(3);
        for (int round = 0; round < 2_000; round++)
        {
            var rule = new CompiledSegmentRule(ARule.RandomSegmentTree(random));
            var profile = new AProfile();
            for (int sid = 1; sid < 30; sid++)
                profile.With(sid, random.Next(3), random.Next(300));

            Assert.Equal(rule.Explain(profile, AProfile.Now).IsTrue, rule.IsTrue(profile, AProfile.Now));
        }
    }

    [Fact]
    public void Evaluating_allocates_nothing()
    {
        var rule = ARule.Segment("1T AND (frequency([2T,3T] <= 5D) >= 9 OR frequency([2T]) == 0 OR NOT 4T)").Compile();
        var profile = new HoldsOnlyOne();
        Assert.True(rule.IsTrue(profile, AProfile.Now));

        Assert.Equal(0, ARule.LeastAllocation(() => rule.IsTrue(profile, AProfile.Now)));
    }

    private sealed class HoldsOnlyOne : IProfileView
    {
        public bool Holds(long sid) => sid == 1;

        public long Realizations(long sid) => sid;

        public long RealizationsSince(long sid, int day) => sid;

        public long RealizationsUntil(long sid, int day) => sid;
    }
}
