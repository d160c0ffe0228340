using Sluice.Profiles.Populations;
using Sluice.Profiles.Rulebook;
using Sluice.Profiles.State;

namespace Sluice.Profiles.Engine;

/// <summary>What one event, command or day does to profiles: the one place where they change. For one thread, under the engine's lock.</summary>
internal sealed partial class Applier
{
    private const int MaxTags = 10;

    private readonly ProfileTable _profiles;
    private readonly RuleSet _rules;
    private readonly ProfileOptions _options;
    private readonly PopulationHistory _history;
    private readonly Linker _linker;
    private readonly HashSet<Profile> _affected = [];
    private readonly HashSet<SegmentTable.Entry> _candidates = [];
    private readonly HashSet<long> _changedTraits = [];
    private readonly List<Realization> _realizations = [];
    private readonly SortedSet<long> _sids = [];
    private readonly List<(long Sid, bool Entered)> _changes = [];
    private readonly List<Profile> _named = [];

    internal Applier(ProfileTable profiles, RuleSet rules, PopulationHistory history, ProfileOptions options, long seq, int day)
    {
        (_profiles, _rules, _history, _options) = (profiles, rules, history, options);
        (LastSeq, Day, NowMs) = (seq, day, day * (long)UtcDay.SecondsOfDay * 1000);
        Views = new PersonViews(profiles, rules);
        Evaluation = new Evaluation(profiles, rules, Views);
        _linker = new Linker(profiles, options);
    }

    internal PersonViews Views { get; }

    internal Evaluation Evaluation { get; }

    /// <summary>The UTC day of the journal's time.</summary>
    internal int Day { get; private set; }

    /// <summary>Journal time; ms since 1970.</summary>
    internal long NowMs { get; set; }

    /// <summary>The number of the last change of a membership.</summary>
    internal long LastSeq { get; private set; }

    /// <summary>Changes since somebody took them.</summary>
    internal List<SegmentChange> Changes { get; } = [];

    /// <summary>A day begins; whose day has come is looked at when somebody asks, or touches it.</summary>
    internal void BeginDay(int day)
    {
        Day = day;
        _history.BeginDay(day);
    }

    internal EventOutcome Apply(PersonEvent one)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(one.TimeMs);
        if (!Resolve(one, out var device, out var target) || target is null)
            return new EventOutcome([], [], device?.IsOptedOut == true || one.Identities.Count > 0);

        // 1. Who is who: links first, as they decide what is read together.
        _affected.Clear();
        _candidates.Clear();
        _changedTraits.Clear();
        if (device is not null && _linker.Link(device, one, _named, _affected))
        {
            foreach (var profile in _affected.ToList())
                Views.AddAffected(profile, _affected);
            foreach (var profile in _affected)
                Evaluation.AddTraits(profile, _changedTraits);
            foreach (var profile in _affected)
                AddMemberships(profile);
        }
        foreach (var profile in _named)
            Views.AddAffected(profile, _affected);
        FireDue(now);

        // 2. What it says about them.
        var realized = Realize(one, device, target, now.ToUnixTimeSeconds());
        foreach (var trait in _changedTraits)
            Evaluation.AddNaming(trait, _candidates);

