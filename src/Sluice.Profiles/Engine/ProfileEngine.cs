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
    private const string PendingPrefix = "pending:";
    private const int SliceOfProfiles = 200;

    // Where the sweep of a day stands: behind a profile, or one of these.
    private const int SweepFromTheStart = -1;
    private const int SweepAfterCommit = -2; // what the store lists as due must hold all that happened before the day
    private const int SweepIsOver = int.MaxValue;

    private readonly Lock _gate = new();
    private readonly ProfileStore _store;
    private readonly ProfileTable _profiles;
    private readonly RuleSet _rules;
    private readonly Applier _applier;
    private readonly RuleReach _reach;
    private readonly Queue<Reevaluation> _reevaluations = new();
    private readonly ConcurrentBag<RuleMatcher> _matchers = [];
    private readonly Dictionary<(string Kind, long Id), Definition> _changedRules = [];
    private readonly HashSet<long> _pending = []; // segments whose members are being brought up to date
    private readonly HashSet<long> _settled = []; // those that were, since the last commit
    private readonly Dictionary<long, long> _effectiveSince = [];
    private readonly PopulationStore _populations;
    private Commit? _unkept; // taken, and refused by the store so far
    private volatile TraitRules _traitRules;
    private int _dueAfter;
    private long _nowMs;

    private ProfileEngine(ProfileStore store, PopulationStore populations, ProfileTable profiles, RuleSet rules, Applier applier)
    {
        (_store, _populations, _profiles, _rules, _applier) = (store, populations, profiles, rules, applier);
        (_traitRules, _reach) = (rules.Traits, new RuleReach(rules, applier.Evaluation));
    }

    /// <summary>The journal offset up to which everything is in the store; null before the first commit.</summary>
    public long? CommittedOffset { get; private set; }

    /// <summary>Whether profiles wait for <see cref="WorkAsync"/>.</summary>
    public bool HasWork => _reevaluations.Count > 0 || _dueAfter < SweepIsOver;

    /// <summary>The numbers of reports.</summary>
    internal PopulationStore Populations => _populations;

    /// <summary>The UTC day that journal time has reached, counted from 1970-01-01.</summary>
    public int Day => _applier.Day;

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
        await store.ReadRulesAsync(rules, cancellation);
        var profiles = new ProfileTable(store, options.MemoryBudget);
        profiles.Begin((int)numbers.GetValueOrDefault(NextNumberName));
        var populations = await PopulationStore.LoadAsync(sql, rules.EndOf, cancellation);
        var applier = new Applier(profiles, rules, populations.History, options, numbers.GetValueOrDefault(SeqName), (int)numbers.GetValueOrDefault(DayName));
        var engine = new ProfileEngine(store, populations, profiles, rules, applier)
        {
            CommittedOffset = numbers.TryGetValue(OffsetName, out var offset) ? offset : null,
            _nowMs = numbers.GetValueOrDefault(DayName) * UtcDay.SecondsOfDay * 1000L,
            _dueAfter = SweepFromTheStart,
        };
        var pending = numbers.Keys.Where(name => name.StartsWith(PendingPrefix, StringComparison.Ordinal))
            .Select(name => long.Parse(name.AsSpan(PendingPrefix.Length), System.Globalization.CultureInfo.InvariantCulture)).ToHashSet();
        if (pending.Count > 0)
            engine.Reevaluate(pending);
        return engine;
    }

    /// <summary>Asks the rules what events mean, several events at a time, and reads the profiles they touch. Rules must not change between this and their application.</summary>
    public async Task PrepareAsync(IReadOnlyList<PersonEvent> events, CancellationToken cancellation)
    {
        var rules = _traitRules;
        if (events.Count < 8)
        {
            foreach (var one in events)
                Match(rules, one);
        }
        else
            Parallel.ForEach(Partitioner.Create(0, events.Count), range =>
            {
                for (var at = range.Item1; at < range.Item2; at++)
                    Match(rules, events[at]);
            });
        await LoadAsync(events.SelectMany(one => one.Identities).Select(identity => identity.Key).Distinct(), cancellation);
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

    /// <summary>The namespace that a code stands for: a data source's number, or the code itself.</summary>
    public string NamespaceOf(string code) =>
        _rules.FindSource(code) is { } source ? source.Id.ToString(System.Globalization.CultureInfo.InvariantCulture) : code;

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
            if (_dueAfter == SweepAfterCommit)
                await CommitAsync(offset, cancellation);
            await WorkAsync(cancellation);
        }
        lock (_gate)
        {
            var segments = new HashSet<long>();
            var changesLives = changes.Any(change => change is TraitDefinition trait && _rules.FindTrait(trait.Id) is { } before && before.TtlDays != trait.TtlDays);
            foreach (var change in changes)
                Take(change, segments);
            if (changesLives)
                _populations.History.LivesChanged();
            _traitRules = _rules.Traits;
            if (segments.Count > 0)
                Reevaluate(segments);
        }
    }

    /// <summary>Journal time passes without anything else.</summary>
    public void ApplyTime(long timeMs)
    {
        lock (_gate)
            AdvanceTo(timeMs);
    }

    /// <summary>Does some of what waits: memberships after a change of rules, and those that time alone changes.</summary>
    public async Task WorkAsync(CancellationToken cancellation)
    {
        if (_dueAfter is not (SweepIsOver or SweepAfterCommit))
            await SweepAsync(cancellation);
        if (_reevaluations.TryPeek(out var reevaluation))
            await GoOnAsync(reevaluation, cancellation);
    }

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
        return rules.OnPrivateKeys.Count == 0 ? [] : new TraitMatcherLease(rules).Match(signals);
    }

    /// <summary>Changes of memberships that are in the store, in the order in which they happened.</summary>
    /// <param name="after">Sequence number of the last one known; 0 for the oldest kept.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellation">Ends the read.</param>
    public Task<List<SegmentChange>> ReadChangesAsync(long after, int limit, CancellationToken cancellation) => _store.ReadChangesAsync(after, limit, cancellation);

    /// <summary>Forgets changes of memberships older than an instant.</summary>
    public Task<int> ForgetChangesAsync(DateTimeOffset before, CancellationToken cancellation) => _store.ForgetChangesAsync(before.ToUnixTimeMilliseconds(), cancellation);

    /// <summary>Since when an object's rule as it stands has its effect, in ms since 1970; null while it has none yet, or since before the engine was opened.</summary>
    public long? EffectiveSince(long id)
    {
        lock (_gate)
            return _effectiveSince.TryGetValue(id, out var since) && !_pending.Contains(id) ? since : null;
    }

    /// <summary>What is known of an id; null when it was never seen.</summary>
    public ProfileReport? Find(ProfileKey key)
    {
        lock (_gate)
            return _profiles.Find(key) is { } profile ? ProfileReport.Of(profile, _profiles, _rules, _applier.Day) : null;
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
        _effectiveSince[id] = _nowMs;
    }

    private void AdvanceTo(long timeMs)
    {
        _nowMs = Math.Max(_nowMs, timeMs);
        var day = UtcDay.Of(_nowMs / 1000);
        if (day == _applier.Day)
            return;
        _applier.BeginDay(day);
        _dueAfter = SweepAfterCommit;
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        var (day, after) = (_applier.Day, _dueAfter);
        var due = await _store.ListDueAsync(day, after, SliceOfProfiles, cancellation);
        await LoadAsync(due, cancellation);
        lock (_gate)
        {
            var now = DateTimeOffset.FromUnixTimeSeconds((long)day * UtcDay.SecondsOfDay); // exits happen at midnight, whenever they are found
            foreach (var number in due)
            {
                if (_profiles.Find(number) is { } profile && profile.NextDay <= day)
                    _applier.Fire(profile, now);
            }
            if (_applier.Day == day)
                _dueAfter = due.Count < SliceOfProfiles ? SweepIsOver : due[^1];
        }
    }

    private void Reevaluate(HashSet<long> segments)
    {
        _pending.UnionWith(segments);
        _settled.ExceptWith(segments);
        _reevaluations.Enqueue(new Reevaluation(segments, _profiles.NextNumber));
    }

    private async Task GoOnAsync(Reevaluation reevaluation, CancellationToken cancellation)
    {
        var end = Math.Min(reevaluation.Next + SliceOfProfiles, reevaluation.EndNumber);
        await LoadAsync(Enumerable.Range(reevaluation.Next, end - reevaluation.Next), cancellation);
        lock (_gate)
        {
            var entries = reevaluation.Entries(_rules.Segments);
            var now = DateTimeOffset.FromUnixTimeMilliseconds(_nowMs);
            for (; reevaluation.Next < end; reevaluation.Next++)
            {
                if (_profiles.Find(reevaluation.Next) is not { } profile)
                    continue;
                if (profile.NextDay <= _applier.Day && !_applier.Fire(profile, DateTimeOffset.FromUnixTimeSeconds((long)_applier.Day * UtcDay.SecondsOfDay)))
                    continue;
                _applier.Settle(profile, entries, now, ChangeCause.RuleEdit, null);
                foreach (var membership in profile.Segments)
                {
                    if (reevaluation.Segments.Contains(membership.Sid) && _rules.Segments.Find(membership.Sid) is null)
                        _applier.Leave(profile, membership.Sid, now);
                }
            }
            if (!reevaluation.IsDone)
                return;
            _reevaluations.Dequeue();
            foreach (var sid in reevaluation.Segments.Where(sid => !_reevaluations.Any(other => other.Segments.Contains(sid))))
            {
                _pending.Remove(sid);
                _settled.Add(sid);
            }
        }
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
        foreach (var sid in _settled)
            numbers[PendingPrefix + sid.ToString(System.Globalization.CultureInfo.InvariantCulture)] = null;
        foreach (var sid in _pending)
            numbers[PendingPrefix + sid.ToString(System.Globalization.CultureInfo.InvariantCulture)] = 1;
        _settled.Clear();
        var commit = new Commit(
            _profiles.TakeDirty(), [.. _changedRules.Values.Select(one => (one, one is TraitDefinition ? _rules.LifeOf(one.Id) : null))], [.. _applier.Changes], numbers, [_populations.WriteAsync]);
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
            _profiles.Settle();
            if (_dueAfter == SweepAfterCommit && commit.Numbers[DayName] == _applier.Day)
                _dueAfter = SweepFromTheStart;
        }
    }

    /// <summary>Reads profiles in one go before they are needed, and those linked to them.</summary>
    private async Task LoadAsync(IEnumerable<ProfileKey> keys, CancellationToken cancellation)
    {
        List<ProfileKey> missing;
        lock (_gate)
            missing = _profiles.MissingOf(keys);
        if (missing.Count == 0)
            return;
        var found = await _store.ReadAsync(missing, cancellation);
        lock (_gate)
            _profiles.TakeIn(found, missing);
        await LoadAsync(found.SelectMany(profile => profile.Links).Select(link => link.Number), cancellation);
    }

    private async Task LoadAsync(IEnumerable<int> numbers, CancellationToken cancellation)
    {
        List<int> missing;
        lock (_gate)
            missing = _profiles.MissingOf(numbers);
        if (missing.Count == 0)
            return;
        var found = await _store.ReadAsync(missing, cancellation);
        lock (_gate)
            _profiles.TakeIn(found, []);
    }

    private void Match(TraitRules rules, PersonEvent one)
    {
        if (!_matchers.TryTake(out var matcher))
            matcher = new RuleMatcher();
        one.Matched.AddRange(matcher.Match(rules, one.Signals));
        _matchers.Add(matcher);
    }

    /// <summary>A matcher for the few rules on private keys; they are asked seldom enough to make one each time.</summary>
    private readonly struct TraitMatcherLease(TraitRules rules)
    {
        internal long[] Match(Signals signals) => new Matching.TraitMatcher(rules.OnPrivateKeys).Match(signals).ToArray();
    }
}
