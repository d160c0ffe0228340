using System.Globalization;
using System.Text;

namespace Sluice.Gateway.Templates;

/// <summary>Writes a time by a pattern of letters as the original's platform reads them: <c>yyyy-MM-dd'T'HH:mm:ss.SSSZ</c>.</summary>
internal static class JavaTimeFormat
{
    /// <summary>The time in the pattern's form; a letter that means nothing gives an empty text.</summary>
    internal static string Write(string pattern, DateTimeOffset time)
    {
        var text = new StringBuilder();
        for (var at = 0; at < pattern.Length;)
        {
            var letter = pattern[at];
            if (letter == '\'')
            {
                at = Quoted(pattern, at, text);
                continue;
            }
            if (!char.IsAsciiLetter(letter))
            {
                text.Append(letter);
                at++;
                continue;
            }
            var count = 1;
            while (at + count < pattern.Length && pattern[at + count] == letter)
                count++;
            if (Field(letter, count, time) is not { } field)
                return "";
            text.Append(field);
            at += count;
        }
        return text.ToString();
    }

    private static int Quoted(string pattern, int at, StringBuilder text)
    {
        if (at + 1 < pattern.Length && pattern[at + 1] == '\'')
        {
            text.Append('\'');
            return at + 2;
        }
        for (at++; at < pattern.Length; at++)
        {
            if (pattern[at] != '\'')
                text.Append(pattern[at]);
            else if (at + 1 < pattern.Length && pattern[at + 1] == '\'')
                text.Append(pattern[at++]);
            else
                return at + 1;
        }
        return at;
    }

    private static string? Field(char letter, int count, DateTimeOffset time) => letter switch
    {
        'y' or 'Y' => count == 2 ? Padded(time.Year % 100, 2) : Padded(time.Year, count),
        'M' or 'L' => count >= 4 ? Named(time, "MMMM") : count == 3 ? Named(time, "MMM") : Padded(time.Month, count),
        'd' => Padded(time.Day, count),
        'D' => Padded(time.DayOfYear, count),
        'E' => Named(time, count >= 4 ? "dddd" : "ddd"),
        'u' => Padded(time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek, count),
        'a' => Named(time, "tt"),
        'H' => Padded(time.Hour, count),
        'k' => Padded(time.Hour == 0 ? 24 : time.Hour, count),
        'K' => Padded(time.Hour % 12, count),
        'h' => Padded(time.Hour % 12 == 0 ? 12 : time.Hour % 12, count),
        'm' => Padded(time.Minute, count),
        's' => Padded(time.Second, count),
        'S' => Padded(time.Millisecond, count),
        'w' => Padded(ISOWeek.GetWeekOfYear(time.DateTime), count),
        'G' => "AD",
        'z' => time.Offset == TimeSpan.Zero ? "UTC" : "GMT" + Offset(time.Offset, ":"),
        'Z' => Offset(time.Offset, ""),
        'X' => time.Offset == TimeSpan.Zero ? "Z" : count == 1 ? Offset(time.Offset, "")[..3] : Offset(time.Offset, count == 2 ? "" : ":"),
        _ => null,
    };

    private static string Padded(int number, int digits) => number.ToString(CultureInfo.InvariantCulture).PadLeft(Math.Min(digits, 20), '0');

    private static string Named(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);

    private static string Offset(TimeSpan offset, string between) =>
        $"{(offset < TimeSpan.Zero ? '-' : '+')}{Padded(Math.Abs(offset.Hours), 2)}{between}{Padded(Math.Abs(offset.Minutes), 2)}";
}
