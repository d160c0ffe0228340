namespace Sluice.Tests.Schemas;

public sealed class UnknownFieldTests
{
    [Fact]
    public void An_unknown_field_is_refused_where_properties_are_declared() => Assert.Equal(
        ["#/a additionalProperties: extraneous key [c] is not permitted"],
        ASchema.Ingestion("""{"properties":{"a":{"properties":{"b":{}}}}}""", refuseUnknown: true).Faults("""{"a":{"b":1,"c":{}}}"""));

    [Fact]
    public void Unknown_fields_pass_unless_they_are_refused() =>
        Assert.True(ASchema.Ingestion("""{"properties":{"a":{}}}""").Accepts("""{"b":1}"""));

    [Fact]
    public void A_free_object_and_a_map_take_any_key()
    {
        var schema = ASchema.Ingestion(
            """{"properties":{"free":{"type":"object"},"map":{"type":"object","additionalProperties":{"type":"integer"}}}}""", refuseUnknown: true);

        Assert.True(schema.Accepts("""{"free":{"x":{"y":1}},"map":{"x":1}}"""));
        Assert.False(schema.Accepts("""{"map":{"x":"1"}}"""));
    }

    [Theory]
    [InlineData("""{"a":1,"b":1,"c":1}""", true)]
    [InlineData("""{"a":1,"b":1,"c":1,"d":1}""", false)]
    public void Fields_of_all_schemas_joined_by_allOf_and_ref_are_known(string instance, bool valid)
    {
        var schema = ASchema.Ingestion(
            """
            {
              "definitions": {
                "b": { "properties": { "b": { "type": "integer" } }, "allOf": [{ "$ref": "#/definitions/c" }] },
                "c": { "properties": { "c": { "type": "integer" } } }
              },
              "properties": { "a": { "type": "integer" } },
              "allOf": [{ "$ref": "#/definitions/b" }, { "type": "object" }]
            }
            """,
            refuseUnknown: true);

        Assert.Equal(valid, schema.Accepts(instance));
        Assert.False(schema.Accepts(instance.Replace(":1", ":\"1\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_field_declared_by_two_schemas_satisfies_both_and_knows_the_fields_of_both()
    {
        var schema = ASchema.Ingestion(
            """
            {
              "properties": { "o": { "properties": { "a": { "minimum": 1 } } } },
              "allOf": [{ "properties": { "o": { "properties": { "a": { "maximum": 3 }, "b": {} } } } }]
            }
            """,
            refuseUnknown: true);

        Assert.True(schema.Accepts("""{"o":{"a":2,"b":1}}"""));
        Assert.Equal(["#/o/a minimum: 0 is not greater or equal to 1"], schema.Faults("""{"o":{"a":0}}"""));
        Assert.Equal(["#/o/a maximum: 4 is not less or equal to 3"], schema.Faults("""{"o":{"a":4}}"""));
        Assert.Equal(["#/o additionalProperties: extraneous key [c] is not permitted"], schema.Faults("""{"o":{"c":4}}"""));
    }

    [Fact]
    public void Fields_of_alternatives_and_patterns_are_known()
    {
        var schema = ASchema.Ingestion(
            """{"properties":{"a":{}},"anyOf":[{"properties":{"b":{"type":"string"}}},{"properties":{"c":{}}}],"allOf":[{"patternProperties":{"^x":{"type":"integer"}}}]}""",
            refuseUnknown: true);

        Assert.True(schema.Accepts("""{"a":1,"b":"1","c":1,"x1":1}"""));
        Assert.False(schema.Accepts("""{"x1":"1"}"""));
        Assert.False(schema.Accepts("""{"d":1}"""));
    }

    [Fact]
    public void A_recursive_schema_refuses_unknown_fields_at_every_level()
    {
        var schema = ASchema.Ingestion("""{"properties":{"next":{"$ref":"#"},"v":{"type":"integer"}}}""", refuseUnknown: true);

        Assert.True(schema.Accepts("""{"next":{"next":{"v":1}}}"""));
        Assert.Equal(["#/next/next additionalProperties: extraneous key [w] is not permitted"], schema.Faults("""{"next":{"next":{"w":1}}}"""));
    }
}
