using System.Globalization;

namespace Sluice.Load;

/// <summary>How latencies are printed in a line.</summary>
internal static class Latencies
{
    internal static string Describe(LatencyHistogram latencies) => string.Create(
        CultureInfo.InvariantCulture,
        $"p50 {latencies.PercentileMs(0.5):N1} ms, p99 {latencies.PercentileMs(0.99):N1} ms, max {latencies.MaxMs:N1} ms of {latencies.Count}");
}
