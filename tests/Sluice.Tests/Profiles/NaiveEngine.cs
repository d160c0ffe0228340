using Sluice.Profiles.Engine;
using Sluice.Profiles.Rulebook;
using Sluice.Profiles.Rules;
using Sluice.Profiles.Rules.Evaluate;
using Sluice.Profiles.State;

namespace Sluice.Tests.Profiles;

/// <summary>The engine's promises in the plainest form: lists of everything, looked through from the start each time.</summary>
internal sealed class NaiveEngine
{
    private const int Day = UtcDay.SecondsOfDay;

    private readonly Dictionary<ProfileKey, Person> _persons = [];
    private readonly Dictionary<long, TraitDefinition> _traits = [];
    private readonly Dictionary<long, SegmentDefinition> _segments = [];
    private readonly Dictionary<long, MergeRuleDefinition> _mergeRules = [];
    private readonly Dictionary<(ProfileKey, long), bool> _whilePaused = [];
    private readonly Dictionary<string, CompiledSegmentRule> _segmentRules = [];
    private readonly Dictionary<string, CompiledTraitRule> _traitRules = [];
    private readonly List<(long Sid, ProfileKey Key, long Day, int Counted)> _ever = [];
    private long _seconds;

    internal IEnumerable<ProfileKey> Keys => _persons.Keys;

    internal void Advance(long timeMs)
    {
        var before = _seconds / Day;
        _seconds = Math.Max(_seconds, timeMs / 1000);
        if (_seconds / Day != before)
            LetGo();
    }

    internal void Apply(Definition definition, long timeMs)
    {
        Advance(timeMs);
        switch (definition)
        {
            case TraitDefinition trait:
                _traits[trait.Id] = trait;
                break;
            case SegmentDefinition segment:
                if (!segment.IsActive && _segments.GetValueOrDefault(segment.Id) is { IsActive: true })
                {
                    foreach (var key in _persons.Keys)
                        _whilePaused[(key, segment.Id)] = IsMember(key, segment.Id);
                }
                _segments[segment.Id] = segment;
                break;
            case MergeRuleDefinition rule:
                _mergeRules[rule.Id] = rule;
                break;
            case RemovedDefinition { Of: "segment" } removed:
                _segments.Remove(removed.Id);
                foreach (var kept in _whilePaused.Keys.Where(one => one.Item2 == removed.Id).ToList())
                    _whilePaused.Remove(kept);
                break;
            case RemovedDefinition { Of: "trait" } removed:
                _traits.Remove(removed.Id);
                break;
            default:
                throw new NotSupportedException();
        }
        LetGo();
    }

    internal void OptOut(ProfileKey key, long timeMs)
    {
        Advance(timeMs);
        if (!key.IsGlobalDevice && _persons.TryGetValue(key, out var customer) && customer.Links.Count > 0)
            End(customer.Links[^1].Other);
        End(key);

        void End(ProfileKey one)
        {
            var person = Of(one);
            person.IsOptedOut = true;
            person.Realized.Clear();
            foreach (var sid in _segments.Keys)
                _whilePaused[(one, sid)] = false;
        }
    }

