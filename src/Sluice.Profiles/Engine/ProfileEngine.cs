using System.Collections.Concurrent;
using Sluice.Profiles.Populations;
using Sluice.Profiles.Rulebook;
using Sluice.Profiles.Rules;
using Sluice.Profiles.State;
using Sluice.Storage;

namespace Sluice.Profiles.Engine;

/// <summary>
/// One environment's profiles: applies what the journal holds, in its order, and answers who is in which segment.
/// <para>Guarantees. <b>What was applied before <see cref="CommitAsync"/> returned</b> is in the store, together with the journal offset it reached, or nothing of
/// it is. <b>After a crash</b> the journal is applied again from that offset and leads to the same state: rules, days and links come from the journal
/// too, and nothing else decides. Events of one person are applied in the journal's order.</para>
/// <para>Threading: <see cref="PrepareAsync"/>, the Apply methods, <see cref="WorkAsync"/> and <see cref="CommitAsync"/> are called by one applier, one after the other. Everything
/// else may be called by anybody at any time.</para>
/// <para>After a failure of the store, what is in memory stays right; <see cref="CommitAsync"/> is tried again. The engine is given up and opened anew after any other.</para>
/// </summary>
public sealed class ProfileEngine
{
    private const string OffsetName = "offset";
    private const string NextNumberName = "next_number";
    private const string SeqName = "seq";
    private const string DayName = "day";
    private const string BackfillPrefix = "backfill:";
    private readonly Lock _gate = new();
    private readonly ProfileStore _store;
    private readonly ProfileTable _profiles;
    private readonly RuleSet _rules;
    private readonly Applier _applier;
    private readonly RuleReach _reach;
    private readonly ProfileLoader _loader;
    private readonly Upkeep _upkeep;
    private readonly ConcurrentBag<RuleMatcher> _matchers = [];
    private readonly Dictionary<(string Kind, long Id), Definition> _changedRules = [];
    private Dictionary<long, long> _effectiveSince = [];
    private Dictionary<long, long> _liveFrom = []; // journal offsets by trait
    private readonly Dictionary<string, long> _backfilledTo = [];
    private readonly HashSet<string> _changedBackfills = [];
    private readonly PopulationStore _populations;
    private Commit? _unkept; // taken, and refused by the store so far
    private volatile TraitRules _traitRules;
    private long _committedSeq;

    /// <summary>Answers questions about people that nothing is changed by.</summary>
    public ProfileQueries Queries { get; }

    private ProfileEngine(ProfileStore store, PopulationStore populations, ProfileTable profiles, RuleSet rules, Applier applier)
    {
        (_store, _populations, _profiles, _rules, _applier) = (store, populations, profiles, rules, applier);
        (_traitRules, _reach) = (rules.Traits, new RuleReach(rules, applier.Evaluation));
        _loader = new ProfileLoader(_gate, store, profiles, new Foresight(profiles, applier));
        _upkeep = new Upkeep(_gate, store, profiles, _loader, rules, applier);
        Reports = new PopulationReports(populations);
        Queries = new ProfileQueries(_gate, store, populations, profiles, rules, applier);
    }

    /// <summary>The journal offset up to which everything is in the store; null before the first commit.</summary>
    public long? CommittedOffset { get; private set; }

    /// <summary>The number of the last change of a membership that is in the store; 0 before the first.</summary>
    public long CommittedSeq => Volatile.Read(ref _committedSeq);

    /// <summary>Whether profiles wait for <see cref="WorkAsync"/>.</summary>
    public bool HasWork => _upkeep.HasWork;

    /// <summary>The numbers of reports.</summary>
    public PopulationReports Reports { get; }

    /// <summary>Where those numbers come from.</summary>
    internal PopulationStore Populations => _populations;

    /// <summary>How many profiles were ever made.</summary>
    public int Count => _profiles.NextNumber;

    /// <summary>How many of them are in memory.</summary>
    public int HotCount => _profiles.HotCount;

    /// <summary>The UTC day that journal time has reached, counted from 1970-01-01.</summary>
    public int Day => _applier.Day;

    /// <summary>How often something was read in the middle of an event, for want of foresight.</summary>
    internal long ReadsUnforeseen => _profiles.ReadsUnforeseen;

    /// <summary>Profiles changed and not in the store yet.</summary>
    public int Uncommitted => _profiles.DirtyCount;

