namespace Sluice.Gateway.Limits;

/// <summary>When one identifier may call next: calls are spread evenly, one in each part of the period (contract gateway.md 7).</summary>
internal sealed class SpikeCounter : LimitCounter
{
    private long _nextTicks;

    protected override bool IsIdle(long nowMs) => _nextTicks <= DateTimeOffset.FromUnixTimeMilliseconds(nowMs).UtcTicks;

    /// <summary>Whether a call is let through now; if so, the next one is after <paramref name="intervalTicks"/> for each unit of its weight.</summary>
    internal bool TryTake(DateTimeOffset now, long intervalTicks, long weight)
    {
        if (weight == 0)
            return true;
        if (now.UtcTicks < _nextTicks)
            return false;
        _nextTicks = now.UtcTicks + intervalTicks * weight;
        return true;
    }
}