    internal void Apply(PersonEvent one)
    {
        Advance(one.TimeMs);
        foreach (var identity in one.Identities)
            Of(identity.Key);
        var deviceKey = one.Identities.Select(identity => identity.Key).Where(key => key.IsGlobalDevice).Cast<ProfileKey?>().FirstOrDefault();
        if (deviceKey is { } own && Of(own).IsOptedOut)
            return;
        var named = one.Identities.Where(identity => !Of(identity.Key).IsOptedOut).ToList();
        if (named.Count == 0)
            return;
        if (deviceKey is { } device)
        {
            foreach (var other in named.Where(identity => identity.Key != device).DistinctBy(identity => identity.Key))
            {
                var isSignedIn = named.Exists(identity => identity.Key == other.Key && identity.IsAuthenticated);
                Tie(Of(device), other.Key, isSignedIn, limit: 10, perNamespace: true);
                Tie(Of(other.Key), device, isSignedIn, limit: 100, perNamespace: false);
            }
            Of(device).Current = [.. named.Where(identity => identity.IsAuthenticated).Select(identity => identity.Key)];
        }
        var target = named.Find(identity => identity.IsAuthenticated && !identity.Key.IsGlobalDevice) is { Key.Id: not null } customer ? customer.Key
            : deviceKey ?? (named.Exists(identity => identity.IsPrimary) ? named.First(identity => identity.IsPrimary).Key : named[0].Key);
        foreach (var sid in one.Removed)
        {
            Of(target).Realized.RemoveAll(real => real.Sid == sid);
            if (deviceKey is { } also)
                Of(also).Realized.RemoveAll(real => real.Sid == sid);
        }
        foreach (var trait in _traits.Values.Where(trait => one.Realized.Contains(trait.Id) || trait.Rule is { } text && Trait(text).IsTrue(one.Signals)))
        {
            if (trait.Role != TraitRole.RuleBased)
                Of(target).Realized.RemoveAll(real => real.Sid == trait.Id);
            Of(target).Realized.Add((trait.Id, one.TimeMs / 1000));
            _ever.Add((trait.Id, target, _seconds / Day, trait.Role == TraitRole.RuleBased ? 1 : 0));
        }
    }

    internal bool IsMember(ProfileKey key, long sid)
    {
        var segment = _segments[sid];
        if (!segment.IsActive)
            return _whilePaused.GetValueOrDefault((key, sid));
        var person = Of(key);
        if (person.IsOptedOut)
            return false;
        var rule = segment.MergeRuleId is { } id && _mergeRules.TryGetValue(id, out var named) ? named
            : _mergeRules.Values.Where(one => one.IsDefault).MinBy(one => one.Id)
            ?? new MergeRuleDefinition(0, CrossDeviceOption.LastAuthenticated, DeviceOption.Current, [], true);
        if (Holds(View(key, rule)))
            return true;
        return !key.IsGlobalDevice && person.Links.Exists(link => link.Other.IsGlobalDevice && !Of(link.Other).IsOptedOut && CustomersOf(link.Other, rule).Contains(key) && Holds(View(link.Other, rule)));

        bool Holds(List<ProfileKey> view) =>
            view.Count > 0 && Segment(segment.Rule).IsTrue(new Union([.. view.SelectMany(one => Of(one).Realized).Where(real => _traits.ContainsKey(real.Sid))]), DateTimeOffset.FromUnixTimeSeconds(_seconds));
    }

    internal IReadOnlyList<(long Sid, int Count)> TraitsOf(ProfileKey key) =>
        [.. Of(key).Realized.Where(real => _traits.ContainsKey(real.Sid)).GroupBy(real => real.Sid).Select(group => (group.Key, group.Count())).OrderBy(one => one.Key)];

    /// <summary>A trait's uniques and realizations of the last seven days and of all time, and who holds it now.</summary>
    internal string NumbersOf(long sid)
    {
        var all = _ever.Where(one => one.Sid == sid).ToList();
        var week = all.Where(one => one.Day > _seconds / Day - 7).ToList();
        return $"{week.DistinctBy(one => one.Key).Count()} {week.Sum(one => one.Counted)} {all.DistinctBy(one => one.Key).Count()} {all.Sum(one => one.Counted)} {_persons.Values.Count(person => person.Realized.Exists(real => real.Sid == sid))}";
    }

    internal IEnumerable<long> Traits => _traits.Keys;

    internal string Describe(long sid) => $"{_segments.GetValueOrDefault(sid)} under {_mergeRules.GetValueOrDefault(_segments.GetValueOrDefault(sid)?.MergeRuleId ?? 0)}";

    internal SegmentDefinition Segment(long sid) => _segments[sid];

    internal IEnumerable<long> Segments => _segments.Keys;

    private CompiledSegmentRule Segment(string text) => _segmentRules.TryGetValue(text, out var rule) ? rule : _segmentRules[text] = ARule.Segment(text).Compile();

    private CompiledTraitRule Trait(string text) => _traitRules.TryGetValue(text, out var rule) ? rule : _traitRules[text] = ARule.Trait(text).Compile(TextCase.Ignored);