    /// <summary>Opens the engine as its last commit left it.</summary>
    /// <exception cref="InvalidDataException">What is stored is of a newer version, or damaged.</exception>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public static async Task<ProfileEngine> OpenAsync(SqlStore sql, ProfileOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        await sql.MigrateAsync([ProfilesMigrations.Set], clock, cancellation);
        var store = new ProfileStore(sql);
        var numbers = await store.ReadNumbersAsync(cancellation);
        var rules = new RuleSet(options.CaseSensitiveRules ? TextCase.Distinguished : TextCase.Ignored);
        var (liveFrom, effectiveSince) = await store.ReadRulesAsync(rules, cancellation);
        var profiles = new ProfileTable(store, options.MemoryBudget);
        profiles.Begin((int)numbers.GetValueOrDefault(NextNumberName));
        var populations = await PopulationStore.LoadAsync(sql, rules.EndOf, cancellation);
        var applier = new Applier(profiles, rules, populations.History, options, numbers.GetValueOrDefault(SeqName), (int)numbers.GetValueOrDefault(DayName));
        var engine = new ProfileEngine(store, populations, profiles, rules, applier)
        {
            CommittedOffset = numbers.TryGetValue(OffsetName, out var offset) ? offset : null,
            _committedSeq = numbers.GetValueOrDefault(SeqName),
            _liveFrom = liveFrom,
            _effectiveSince = effectiveSince,
        };
        foreach (var (name, value) in numbers.Where(one => one.Key.StartsWith(BackfillPrefix, StringComparison.Ordinal)))
            engine._backfilledTo[name[BackfillPrefix.Length..]] = value;
        engine._upkeep.Resume(numbers.Keys);
        return engine;
    }

    /// <summary>Asks the rules what events mean, several events at a time, and reads the profiles they touch. Rules must not change between this and their application.</summary>
    public async Task PrepareAsync(IReadOnlyList<PersonEvent> events, CancellationToken cancellation)
    {
        var rules = _traitRules;
        if (events.Count < 8)
            foreach (var one in events)
                Match(rules, one);
        else
            Parallel.ForEach(Partitioner.Create(0, events.Count), range =>
            {
                for (var at = range.Item1; at < range.Item2; at++)
                    Match(rules, events[at]);
            });
        await _loader.LoadAsync([.. KeysOf(events)], events.Select(one => one.TimeMs).DefaultIfEmpty().Max(), cancellation);
    }

    /// <summary>Reads the profiles that a part of a backfill touches.</summary>
    public Task PrepareBackfillAsync(BackfillPart part, long timeMs, CancellationToken cancellation) =>
        _loader.LoadAsync([.. part.Profiles.Select(profile => new ProfileKey(profile.Namespace, profile.Id))], timeMs, cancellation);

    /// <summary>Whether everybody whom a prepared event touches is still in memory: events before it may have led it to others, who are read by preparing it again.</summary>
    public bool IsReady(PersonEvent one)
    {
        lock (_gate)
            return _loader.MissingOf(KeysOf([one]), one.TimeMs).Count == 0;
    }

    /// <summary>Applies an event that was prepared.</summary>
    public EventOutcome Apply(PersonEvent one)
    {
        lock (_gate)
        {
            AdvanceTo(one.TimeMs);
            return _applier.Apply(one);
        }
    }

    /// <summary>Links an event's ids without anything else of it.</summary>
    public void ApplySync(PersonEvent one)
    {
        lock (_gate)
        {
            AdvanceTo(one.TimeMs);
            _applier.Sync(one);
        }
    }

    /// <summary>Opts ids out, and the device last linked to each (audience contract, section 5.3).</summary>
    public void ApplyOptOut(IReadOnlyList<ProfileKey> keys, long timeMs)
    {
        lock (_gate)
        {
            AdvanceTo(timeMs);
            var now = DateTimeOffset.FromUnixTimeMilliseconds(timeMs);
            foreach (var key in keys)
            {
                if (_profiles.Find(key) is { IsDevice: false, Links: [.., var last] } && _profiles.Find(last.Number) is { } device)
                    _applier.OptOut(device.Key, now);
                _applier.OptOut(key, now);
            }
        }
    }

    /// <summary>Takes opt-outs back.</summary>
    public void ApplyOptIn(IReadOnlyList<ProfileKey> keys, long timeMs)
    {
        lock (_gate)
        {
            AdvanceTo(timeMs);
            foreach (var key in keys)
                _applier.OptIn(key, DateTimeOffset.FromUnixTimeMilliseconds(timeMs));
        }
    }

    /// <summary>Adds a part of a backfill; one that was added already is passed over.</summary>
    public void ApplyBackfill(BackfillPart part, long timeMs)
    {
        lock (_gate)
        {
            AdvanceTo(timeMs);
            if (BackfilledTo(part.Job) is { } done && done >= part.ToOffset)
                return;
            foreach (var profile in part.Profiles)
            {
                _applier.AddPast(
                    new ProfileKey(profile.Namespace, profile.Id), part.Trait, [.. profile.Days.Select(day => new PastDay(day.Day, day.Count, day.First, day.Last))],
                    DateTimeOffset.FromUnixTimeMilliseconds(timeMs));
            }
            _backfilledTo[part.Job] = part.ToOffset;
            _changedBackfills.Add(part.Job);
        }
    }

    /// <summary>The offset before which a backfill has added everything; null before its first part.</summary>
    public long? BackfilledTo(string job)
    {
        lock (_gate)
            return _backfilledTo.TryGetValue(job, out var offset) ? offset : null;
    }

    /// <summary>The journal offset from which on a trait's rule as it stands meets events; null for a trait that is not known.</summary>
    public long? LiveFrom(long trait)
    {
        lock (_gate)
            return _liveFrom.TryGetValue(trait, out var offset) ? offset : null;
    }

    /// <summary>The namespace that a code stands for: a data source's number, or the code itself.</summary>
    public string NamespaceOf(string code)
    {
        lock (_gate)
            return _rules.FindSource(code) is { } source ? source.Id.ToString(System.Globalization.CultureInfo.InvariantCulture) : code;
    }

    /// <summary>The rules as they stand, as definitions.</summary>
    public IReadOnlyList<Definition> ListRules()
    {
        lock (_gate)
            return _rules.List();
    }

    /// <summary>Takes changed rules in: the next event meets them, and everybody's memberships follow.</summary>
    /// <param name="changes">As of now.</param>
    /// <param name="timeMs">Journal time; ms since 1970.</param>
    /// <param name="offset">Just past the last record applied before.</param>
    /// <param name="cancellation">Gives up before anything is changed.</param>
    public async Task ApplyRulesAsync(IReadOnlyList<Definition> changes, long timeMs, long offset, CancellationToken cancellation)
    {
        ApplyTime(timeMs);
        // A pause keeps the members there are: all that is due before it comes first, or a crash in between would keep others.
        while (HasWork && changes.Any(change => change is SegmentDefinition { IsActive: false }))
        {
            if (_upkeep.WaitsForCommit)
                await CommitAsync(offset, cancellation);
            await WorkAsync(cancellation);
        }
        lock (_gate)
        {
            var segments = new HashSet<long>();
            foreach (var trait in changes.OfType<TraitDefinition>().Where(trait => _rules.FindTrait(trait.Id)?.Rule != trait.Rule || _rules.FindTrait(trait.Id) is null))
                _liveFrom[trait.Id] = offset;
            var changesLives = changes.Any(change => change is TraitDefinition trait && _rules.FindTrait(trait.Id) is { } before && before.TtlDays != trait.TtlDays);
            foreach (var change in changes)
                Take(change, segments);
            if (changesLives)
                _populations.History.LivesChanged();
            _traitRules = _rules.Traits;
            if (segments.Count > 0)
                _upkeep.Reevaluate(segments);
        }
    }

    /// <summary>Journal time passes without anything else.</summary>
    public void ApplyTime(long timeMs)
    {
        lock (_gate)
            AdvanceTo(timeMs);
    }

    /// <summary>Does some of what waits: memberships after a change of rules, and those that time alone changes.</summary>
    public Task WorkAsync(CancellationToken cancellation) => _upkeep.GoOnAsync(cancellation);

    /// <summary>Keeps everything applied so far, together with the offset up to which the journal was read.</summary>
    /// <param name="offset">Just past the last record applied.</param>
    /// <param name="cancellation">Gives up the wait.</param>
    /// <exception cref="StoreUnavailableException">Nothing was kept; call again, before anything else is applied.</exception>
    public async Task CommitAsync(long offset, CancellationToken cancellation)
    {
        lock (_gate)
            _unkept ??= Take(offset);
        if (_unkept.Numbers[OffsetName] != offset)
            throw new InvalidOperationException("Something was applied although the commit before was not kept.");
        await KeepAsync(_unkept, offset, cancellation);
    }

    /// <summary>The traits that rules on private keys realize: asked where an event comes in, since such keys are written nowhere.</summary>
    public IReadOnlyList<long> MatchPrivate(Signals signals)
    {
        var rules = _traitRules;
        return rules.OnPrivateKeys.Count == 0 ? [] : new Matching.TraitMatcher(rules.OnPrivateKeys).Match(signals).ToArray(); // few rules, and seldom asked
    }

    /// <summary>How many changes of memberships there ever were.</summary>
    public long ChangesEver => _applier.LastSeq;

    /// <summary>Changes of memberships that are in the store, in the order in which they happened: those after the last one known (0 for the oldest kept), at most so many.</summary>
    public Task<List<SegmentChange>> ReadChangesAsync(long after, int limit, CancellationToken cancellation) => _store.ReadChangesAsync(after, limit, cancellation);

    /// <summary>The number of the first change of a membership at or after an instant; null when there is none yet.</summary>
    public Task<long?> FindChangeAsync(DateTimeOffset from, CancellationToken cancellation) => _store.FindChangeAsync(from.ToUnixTimeMilliseconds(), cancellation);

    /// <summary>Forgets changes of memberships older than an instant.</summary>
    public Task<int> ForgetChangesAsync(DateTimeOffset before, CancellationToken cancellation) => _store.ForgetChangesAsync(before.ToUnixTimeMilliseconds(), cancellation);

    /// <summary>Since when a trait's or segment's rule as it stands has its effect, in ms since 1970; null while it has none yet, or since before that was kept.</summary>
    public long? EffectiveSince(long id)
    {
        lock (_gate)
            return _effectiveSince.TryGetValue(id, out var since) && !_upkeep.IsPending(id) ? since : null;
    }

    /// <summary>What is known of an id; null when it was never seen.</summary>
    public ProfileReport? Find(ProfileKey key)
    {
        lock (_gate)
            return _profiles.Find(key) is { } profile ? ProfileReport.Of(profile, _profiles.Find, _rules, _applier.Day) : null;
    }

    private void Take(Definition change, HashSet<long> segments)
    {
        var (kind, id) = change is RemovedDefinition removed ? (removed.Of, removed.Id) : (Definition.KindOf(change), change.Id);
        _reach.AddSegments(kind, id, change, segments);
        _rules.Put(change, _applier.Day);
        _reach.AddSegments(kind, id, change, segments);
        if (change is RemovedDefinition { Of: "trait" or "segment" })
            _populations.History.Forget(id);
        _changedRules[(kind, id)] = change;
        if (change is TraitDefinition or SegmentDefinition)
            _effectiveSince[id] = _applier.NowMs;
        else if (change is RemovedDefinition { Of: "trait" or "segment" })
            _effectiveSince.Remove(id);
    }

    private KeptRule Keep(Definition one) => new(
        one, one is TraitDefinition ? _rules.LifeOf(one.Id) : null, one is TraitDefinition ? _liveFrom.GetValueOrDefault(one.Id) : 0,
        one is TraitDefinition or SegmentDefinition ? _effectiveSince.GetValueOrDefault(one.Id) : 0);

    private void AdvanceTo(long timeMs)
    {
        _applier.NowMs = Math.Max(_applier.NowMs, timeMs);
        var day = UtcDay.Of(_applier.NowMs / 1000);
        if (day == _applier.Day)
            return;
        _applier.BeginDay(day);
        _upkeep.BeginDay();
    }

    private Commit Take(long offset)
    {
        var numbers = new Dictionary<string, long?>
        {
            [OffsetName] = offset,
            [NextNumberName] = _profiles.NextNumber,
            [SeqName] = _applier.LastSeq,
            [DayName] = _applier.Day,
        };
        var (settled, pending) = _upkeep.TakeProgress();
        foreach (var sid in settled)
            numbers[Upkeep.PendingName(sid)] = null;
        foreach (var sid in pending)
            numbers[Upkeep.PendingName(sid)] = 1;
        foreach (var job in _changedBackfills)
            numbers[BackfillPrefix + job] = _backfilledTo[job];
        _changedBackfills.Clear();
        var commit = new Commit(
            _profiles.TakeDirty(), [.. _changedRules.Values.Select(Keep)], [.. _applier.Changes], numbers, [_populations.WriteAsync]);
        _changedRules.Clear();
        _applier.Changes.Clear();
        return commit;
    }

    private async Task KeepAsync(Commit commit, long offset, CancellationToken cancellation)
    {
        await _store.CommitAsync(commit, cancellation);
        lock (_gate)
        {
            _unkept = null;
            _populations.Committed();
            CommittedOffset = offset;
            Volatile.Write(ref _committedSeq, commit.Numbers[SeqName]!.Value);
            _profiles.Settle();
            _upkeep.Committed((int)commit.Numbers[DayName]!.Value);
        }
    }

    private static IEnumerable<ProfileKey> KeysOf(IEnumerable<PersonEvent> events) => events.SelectMany(one => one.Identities).Select(identity => identity.Key).Distinct();

    private void Match(TraitRules rules, PersonEvent one)
    {
        if (!_matchers.TryTake(out var matcher))
            matcher = new RuleMatcher();
        one.Matched.Clear();
        one.Matched.AddRange(matcher.Match(rules, one.Signals));
        _matchers.Add(matcher);
    }
}
