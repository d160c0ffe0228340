using Sluice.Audience.Events.Reading;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Events;

/// <summary>IAB TCF v2 consent strings, of which purpose 1 counts: contract audience.md 5.3, error 315.</summary>
public sealed class ConsentTests
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    [Theory]
    [InlineData("", "", true)]
    [InlineData("0", "", true)]
    [InlineData("1", "", false)]
    [InlineData("1", "yes", true)]
    [InlineData("1", "no", false)]
    [InlineData("0", "no", true)]
    [InlineData("", "yes", true)]
    [InlineData("", "no", false)]
    [InlineData("1", "rubbish", false)]
    [InlineData("", "rubbish", true)]
    [InlineData("1", "version 1", false)]
    [Contract("audience 5.3")]
    public void A_call_is_processed_when_the_regulation_does_not_apply_or_purpose_1_is_allowed(string gdpr, string consent, bool isProcessed)
    {
        var text = consent switch { "yes" => Core(2, [1, 3]), "no" => Core(2, [2, 3]), "version 1" => Core(1, [1]), "rubbish" => "%%not base64%%", _ => consent };

        Assert.Equal(isProcessed, ConsentString.Allows(gdpr, text));
    }

    [Fact]
    public void Further_segments_of_a_string_do_not_matter_and_a_string_that_is_cut_says_nothing()
    {
        var yes = Core(2, [1]);

        Assert.True(ConsentString.AllowsStorage(yes + ".YAAAAAAAAAAA"));
        Assert.All(Enumerable.Range(0, 25), length => Assert.Null(ConsentString.AllowsStorage(yes[..length])));
        Assert.True(ConsentString.AllowsStorage(yes[..26]));
    }

    [Fact]
    public void The_string_of_a_real_consent_platform_is_read()
    {
        // Made by the public encoder of the IAB with all purposes allowed.
        Assert.True(ConsentString.AllowsStorage("COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA.IFoEUQQgAIQwgIwQABAEAAAAOIAACAIAAAAQAIAgEAACEAAAAAgAQBAAAAAAAGBAAgAAAAAAAFAAECAAAgAAQARAEQAAAAAJAAIAAgAAAYQEAAAQmAgBC3ZAYzUw"));
    }

    [Fact]
    public void Whatever_the_text_it_is_read_or_not_and_nothing_is_thrown()
    {
        var random = new Random(3);
        for (var turn = 0; turn < 20_000; turn++)
            _ = ConsentString.Allows("1", new string([.. Enumerable.Range(0, random.Next(60)).Select(_ => random.Next(20) == 0 ? (char)random.Next(1, 300) : Letters[random.Next(64)])]));
    }

    // The core's fields in order, first bit first, six bits to a letter.
    private static string Core(int version, int[] purposes)
    {
        var bits = Convert.ToString(version, 2).PadLeft(6, '0') + new string('0', 146) + string.Concat(Enumerable.Range(1, 24).Select(at => purposes.Contains(at) ? '1' : '0'));
        bits = bits.PadRight((bits.Length + 5) / 6 * 6, '0');
        return string.Concat(bits.Chunk(6).Select(six => Letters[Convert.ToInt32(new string(six), 2)]));
    }
}
