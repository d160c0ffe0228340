using Sluice.Profiles.Rules;
using Sluice.Profiles.Rules.Evaluate;
using Sluice.Profiles.Rules.Tree;
using Sluice.Profiles.State;

namespace Sluice.Profiles.Matching;

/// <summary>The rules of many segments, found by the traits they name. Immutable; any number of threads may ask at once.</summary>
/// <remarks>
/// A segment that holds for nobody without traits, as all valid ones do, can only change when a trait that it names does, or when time passes: a
/// trait's life ends, a realization leaves or enters the days that a term counts. All of that happens at 00:00 UTC.
/// </remarks>
internal sealed class SegmentIndex
{
    private readonly long[] _sids;
    private readonly CompiledSegmentRule[] _rules;
    private readonly Dictionary<long, int[]> _byTrait;
    private readonly Dictionary<long, int[]> _turns; // after how many days a realization of a trait leaves or enters what a term counts

    private SegmentIndex(long[] sids, CompiledSegmentRule[] rules, Dictionary<long, int[]> byTrait, Dictionary<long, int[]> turns) =>
        (_sids, _rules, _byTrait, _turns) = (sids, rules, byTrait, turns);

    /// <summary>How many segments there are.</summary>
    internal int Count => _sids.Length;

    /// <summary>Makes an index.</summary>
    /// <param name="segments">Their sids and rules; a sid may have one rule only.</param>
    /// <param name="inFolderOf">The traits that a folder trait stands for; null for any other trait.</param>
    internal static SegmentIndex Of(IReadOnlyCollection<(long Sid, SegmentRule Rule)> segments, Func<long, IReadOnlyList<long>?> inFolderOf)
    {
        var byTrait = new Dictionary<long, List<int>>();
        var turns = new Dictionary<long, HashSet<int>>();
        var (sids, rules) = (new long[segments.Count], new CompiledSegmentRule[segments.Count]);
        foreach (var (at, (sid, rule)) in segments.Index())
        {
            (sids[at], rules[at]) = (sid, rule.Compile());
            foreach (var trait in rule.Traits.SelectMany(named => inFolderOf(named) ?? [named]).Distinct())
            {
                if (!byTrait.TryGetValue(trait, out var positions))
                    byTrait[trait] = positions = [];
                positions.Add(at);
            }
            foreach (var term in TreeShape.Terms(rule.Root).OfType<RuleNode.Frequency>().Where(term => term.RecencyDays is not null))
            {
                foreach (var trait in term.Sids.SelectMany(named => inFolderOf(named) ?? [named]))
                {
                    if (!turns.TryGetValue(trait, out var days))
                        turns[trait] = days = [];
                    days.Add(term.RecencyDays!.Value + (term.IsSince ? 1 : 0)); // out of the last days on the next, but at its age on that very day
                }
            }
        }
        return new SegmentIndex(
            sids, rules, byTrait.ToDictionary(one => one.Key, one => one.Value.ToArray()), turns.ToDictionary(one => one.Key, one => one.Value.Order().ToArray()));
    }

    /// <summary>Positions of the segments that name a trait, by itself or by its folder.</summary>
    internal ReadOnlySpan<int> Naming(long trait) => _byTrait.GetValueOrDefault(trait);

    internal long SidAt(int position) => _sids[position];

    internal bool IsTrueAt(int position, IProfileView profile, DateTimeOffset now) => _rules[position].IsTrue(profile, now);

    /// <summary>The first day after today on which time alone could change a membership; <see cref="int.MaxValue"/> when it never does.</summary>
    /// <param name="traits">Of one profile; of several that are merged, the earliest answer counts.</param>
    /// <param name="today">The day whose memberships are known.</param>
    /// <param name="lifeOf">A trait's life in days, 0 for ever; null for one that is no more.</param>
    internal int NextChange(ReadOnlySpan<byte> traits, int today, Func<long, int?> lifeOf)
    {
        var next = int.MaxValue;
        foreach (var memory in ProfileTraits.Read(traits))
        {
            if (!_byTrait.ContainsKey(memory.Sid) || lifeOf(memory.Sid) is not { } life || UtcDay.EndOf(memory.LastDay, life) is var end && end <= today)
                continue;
            next = Math.Min(next, end);
            foreach (var turn in _turns.GetValueOrDefault(memory.Sid, []))
            {
                foreach (var (day, _) in memory)
                {
                    if (day + turn <= today)
                        break; // days go back from here, and so did what they changed
                    next = Math.Min(next, day + turn);
                }
            }
        }
        return next;
    }
}
