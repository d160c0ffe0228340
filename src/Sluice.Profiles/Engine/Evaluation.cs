using Sluice.Profiles.Rulebook;
using Sluice.Profiles.State;

namespace Sluice.Profiles.Engine;

/// <summary>Asks segments' rules of a person, and finds what changed. For the applier's thread, under its lock.</summary>
internal sealed class Evaluation(ProfileTable profiles, RuleSet rules, PersonViews views)
{
    private readonly View _own = new(rules, views);
    private readonly View _readers = new(rules, views);
    private readonly Dictionary<MergeRuleDefinition, List<SegmentTable.Entry>> _byMergeRule = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a profile is in a segment, by the rule as it stands and the traits as they are.</summary>
    internal bool IsTrue(Profile profile, SegmentTable.Entry segment, DateTimeOffset now) =>
        !profile.IsOptedOut && (IsTrueOfItself(profile, segment, now) || IsTrueOfReader(profile, segment, now));

    /// <summary>Memberships of a profile in some segments, where they differ from what is kept.</summary>
    /// <param name="profile">Whose.</param>
    /// <param name="candidates">Segments that may have changed, each once.</param>
    /// <param name="now">Journal time.</param>
    /// <param name="changed">What to tell of each.</param>
    internal void FindChanges(Profile profile, IReadOnlyCollection<SegmentTable.Entry> candidates, DateTimeOffset now, Action<long, bool> changed)
    {
        foreach (var group in _byMergeRule.Values)
            group.Clear();
        foreach (var candidate in candidates)
        {
            if (!candidate.Definition.IsActive)
                continue; // paused: keeps members, admits nobody
            var rule = rules.MergeRuleOf(candidate.Definition);
            if (!_byMergeRule.TryGetValue(rule, out var group))
                _byMergeRule[rule] = group = [];
            group.Add(candidate);
        }
        foreach (var (rule, group) in _byMergeRule)
        {
            if (group.Count == 0)
                continue;
            _own.Read(profile, rule, now);
            foreach (var candidate in group)
            {
                var isTrue = !profile.IsOptedOut && (_own.IsTrue(candidate, now) || IsTrueOfReader(profile, candidate, now));
                if (isTrue != profile.IsMember(candidate.Sid))
                    changed(candidate.Sid, isTrue);
            }
        }
    }

    /// <summary>The traits of all profiles that a profile may be read with, under any merge rule.</summary>
    internal void AddTraits(Profile profile, HashSet<long> to)
    {
        foreach (var memory in ProfileTraits.Read(profile.Traits))
            to.Add(memory.Sid);
        foreach (var link in profile.Links)
        {
            if (profiles.Find(link.Number) is not { } linked)
                continue;
            foreach (var memory in ProfileTraits.Read(linked.Traits))
                to.Add(memory.Sid);
        }
    }

    /// <summary>The segments whose rules name a trait, by itself or by a folder it lies in.</summary>
    internal void AddNaming(long trait, HashSet<SegmentTable.Entry> to)
    {
        to.UnionWith(rules.Segments.Naming(trait));
        foreach (var folderTrait in rules.Folders.Above(trait))
            to.UnionWith(rules.Segments.Naming(folderTrait));
    }

    /// <summary>The first day after today on which time alone could change a membership that a profile's traits decide about; <see cref="int.MaxValue"/> for never.</summary>
    internal int NextChange(ReadOnlySpan<byte> traits, int today)
    {
        var next = int.MaxValue;
        foreach (var memory in ProfileTraits.Read(traits))
        {
            var end = rules.EndOf(memory.Sid, memory.LastDay);
            if (end <= today)
                continue;
            next = Earlier(next, memory, memory.Sid, end, today);
            foreach (var folderTrait in rules.Folders.Above(memory.Sid))
                next = Earlier(next, memory, folderTrait, end, today);
        }
        return next;
    }

    private int Earlier(int next, TraitMemory memory, long named, int end, int today)
    {
        if (rules.Segments.Naming(named).Count == 0)
            return next;
        next = Math.Min(next, end);
        foreach (var turn in rules.Segments.TurnsOf(named))
        {
            foreach (var (day, _) in memory)
            {
                if (day + turn <= today)
                    break; // days go back from here, and so did what they changed
                next = Math.Min(next, day + turn);
            }
        }
        return next;
    }

    private bool IsTrueOfItself(Profile profile, SegmentTable.Entry segment, DateTimeOffset now)
    {
        _own.Read(profile, rules.MergeRuleOf(segment.Definition), now);
        return _own.IsTrue(segment, now);
    }

    /// <summary>The device by which a customer is in a segment; null when it is in it by itself, or not in it.</summary>
    internal Profile? FindReader(Profile customer, SegmentTable.Entry segment, DateTimeOffset now) =>
        customer.IsOptedOut || IsTrueOfItself(customer, segment, now) ? null : ReaderOf(customer, segment, now);

    private bool IsTrueOfReader(Profile customer, SegmentTable.Entry segment, DateTimeOffset now) => ReaderOf(customer, segment, now) is not null;

    private Profile? ReaderOf(Profile customer, SegmentTable.Entry segment, DateTimeOffset now)
    {
        if (customer.IsDevice)
            return null;
        var rule = rules.MergeRuleOf(segment.Definition);
        foreach (var link in customer.Links)
        {
            if (profiles.Find(link.Number) is not { IsDevice: true, IsOptedOut: false } device || !PersonViews.Reads(device, customer.Number, rule))
                continue;
            _readers.Read(device, rule, now);
            if (_readers.IsTrue(segment, now))
                return device;
        }
        return null;
    }

    /// <summary>A profile as a merge rule reads it.</summary>
    private sealed class View(RuleSet rules, PersonViews views)
    {
        private readonly MergedProfile _merged = new(rules.EndOf, rules.Folders.Below);
        private readonly List<Profile> _profiles = [];

        internal void Read(Profile profile, MergeRuleDefinition rule, DateTimeOffset now)
        {
            views.Read(profile, rule, _profiles);
            _merged.Begin(UtcDay.Of(now.ToUnixTimeSeconds()));
            foreach (var one in _profiles)
                _merged.Add(one.Traits);
        }

        internal bool IsTrue(SegmentTable.Entry segment, DateTimeOffset now) => _profiles.Count > 0 && segment.Compiled.IsTrue(_merged, now);
    }
}
