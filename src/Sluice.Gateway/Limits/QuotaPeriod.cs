namespace Sluice.Gateway.Limits;

/// <summary>How a quota's windows follow each other (contract gateway.md 7).</summary>
internal enum QuotaKind
{
    /// <summary>One after the other since 1970, as the calendar has minutes, hours, days, weeks and months (UTC).</summary>
    Default,

    /// <summary>One after the other since a start time.</summary>
    Calendar,

    /// <summary>The time up to now.</summary>
    RollingWindow,

    /// <summary>From the first call on, and again from the first call after its end.</summary>
    Flexi,
}

/// <summary>The units that quotas count time in.</summary>
internal enum QuotaUnit
{
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

/// <summary>The windows of a quota: kind, length, and for the calendar kind where they begin.</summary>
internal readonly record struct QuotaPeriod(QuotaKind Kind, int Interval, QuotaUnit Unit, DateTimeOffset Start)
{
    internal const int MaxInterval = 1_000_000;

    // 1970 began on a Thursday; weeks begin on Mondays.
    private static readonly DateTimeOffset FirstMonday = DateTimeOffset.UnixEpoch.AddDays(4);

    /// <summary>When the window that a moment is in ends, epoch milliseconds.</summary>
    internal long EndOf(DateTimeOffset now)
    {
        if (Kind is QuotaKind.RollingWindow or QuotaKind.Flexi)
            return Add(now, 1).ToUnixTimeMilliseconds();
        var start = Kind == QuotaKind.Calendar ? Start : Unit == QuotaUnit.Week ? FirstMonday : DateTimeOffset.UnixEpoch;
        if (now < start)
            return start.ToUnixTimeMilliseconds();
        if (Unit != QuotaUnit.Month)
            return Add(start, (now - start).Ticks / LengthTicks + 1).ToUnixTimeMilliseconds();
        var windows = ((now.Year - start.Year) * 12 + now.Month - start.Month) / Interval;
        return (Add(start, windows) > now ? Add(start, windows) : Add(start, windows + 1)).ToUnixTimeMilliseconds();
    }

    /// <summary>How long ago something must be for a rolling window not to count it, at a moment.</summary>
    internal long BeginOf(DateTimeOffset now) => Add(now, -1).ToUnixTimeMilliseconds();

    private long LengthTicks => Interval * (Unit switch
    {
        QuotaUnit.Second => TimeSpan.TicksPerSecond,
        QuotaUnit.Minute => TimeSpan.TicksPerMinute,
        QuotaUnit.Hour => TimeSpan.TicksPerHour,
        QuotaUnit.Day => TimeSpan.TicksPerDay,
        _ => 7 * TimeSpan.TicksPerDay,
    });

    // Dates end with the year 9999; a window that would end later ends there.
    private DateTimeOffset Add(DateTimeOffset from, long windows)
    {
        try
        {
            return Unit == QuotaUnit.Month ? from.AddMonths((int)Math.Clamp(windows * Interval, -1_000_000, 1_000_000)) : from.AddTicks(windows * LengthTicks);
        }
        catch (ArgumentOutOfRangeException)
        {
            return windows < 0 ? DateTimeOffset.UnixEpoch : DateTimeOffset.MaxValue;
        }
    }
}
