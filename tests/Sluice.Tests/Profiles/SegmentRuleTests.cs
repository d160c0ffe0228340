using Sluice.Profiles.Rules;

namespace Sluice.Tests.Profiles;

/// <summary>The grammar and the errors of segment rules (audience contract, section 4.2).</summary>
public sealed class SegmentRuleTests
{
    [Theory]
    [InlineData("(1T OR 2T) AND NOT 3T", "(1T OR 2T) AND NOT 3T")]
    [InlineData("FREQUENCY([1T OR 2T,3T]<=5D)>=3", "frequency([1T,2T,3T] <= 5D) >= 3")]
    [InlineData("Frequency ( [ 1T ] => 30D ) == 2 and 007T", "frequency([1T] >= 30D) == 2 AND 7T")]
    [InlineData("frequency([1000T]) >= 1 AND frequency([1000T]) <= 5", "frequency([1000T]) >= 1 AND frequency([1000T]) <= 5")]
    [InlineData("frequency([1000T]) <= 5 AND 7T", "frequency([1000T]) <= 5 AND 7T")]
    public void A_rule_is_written_canonically(string text, string canonical)
    {
        string written = ARule.Segment(text).ToString();

        Assert.Equal(canonical, written);
        Assert.Equal(canonical, ARule.Segment(written).ToString());
    }

    [Theory]
    [InlineData("", RuleProblemKind.EmptyRule, 1)]
    [InlineData("1", RuleProblemKind.UnexpectedToken, 1)]
    [InlineData("1t", RuleProblemKind.UnexpectedToken, 1)]
    [InlineData("T", RuleProblemKind.UnexpectedToken, 1)]
    [InlineData("1T 2T", RuleProblemKind.UnexpectedToken, 4)]
    [InlineData("1T, 2T", RuleProblemKind.UnexpectedToken, 3)]
    [InlineData("\"1T\"", RuleProblemKind.UnexpectedToken, 1)]
    [InlineData("0T", RuleProblemKind.NumberOutOfRange, 1)]
    [InlineData("99999999999999999999T", RuleProblemKind.NumberOutOfRange, 1)]
    [InlineData("frequency", RuleProblemKind.UnexpectedToken, 10)]
    [InlineData("frequency([]) >= 1", RuleProblemKind.UnexpectedToken, 12)]
    [InlineData("frequency([1T 2T]) >= 1", RuleProblemKind.UnexpectedToken, 15)]
    [InlineData("frequency([1T AND 2T]) >= 1", RuleProblemKind.UnexpectedToken, 15)]
    [InlineData("frequency([1T,2T]D) >= 1", RuleProblemKind.UnexpectedToken, 18)]
    [InlineData("frequency([1T] < 5D) >= 1", RuleProblemKind.UnexpectedToken, 16)]
    [InlineData("frequency([1T] <= 5) >= 1", RuleProblemKind.UnexpectedToken, 19)]
    [InlineData("frequency([1T] <= 99999D) >= 1", RuleProblemKind.NumberOutOfRange, 19)]
    [InlineData("frequency([1T]) > 1", RuleProblemKind.UnexpectedToken, 17)]
    [InlineData("frequency([1T]) >= 1.5", RuleProblemKind.UnexpectedToken, 20)]
    [InlineData("frequency([1T]) >= 2147483648", RuleProblemKind.NumberOutOfRange, 20)]
    public void A_syntax_error_is_refused_with_its_place(string text, RuleProblemKind kind, int column)
    {
        var problem = ARule.SegmentProblems(text)[0];

        Assert.Equal((kind, 1, column), (problem.Kind, problem.Line, problem.Column));
    }

    [Theory]
    [InlineData(TraitKind.Unknown, RuleProblemKind.UnknownTrait)]
    [InlineData(TraitKind.Segment, RuleProblemKind.SegmentInRule)]
    [InlineData(TraitKind.NotSubscribed, RuleProblemKind.TraitNotSubscribed)]
    public void An_id_that_is_no_trait_of_the_account_is_refused_once(TraitKind kind, RuleProblemKind expected)
    {
        bool isValid = SegmentRule.TryParse("1T AND (2T OR 3T) AND frequency([2T]) >= 1", sid => new KnownTrait(sid == 2 ? kind : TraitKind.RuleBased), out _, out var problems);

        Assert.False(isValid);
        Assert.Equal((expected, 2L, 9), (problems.Single().Kind, problems.Single().Sid!.Value, problems.Single().Column));
    }

    [Fact]
    public void Traits_that_the_caller_may_not_see_or_use_are_told_apart()
    {
        bool isValid = SegmentRule.TryParse(
            "1T OR 2T OR 3T", sid => new KnownTrait(TraitKind.RuleBased, IsVisible: sid != 1, IsMappable: sid == 3), out _, out var problems);

        Assert.False(isValid);
        Assert.Equal([(RuleProblemKind.HiddenTrait, 1L), (RuleProblemKind.UnmappableTrait, 2L)], problems.Select(one => (one.Kind, one.Sid!.Value)));
    }

