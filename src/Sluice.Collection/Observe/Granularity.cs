using System.Globalization;

namespace Sluice.Collection.Observe;

/// <summary>How wide the intervals of an answer are, in UTC.</summary>
internal enum Granularity
{
    Minute,
    Hour,
    Day,
    Month,
}

/// <summary>Where intervals begin, and how times are written and read.</summary>
internal static class Intervals
{
    internal const long HourMs = 3_600_000;
    internal const long DayMs = 86_400_000;

    private static readonly string[] Formats =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>The step in which SQL adds up; months are made of days.</summary>
    internal static long StepMs(this Granularity granularity) => granularity switch
    {
        Granularity.Minute => MetricRow.MinuteMs,
        Granularity.Hour => HourMs,
        _ => DayMs,
    };

    internal static long BeginningOf(this Granularity granularity, long ms)
    {
        if (granularity != Granularity.Month)
            return ms - ms % granularity.StepMs();
        var time = DateTimeOffset.FromUnixTimeMilliseconds(ms);
        return new DateTimeOffset(time.Year, time.Month, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    }

    internal static string Iso(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads ISO 8601, UTC where it names no zone, or milliseconds since 1970.</summary>
    internal static bool TryRead(string text, out long ms)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ms))
            return ms < 253_402_300_800_000;
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var isTime = DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, utc, out var time);
        ms = time.ToUnixTimeMilliseconds();
        return isTime && ms >= 0;
    }
}
