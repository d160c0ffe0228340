using System.Globalization;
using Sluice.Profiles.Populations;

namespace Sluice.Audience.Lists;

/// <summary>A window that numbers are told for, as members of objects name it: <c>7Day</c>, <c>Lifetime</c> (contract audience.md 3.3, 3.4).</summary>
/// <param name="Name">The end of the member's name.</param>
/// <param name="Days">How many days; null for no window.</param>
internal sealed record MetricWindow(string Name, int? Days)
{
    /// <summary>The shortest first, and the one without a window at the end.</summary>
    internal static IReadOnlyList<MetricWindow> All { get; } =
        [.. WindowCounts.Windows.ToArray().Select(days => new MetricWindow(days.ToString(CultureInfo.InvariantCulture) + "Day", days)), new MetricWindow("Lifetime", null)];

    internal long Of(WindowCounts counts) => Days is { } days ? counts[days] : counts.Lifetime;
}
