using Sluice.Profiles.Rulebook;
using Sluice.Profiles.State;

namespace Sluice.Profiles.Engine;

/// <summary>What is known of one id, at one moment.</summary>
/// <param name="Key">The id.</param>
/// <param name="IsDevice">Whether it is a device's; a customer's otherwise.</param>
/// <param name="IsOptedOut">Whether it opted out.</param>
/// <param name="LastSeenMs">When its latest event was; ms since 1970.</param>
/// <param name="Traits">What it holds, by sid.</param>
/// <param name="Segments">What it is in, by sid.</param>
/// <param name="Links">Ids linked to it, the newest last.</param>
/// <param name="Tags">Xaction ids of the last messages that became part of it, the newest last.</param>
public sealed record ProfileReport(
    ProfileKey Key, bool IsDevice, bool IsOptedOut, long LastSeenMs, IReadOnlyList<HeldTrait> Traits, IReadOnlyList<HeldSegment> Segments, IReadOnlyList<LinkedId> Links,
    IReadOnlyList<string> Tags)
{
    internal static ProfileReport Of(Profile profile, ProfileTable profiles, RuleSet rules, int today) => Of(profile, profiles.Find, rules, today);

    /// <param name="profile">Whose.</param>
    /// <param name="find">Finds those that it is linked to.</param>
    /// <param name="rules">As they stand.</param>
    /// <param name="today">As of when.</param>
    internal static ProfileReport Of(Profile profile, Func<int, Profile?> find, RuleSet rules, int today)
    {
        var traits = new List<HeldTrait>();
        foreach (var memory in ProfileTraits.Read(profile.Traits))
        {
            var end = rules.EndOf(memory.Sid, memory.LastDay);
            if (end <= today)
                continue;
            var (count, firstDay) = (0L, 0);
            foreach (var (day, times) in memory)
                (count, firstDay) = (count + times, day);
            traits.Add(new HeldTrait(memory.Sid, count, Ms(firstDay, memory.FirstSecond), Ms(memory.LastDay, memory.LastSecond), end == int.MaxValue ? null : Ms(end, 0)));
        }
        return new ProfileReport(
            profile.Key, profile.IsDevice, profile.IsOptedOut, profile.LastSeenSeconds * 1000, traits,
            [.. profile.Segments.Where(one => rules.Segments.Find(one.Sid) is not null).Select(one => new HeldSegment(one.Sid, one.SinceSeconds * 1000))],
            [.. profile.Links.Select(link => (link, Other: find(link.Number))).Where(one => one.Other is not null)
                .Select(one => new LinkedId(one.Other!.Key, one.Other.IsDevice, one.link.SeenSeconds * 1000, one.link.AuthenticatedSeconds == 0 ? null : one.link.AuthenticatedSeconds * 1000))],
            [.. profile.Tags]);
    }

    private static long Ms(int day, int second) => ((long)day * UtcDay.SecondsOfDay + second) * 1000;
}

/// <summary>A trait that a profile holds.</summary>
/// <param name="Sid">The trait.</param>
/// <param name="Count">How often it was realized.</param>
/// <param name="FirstMs">When first; ms since 1970.</param>
/// <param name="LastMs">When last.</param>
/// <param name="EndMs">When it is over unless it is realized again; null for never.</param>
public sealed record HeldTrait(long Sid, long Count, long FirstMs, long LastMs, long? EndMs);

/// <summary>A segment that a profile is in.</summary>
/// <param name="Sid">The segment.</param>
/// <param name="SinceMs">Since when; ms since 1970.</param>
public sealed record HeldSegment(long Sid, long SinceMs);

/// <summary>An id that is linked to another.</summary>
/// <param name="Key">The id.</param>
/// <param name="IsDevice">Whether it is a device's.</param>
/// <param name="SeenMs">When both were last seen together; ms since 1970.</param>
/// <param name="AuthenticatedMs">When the customer last signed in on the device; null for never.</param>
public sealed record LinkedId(ProfileKey Key, bool IsDevice, long SeenMs, long? AuthenticatedMs);
