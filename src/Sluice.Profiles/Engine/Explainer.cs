using Sluice.Profiles.Rulebook;
using Sluice.Profiles.Rules.Tree;
using Sluice.Profiles.State;

namespace Sluice.Profiles.Engine;

/// <summary>Says term by term why an id is in a segment or is not; the caller holds the engine's lock.</summary>
internal sealed class Explainer(ProfileTable profiles, RuleSet rules, PersonViews views, Evaluation evaluation)
{
    internal SegmentExplanation Explain(Profile profile, SegmentTable.Entry segment, bool isSaved, int today, DateTimeOffset now)
    {
        var rule = rules.MergeRuleOf(segment.Definition);
        var isTrue = evaluation.IsTrue(profile, segment, now);
        var reader = evaluation.FindReader(profile, segment, now); // a customer may be in it by a device only
        var view = new List<Profile>();
        views.Read(reader ?? profile, rule, view);
        var merged = new MergedProfile(rules.EndOf, rules.Folders.Below);
        merged.Begin(today);
        foreach (var one in view)
            merged.Add(one.Traits);
        var terms = segment.Compiled.Explain(merged, now).Terms.Zip(TreeShape.Terms(segment.Rule.Root), (outcome, node) => new TermExplanation(
            outcome.Text, outcome.Place.Start, outcome.Place.Length, outcome.IsTrue, outcome.Count, EvidenceOf(node, view, today))).ToList();
        return new SegmentExplanation(
            isSaved ? profile.IsMember(segment.Sid) : null, isTrue, profile.IsOptedOut, reader?.Key, [.. view.Select(one => one.Key)], terms);
    }

    private List<TraitEvidence> EvidenceOf(RuleNode node, List<Profile> view, int today)
    {
        IReadOnlyList<long> named = node is RuleNode.Frequency frequency ? frequency.Sids : [((RuleNode.Trait)node).Sid];
        var sids = named.SelectMany(sid => rules.Folders.Below(sid) ?? [sid]).ToHashSet();
        return [.. view.SelectMany(one => ProfileReport.Of(one, profiles.Find, rules, today).Traits.Where(trait => sids.Contains(trait.Sid)).Select(trait => new TraitEvidence(one.Key, trait)))];
    }
}
