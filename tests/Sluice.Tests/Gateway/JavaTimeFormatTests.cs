using Sluice.Gateway.Templates;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>The patterns of times, letter by letter (contract gateway.md 5.1: SimpleDateFormat).</summary>
[Contract("gateway 5.1")]
public sealed class JavaTimeFormatTests
{
    // A Sunday after midnight, in a zone that is not whole hours from UTC.
    private static readonly DateTimeOffset Early = new(2024, 2, 4, 0, 5, 9, 7, new TimeSpan(5, 30, 0));
    private static readonly DateTimeOffset Late = new(2024, 11, 25, 23, 59, 58, 123, TimeSpan.Zero);

    [Theory]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.SSSZ", "2024-02-04T00:05:09.007+0530", "2024-11-25T23:59:58.123+0000")]
    [InlineData("yy y yyyyy", "24 2024 02024", "24 2024 02024")]
    [InlineData("M MM MMM MMMM L", "2 02 Feb February 2", "11 11 Nov November 11")]
    [InlineData("d dd D DDD", "4 04 35 035", "25 25 330 330")]
    [InlineData("E EEE EEEE u", "Sun Sun Sunday 7", "Mon Mon Monday 1")]
    [InlineData("H HH k kk", "0 00 24 24", "23 23 23 23")]
    [InlineData("K KK h hh a", "0 00 12 12 AM", "11 11 11 11 PM")]
    [InlineData("m mm s ss S SSS", "5 05 9 09 7 007", "59 59 58 58 123 123")]
    [InlineData("w G", "5 AD", "48 AD")]
    [InlineData("z", "GMT+05:30", "UTC")]
    [InlineData("X XX XXX", "+05 +0530 +05:30", "Z Z Z")]
    [InlineData("'o''clock' '' h", "o'clock ' 12", "o'clock ' 11")]
    [InlineData("'open", "open", "open")]
    [InlineData("J", "", "")]
    [InlineData("", "", "")]
    public void A_pattern_writes_each_field(string pattern, string early, string late)
    {
        Assert.Equal(early, JavaTimeFormat.Write(pattern, Early));
        Assert.Equal(late, JavaTimeFormat.Write(pattern, Late));
    }
}