        // 3. What follows.
        foreach (var profile in _affected)
            Settle(profile, _candidates, now, ChangeCause.Event, one.Name);
        foreach (var profile in _named)
            See(profile, one, now);
        return new EventOutcome(realized, SegmentsOf(device ?? target), false);
    }

    /// <summary>Looks at a profile whose day has come.</summary>
    /// <returns>False when it was forgotten for being seen too long ago.</returns>
    internal bool Fire(Profile profile, DateTimeOffset now)
    {
        if (profile.NextDay > Day)
            return true;
        if (IsOver(profile, Day))
        {
            Forget(profile, now);
            return false;
        }
        Check(profile, now, ChangeCause.Expiry);
        return true;
    }

    /// <summary>Looks at all memberships that a profile has or could have.</summary>
    internal void Check(Profile profile, DateTimeOffset now, ChangeCause cause)
    {
        var (traits, candidates) = (new HashSet<long>(), new HashSet<SegmentTable.Entry>());
        AddTraitsInView(profile, traits);
        foreach (var trait in traits)
            Evaluation.AddNaming(trait, candidates);
        foreach (var membership in profile.Segments)
        {
            if (_rules.Segments.Find(membership.Sid) is { } entry)
                candidates.Add(entry);
        }
        Settle(profile, candidates, now, cause, null);
    }

    /// <summary>Brings a profile's memberships in some segments up to date.</summary>
    internal void Settle(Profile profile, IReadOnlyCollection<SegmentTable.Entry> candidates, DateTimeOffset now, ChangeCause cause, string? detail)
    {
        _changes.Clear();
        Evaluation.FindChanges(profile, candidates, now, (sid, entered) => _changes.Add((sid, entered)));
        foreach (var (sid, entered) in _changes)
            Change(profile, sid, entered, now, cause, detail);
        var next = Math.Min(NextChangeOf(profile), ForgetDayOf(profile));
        if (next == profile.NextDay)
            return;
        profile.NextDay = next;
        _profiles.Change(profile);
    }

    /// <summary>Takes a profile out of a segment that is no more.</summary>
    internal void Leave(Profile profile, long sid, DateTimeOffset now)
    {
        if (profile.IsMember(sid))
            Change(profile, sid, entered: false, now, ChangeCause.RuleEdit, null);
    }

    private bool Resolve(PersonEvent one, out Profile? device, out Profile? target)
    {
        (device, target) = (null, null);
        _named.Clear();
        Profile? primary = null, authenticated = null;
        foreach (var identity in one.Identities)
        {
            var profile = _profiles.Find(identity.Key) ?? _profiles.Add(identity.Key);
            if (!_named.Contains(profile))
                _named.Add(profile);
            if (profile.IsDevice)
            {
                if (device is null || profile.Key.Namespace == ProfileKey.Device && device.Key.Namespace != ProfileKey.Device)
                    device = profile;
            }
            else if (identity.IsAuthenticated && !profile.IsOptedOut)
                authenticated ??= profile;
            if (identity.IsPrimary || primary is null)
                primary = profile;
        }
        if (device?.IsOptedOut == true)
            return false;
        if (_named.RemoveAll(profile => profile.IsOptedOut) > 0 && _named.Count == 0)
            return false;
        target = authenticated ?? device ?? (primary?.IsOptedOut == true ? _named.FirstOrDefault() : primary);
        return target is not null;
    }

    private void FireDue(DateTimeOffset now)
    {
        foreach (var profile in _affected.Where(profile => profile.NextDay <= Day).ToList())
        {
            if (!_named.Contains(profile))
            {
                if (!Fire(profile, now))
                    _affected.Remove(profile);
            }
            else if (profile.NextDay <= Day)
                Check(profile, now, ChangeCause.Expiry); // it is seen right now, so it is not forgotten
        }
    }

    private List<long> Realize(PersonEvent one, Profile? device, Profile target, long seconds)
    {
        _sids.Clear();
        foreach (var sid in one.Matched.Concat(one.Realized))
        {
            if (_rules.FindTrait(sid) is { Role: TraitRole.RuleBased or TraitRole.Onboarded or TraitRole.Algorithmic } trait
                && (one.OnlySources.Count == 0 || one.OnlySources.Contains(trait.DataSourceId)))
                _sids.Add(sid);
        }
        var realized = _sids.ToList();
        _sids.UnionWith(_rules.ActiveAudience);
        if (one.Removed.Count > 0)
        {
            var removed = one.Removed.ToHashSet();
            foreach (var profile in new[] { device, target }.OfType<Profile>().Distinct())
                TakeOff(profile, removed);
        }
        Realize(target, seconds);
        foreach (var profile in _named)
        {
            if (long.TryParse(profile.Key.Namespace, out var source) && _rules.FindSource(source)?.SyncedTraitSid is { } synced)
            {
                _sids.Clear();
                _sids.Add(synced);
                Realize(profile, seconds);
            }
        }
        return realized;
    }

    private void Realize(Profile profile, long seconds)
    {
        if (_sids.Count == 0)
            return;
        _realizations.Clear();
        foreach (var sid in _sids)
        {
            var countsOnce = _rules.FindTrait(sid)?.Role is not TraitRole.RuleBased;
            _realizations.Add(new Realization(sid, countsOnce));
            _history.Realized(sid, new ProfileNumber(profile.Number, profile.IsDevice), Day, isOnceOnly: countsOnce);
            _changedTraits.Add(sid);
        }
        profile.Traits = ProfileTraits.Realize(profile.Traits, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_realizations), seconds, _rules.EndOf);
        _profiles.Change(profile);
    }

    private void TakeOff(Profile profile, HashSet<long> sids)
    {
        foreach (var sid in sids)
            _history.Removed(sid, new ProfileNumber(profile.Number, profile.IsDevice));
        profile.Traits = ProfileTraits.Without(profile.Traits, sids);
        _changedTraits.UnionWith(sids);
        _profiles.Change(profile);
    }

    private void See(Profile profile, PersonEvent one, DateTimeOffset now)
    {
        var (isFirstOfDay, seenBefore) = (profile.LastSeenDay != Day, profile.LastSeenSeconds);
        profile.LastSeenSeconds = now.ToUnixTimeSeconds();
        profile.LastSeenDay = Day;
        foreach (var membership in profile.Segments)
        {
            if ((isFirstOfDay || membership.SinceSeconds >= seenBefore) && _rules.Segments.Find(membership.Sid) is { Definition.IsActive: true })
                _history.Seen(membership.Sid, new ProfileNumber(profile.Number, profile.IsDevice), Day);
        }
        if (one is { IsTagged: true, Name: { } name })
            profile.Tags = [.. profile.Tags.Length < MaxTags ? profile.Tags : profile.Tags[1..], name];
        profile.NextDay = Math.Min(NextChangeOf(profile), ForgetDayOf(profile));
        _profiles.Change(profile);
    }

    private void Change(Profile profile, long sid, bool entered, DateTimeOffset now, ChangeCause cause, string? detail)
    {
        var at = Array.BinarySearch(profile.Segments, new Membership(sid, 0), Profile.BySid.Instance);
        if (entered == at >= 0)
            return;
        var segments = profile.Segments.ToList();
        if (entered)
            segments.Insert(~at, new Membership(sid, now.ToUnixTimeSeconds()));
        else
            segments.RemoveAt(at);
        profile.Segments = [.. segments];
        if (entered)
            _history.Entered(sid, new ProfileNumber(profile.Number, profile.IsDevice));
        else if (_rules.Segments.Find(sid) is not null) // nothing is counted of one that is no more
            _history.Left(sid, new ProfileNumber(profile.Number, profile.IsDevice), cause == ChangeCause.Expiry ? Day - 1 : Day); // what ended at midnight lasted to the day before
        _profiles.Change(profile);
        Changes.Add(new SegmentChange(++LastSeq, now.ToUnixTimeMilliseconds(), profile.Number, profile.Key, sid, entered, cause, detail));
    }

    private void Forget(Profile profile, DateTimeOffset now)
    {
        foreach (var membership in profile.Segments)
            Change(profile, membership.Sid, entered: false, now, ChangeCause.Inactivity, null);
        var linked = profile.Links.Select(link => _profiles.Find(link.Number)).OfType<Profile>().ToList();
        foreach (var other in linked)
            _linker.Unlink(other, profile);
        Empty(profile);
        _profiles.Remove(profile);
        foreach (var other in linked)
            Check(other, now, ChangeCause.Inactivity);
    }

    private void Empty(Profile profile)
    {
        foreach (var memory in ProfileTraits.Read(profile.Traits))
            _history.Removed(memory.Sid, new ProfileNumber(profile.Number, profile.IsDevice));
        profile.Traits = [];
    }

    private void AddMemberships(Profile profile)
    {
        foreach (var membership in profile.Segments)
        {
            if (_rules.Segments.Find(membership.Sid) is { } entry)
                _candidates.Add(entry);
        }
    }

    /// <summary>Adds the profiles whose traits decide about a profile's memberships, as far as they are not just linked to one of these.</summary>
    /// <remarks>A view reaches as far as the profiles that a change of this one reaches: a customer's through its devices to what these read besides.</remarks>
    internal void AddInView(Profile profile, HashSet<Profile> to)
    {
        if (profile.IsDevice && !_rules.LinksDevices)
            to.Add(profile);
        else
            Views.AddAffected(profile, to);
    }

    /// <summary>Whether a profile is forgotten when its day is looked at.</summary>
    internal bool IsOver(Profile profile, int day) => day >= ForgetDayOf(profile);

    private void AddTraitsInView(Profile profile, HashSet<long> to)
    {
        var read = new HashSet<Profile>();
        AddInView(profile, read);
        foreach (var one in read)
            Evaluation.AddTraits(one, to);
    }

    private int NextChangeOf(Profile profile)
    {
        var next = Evaluation.NextChange(profile.Traits, Day);
        if (profile.Links.Length == 0)
            return next;
        if (profile.IsDevice && !_rules.LinksDevices)
        {
            foreach (var link in profile.Links)
            {
                if (_profiles.Find(link.Number) is not { } linked)
                    continue;
                next = Math.Min(next, Evaluation.NextChange(linked.Traits, Day));
            }
            return next;
        }
        var read = new HashSet<Profile>();
        Views.AddAffected(profile, read);
        return read.Aggregate(next, (earliest, one) => Math.Min(earliest, Evaluation.NextChange(one.Traits, Day)));
    }

    private int ForgetDayOf(Profile profile)
    {
        var days = profile.IsDevice ? _options.DeviceRetentionDays
            : long.TryParse(profile.Key.Namespace, out var source) && _rules.FindSource(source) is { RetentionDays: > 0 } known ? known.RetentionDays
            : int.MaxValue;
        return days == int.MaxValue || profile.IsOptedOut ? int.MaxValue : profile.LastSeenDay + days + 1;
    }

    private List<long> SegmentsOf(Profile profile) =>
        [.. profile.Segments.Select(membership => membership.Sid).Where(sid => _rules.Segments.Find(sid) is not null)];
}
