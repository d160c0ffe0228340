using Sluice.Profiles.Rules;
using Sluice.Profiles.Rules.Evaluate;
using Sluice.Profiles.Rules.Tree;

namespace Sluice.Profiles.Rulebook;

/// <summary>The segments, found by the traits their rules name. For the applier's thread; whoever else looks holds its lock.</summary>
/// <remarks>
/// A segment that holds for nobody without traits, as all valid ones do, can only change when a trait that it names does, or when time passes: a
/// trait's life ends, a realization leaves or enters the days that a term counts. All of that happens at 00:00 UTC.
/// </remarks>
internal sealed class SegmentTable
{
    private readonly Dictionary<long, Entry> _bySid = [];
    private readonly Dictionary<long, List<Entry>> _byTrait = [];
    private readonly Dictionary<long, int[]> _turns = []; // after how many days a realization of a trait leaves or enters what a term counts

    internal IEnumerable<Entry> All => _bySid.Values;

    internal int Count => _bySid.Count;

    internal Entry? Find(long sid) => _bySid.GetValueOrDefault(sid);

    /// <summary>The segments whose rules name a trait; a folder trait is named only by itself.</summary>
    internal IReadOnlyList<Entry> Naming(long trait) => _byTrait.TryGetValue(trait, out var entries) ? entries : [];

    /// <summary>After how many days a realization of a trait matters again to a term that names it.</summary>
    internal ReadOnlySpan<int> TurnsOf(long trait) => _turns.GetValueOrDefault(trait);

    internal Entry Put(SegmentDefinition definition, SegmentRule rule)
    {
        Remove(definition.Id);
        var entry = new Entry(definition, rule, rule.Compile());
        _bySid[definition.Id] = entry;
        foreach (var trait in rule.Traits)
        {
            if (!_byTrait.TryGetValue(trait, out var entries))
                _byTrait[trait] = entries = [];
            entries.Add(entry);
            CountTurns(trait);
        }
        return entry;
    }

    internal void Remove(long sid)
    {
        if (!_bySid.Remove(sid, out var entry))
            return;
        foreach (var trait in entry.Rule.Traits)
        {
            _byTrait[trait].Remove(entry);
            CountTurns(trait);
        }
    }

    private void CountTurns(long trait)
    {
        int[] turns =
        [
            .. Naming(trait).SelectMany(entry => TreeShape.Terms(entry.Rule.Root).OfType<RuleNode.Frequency>())
                .Where(term => term.RecencyDays is not null && term.Sids.Contains(trait))
                .Select(term => term.RecencyDays!.Value + (term.IsSince ? 1 : 0)) // out of the last days on the next, but at its age on that very day
                .Distinct().Order(),
        ];
        if (turns.Length > 0)
            _turns[trait] = turns;
        else
            _turns.Remove(trait);
    }

    /// <summary>A segment and its rule, compiled.</summary>
    internal sealed record Entry(SegmentDefinition Definition, SegmentRule Rule, CompiledSegmentRule Compiled)
    {
        internal long Sid => Definition.Id;
    }
}
