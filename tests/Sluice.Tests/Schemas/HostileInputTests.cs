using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Schemas;

namespace Sluice.Tests.Schemas;

/// <summary>Whatever the bytes, the two ways to validate agree, end, and do not throw.</summary>
public sealed class HostileInputTests
{
    private const int Rounds = 60_000;

    private const string Everything =
        """
        {
          "properties": {
            "a": { "type": ["integer", "string"], "minimum": 0, "maxLength": 4 },
            "longer_name": { "oneOf": [{ "type": "string", "format": "date-time" }, { "type": "object", "required": ["q"] }] },
            "list": { "items": { "$ref": "#" }, "uniqueItems": true, "contains": { "required": ["a"] } },
            "map": { "additionalProperties": { "enum": [1, "x", { "y": [1] }] }, "propertyNames": { "pattern": "^[a-z]+$" } },
            "price": { "multipleOf": 0.01 }
          },
          "patternProperties": { "^x": { "not": { "type": "null" } } },
          "dependencies": { "a": ["price"], "map": { "minProperties": 2 } },
          "additionalProperties": { "format": "email" }
        }
        """;

    private static readonly string[] Seeds =
    [
        """{"a":1,"price":19.99,"list":[{"a":"abc","price":1},{"map":{"k":1},"x":"y"}],"longer_name":"2019-02-23T22:07:01Z"}""",
        """{"map":{"one":"x","two":{"y":[1.0]}},"x\u0031":[{},{"deep":[[[]]]}],"mail":"joe@example.com"}""",
        """{"longer_name":{"q":null},"price":1e400,"list":[{"a":1,"price":0},1,"\ud83d\udc32"]}""",
    ];

    [Theory]
    [InlineData(SchemaDialect.Draft06)]
    [InlineData(SchemaDialect.Ingestion)]
    public void Both_ways_to_validate_agree_on_mutated_texts(SchemaDialect dialect)
    {
        var schema = dialect == SchemaDialect.Draft06 ? ASchema.Draft06(Everything) : ASchema.Ingestion(Everything);
        var random = new Random(7);
        int valid = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] text = ScannerTests.Mutate(random, Encoding.UTF8.GetBytes(Seeds[round % Seeds.Length]));

            bool isValid = schema.IsValid(text);

            var violations = schema.Validate(text);
            Assert.True(isValid == (violations.Count == 0), $"{Encoding.UTF8.GetString(text)}: {string.Join("; ", violations)}");
            Assert.InRange(violations.Count, 0, CompiledSchema.MostViolations);
            valid += isValid ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{Rounds} texts, {valid} valid");
        Assert.InRange(valid, 10, Rounds);
    }

    [Fact]
    public void Arbitrary_bytes_are_survived()
    {
        var schema = ASchema.Ingestion(Everything, refuseUnknown: true);

        Prop.ForAll<byte[]>(bytes => schema.IsValid(bytes) == (schema.Validate(bytes).Count == 0)).QuickCheckThrowOnFailure();
        Prop.ForAll<string>(text =>
        {
            byte[] bytes = Encoding.UTF8.GetBytes($"{{\"{text}\":\"{text}");
            return schema.IsValid(bytes) == (schema.Validate(bytes).Count == 0);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_prefix_of_a_message_is_survived()
    {
        var schema = ASchema.Ingestion(Everything);
        foreach (string seed in Seeds)
        {
            byte[] text = Encoding.UTF8.GetBytes(seed);
            for (int length = 0; length < text.Length; length++)
                Assert.False(schema.IsValid(text.AsSpan(0, length)));
        }
    }
}
