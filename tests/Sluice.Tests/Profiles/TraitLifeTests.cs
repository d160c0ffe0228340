using Sluice.Profiles.Rulebook;

namespace Sluice.Tests.Profiles;

/// <summary>What a trait's life ended stays ended, however often and whenever the life is changed.</summary>
public sealed class TraitLifeTests
{
    private const int Today = 100;

    [Fact]
    public void What_a_shorter_life_ended_stays_ended_when_the_longer_one_comes_back_on_another_day()
    {
        var life = TraitLife.Of(30).From(Today, 2).From(Today + 1, 30);

        Assert.Equal(Today, life.EndOf(Today - 20));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(0)]
    public void What_a_shorter_life_ended_stays_ended_when_the_longer_one_comes_back_on_the_same_day(int longer)
    {
        var life = TraitLife.Of(longer).From(Today, 2).From(Today, longer);

        Assert.Equal(Today, life.EndOf(Today - 20));
        Assert.Equal(TraitLife.Of(longer).EndOf(Today - 2), life.EndOf(Today - 2)); // two days are not over yet
        Assert.Equal(TraitLife.Of(longer).EndOf(Today), life.EndOf(Today));
    }

    [Fact]
    public void Of_many_lives_of_one_day_the_shortest_and_the_last_are_kept()
    {
        var life = TraitLife.Of(30).From(Today, 9).From(Today, 0).From(Today, 3).From(Today, 7).From(Today, 20);

        Assert.Equal(3, life.Spans.Count);
        Assert.Equal(Today, life.EndOf(Today - 4));
        Assert.Equal(Today - 3 + 21, life.EndOf(Today - 3));
    }
}
