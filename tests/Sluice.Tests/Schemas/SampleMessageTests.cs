using System.Text;
using Sluice.Schemas;

namespace Sluice.Tests.Schemas;

public sealed class SampleMessageTests
{
    private const string WithEverything =
        """
        {
          "_id": "9af5adcc", "timestamp": "2019-02-23T22:07:01.5+01:00", "eventType": "commerce.purchases",
          "identityMap": { "ECID": [{ "id": "123", "authenticatedState": "ambiguous", "primary": true }], "Email": [{ "id": "\u0061@example.com" }] },
          "web": { "webPageDetails": { "name": "Caf\u00e9", "URL": "https://example.com/a?b=c" } },
          "commerce": { "order": { "purchaseID": "1", "priceTotal": 7.8, "currencyCode": "EUR" } }
        }
        """;

    [Fact]
    public void The_valid_sample_messages_satisfy_the_sample_schema()
    {
        var schema = ASchema.Ingestion(ASchema.SampleSchemaText, refuseUnknown: true);
        byte[][] entities = ASchema.SampleEntities("valid.json");

        Assert.Equal(2, entities.Length);
        Assert.All(entities, entity => Assert.Equal([], schema.Validate(entity)));
        Assert.Equal([], schema.Faults(WithEverything));
    }

    [Fact]
    public void The_mixed_sample_messages_hold_one_entity_with_unknown_fields()
    {
        var schema = ASchema.Ingestion(ASchema.SampleSchemaText, refuseUnknown: true);

        string[] faulty = [.. ASchema.SampleEntities("mixed.json").Select(entity => string.Join("; ", schema.Validate(entity).Select(v => v.Message))).Where(text => text.Length > 0)];

        Assert.Equal(["extraneous key [dataSource] is not permitted; extraneous key [endUserIDs] is not permitted"], faulty);
    }

    [Fact]
    public void Each_part_of_the_sample_schema_is_asserted()
    {
        var schema = ASchema.Ingestion(ASchema.SampleSchemaText, refuseUnknown: true);

        Assert.Equal(
            ["#/commerce/order/currencyCode pattern: string [eur] does not match pattern ^[A-Z]{3}$"],
            schema.Faults(WithEverything.Replace("EUR", "eur", StringComparison.Ordinal)));
        Assert.Equal(
            ["#/identityMap/ECID/0/authenticatedState enum: known is not a valid enum value"],
            schema.Faults(WithEverything.Replace("\"ambiguous\"", "\"known\"", StringComparison.Ordinal)));
        Assert.Equal(
            ["# required: required key [_id] not found", "# required: required key [timestamp] not found"], schema.Faults("{}"));
    }

    [Fact]
    public void Validating_a_message_allocates_nothing()
    {
        string combined = """{"oneOf":[{"properties":{"k":{"pattern":"a(b|c)+d"}},"required":["k"]},{"required":["l"]}],"uniqueItems":true,"items":{"enum":[{"a":1},2]},"patternProperties":{"^m":{"multipleOf":0.1}}}""";
        (CompiledSchema Schema, byte[] Json)[] cases =
        [
            .. ASchema.SampleEntities("valid.json").Select(entity => (ASchema.Ingestion(ASchema.SampleSchemaText, true), entity)),
            (ASchema.Ingestion(ASchema.SampleSchemaText, true), Encoding.UTF8.GetBytes(WithEverything)),
            (ASchema.Ingestion(ASchema.SampleSchemaText, true), Encoding.UTF8.GetBytes(WithEverything.Replace("EUR", "eu", StringComparison.Ordinal))),
            (ASchema.Ingestion("true"), Encoding.UTF8.GetBytes(WithEverything)),
            (ASchema.Ingestion(combined), """{"k":"xab\u0063bd","m1":1.2,"other":{"a":{"b":1}}}"""u8.ToArray()),
            (ASchema.Draft06(combined), """[{"a":1.0},2]"""u8.ToArray()),
        ];

        foreach (var (schema, json) in cases)
            Assert.Equal(0, AllocatedBy(schema, json));
    }

    // The least of several rounds: a collection that another test caused may empty the shared pools, and the next rent then allocates once.
    private static long AllocatedBy(CompiledSchema schema, byte[] json)
    {
        const int Rounds = 5;
        return Enumerable.Range(0, Rounds + 1).Select(_ => AllocatedByOneRound(schema, json)).Skip(1).Min();
    }

    private static long AllocatedByOneRound(CompiledSchema schema, byte[] json)
    {
        const int Validations = 2_000;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Validations; i++)
            schema.IsValid(json);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
