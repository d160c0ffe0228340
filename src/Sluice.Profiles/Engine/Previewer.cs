using Sluice.Profiles.Populations;
using Sluice.Profiles.Rulebook;
using Sluice.Profiles.Rules;
using Sluice.Profiles.Rules.Evaluate;
using Sluice.Profiles.Rules.Text;
using Sluice.Profiles.Rules.Tree;
using Sluice.Profiles.State;

namespace Sluice.Profiles.Engine;

/// <summary>Counts whom an unsaved segment rule would hold for, by the evaluation that decides about saved ones.</summary>
/// <remarks>
/// Only profiles that hold a trait of the rule are looked at, and those read with them: a valid rule holds for nobody else. The engine is held up for a slice at a
/// time only; each profile counts as it was when it was looked at.
/// </remarks>
internal sealed class Previewer
{
    private readonly Evaluation _evaluation;
    private readonly SegmentTable.Entry _segment;
    private readonly List<(RuleNode Node, SegmentTable.Entry Segment, bool HoldsForNobody)> _terms = [];
    private readonly long[] _counts;
    private readonly List<ProfileKey> _samples = [];
    private readonly int _maxSamples;
    private long _devices;
    private long _customers;

    internal Previewer(SegmentRule rule, long? mergeRuleId, int samples, Evaluation evaluation)
    {
        (_evaluation, _maxSamples) = (evaluation, samples);
        var definition = new SegmentDefinition(0, rule.ToString(), mergeRuleId, IsActive: true);
        _segment = new SegmentTable.Entry(definition, rule, rule.Compile());
        foreach (var node in TreeShape.Terms(rule.Root))
        {
            var compiled = new CompiledSegmentRule(node);
            _terms.Add((node, new SegmentTable.Entry(definition, rule, compiled), compiled.IsTrue(EmptyProfile.Instance, DateTimeOffset.UnixEpoch)));
        }
        _counts = new long[_terms.Count];
    }

    /// <summary>The profiles that hold a trait of the rule.</summary>
    internal static ProfileSet CandidatesOf(SegmentRule rule, PopulationHistory history, FolderTable folders)
    {
        var candidates = new ProfileSet();
        foreach (var trait in rule.Traits.SelectMany(named => folders.Below(named) ?? [named]).Distinct())
            candidates.OrWith(history.Population(trait, MetricsType.All));
        return candidates;
    }

    /// <summary>Looks at a profile; the caller holds the engine's lock.</summary>
    internal void Look(Profile profile, DateTimeOffset now)
    {
        if (profile.IsOptedOut)
            return;
        for (var at = 0; at < _counts.Length; at++)
        {
            if (!_terms[at].HoldsForNobody && _evaluation.IsTrue(profile, _terms[at].Segment, now))
                _counts[at]++;
        }
        // A rule of one term was asked already.
        if (!_evaluation.IsTrue(profile, _segment, now))
            return;
        if (profile.IsDevice)
            _devices++;
        else
            _customers++;
        if (_samples.Count < _maxSamples)
            _samples.Add(profile.Key);
    }

    internal SegmentPreview Result() => new(
        _devices, _customers,
        [.. _terms.Select((term, at) => new TermCount(RulePrinter.Print(term.Node), term.Node.Place.Start, term.Node.Place.Length, term.HoldsForNobody ? null : _counts[at]))], _samples);
}
