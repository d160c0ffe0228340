namespace Sluice.Audience.Models;

/// <summary>What one run of a model found.</summary>
/// <param name="TimestampMs">When, in ms since 1970.</param>
/// <param name="Outcome">Whether it found anything.</param>
/// <param name="Traits">The influential traits, heaviest first.</param>
/// <param name="Stats">How many visitors each accuracy reaches; reach falls as accuracy rises.</param>
internal sealed record ModelRun(long TimestampMs, RunOutcome Outcome, IReadOnlyList<WeightedTrait> Traits, IReadOnlyList<ReachPoint> Stats);

/// <summary>As <c>lastRunStatus</c> says it.</summary>
internal enum RunOutcome
{
    Failed = 0,
    RanWithData = 1,
    RanWithoutData = 2,
}

/// <summary>How much a trait tells, from 0 to 100.</summary>
internal sealed record WeightedTrait(long Sid, double Weight);

/// <summary>A point of the accuracy and reach curve.</summary>
internal sealed record ReachPoint(double Accuracy, long Reach);
