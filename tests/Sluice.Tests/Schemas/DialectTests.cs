using System.Text.Json;
using Sluice.Schemas;

namespace Sluice.Tests.Schemas;

public sealed class DialectTests
{
    [Fact]
    public void A_whole_fraction_is_an_integer_only_in_draft_06()
    {
        Assert.True(ASchema.Draft06("""{"type":"integer"}""").Accepts("1.0"));
        Assert.False(ASchema.Ingestion("""{"type":"integer"}""").Accepts("1.0"));
        Assert.True(ASchema.Ingestion("""{"type":"number"}""").Accepts("1.0"));
    }

    [Fact]
    public void Null_satisfies_no_declared_type_on_ingestion()
    {
        const string Schema = """{"properties":{"a":{"type":["string","null"]},"b":{}}}""";

        Assert.True(ASchema.Draft06(Schema).Accepts("""{"a":null,"b":null}"""));
        Assert.False(ASchema.Ingestion(Schema).Accepts("""{"a":null}"""));
        Assert.True(ASchema.Ingestion(Schema).Accepts("""{"b":null}"""));
    }

    [Theory]
    [InlineData("2019-02-23T22:07:01Z", true, true)]
    [InlineData("2019-02-23T22:07:01.123456789Z", true, true)]
    [InlineData("2019-02-23T22:07:01+01:00", true, true)]
    [InlineData("2019-02-23T22:07:01.1-08:30", true, true)]
    [InlineData("2019-02-23T22:07:01.1234567890Z", false, true)]
    [InlineData("2019-02-23t22:07:01z", false, true)]
    [InlineData("2016-12-31T23:59:60Z", false, true)]
    [InlineData("2019-02-23T22:07:01", false, false)]
    [InlineData("2019-02-23T22:07Z", false, false)]
    [InlineData("2019-02-23T22:07:01.Z", false, false)]
    [InlineData("2019-02-29T22:07:01Z", false, false)]
    [InlineData("2019-02-23", false, false)]
    public void Ingestion_knows_four_forms_of_a_date_time(string text, bool ingestion, bool draft06)
    {
        Assert.Equal(ingestion, ASchema.Ingestion("""{"format":"date-time"}""").Accepts($"\"{text}\""));
        Assert.Equal(draft06, ASchema.Draft06("""{"format":"date-time"}""").Accepts($"\"{text}\""));
    }

    [Fact]
    public void A_format_can_be_made_a_mere_remark()
    {
        var schema = CompiledSchema.Compile(JsonElement.Parse("""{"format":"ipv4"}"""), new SchemaOptions { AssertFormats = false });

        Assert.True(schema.Accepts("\"x\""));
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""", "# duplicateKey: duplicate key [a]")]
    [InlineData("""{"z":1,"y":2,"\u007a":3}""", "# duplicateKey: duplicate key [z]")]
    [InlineData("""{"a":1,"\u0061":2}""", "# duplicateKey: duplicate key [a]")]
    [InlineData("""{"free":[{"q":{"w":1,"w":1}}]}""", "#/free/0/q duplicateKey: duplicate key [w]")]
    public void A_repeated_key_is_refused_on_ingestion_wherever_it_stands(string instance, string fault)
    {
        const string Schema = """{"properties":{"a":{"type":"integer"},"free":true}}""";

        Assert.Equal([fault], ASchema.Ingestion(Schema).Faults(instance));
        Assert.True(ASchema.Draft06(Schema).Accepts(instance));
    }

    [Fact]
    public void Many_different_keys_are_not_repeated_and_one_repeated_among_many_is_found()
    {
        string members = string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"key{i}\":{{\"key{i}\":1}}"));
        var schema = ASchema.Ingestion("""{"type":"object"}""");

        Assert.True(schema.Accepts($"{{{members}}}"));
        Assert.Equal(["# duplicateKey: duplicate key [key4321]"], schema.Faults($"{{{members},\"key4321\":0}}"));
    }
}
