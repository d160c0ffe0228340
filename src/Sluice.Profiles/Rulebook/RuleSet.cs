using Sluice.Profiles.Rules;

namespace Sluice.Profiles.Rulebook;

/// <summary>
/// Everything that decides about profiles, as it stands at one place of the journal. Changed by definitions in the journal's order only, and kept with the
/// profiles, so that what is applied again after a crash meets the rules it met before.
/// </summary>
/// <remarks>For the applier's thread; whoever else looks holds its lock, but for <see cref="Traits"/>, which is immutable.</remarks>
internal sealed class RuleSet(TextCase textCase)
{
    private static readonly MergeRuleDefinition BuiltIn = new(0, CrossDeviceOption.LastAuthenticated, DeviceOption.Current, [], IsDefault: true);

    private readonly Dictionary<long, TraitDefinition> _traits = [];
    private readonly Dictionary<long, TraitLife> _lives = [];
    private readonly Dictionary<long, MergeRuleDefinition> _mergeRules = [];
    private readonly Dictionary<long, SourceDefinition> _sources = [];
    private readonly Dictionary<string, SourceDefinition> _byCode = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<long, TraitRule?> _changedRules = [];
    private readonly HashSet<long> _activeAudience = [];
    private TraitRules _rules = TraitRules.Of([], textCase);

    internal SegmentTable Segments { get; } = new();

    internal FolderTable Folders { get; } = new();

    /// <summary>Traits that every event realizes.</summary>
    internal IReadOnlyCollection<long> ActiveAudience => _activeAudience;

    internal IReadOnlyCollection<MergeRuleDefinition> MergeRules => _mergeRules.Values;

    /// <summary>Whether any merge rule reads a customer's other devices.</summary>
    internal bool LinksDevices { get; private set; }

    /// <summary>What segments without a merge rule of their own go by: the account's default one, or else devices with whoever signed in last.</summary>
    internal MergeRuleDefinition DefaultMergeRule { get; private set; } = BuiltIn;

    /// <summary>The traits' rules as they stand now.</summary>
    internal TraitRules Traits
    {
        get
        {
            if (_changedRules.Count > 0)
            {
                _rules = _rules.With(_changedRules);
                _changedRules.Clear();
            }
            return _rules;
        }
    }

    /// <summary>Everything that is defined.</summary>
    internal IReadOnlyList<Definition> List() =>
        [.. _traits.Values, .. Folders.All, .. Segments.All.Select(entry => entry.Definition), .. _mergeRules.Values, .. _sources.Values];

    internal TraitDefinition? FindTrait(long sid) => _traits.GetValueOrDefault(sid);

    internal IEnumerable<TraitDefinition> AllTraits => _traits.Values;

    internal SourceDefinition? FindSource(long id) => _sources.GetValueOrDefault(id);

    internal SourceDefinition? FindSource(string code) => _byCode.GetValueOrDefault(code);

    /// <summary>The day on which a trait's realization ends; 0 for a trait that is no more.</summary>
    internal int EndOf(long sid, int lastDay) => _lives.TryGetValue(sid, out var life) ? life.EndOf(lastDay) : 0;

    internal TraitLife? LifeOf(long sid) => _lives.GetValueOrDefault(sid);

    internal MergeRuleDefinition MergeRuleOf(SegmentDefinition segment) =>
        segment.MergeRuleId is { } id && _mergeRules.TryGetValue(id, out var rule) ? rule : DefaultMergeRule;

    /// <summary>Takes a definition in.</summary>
    /// <param name="definition">As of now.</param>
    /// <param name="today">From when a changed life counts.</param>
    /// <param name="life">The trait's lives, when it is read back from the store.</param>
    internal void Put(Definition definition, int today, TraitLife? life = null)
    {
        switch (definition)
        {
            case TraitDefinition trait:
                PutTrait(trait, today, life);
                break;
            case FolderDefinition folder:
                Folders.Put(folder);
                break;
            case SegmentDefinition segment:
                if (SegmentRule.TryParse(segment.Rule, out var rule, out _))
                    Segments.Put(segment, rule);
                else
                    Segments.Remove(segment.Id); // no rule of ours is unreadable; one of a newer version could be
                break;
            case MergeRuleDefinition merge:
                _mergeRules[merge.Id] = merge;
                ChooseMergeRules();
                break;
            case SourceDefinition source:
                RemoveSource(source.Id);
                _sources[source.Id] = source;
                foreach (var code in source.Codes)
                    _byCode.TryAdd(code, source);
                break;
            case RemovedDefinition removed:
                Remove(removed);
                break;
            default:
                break; // of a newer version
        }
    }

    private void PutTrait(TraitDefinition trait, int today, TraitLife? life)
    {
        var ruleBefore = _traits.GetValueOrDefault(trait.Id)?.Rule;
        _traits[trait.Id] = trait;
        _lives[trait.Id] = life ?? _lives.GetValueOrDefault(trait.Id)?.From(today, trait.TtlDays) ?? TraitLife.Of(trait.TtlDays);
        if (trait.Role == TraitRole.ActiveAudience)
            _activeAudience.Add(trait.Id);
        if (trait.Role != TraitRole.Folder)
            Folders.PutTrait(trait.Id, trait.FolderId);
        if (trait.Rule != ruleBefore)
            _changedRules[trait.Id] = trait.Rule is { } text && TraitRule.TryParse(text, out var rule, out _) ? rule : null;
    }

    private void Remove(RemovedDefinition removed)
    {
        switch (removed.Of)
        {
            case "trait":
                _traits.Remove(removed.Id);
                _lives.Remove(removed.Id);
                _activeAudience.Remove(removed.Id);
                Folders.RemoveTrait(removed.Id);
                _changedRules[removed.Id] = null;
                break;
            case "folder":
                Folders.RemoveFolder(removed.Id);
                break;
            case "segment":
                Segments.Remove(removed.Id);
                break;
            case "mergeRule":
                _mergeRules.Remove(removed.Id);
                ChooseMergeRules();
                break;
            case "source":
                RemoveSource(removed.Id);
                break;
            default:
                break;
        }
    }

    private void RemoveSource(long id)
    {
        if (!_sources.Remove(id, out var source))
            return;
        foreach (var code in source.Codes.Where(code => _byCode.GetValueOrDefault(code) == source))
            _byCode.Remove(code);
    }

    private void ChooseMergeRules()
    {
        DefaultMergeRule = _mergeRules.Values.Where(rule => rule.IsDefault).MinBy(rule => rule.Id) ?? BuiltIn;
        LinksDevices = _mergeRules.Values.Any(rule => rule.Device == DeviceOption.ProfileLink);
    }
}
