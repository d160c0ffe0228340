using System.Text.Json;
using Sluice.Schemas;

namespace Sluice.Tests.Schemas;

public sealed class CompileTests
{
    [Theory]
    [InlineData("""{"$ref":"#"}""", "#/$ref", "circle")]
    [InlineData("""{"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}},"$ref":"#/definitions/a"}""", "#/definitions/a/$ref", "circle")]
    [InlineData("""{"allOf":[{"$ref":"#"}]}""", "#", "without end")]
    [InlineData("""{"anyOf":[{"type":"string"},{"not":{"$ref":"#"}}]}""", "#", "without end")]
    [InlineData("""{"dependencies":{"a":{"$ref":"#"}}}""", "#", "without end")]
    [InlineData("""{"properties":{"a":{"$ref":"#/definitions/none"}}}""", "#/properties/a/$ref", "unknown schema [#/definitions/none]")]
    [InlineData("""{"items":{"$ref":"https://example.com/none"}}""", "#/items/$ref", "unknown schema [https://example.com/none]")]
    [InlineData("""{"properties":{"a":{"pattern":"["}}}""", "#/properties/a/pattern", "the pattern [[] has a class without its closing bracket")]
    [InlineData("""{"type":"text"}""", "#/type", "[text] is not a type")]
    [InlineData("""{"minLength":"1"}""", "#/minLength", "must be a number")]
    [InlineData("""{"minItems":-1}""", "#/minItems", "whole number")]
    [InlineData("""{"multipleOf":0}""", "#/multipleOf", "greater than 0")]
    [InlineData("""{"required":[1]}""", "#/required", "list of names")]
    [InlineData("""{"properties":[]}""", "#/properties", "map names to schemas")]
    [InlineData("""{"properties":{"a":1}}""", "#/properties/a", "object or a boolean")]
    [InlineData("""{"anyOf":[]}""", "#/anyOf", "list of schemas")]
    public void A_schema_that_cannot_be_compiled_is_refused_with_the_place_and_the_reason(string schema, string place, string reason)
    {
        var fault = Assert.Throws<SchemaException>(() => ASchema.Draft06(schema));

        Assert.Equal(place, fault.Pointer);
        Assert.Contains(reason, fault.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_of_more_parts_than_allowed_is_refused()
    {
        var schema = JsonElement.Parse("""{"items":{"items":{"items":{"type":"string"}}}}""");

        Assert.Throws<SchemaException>(() => CompiledSchema.Compile(schema, new SchemaOptions { MaxNodes = 3 }));
        CompiledSchema.Compile(schema, new SchemaOptions { MaxNodes = 4 });
    }

    [Fact]
    public void References_that_cross_properties_may_go_round()
    {
        var schema = ASchema.Draft06(
            """{"definitions":{"a":{"properties":{"b":{"$ref":"#/definitions/b"}}},"b":{"type":"array","items":{"$ref":"#/definitions/a"}}},"$ref":"#/definitions/a"}""");

        Assert.True(schema.Accepts("""{"b":[{"b":[]}]}"""));
        Assert.Equal(["#/b/0/b type: expected type: JSONArray, found: Integer"], schema.Faults("""{"b":[{"b":1}]}"""));
    }

    [Fact]
    public void Two_recursive_schemas_of_one_property_are_joined_once()
    {
        var schema = ASchema.Ingestion(
            """
            {
              "definitions": {
                "a": { "properties": { "n": { "$ref": "#/definitions/a" }, "x": {} } },
                "b": { "properties": { "n": { "$ref": "#/definitions/b" }, "y": {} } }
              },
              "allOf": [{ "$ref": "#/definitions/a" }, { "$ref": "#/definitions/b" }]
            }
            """,
            refuseUnknown: true);

        Assert.True(schema.Accepts("""{"n":{"n":{"x":1,"y":1}}}"""));
        Assert.False(schema.Accepts("""{"n":{"n":{"z":1}}}"""));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(500)]
    public void An_object_may_have_hundreds_of_properties(int count)
    {
        string properties = string.Join(',', Enumerable.Range(0, count).Select(i =>
            $$"""
            "property{{i}}":{"type":"object","properties":{"a":{"type":"integer"} },"required":["a"] }
            """));
        string required = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"property{i}\""));
        var schema = ASchema.Ingestion($$"""{"required":[{{required}}],"properties":{ {{properties}} } }""", refuseUnknown: true);
        string[] members = [.. Enumerable.Range(0, count).Select(i => $"\"property{i}\":{{\"a\":{i}}}")];

        Assert.True(schema.Accepts($"{{{string.Join(',', members)}}}"));
        Assert.True(schema.Accepts($"{{{string.Join(',', members.Reverse())}}}"));
        Assert.Equal([$"# required: required key [property{count - 1}] not found"], schema.Faults($"{{{string.Join(',', members[..^1])}}}"));
        Assert.Equal([$"# duplicateKey: duplicate key [property{count - 1}]"], schema.Faults($"{{{string.Join(',', members)},{members[^1]}}}"));
    }

    [Fact]
    public void Nesting_is_accepted_up_to_the_limit_and_refused_beyond()
    {
        var recursive = ASchema.Ingestion("""{"properties":{"a":{"$ref":"#"}}}""", refuseUnknown: true);
        var free = ASchema.Draft06("true");
        string Nested(int levels) => $"{string.Concat(Enumerable.Repeat("{\"a\":", levels - 1))}{{}}{new string('}', levels - 1)}";

        Assert.True(recursive.Accepts(Nested(50)));
        Assert.True(recursive.Accepts(Nested(100)));
        Assert.Equal(["# depth: nesting deeper than 100 levels"], recursive.Faults(Nested(101)));
        Assert.True(free.Accepts(Nested(100)));
        Assert.False(free.Accepts(Nested(101)));
        Assert.False(ASchema.Draft06("""{"not":{"not":{"properties":{"a":{"$ref":"#/not"}}}}}""").Accepts(Nested(100_000)));
    }

    [Fact]
    public void Alternatives_that_multiply_end_with_a_verdict()
    {
        string instance = $"{string.Concat(Enumerable.Repeat("{\"a\":", 90))}{{\"a\":1}}{new string('}', 90)}";
        var schema = ASchema.Draft06(
            """{"type":"object","properties":{"a":{"anyOf":[{"allOf":[{"$ref":"#"}],"minLength":1},{"allOf":[{"$ref":"#"}],"minimum":1}]}}}""");

        Assert.Equal("effort", Assert.Single(schema.Validate(System.Text.Encoding.UTF8.GetBytes(instance))).Keyword);
    }
}
