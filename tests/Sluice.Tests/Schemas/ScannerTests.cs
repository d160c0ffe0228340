using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sluice.Schemas;

namespace Sluice.Tests.Schemas;

public sealed class ScannerTests
{
    private const int Rounds = 200_000;

    private static readonly string[] Seeds =
    [
        """{"a":[1,-2.5e+10,true,false,null,"x\u00e9\n\\\"/"],"b":{"c":{}},"d":[]}""",
        """[0,0.1,1E5,-0,123456789012345678901234567890,"", "a longer string than one vector holds, with é and 🐲"]""",
        """  {"identityMap" : { "ECID":[{"id":"1","primary":true} ] },"timestamp":"2019-02-23T22:07:01Z"} """,
    ];

    [Fact]
    public void Mutated_texts_get_the_verdict_of_the_platforms_reader()
    {
        var random = new Random(20190223);
        int accepted = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] text = Mutate(random, Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]));
            if (!Utf8.IsValid(text))
                continue;

            bool ours = Accepts(text, out int position, out var error);
            Assert.True(ours == ReaderAccepts(text), Encoding.UTF8.GetString(text));
            Assert.InRange(position, 0, text.Length);
            Assert.Equal(ours, error == JsonScanError.None);
            accepted += ours ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{Rounds} texts, {accepted} accepted");
        Assert.InRange(accepted, Rounds / 100, Rounds);
    }

    [Theory]
    [InlineData("", 0, JsonScanError.UnexpectedEnd)]
    [InlineData("{\"a\":1,}", 7, JsonScanError.UnexpectedCharacter)]
    [InlineData("[1 2]", 3, JsonScanError.UnexpectedCharacter)]
    [InlineData("[01]", 2, JsonScanError.InvalidNumber)]
    [InlineData("[1.]", 3, JsonScanError.InvalidNumber)]
    [InlineData("[-]", 2, JsonScanError.InvalidNumber)]
    [InlineData("[1e", 3, JsonScanError.UnexpectedEnd)]
    [InlineData("[\"\\x\"]", 3, JsonScanError.InvalidEscape)]
    [InlineData("[\"\\u12g4\"]", 6, JsonScanError.InvalidEscape)]
    [InlineData("[\"a\nb\"]", 3, JsonScanError.ControlCharacter)]
    [InlineData("[tru]", 4, JsonScanError.UnexpectedCharacter)]
    [InlineData("[\"abc", 5, JsonScanError.UnexpectedEnd)]
    [InlineData("{a:1}", 1, JsonScanError.UnexpectedCharacter)]
    [InlineData("{\"a\" 1}", 5, JsonScanError.UnexpectedCharacter)]
    [InlineData("[[[[1]]]]", 3, JsonScanError.TooDeep)]
    [InlineData("[1}", 2, JsonScanError.UnexpectedCharacter)]
    public void A_refusal_names_the_byte_at_fault(string text, int fault, JsonScanError reason)
    {
        int position = 0;

        Assert.False(JsonScanner.TrySkipValue(Encoding.UTF8.GetBytes(text), ref position, 3, out var error));
        Assert.Equal((fault, reason), (position, error));
    }

    [Fact]
    public void A_value_is_skipped_inside_a_longer_text()
    {
        int position = 4;

        Assert.True(JsonScanner.TrySkipValue("""{"a": [1,{"b":2}] , "c":3}"""u8, ref position, 10, out _) is false);
        position = 5;
        Assert.True(JsonScanner.TrySkipValue("""{"a": [1,{"b":2}] , "c":3}"""u8, ref position, 10, out _));
        Assert.Equal(17, position);
    }

    [Fact]
    public void Very_deep_texts_take_no_stack()
    {
        byte[] text = Encoding.UTF8.GetBytes(new string('[', 1_000_000));
        int position = 0;

        Assert.False(JsonScanner.TrySkipValue(text, ref position, int.MaxValue, out var error));
        Assert.Equal((JsonScanner.DeepestNesting, JsonScanError.TooDeep), (position, error));
    }

    private static ReadOnlySpan<byte> Replacements => "{}[]\",:0123456789-+.eEtrufalsn\\ \n/x"u8;

    private static ReadOnlySpan<byte> Insertions => "{}[]\",:019-.e\\ \t\u0001"u8;

    internal static byte[] Mutate(Random random, byte[] text)
    {
        var bytes = new List<byte>(text);
        for (int changes = random.Next(3); changes >= 0 && bytes.Count > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = Replacements[random.Next(Replacements.Length)];
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, Insertions[random.Next(Insertions.Length)]);
                    break;
                case 3:
                    bytes.RemoveRange(at, random.Next(bytes.Count - at));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(bytes.Count - at)));
                    break;
            }
        }

        return [.. bytes];
    }

    private static bool Accepts(byte[] text, out int position, out JsonScanError error)
    {
        position = 0;
        if (!JsonScanner.TrySkipValue(text, ref position, 100, out error))
            return false;
        if (JsonScanner.SkipWhitespace(text, position) == text.Length)
            return true;
        error = JsonScanError.UnexpectedCharacter;
        return false;
    }

    private static bool ReaderAccepts(byte[] text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 100 });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
