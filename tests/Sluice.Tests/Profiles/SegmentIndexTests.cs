using Sluice.Profiles.Matching;
using Sluice.Profiles.Rules;
using Sluice.Profiles.State;

namespace Sluice.Tests.Profiles;

/// <summary>Which segments a change of a trait can touch, and when time alone can.</summary>
public sealed class SegmentIndexTests
{
    private const long Midnight = 1_763_769_600; // 2025-11-22T00:00:00Z
    private const int Day = UtcDay.SecondsOfDay;

    [Fact]
    public void Between_today_and_the_next_change_no_membership_changes()
    {
        var random = new Random(4);
        var (flips, quiet) = (0, 0);
        for (var round = 0; round < 300; round++)
        {
            var segments = RandomSegments(random, 3);
            var lives = segments.SelectMany(one => one.Rule.Traits).Distinct().ToDictionary(sid => sid, sid => random.Next(4) == 0 ? 0 : random.Next(1, 30));
            var index = SegmentIndex.Of(segments, _ => null);
            var traits = Array.Empty<byte>();
            var now = Midnight;
            for (var visit = 0; visit < 4; visit++)
            {
                now += random.Next(4 * Day);
                var realized = lives.Keys.Where(_ => random.Next(3) == 0).Order().Select(sid => new Realization(sid)).ToArray();
                traits = ProfileTraits.Realize(traits, realized, now, sid => lives[sid]);
            }
            var today = UtcDay.Of(now);

            var next = index.NextChange(traits, today, sid => lives.GetValueOrDefault(sid));

            var members = MembersOn(today);
            for (var day = today + 1; day < Math.Min(next, today + 20); day++)
            {
                Assert.Equal(members, MembersOn(day));
                quiet++;
            }
            if (next < int.MaxValue && !members.SequenceEqual(MembersOn(next)))
                flips++;

            List<long> MembersOn(int day)
            {
                var profile = new MergedProfile(sid => lives.GetValueOrDefault(sid), _ => null);
                profile.Begin(day);
                profile.Add(traits);
                var instant = DateTimeOffset.FromUnixTimeSeconds((long)day * Day + random.Next(Day));
                return [.. Enumerable.Range(0, index.Count).Where(at => index.IsTrueAt(at, profile, instant)).Select(index.SidAt)];
            }
        }
        Assert.True(flips > 20 && quiet > 20, $"{flips} days that changed something, {quiet} that did not"); // neither promise is kept by being empty
    }

    [Fact]
    public void A_segment_is_found_by_each_trait_it_names_and_by_those_in_a_folder()
    {
        (long, SegmentRule)[] segments = [(50, ARule.Segment("1T OR frequency([2T] <= 3D) >= 2")), (51, ARule.Segment("9T AND 1T")), (52, ARule.Segment("3T"))];
        var index = SegmentIndex.Of(segments, sid => sid == 9 ? [4, 5] : null);

        Assert.Equal([0, 1], index.Naming(1).ToArray());
        Assert.Equal([0], index.Naming(2).ToArray());
        Assert.Equal([1], index.Naming(4).ToArray());
        Assert.Empty(index.Naming(9).ToArray());
        Assert.Empty(index.Naming(77).ToArray());
    }

    [Theory]
    [InlineData("1T", 2, 3)] // its life ends
    [InlineData("1T", 0, int.MaxValue)] // never does
    [InlineData("2T", 2, int.MaxValue)] // of no interest to a segment
    [InlineData("frequency([1T] <= 5D) >= 1", 0, 6)] // leaves the last five days
    [InlineData("frequency([1T] >= 5D) >= 1", 0, 5)] // is five days ago
    public void The_next_change_is_the_day_on_which_a_term_can_turn(string rule, int life, int daysLater)
    {
        var index = SegmentIndex.Of([(50L, ARule.Segment(rule))], _ => null);
        var traits = ProfileTraits.Realize([], [new Realization(1)], Midnight + 5, _ => life);
        var today = UtcDay.Of(Midnight);

        Assert.Equal(daysLater == int.MaxValue ? daysLater : today + daysLater, index.NextChange(traits, today, _ => life));
    }

    private static List<(long Sid, SegmentRule Rule)> RandomSegments(Random random, int count)
    {
        var segments = new List<(long, SegmentRule)>();
        while (segments.Count < count)
        {
            var term = new Func<string>(() => random.Next(3) switch
            {
                0 => $"{random.Next(1, 7)}T",
                1 => $"frequency([{random.Next(1, 7)}T,{random.Next(1, 7)}T] <= {random.Next(1, 12)}D) >= {random.Next(1, 4)}",
                _ => $"frequency([{random.Next(1, 7)}T] >= {random.Next(1, 6)}D) >= {random.Next(1, 3)}",
            });
            var text = random.Next(4) switch
            {
                0 => term(),
                1 => $"{term()} AND {term()}",
                2 => $"{term()} AND NOT ({term()})",
                _ => $"{term()} OR {term()}",
            };
            if (SegmentRule.TryParse(text, out var rule, out _))
                segments.Add((100 + segments.Count, rule));
        }
        return segments;
    }
}
