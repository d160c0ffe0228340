using System.Numerics;

namespace Sluice.Load;

/// <summary>Counts latencies in buckets a 32nd of their size wide, from a microsecond to hours: small, exact enough, mergeable.</summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 5;
    private const int Sub = 1 << SubBits;

    private readonly long[] _counts = new long[Sub * 40];

    internal long Count { get; private set; }

    internal double MaxMs { get; private set; }

    internal void Record(TimeSpan latency)
    {
        var micros = Math.Max(0, (long)latency.TotalMicroseconds);
        _counts[Math.Min(IndexOf(micros), _counts.Length - 1)]++;
        Count++;
        MaxMs = Math.Max(MaxMs, latency.TotalMilliseconds);
    }

    internal void Add(LatencyHistogram other)
    {
        for (var index = 0; index < _counts.Length; index++)
            _counts[index] += other._counts[index];
        Count += other.Count;
        MaxMs = Math.Max(MaxMs, other.MaxMs);
    }

    /// <summary>The latency, in milliseconds, that so large a share of requests did not exceed.</summary>
    internal double PercentileMs(double share)
    {
        var wanted = (long)Math.Ceiling(share * Count);
        long seen = 0;
        for (var index = 0; index < _counts.Length; index++)
        {
            seen += _counts[index];
            if (seen >= wanted && seen > 0)
                return UpperMicros(index) / 1000.0;
        }
        return 0;
    }

    private static int IndexOf(long micros)
    {
        if (micros < Sub)
            return (int)micros;
        var shift = 63 - BitOperations.LeadingZeroCount((ulong)micros) - SubBits;
        return Sub * (shift + 1) + (int)(micros >> shift) - Sub;
    }

    private static double UpperMicros(int index) =>
        index < Sub ? index : (double)((long)(index % Sub + Sub + 1) << (index / Sub - 1)) - 1;
}
