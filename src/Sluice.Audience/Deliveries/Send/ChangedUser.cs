using Sluice.Profiles.Engine;
using Sluice.Profiles.State;

namespace Sluice.Audience.Deliveries.Send;

/// <summary>Somebody who entered or left segments, and when each of them changed last.</summary>
internal sealed class ChangedUser(ProfileKey key)
{
    private readonly Dictionary<long, long> _changedMs = [];

    internal ProfileKey Key => key;

    /// <summary>The segments that changed, with the time; ms since 1970.</summary>
    internal IReadOnlyDictionary<long, long> Changed => _changedMs;

    internal long OldestMs { get; private set; } = long.MaxValue;

    internal long NewestMs { get; private set; }

    /// <summary>Everybody in some changes, each once.</summary>
    internal static List<ChangedUser> Of(IEnumerable<SegmentChange> changes)
    {
        var users = new Dictionary<ProfileKey, ChangedUser>();
        foreach (var change in changes)
        {
            if (!users.TryGetValue(change.Key, out var user))
                users[change.Key] = user = new ChangedUser(change.Key);
            user.Add(change.Segment, change.AtMs);
        }
        return [.. users.Values];
    }

    internal void Add(long sid, long atMs)
    {
        _changedMs[sid] = atMs;
        (OldestMs, NewestMs) = (Math.Min(OldestMs, atMs), Math.Max(NewestMs, atMs));
    }

    /// <summary>Whether anything of it is to be told.</summary>
    internal bool IsFor(SendPlan plan) => _changedMs.Keys.Any(plan.Sends);
}

/// <summary>Somebody as a message tells of them.</summary>
/// <param name="Of">Whose change it is.</param>
/// <param name="Device">The device's UUID; empty when none is known.</param>
/// <param name="Partner">The receiver's id of them.</param>
/// <param name="Segments">What they are in, and what they have left.</param>
internal sealed record ToldUser(ChangedUser Of, string Device, string Partner, IReadOnlyList<ToldSegment> Segments)
{
    /// <summary>Whether the receiver counts them in any segment after this.</summary>
    internal bool IsAnywhere => Segments.Any(one => one.IsMember);
}

/// <summary>A segment as a message tells of it.</summary>
/// <param name="Alias">What the receiver calls it.</param>
/// <param name="IsMember">Whether the user is in it; has left it otherwise.</param>
/// <param name="AtMs">Since when; ms since 1970.</param>
internal sealed record ToldSegment(string Alias, bool IsMember, long AtMs);
