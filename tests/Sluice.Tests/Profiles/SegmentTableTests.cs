using Sluice.Profiles.Engine;
using Sluice.Profiles.Rulebook;
using Sluice.Profiles.Rules;
using Sluice.Profiles.State;

namespace Sluice.Tests.Profiles;

/// <summary>Which segments a change of a trait can touch, and when time alone can.</summary>
public sealed class SegmentTableTests
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
            var desk = new RuleDesk();
            foreach (var (sid, life) in lives)
                desk.Put(new TraitDefinition(sid, TraitRole.RuleBased, null, 0, 0, life));
            foreach (var (sid, rule) in segments)
                desk.Put(new SegmentDefinition(sid, rule.ToString(), null, true));
            var traits = Array.Empty<byte>();
            var now = Midnight;
            for (var visit = 0; visit < 4; visit++)
            {
                now += random.Next(4 * Day);
                var realized = lives.Keys.Where(_ => random.Next(3) == 0).Order().Select(sid => new Realization(sid)).ToArray();
                traits = ProfileTraits.Realize(traits, realized, now, desk.Rules.EndOf);
            }
            var today = UtcDay.Of(now);

            var next = desk.Evaluation.NextChange(traits, today);

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
                var profile = new MergedProfile(desk.Rules.EndOf, _ => null);
                profile.Begin(day);
                profile.Add(traits);
                var instant = DateTimeOffset.FromUnixTimeSeconds((long)day * Day + random.Next(Day));
                return [.. desk.Rules.Segments.All.Where(entry => entry.Compiled.IsTrue(profile, instant)).Select(entry => entry.Sid)];
            }
        }
        Assert.True(flips > 20 && quiet > 20, $"{flips} days that changed something, {quiet} that did not"); // neither promise is kept by being empty
    }

    [Fact]
    public void A_segment_is_found_by_each_trait_it_names_and_by_those_in_a_folder()
    {
        var desk = new RuleDesk();
        desk.Put(new FolderDefinition(7, 0, 9), new FolderDefinition(8, 7, null), new TraitDefinition(4, TraitRole.RuleBased, null, 0, 8, 0));
        desk.Put(new SegmentDefinition(50, "1T OR frequency([2T] <= 3D) >= 2", null, true), new SegmentDefinition(51, "9T AND 1T", null, true), new SegmentDefinition(52, "3T", null, true));

        Assert.Equal([50, 51], desk.Naming(1));
        Assert.Equal([50], desk.Naming(2));
        Assert.Equal([51], desk.Naming(4));
        Assert.Empty(desk.Naming(77));

        desk.Put(new RemovedDefinition(51, "segment"));

        Assert.Equal([50], desk.Naming(1));
        Assert.Empty(desk.Naming(4));
    }

    [Theory]
    [InlineData("1T", 2, 3)] // its life ends
    [InlineData("1T", 0, int.MaxValue)] // never does
    [InlineData("2T", 2, int.MaxValue)] // of no interest to a segment
    [InlineData("frequency([1T] <= 5D) >= 1", 0, 6)] // leaves the last five days
    [InlineData("frequency([1T] >= 5D) >= 1", 0, 5)] // is five days ago
    public void The_next_change_is_the_day_on_which_a_term_can_turn(string rule, int life, int daysLater)
    {
        var desk = new RuleDesk();
        desk.Put(new TraitDefinition(1, TraitRole.RuleBased, null, 0, 0, life), new SegmentDefinition(50, rule, null, true));
        var traits = ProfileTraits.Realize([], [new Realization(1)], Midnight + 5, desk.Rules.EndOf);
        var today = UtcDay.Of(Midnight);

        Assert.Equal(daysLater == int.MaxValue ? daysLater : today + daysLater, desk.Evaluation.NextChange(traits, today));
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

    /// <summary>Rules, and what asks them.</summary>
    private sealed class RuleDesk
    {
        internal RuleDesk()
        {
            var profiles = new ProfileTable(new ProfileStore(null!), 0);
            Evaluation = new Evaluation(profiles, Rules, new PersonViews(profiles, Rules));
        }

        internal RuleSet Rules { get; } = new(TextCase.Ignored);

        internal Evaluation Evaluation { get; }

        internal void Put(params Definition[] definitions)
        {
            foreach (var definition in definitions)
                Rules.Put(definition, UtcDay.Of(Midnight));
        }

        internal long[] Naming(long trait)
        {
            var found = new HashSet<SegmentTable.Entry>();
            Evaluation.AddNaming(trait, found);
            return [.. found.Select(entry => entry.Sid).Order()];
        }
    }
}
