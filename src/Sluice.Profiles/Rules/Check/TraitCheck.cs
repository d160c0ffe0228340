using System.Globalization;
using Sluice.Profiles.Rules.Text;

namespace Sluice.Profiles.Rules.Check;

/// <summary>Notes the traits of a segment rule, and checks each against what is known of it, once for each kind of use.</summary>
internal sealed class TraitCheck(ProblemList problems, Func<long, KnownTrait>? traits)
{
    private readonly List<long> _found = [];
    private readonly HashSet<long> _seen = [];
    private readonly HashSet<long> _counted = [];

    /// <summary>The different traits, in the order of their first appearance.</summary>
    public IReadOnlyList<long> Found => _found;

    public void Take(long sid, RuleSpan place, bool isCounted)
    {
        bool isFirst = _seen.Add(sid);
        bool isFirstCounted = isCounted && _counted.Add(sid);
        if (isFirst)
        {
            _found.Add(sid);
            if (_found.Count == RuleLimits.TraitsOfSegment + 1)
                problems.Add(RuleProblemKind.TooManyTraits, place, $"A segment has at most {RuleLimits.TraitsOfSegment} traits; this is one more.");
        }

        if (traits is null || !(isFirst || isFirstCounted))
            return;

        var known = traits(sid);
        if (isFirst)
            CheckUse(sid, place, known);
        if (isFirstCounted && known.IsVisible && known.Kind is TraitKind.ThirdParty or TraitKind.Onboarded or TraitKind.Algorithmic)
            Add(RuleProblemKind.TraitWithoutFrequency, place, sid, "has no frequency or recency: only rule-based and folder traits of the account have");
    }

    private void CheckUse(long sid, RuleSpan place, KnownTrait known)
    {
        if (known.Kind == TraitKind.Unknown)
            Add(RuleProblemKind.UnknownTrait, place, sid, "does not exist");
        else if (known.Kind == TraitKind.Segment)
            Add(RuleProblemKind.SegmentInRule, place, sid, "is a segment; a rule is made of traits");
        else if (known.Kind == TraitKind.NotSubscribed)
            Add(RuleProblemKind.TraitNotSubscribed, place, sid, "belongs to another account, and there is no subscription to it");
        else if (!known.IsVisible)
            Add(RuleProblemKind.HiddenTrait, place, sid, "is not visible to you");
        else if (!known.IsMappable)
            Add(RuleProblemKind.UnmappableTrait, place, sid, "may not be used in segments by you");
    }

    private void Add(RuleProblemKind kind, RuleSpan place, long sid, string phrase) =>
        problems.AddForTrait(kind, place, sid, string.Create(CultureInfo.InvariantCulture, $"Trait {sid} {phrase}."));
}
