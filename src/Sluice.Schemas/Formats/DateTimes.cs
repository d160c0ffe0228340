namespace Sluice.Schemas.Formats;

/// <summary>Dates and times of RFC 3339 section 5.6, and the stricter ones of the ingestion contract, section 1.8.</summary>
internal static class DateTimes
{
    private const int DateLength = 10; // yyyy-MM-dd
    private const int ClockLength = 8; // HH:mm:ss
    private const int OffsetLength = 6; // +HH:mm
    private const int MostFractionDigits = 9;
    private const int MinutesPerDay = 24 * 60;

    /// <summary>full-date = date-fullyear "-" date-month "-" date-mday</summary>
    public static bool IsDate(ReadOnlySpan<byte> text) => text.Length == DateLength && StartsWithDate(text);

    /// <summary>full-time = partial-time time-offset</summary>
    public static bool IsTime(ReadOnlySpan<byte> text) => IsTimeOfDay(text, strict: false);

    /// <summary>date-time = full-date "T" full-time</summary>
    public static bool IsDateTime(ReadOnlySpan<byte> text) =>
        text.Length > DateLength && StartsWithDate(text) && (text[DateLength] | 0x20) == (byte)'t' && IsTimeOfDay(text[(DateLength + 1)..], strict: false);

    /// <summary>
    /// One of yyyy-MM-dd'T'HH:mm:ss with an optional fraction of 1 to 9 digits, then 'Z' or [+-]HH:mm. No leap second, no lower case.
    /// </summary>
    public static bool IsIngestionDateTime(ReadOnlySpan<byte> text) =>
        text.Length > DateLength && StartsWithDate(text) && text[DateLength] == (byte)'T' && IsTimeOfDay(text[(DateLength + 1)..], strict: true);

    private static bool StartsWithDate(ReadOnlySpan<byte> text)
    {
        if (!TryTwoDigits(text, 0, out int century) || !TryTwoDigits(text, 2, out int year) || text[4] != (byte)'-'
            || !TryTwoDigits(text, 5, out int month) || text[7] != (byte)'-' || !TryTwoDigits(text, 8, out int day))
            return false;

        year += century * 100;
        // DateTime knows no year 0; for the length of its February it is a leap year like 2000.
        return month is >= 1 and <= 12 && day >= 1 && (day <= 28 || day <= DateTime.DaysInMonth(year == 0 ? 2000 : year, month));
    }

    private static bool IsTimeOfDay(ReadOnlySpan<byte> text, bool strict)
    {
        if (text.Length <= ClockLength
            || !TryTwoDigits(text, 0, out int hour) || text[2] != (byte)':'
            || !TryTwoDigits(text, 3, out int minute) || text[5] != (byte)':'
            || !TryTwoDigits(text, 6, out int second)
            || hour > 23 || minute > 59 || second > (strict ? 59 : 60))
            return false;

        var rest = text[ClockLength..];
        if (rest[0] == (byte)'.')
        {
            rest = rest[1..];
            int digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits < 1 || (strict && digits > MostFractionDigits))
                return false;
            rest = rest[digits..];
        }

        if (rest.Length == 1 && (rest[0] == (byte)'Z' || (rest[0] == (byte)'z' && !strict)))
            return second < 60 || IsLastMinute(hour, minute, 0);
        return rest.Length == OffsetLength && rest[0] is (byte)'+' or (byte)'-'
            && TryTwoDigits(rest, 1, out int offsetHour) && rest[3] == (byte)':' && TryTwoDigits(rest, 4, out int offsetMinute)
            && offsetHour <= 23 && offsetMinute <= 59
            && (second < 60 || IsLastMinute(hour, minute, (rest[0] == (byte)'+' ? 1 : -1) * (offsetHour * 60 + offsetMinute)));
    }

    // A leap second is the last of a UTC day (RFC 3339 section 5.7).
    private static bool IsLastMinute(int hour, int minute, int offset) =>
        (hour * 60 + minute - offset + MinutesPerDay) % MinutesPerDay == MinutesPerDay - 1;

    private static bool TryTwoDigits(ReadOnlySpan<byte> text, int at, out int value)
    {
        uint tens = (uint)(text[at] - '0');
        uint ones = (uint)(text[at + 1] - '0');
        value = (int)(tens * 10 + ones);
        return tens <= 9 && ones <= 9;
    }
}
