using Sluice.Profiles.State;

namespace Sluice.Tests.Profiles;

/// <summary>What a profile remembers of its traits (audience contract, sections 5.1 and 5.2), held against a list of everything that happened.</summary>
public sealed class ProfileTraitsTests
{
    private const long Midnight = 1_763_769_600; // 2025-11-22T00:00:00Z
    private const int Day = UtcDay.SecondsOfDay;

    [Fact]
    public void It_remembers_what_a_list_of_all_realizations_would()
    {
        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            var lives = Enumerable.Range(1, 12).ToDictionary(number => number * 1_000L + random.Next(1_000), number => number % 4 == 0 ? 0 : random.Next(1, 6));
            var sids = lives.Keys.Order().ToArray();
            var once = sids.Where(_ => random.Next(5) == 0).ToHashSet();
            var all = new List<(long Sid, long Seconds)>();
            var traits = Array.Empty<byte>();
            long now = Midnight + random.Next(Day);
            for (var step = 0; step < 60; step++)
            {
                now += random.Next(4) switch { 0 => 0, 1 => random.Next(600), 2 => random.Next(Day), _ => random.Next(3 * Day) };
                var realized = sids.Where(_ => random.Next(4) == 0).ToArray();

                traits = ProfileTraits.Realize(traits, [.. realized.Select(sid => new Realization(sid, once.Contains(sid)))], now, (sid, last) => UtcDay.EndOf(last, lives[sid]));

                all.RemoveAll(one => UtcDay.EndOf(UtcDay.Of(all.Where(other => other.Sid == one.Sid).Max(other => other.Seconds)), lives[one.Sid]) <= UtcDay.Of(now));
                all.RemoveAll(one => once.Contains(one.Sid) && realized.Contains(one.Sid));
                all.AddRange(realized.Select(sid => (sid, now)));
                AssertSame(all, traits, sids, lives, now);
            }
        }
    }

    [Theory]
    [InlineData(1, 1, 46 * 3600 + 59 * 60, true)] // scenario E8: realized at 01:00, life of a day
    [InlineData(1, 1, 47 * 3600, false)]
    [InlineData(23, 1, 24 * 3600 + 3599, true)]
    [InlineData(23, 1, 25 * 3600, false)]
    [InlineData(12, 120, 120 * Day + 12 * 3600 - 1, true)]
    [InlineData(12, 120, 120 * Day + 12 * 3600, false)]
    [InlineData(12, 0, 4_000 * Day, true)]
    public void A_trait_is_held_to_the_end_of_its_last_day(int hour, int life, int secondsLater, bool isHeld)
    {
        var realizedAt = Midnight + hour * 3600;
        var traits = ProfileTraits.Realize([], [new Realization(7)], realizedAt, (_, last) => UtcDay.EndOf(last, life));
        var profile = new MergedProfile((_, last) => UtcDay.EndOf(last, life), _ => null);

        profile.Begin(UtcDay.Of(realizedAt + secondsLater));
        profile.Add(traits);

        Assert.Equal(isHeld, profile.Holds(7));
    }

    [Fact]
    public void A_realization_that_comes_late_is_counted_on_its_own_day()
    {
        var traits = ProfileTraits.Realize([], [new Realization(7)], Midnight + 5 * Day, (_, _) => int.MaxValue);
        traits = ProfileTraits.Realize(traits, [new Realization(7)], Midnight + 10, (_, _) => int.MaxValue);
        traits = ProfileTraits.Realize(traits, [new Realization(7)], Midnight + 2 * Day, (_, _) => int.MaxValue);

        Assert.True(ProfileTraits.TryFind(traits, 7, out var memory));
        var today = UtcDay.Of(Midnight);
        Assert.Equal((3, 1, 2), (memory.Count(0, int.MaxValue), memory.Count(today, today), memory.Count(today, today + 4)));
        Assert.Equal((today + 5, 0, 10), (memory.LastDay, memory.LastSecond, memory.FirstSecond));
    }

    [Fact]
    public void Merged_profiles_add_up_and_a_folder_answers_for_what_is_below_it()
    {
        var one = ProfileTraits.Realize([], [new Realization(1), new Realization(2)], Midnight, (_, _) => int.MaxValue);
        var two = ProfileTraits.Realize(ProfileTraits.Realize([], [new Realization(2)], Midnight, (_, _) => int.MaxValue), [new Realization(2)], Midnight + Day, (_, _) => int.MaxValue);
        var profile = new MergedProfile((sid, _) => sid == 9 ? 0 : int.MaxValue, sid => sid == 100 ? [1, 2, 9] : null);

        profile.Begin(UtcDay.Of(Midnight) + 1);
        profile.Add(one);
        profile.Add(two);

        Assert.Equal((1, 3, 4), (profile.Realizations(1), profile.Realizations(2), profile.Realizations(100)));
        Assert.Equal((1, 3), (profile.RealizationsSince(100, UtcDay.Of(Midnight) + 1), profile.RealizationsUntil(100, UtcDay.Of(Midnight))));
        Assert.False(profile.Holds(3));
    }

    [Fact]
    public void Fifty_traits_realized_once_take_less_than_four_hundred_bytes()
    {
        var random = new Random(1);
        var traits = Array.Empty<byte>();
        foreach (var sid in Enumerable.Range(0, 50).Select(_ => (long)random.Next(1, 120_000)).Distinct())
            traits = ProfileTraits.Realize(traits, [new Realization(sid)], Midnight + random.Next(30 * Day), (_, _) => int.MaxValue);

        Assert.InRange(traits.Length, 1, 400);
    }

    [Fact]
    public void Of_more_traits_than_a_profile_may_hold_those_realized_last_stay()
    {
        var many = Enumerable.Range(1, ProfileTraits.MaxTraits).Select(sid => new Realization(sid)).ToArray();
        var traits = ProfileTraits.Realize([], many, Midnight, (_, _) => int.MaxValue);
        traits = ProfileTraits.Realize(traits, [new Realization(1)], Midnight + 60, (_, _) => int.MaxValue);

        traits = ProfileTraits.Realize(traits, [new Realization(200_000)], Midnight + 120, (_, _) => int.MaxValue);

        Assert.True(ProfileTraits.TryFind(traits, 1, out _));
        Assert.False(ProfileTraits.TryFind(traits, 2, out _));
        Assert.True(ProfileTraits.TryFind(traits, 200_000, out _));
    }

    private static void AssertSame(List<(long Sid, long Seconds)> all, byte[] traits, long[] sids, Dictionary<long, int> lives, long now)
    {
        var profile = new MergedProfile((sid, last) => UtcDay.EndOf(last, lives[sid]), _ => null);
        profile.Begin(UtcDay.Of(now));
        profile.Add(traits);
        var today = UtcDay.Of(now);
        foreach (var sid in sids)
        {
            var mine = all.Where(one => one.Sid == sid).ToList();
            Assert.Equal(mine.Count > 0, profile.Holds(sid));
            Assert.Equal(mine.Count, profile.Realizations(sid));
            foreach (var day in (int[])[today, today - 1, today - 4])
            {
                Assert.Equal(mine.Count(one => UtcDay.Of(one.Seconds) >= day), profile.RealizationsSince(sid, day));
                Assert.Equal(mine.Count(one => UtcDay.Of(one.Seconds) <= day), profile.RealizationsUntil(sid, day));
            }
            if (mine.Count > 0)
            {
                Assert.True(ProfileTraits.TryFind(traits, sid, out var memory));
                Assert.Equal((mine.Max(one => one.Seconds) % Day, mine.Min(one => one.Seconds) % Day), (memory.LastSecond, memory.FirstSecond));
            }
        }
    }
}
