using Sluice.Profiles.State;

namespace Sluice.Profiles.Engine;

/// <summary>A profile entered a segment or left it.</summary>
/// <param name="Seq">Counts all changes of the environment, from 1, without gaps.</param>
/// <param name="AtMs">When, in journal time; ms since 1970.</param>
/// <param name="Profile">The profile's number.</param>
/// <param name="Key">The profile's id.</param>
/// <param name="Segment">The segment.</param>
/// <param name="Entered">True for an entry, false for an exit: the state after; before, it was the opposite.</param>
/// <param name="Cause">Why.</param>
/// <param name="Detail">Of an event: its id.</param>
public sealed record SegmentChange(long Seq, long AtMs, int Profile, ProfileKey Key, long Segment, bool Entered, ChangeCause Cause, string? Detail);

/// <summary>Why a membership changed.</summary>
public enum ChangeCause
{
    /// <summary>An event of the person, or of somebody linked.</summary>
    Event,

    /// <summary>Time passed: a trait's life or a term's days ended.</summary>
    Expiry,

    /// <summary>A trait, segment, folder or merge rule was made, changed or deleted.</summary>
    RuleEdit,

    /// <summary>The person opted out.</summary>
    OptOut,

    /// <summary>Nobody saw the id for too long, and its profile was removed.</summary>
    Inactivity,

    /// <summary>History was applied to a new rule.</summary>
    Backfill,
}
