namespace Sluice.Profiles.State;

/// <summary>A profile's membership in a segment.</summary>
/// <param name="Sid">The segment.</param>
/// <param name="SinceSeconds">When it entered; since 1970.</param>
internal readonly record struct Membership(long Sid, long SinceSeconds);
