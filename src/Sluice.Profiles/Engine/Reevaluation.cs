using Sluice.Profiles.Rulebook;

namespace Sluice.Profiles.Engine;

/// <summary>Brings all profiles' memberships in some segments up to date after a rule changed: a slice at a time, between events.</summary>
/// <param name="segments">The segments; one that is no more is left by its members.</param>
/// <param name="endNumber">Profiles from here on are younger than the change.</param>
internal sealed class Reevaluation(IReadOnlySet<long> segments, int endNumber)
{
    internal IReadOnlySet<long> Segments => segments;

    /// <summary>The profile to go on with.</summary>
    internal int Next { get; set; }

    internal bool IsDone => Next >= endNumber;

    internal int EndNumber => endNumber;

    /// <summary>The segments as they stand now; the ones that are no more are left out.</summary>
    internal IReadOnlyList<SegmentTable.Entry> Entries(SegmentTable table) => [.. segments.Select(table.Find).OfType<SegmentTable.Entry>()];
}