    private List<ProfileKey> View(ProfileKey key, MergeRuleDefinition rule)
    {
        var view = new List<ProfileKey>();
        if (key.IsGlobalDevice)
        {
            if (rule.Device != DeviceOption.None)
                view.Add(key);
            var customers = CustomersOf(key, rule).Where(one => !Of(one).IsOptedOut).ToList();
            view.AddRange(customers);
            if (rule.Device == DeviceOption.ProfileLink)
                view.AddRange(customers.SelectMany(customer => DevicesOf(customer, rule)).Distinct().Where(one => !view.Contains(one)).ToList());
        }
        else if (rule.CrossDevice != CrossDeviceOption.None && Allows(rule, key))
        {
            view.Add(key);
            if (rule.Device == DeviceOption.ProfileLink)
                view.AddRange(DevicesOf(key, rule));
        }
        return view;
    }

    private List<ProfileKey> CustomersOf(ProfileKey device, MergeRuleDefinition rule)
    {
        var links = Of(device).Links.Where(link => Allows(rule, link.Other)).ToList();
        return rule.CrossDevice switch
        {
            CrossDeviceOption.All => [.. links.Select(link => link.Other)],
            CrossDeviceOption.CurrentAuthenticated => [.. links.Select(link => link.Other).Where(Of(device).Current.Contains)],
            CrossDeviceOption.LastAuthenticated =>
                [.. links.Where(link => link.SignedIn > 0).GroupBy(link => link.Other.Namespace).Select(group => group.Last(link => link.SignedIn == group.Max(other => other.SignedIn)).Other)],
            _ => [],
        };
    }

    private List<ProfileKey> DevicesOf(ProfileKey customer, MergeRuleDefinition rule) =>
        [.. Of(customer).Links.Select(link => link.Other).Where(one => one.IsGlobalDevice && !Of(one).IsOptedOut && CustomersOf(one, rule).Contains(customer))];

    private static bool Allows(MergeRuleDefinition rule, ProfileKey key) => rule.SourceIds.Count == 0 || rule.SourceIds.Any(source => source.ToString() == key.Namespace);

    private void Tie(Person person, ProfileKey other, bool isSignedIn, int limit, bool perNamespace)
    {
        var known = person.Links.Find(link => link.Other == other);
        person.Links.RemoveAll(link => link.Other == other);
        person.Links.Add((other, isSignedIn ? _seconds : known.SignedIn));
        var counted = person.Links.Where(link => !perNamespace || link.Other.Namespace == other.Namespace).ToList();
        if (counted.Count <= limit)
            return;
        person.Links.Remove(counted[0]);
        Of(counted[0].Other).Links.RemoveAll(link => link.Other == person.Key);
    }

    private void LetGo()
    {
        var today = _seconds / Day;
        foreach (var person in _persons.Values)
        {
            foreach (var group in person.Realized.GroupBy(real => real.Sid).ToList())
            {
                if (!_traits.TryGetValue(group.Key, out var trait) || trait.TtlDays > 0 && (group.Max(real => real.Seconds) / Day) + trait.TtlDays + 1 <= today)
                    person.Realized.RemoveAll(real => real.Sid == group.Key);
            }
        }
    }

    private Person Of(ProfileKey key) => _persons.TryGetValue(key, out var person) ? person : _persons[key] = new Person(key);

    private sealed class Person(ProfileKey key)
    {
        internal ProfileKey Key => key;

        internal List<(long Sid, long Seconds)> Realized { get; } = [];

        internal List<(ProfileKey Other, long SignedIn)> Links { get; } = [];

        internal HashSet<ProfileKey> Current { get; set; } = [];

        internal bool IsOptedOut { get; set; }
    }

    private sealed class Union(List<(long Sid, long Seconds)> realized) : IProfileView
    {
        public bool Holds(long sid) => realized.Exists(one => one.Sid == sid);

        public long Realizations(long sid) => realized.Count(one => one.Sid == sid);

        public long RealizationsSince(long sid, int day) => realized.Count(one => one.Sid == sid && one.Seconds / Day >= day);

        public long RealizationsUntil(long sid, int day) => realized.Count(one => one.Sid == sid && one.Seconds / Day <= day);
    }
}
