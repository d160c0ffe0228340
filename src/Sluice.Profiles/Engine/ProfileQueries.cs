using Sluice.Profiles.Populations;
using Sluice.Profiles.Rulebook;
using Sluice.Profiles.Rules;
using Sluice.Profiles.State;

namespace Sluice.Profiles.Engine;

/// <summary>Questions about people: who would be in a segment, and why somebody is in one or is not. Any number of threads may ask.</summary>
public sealed class ProfileQueries
{
    private const int SliceOfPreview = 2_000;

    private readonly Lock _gate;
    private readonly ProfileStore _store;
    private readonly PopulationStore _populations;
    private readonly ProfileTable _profiles;
    private readonly RuleSet _rules;
    private readonly Applier _applier;

    internal ProfileQueries(Lock gate, ProfileStore store, PopulationStore populations, ProfileTable profiles, RuleSet rules, Applier applier) =>
        (_gate, _store, _populations, _profiles, _rules, _applier) = (gate, store, populations, profiles, rules, applier);

    /// <summary>Counts whom a segment rule would hold for, without saving it.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="mergeRuleId">The merge rule to go by; null for the default one.</param>
    /// <param name="samples">How many members to name at most.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<SegmentPreview> PreviewAsync(SegmentRule rule, long? mergeRuleId, int samples, CancellationToken cancellation)
    {
        Previewer previewer;
        ProfileSet candidates;
        lock (_gate)
        {
            previewer = new Previewer(rule, mergeRuleId, samples, new Evaluation(_profiles, _rules, _applier.Views));
            candidates = Previewer.CandidatesOf(rule, _populations.History, _rules.Folders);
        }
        var linked = new ProfileSet(); // read with a candidate, but none itself
        foreach (var slice in Slices(candidates))
            await LookAsync(slice, previewer, profile => AddLinked(profile, candidates, linked), cancellation);
        foreach (var slice in Slices(linked))
            await LookAsync(slice, previewer, _ => { }, cancellation);
        return previewer.Result();
    }

    /// <summary>What is known of ids, as far as they are known. Nobody is held up while the store is read, and nothing is kept in memory for it.</summary>
    /// <exception cref="Sluice.Storage.StoreUnavailableException">The database cannot be reached.</exception>
    public async Task<IReadOnlyDictionary<ProfileKey, ProfileReport>> FindAsync(IReadOnlyCollection<ProfileKey> keys, CancellationToken cancellation)
    {
        List<ProfileKey> missing;
        lock (_gate)
            missing = _profiles.MissingOf(keys);
        var cold = missing.Count == 0 ? [] : (await _store.ReadAsync(missing, cancellation)).ToDictionary(profile => profile.Key);
        List<int> missingLinks;
        lock (_gate)
            missingLinks = _profiles.MissingOf(keys.Select(Known).OfType<Profile>().SelectMany(profile => profile.Links).Select(link => link.Number));
        var coldLinks = missingLinks.Count == 0 ? [] : (await _store.ReadAsync(missingLinks, cancellation)).ToDictionary(profile => profile.Number);
        lock (_gate)
        {
            return keys.Distinct().Select(Known).OfType<Profile>().ToDictionary(
                profile => profile.Key, profile => ProfileReport.Of(profile, number => _profiles.FindHot(number) ?? coldLinks.GetValueOrDefault(number), _rules, _applier.Day));
        }

        // What is in memory is newer than what was read.
        Profile? Known(ProfileKey key) => _profiles.FindHot(key) ?? cold.GetValueOrDefault(key);
    }

    /// <summary>Why an id is in a segment or is not; null when the id or the segment is not known.</summary>
    public SegmentExplanation? Explain(ProfileKey key, long segment)
    {
        lock (_gate)
        {
            return _profiles.Find(key) is { } profile && _rules.Segments.Find(segment) is { } entry ? Explain(profile, entry, isSaved: true) : null;
        }
    }

    /// <summary>Why an id would be in a segment or would not, by a rule that is not saved; null when the id is not known.</summary>
    public SegmentExplanation? Explain(ProfileKey key, SegmentRule rule, long? mergeRuleId)
    {
        lock (_gate)
        {
            return _profiles.Find(key) is { } profile
                ? Explain(profile, new SegmentTable.Entry(new SegmentDefinition(0, rule.ToString(), mergeRuleId, true), rule, rule.Compile()), isSaved: false) : null;
        }
    }

    private SegmentExplanation Explain(Profile profile, SegmentTable.Entry segment, bool isSaved) =>
        new Explainer(_profiles, _rules, _applier.Views, new Evaluation(_profiles, _rules, _applier.Views))
            .Explain(profile, segment, isSaved, _applier.Day, DateTimeOffset.FromUnixTimeMilliseconds(_applier.NowMs));

    private async Task LookAsync(int[] slice, Previewer previewer, Action<Profile> looked, CancellationToken cancellation)
    {
        List<int> missing;
        lock (_gate)
            missing = _profiles.MissingOf(slice);
        // Those that are not hot are looked at and let go again; only whom others are linked to must be there.
        var cold = missing.Count == 0 ? [] : (await _store.ReadAsync(missing, cancellation)).ToDictionary(profile => profile.Number);
        lock (_gate)
        {
            _profiles.TakeIn(cold.Values.Where(profile => profile.Links.Length > 0), []);
            var now = DateTimeOffset.FromUnixTimeMilliseconds(_applier.NowMs);
            foreach (var number in slice)
            {
                if ((_profiles.FindHot(number) ?? cold.GetValueOrDefault(number)) is not { } profile)
                    continue;
                previewer.Look(profile, now);
                looked(profile);
            }
        }
        cancellation.ThrowIfCancellationRequested();
    }

    private void AddLinked(Profile profile, ProfileSet candidates, ProfileSet linked)
    {
        if (profile.Links.Length == 0)
            return;
        var affected = new HashSet<Profile>();
        _applier.Views.AddAffected(profile, affected);
        foreach (var other in affected.Where(other => !candidates.Contains(other.Number)))
            linked.Add(other.Number);
    }

    private static IEnumerable<int[]> Slices(ProfileSet numbers)
    {
        var slice = new List<int>(SliceOfPreview);
        foreach (var number in numbers)
        {
            slice.Add(number);
            if (slice.Count < SliceOfPreview)
                continue;
            yield return [.. slice];
            slice.Clear();
        }
        if (slice.Count > 0)
            yield return [.. slice];
    }
}
