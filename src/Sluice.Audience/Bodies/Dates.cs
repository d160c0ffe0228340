using System.Globalization;

namespace Sluice.Audience.Bodies;

/// <summary>The three ways in which clients write a day (contract audience.md 3.6): <c>yyyy-mm-dd</c>, ms since 1970, and a whole date with its zone.</summary>
internal static class Dates
{
    private static readonly long LastMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The UTC day that a text means.</summary>
    internal static bool TryRead(string text, out DateOnly day)
    {
        day = default;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day))
            return true;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms <= LastMs)
        {
            day = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime);
            return true;
        }
        var plain = text.IndexOf(" (", StringComparison.Ordinal) is var cut and > 0 ? text[..cut] : text; // browsers add the zone's name
        plain = plain.Replace("GMT+", "+", StringComparison.Ordinal).Replace("GMT-", "-", StringComparison.Ordinal);
        if (!DateTimeOffset.TryParseExact(plain, ["r", "ddd MMM dd yyyy HH:mm:ss zzz", "ddd MMM dd yyyy HH:mm:ss 'GMT'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            && !DateTimeOffset.TryParse(plain, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date))
            return false;
        day = DateOnly.FromDateTime(date.UtcDateTime);
        return true;
    }
}
