using Sluice.Profiles.Rulebook;

namespace Sluice.Profiles.Engine;

/// <summary>How far a change of rules reaches: the segments whose members it can touch.</summary>
internal sealed class RuleReach(RuleSet rules, Evaluation evaluation)
{
    /// <summary>Adds the segments that a change touches as the rules stand: asked before it and after it.</summary>
    internal void AddSegments(string kind, long id, Definition change, HashSet<long> to)
    {
        switch (kind)
        {
            case "segment":
                to.Add(id);
                break;
            case "mergeRule":
                to.UnionWith(rules.Segments.All.Select(entry => entry.Sid));
                break;
            case "folder":
                to.UnionWith(rules.Segments.All.Where(entry => entry.Rule.Traits.Any(trait => rules.Folders.Below(trait) is not null)).Select(entry => entry.Sid));
                break;
            case "trait" when MovesMembers(id, change):
                var named = new HashSet<SegmentTable.Entry>();
                evaluation.AddNaming(id, named);
                to.UnionWith(named.Select(entry => entry.Sid));
                break;
            default:
                break;
        }
    }

    // A new rule counts for new events only; a life and a folder count for what is held already.
    private bool MovesMembers(long sid, Definition change) =>
        change is not TraitDefinition after
        || rules.FindTrait(sid) is { } before && (before.TtlDays != after.TtlDays || before.FolderId != after.FolderId || ReferenceEquals(before, after));
}
