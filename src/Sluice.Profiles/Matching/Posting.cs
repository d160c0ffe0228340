namespace Sluice.Profiles.Matching;

/// <summary>A rule that a signal leads to.</summary>
/// <param name="Position">Where the index has it.</param>
/// <param name="IsExact">Whether the signal alone makes it hold.</param>
internal readonly record struct Posting(int Position, bool IsExact);