    [Theory]
    [InlineData("frequency([1T] <= 0D) >= 1", RuleProblemKind.RecencyNotPositive, 19)]
    [InlineData("frequency([1T] <= -5D) >= 1", RuleProblemKind.RecencyNotPositive, 19)]
    [InlineData("frequency([1T]) >= -1", RuleProblemKind.FrequencyNegative, 20)]
    public void Recency_is_positive_and_frequency_not_negative(string text, RuleProblemKind kind, int column)
    {
        var problem = ARule.SegmentProblems(text).Single();

        Assert.Equal((kind, column), (problem.Kind, problem.Column));
    }

    [Theory]
    [InlineData(TraitKind.Onboarded, false)]
    [InlineData(TraitKind.Algorithmic, false)]
    [InlineData(TraitKind.ThirdParty, false)]
    [InlineData(TraitKind.RuleBased, true)]
    [InlineData(TraitKind.Folder, true)]
    public void Only_rule_based_and_folder_traits_have_a_frequency(TraitKind kind, bool hasFrequency)
    {
        Assert.True(SegmentRule.TryParse("5T", _ => new KnownTrait(kind), out _, out _));

        bool isValid = SegmentRule.TryParse("5T AND frequency([5T,5T] <= 2D) >= 1", _ => new KnownTrait(kind), out _, out var problems);

        Assert.Equal(hasFrequency, isValid);
        if (!hasFrequency)
            Assert.Equal((RuleProblemKind.TraitWithoutFrequency, 19), (problems.Single().Kind, problems.Single().Column));
    }

    [Theory]
    [InlineData("frequency([1000T]) <= 5", false)]
    [InlineData("frequency([1000T]) >= 0", false)]
    [InlineData("frequency([1000T] <= 3D) == 0", false)]
    [InlineData("NOT 1T", false)]
    [InlineData("1T OR NOT 2T", false)]
    [InlineData("frequency([1000T]) >= 1 AND frequency([1000T]) <= 5", true)]
    [InlineData("frequency([1000T]) <= 5 AND 7T", true)]
    [InlineData("NOT (NOT 1T)", true)]
    public void A_rule_that_holds_without_any_trait_is_refused(string text, bool isValid)
    {
        Assert.Equal(isValid, SegmentRule.TryParse(text, out _, out var problems));
        if (!isValid)
            Assert.Equal(RuleProblemKind.TrueForEveryone, problems.Single().Kind);
    }

    [Fact]
    public void Five_thousand_different_traits_are_enough()
    {
        string most = string.Join(" OR ", Enumerable.Range(1, 5_000).Select(sid => $"{sid}T"));

        Assert.Equal(5_000, ARule.Segment(most).Traits.Count);
        Assert.Equal(5_000, ARule.Segment(most + " OR 1T OR 5000T").Traits.Count);
        var problem = ARule.SegmentProblems(most + " OR 5001T OR 5002T").Single();
        Assert.Equal((RuleProblemKind.TooManyTraits, most.Length + 5), (problem.Kind, problem.Column));
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        bool isValid = SegmentRule.TryParse(
            "frequency([1T] <= 0D) >= -1 AND (7T OR xT) OR 8T",
            sid => new KnownTrait(sid == 8 ? TraitKind.Unknown : TraitKind.Onboarded), out _, out var problems);

        Assert.False(isValid);
        Assert.Equal(
            [
                RuleProblemKind.TraitWithoutFrequency, RuleProblemKind.RecencyNotPositive, RuleProblemKind.FrequencyNegative, RuleProblemKind.UnexpectedToken,
                RuleProblemKind.UnknownTrait,
            ],
            problems.Select(one => one.Kind));
    }

    [Fact]
    public void Traits_are_listed_once_in_the_order_they_appear()
    {
        var rule = ARule.Segment("9T AND frequency([3T,9T,1T]) >= 1 AND NOT (3T OR 2T)");

        Assert.Equal([9, 3, 1, 2], rule.Traits);
        Assert.Equal(1, rule.FrequencyTerms);
    }

    [Theory]
    [InlineData("1T", false)]
    [InlineData("1T OR 2T", false)]
    [InlineData("(1T OR 2T) AND (3T OR frequency([4T]) >= 1) AND NOT (5T OR 6T)", false)]
    [InlineData("(1T OR 2T) AND 3T OR 4T", false)]
    [InlineData("(1T OR 2T) OR (3T OR 4T)", false)]
    [InlineData("1T OR (2T AND NOT 3T)", false)]
    [InlineData("(1T AND 2T OR 3T) AND 4T", true)]
    [InlineData("1T AND (2T AND 3T)", true)]
    [InlineData("frequency([1T]) >= 1 AND NOT (2T AND 3T)", true)]
    [InlineData("NOT (NOT 1T)", true)]
    [InlineData("1T AND (NOT 2T OR 3T)", true)]
    [InlineData("NOT 1T AND 2T", true)]
    public void Only_groups_of_OR_joined_by_AND_OR_and_AND_NOT_can_be_drawn(string text, bool isCodeViewOnly) =>
        Assert.Equal(isCodeViewOnly, ARule.Segment(text).IsCodeViewOnly);

    [Fact]
    public void More_than_fifty_traits_are_for_the_code_view()
    {
        string fifty = string.Join(" OR ", Enumerable.Range(1, 48).Select(sid => $"{sid}T")) + " OR frequency([49T,50T]) >= 1";

        Assert.False(ARule.Segment(fifty).IsCodeViewOnly);
        Assert.True(ARule.Segment(fifty + " OR 51T").IsCodeViewOnly);
    }
}
