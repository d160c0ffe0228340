namespace Sluice.Load;

/// <summary>The middle of some turns: one that the machine disturbed does not move it.</summary>
internal static class Median
{
    internal static double Of(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
