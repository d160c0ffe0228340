using Sluice.Profiles.Populations;
using Sluice.Profiles.Rulebook;
using Sluice.Profiles.State;

namespace Sluice.Profiles.Engine;

/// <content>What is asked of profiles without an event: opt-outs, links, a trait's past.</content>
internal sealed partial class Applier
{
    /// <summary>Opts an id out: it collects nothing from now on and leaves every segment; what was counted stays.</summary>
    internal void OptOut(ProfileKey key, DateTimeOffset now)
    {
        var profile = _profiles.Find(key) ?? _profiles.Add(key);
        if (profile.IsOptedOut)
            return;
        profile.IsOptedOut = true;
        profile.LastSeenSeconds = now.ToUnixTimeSeconds();
        profile.LastSeenDay = Day;
        _profiles.Change(profile);
        foreach (var membership in profile.Segments)
            Change(profile, membership.Sid, entered: false, now, ChangeCause.OptOut, null);
        Empty(profile);
        _affected.Clear();
        Views.AddAffected(profile, _affected);
        foreach (var other in _affected.ToList())
            Check(other, now, ChangeCause.OptOut);
    }

    /// <summary>Adds realizations of a profile's past, and looks at what follows from them now.</summary>
    internal void AddPast(ProfileKey key, long trait, IReadOnlyList<PastDay> past, DateTimeOffset now)
    {
        // Whoever was forgotten since would not be known any more had the rule been there in time.
        if (past.Count == 0 || _rules.FindTrait(trait) is not { } definition || _profiles.Find(key) is not { IsOptedOut: false } profile)
            return;
        var countsOnce = definition.Role != TraitRole.RuleBased;
        profile.Traits = ProfileTraits.AddPast(profile.Traits, trait, past, countsOnce, _rules.EndOf);
        foreach (var day in past)
            _history.Realized(trait, new ProfileNumber(profile.Number, profile.IsDevice), day.Day, (int)Math.Min(int.MaxValue, day.Count), countsOnce);
        _profiles.Change(profile);
        _affected.Clear();
        _candidates.Clear();
        Views.AddAffected(profile, _affected);
        FireDue(now);
        Evaluation.AddNaming(trait, _candidates);
        foreach (var other in _affected)
            Settle(other, _candidates, now, ChangeCause.Backfill, null);
    }

    /// <summary>Takes an opt-out back: the id collects again, from nothing.</summary>
    internal void OptIn(ProfileKey key, DateTimeOffset now)
    {
        if (_profiles.Find(key) is not { IsOptedOut: true } profile)
            return;
        profile.IsOptedOut = false;
        _profiles.Change(profile);
        _affected.Clear();
        Views.AddAffected(profile, _affected);
        foreach (var other in _affected.ToList())
            Check(other, now, ChangeCause.OptOut);
    }

    /// <summary>Links a device and another id without an event.</summary>
    internal void Sync(PersonEvent one)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(one.TimeMs);
        if (!Resolve(one, out var device, out _) || device is null)
            return;
        _affected.Clear();
        _linker.Link(device, one, _named, _affected);
        foreach (var profile in _affected.Concat(_named).ToList())
            Views.AddAffected(profile, _affected);
        FireDue(now);
        foreach (var profile in _affected.ToList())
            Check(profile, now, ChangeCause.Event);
    }
}
