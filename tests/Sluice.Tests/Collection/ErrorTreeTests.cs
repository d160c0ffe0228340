using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Collection.Validate;
using Sluice.Schemas;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>The tree of violations that clients of the original parse (contract collection.md 1.8).</summary>
[Contract("1.8")]
public sealed class ErrorTreeTests
{
    private const string Schema =
        """
        {"type":"object","required":["id"],"properties":{
            "id":{"type":"string"},
            "order":{"type":"object","required":["sku","price"],"properties":{
                "currency":{"type":"string","pattern":"^[A-Z]{3}$","maxLength":3},
                "lines":{"type":"array","items":{"type":"object","properties":{"quantity":{"type":"integer"},"name":{"type":"string"}}}}}},
            "contact":{"anyOf":[{"type":"string"},{"type":"object","required":["mail"]}]}}}
        """;

    [Fact]
    public void One_violation_is_its_own_node() => AssertTree(
        """{"id":7}""",
        """
        {"schemaLocation":"#/properties/id","pointerToViolation":"#/id","causingExceptions":[],"keyword":"type",
         "message":"expected type: String, found: Integer"}
        """);

    [Fact]
    public void Several_stand_under_a_wrapper_that_counts_them() => AssertTree(
        """{"order":{"sku":1,"price":1,"currency":5}}""",
        """
        {"schemaLocation":"#","pointerToViolation":"#","causingExceptions":[
            {"schemaLocation":"#","pointerToViolation":"#","causingExceptions":[],"keyword":"required","message":"required key [id] not found"},
            {"schemaLocation":"#/properties/order/properties/currency","pointerToViolation":"#/order/currency","causingExceptions":[],"keyword":"type",
             "message":"expected type: String, found: Integer"}],
         "message":"2 schema violations found"}
        """);

    [Fact]
    public void Each_value_with_several_faults_has_a_wrapper_of_its_own_and_levels_with_one_have_none() => AssertTree(
        """{"id":"1","order":{"sku":1,"currency":"euro","lines":[{"quantity":"1","name":2}]}}""",
        """
        {"schemaLocation":"#/properties/order","pointerToViolation":"#/order","causingExceptions":[
            {"schemaLocation":"#/properties/order","pointerToViolation":"#/order","causingExceptions":[],"keyword":"required","message":"required key [price] not found"},
            {"schemaLocation":"#/properties/order/properties/currency","pointerToViolation":"#/order/currency","causingExceptions":[
                {"schemaLocation":"#/properties/order/properties/currency","pointerToViolation":"#/order/currency","causingExceptions":[],"keyword":"maxLength",
                 "message":"expected maxLength: 3, actual: 4"},
                {"schemaLocation":"#/properties/order/properties/currency","pointerToViolation":"#/order/currency","causingExceptions":[],"keyword":"pattern",
                 "message":"string [euro] does not match pattern ^[A-Z]{3}$"}],
             "message":"2 schema violations found"},
            {"schemaLocation":"#/properties/order/properties/lines/items","pointerToViolation":"#/order/lines/0","causingExceptions":[
                {"schemaLocation":"#/properties/order/properties/lines/items/properties/quantity","pointerToViolation":"#/order/lines/0/quantity",
                 "causingExceptions":[],"keyword":"type","message":"expected type: Integer, found: String"},
                {"schemaLocation":"#/properties/order/properties/lines/items/properties/name","pointerToViolation":"#/order/lines/0/name",
                 "causingExceptions":[],"keyword":"type","message":"expected type: String, found: Integer"}],
             "message":"2 schema violations found"}],
         "message":"5 schema violations found"}
        """);

    [Fact]
    public void Alternatives_carry_the_reason_of_each() => AssertTree(
        """{"id":"1","contact":7}""",
        """
        {"schemaLocation":"#/properties/contact","pointerToViolation":"#/contact","causingExceptions":[
            {"schemaLocation":"#/properties/contact/anyOf/0","pointerToViolation":"#/contact","causingExceptions":[],"keyword":"type",
             "message":"expected type: String, found: Integer"},
            {"schemaLocation":"#/properties/contact/anyOf/1","pointerToViolation":"#/contact","causingExceptions":[],"keyword":"type",
             "message":"expected type: JSONObject, found: Integer"}],
         "keyword":"anyOf","message":"no subschema matched out of the total 2 subschemas"}
        """);

    [Theory]
    [Contract("6.1")]
    [InlineData("type", "DCVS-1104-400", "type")]
    [InlineData("maximum", "DCVS-1107-400", "range")]
    [InlineData("minProperties", "DCVS-1107-400", "range")]
    [InlineData("format", "DCVS-1105-400", "format")]
    [InlineData("pattern", "DCVS-1103-400", "pattern")]
    [InlineData("required", "DCVS-1106-400", "presence")]
    [InlineData("const", "DCVS-1102-400", "enum")]
    [InlineData("additionalProperties", "DCVS-1108-400", "unclassified")]
    [InlineData("anyOf", "DCVS-1101-400", "unclassified")]
    [InlineData("duplicateKey", "DCVS-1101-400", "unknown")]
    public void Each_keyword_has_its_code_and_its_category(string keyword, string code, string category)
    {
        var kind = ViolationKind.Of(keyword);

        Assert.Equal((code, category), (kind.Code, kind.Category));
        Assert.Contains(kind.Category, ViolationKind.Categories);
    }

    private static void AssertTree(string instance, string expected)
    {
        using var document = JsonDocument.Parse(Schema);
        var compiled = CompiledSchema.Compile(document.RootElement, new SchemaOptions { Dialect = SchemaDialect.Ingestion });
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Sluice.Collection.JsonFormat.Compact))
            ErrorTree.Write(json, compiled.Validate(Encoding.UTF8.GetBytes(instance)));

        var tree = JsonNode.Parse(buffer.WrittenSpan);

        Assert.True(JsonNode.DeepEquals(Sorted(JsonNode.Parse(expected)), Sorted(tree)), $"expected {expected}\nbut was {tree}");
    }

    // The order under a wrapper follows the schema's walk, on which nobody may count (contract 1.8).
    private static JsonNode? Sorted(JsonNode? node)
    {
        if (node is not JsonObject one)
            return node?.DeepClone();
        var copy = one.DeepClone().AsObject();
        copy["causingExceptions"] = new JsonArray([.. one["causingExceptions"]!.AsArray().Select(Sorted).OrderBy(cause => cause!.ToJsonString(), StringComparer.Ordinal)]);
        return copy;
    }
}
