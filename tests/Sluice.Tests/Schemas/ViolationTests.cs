namespace Sluice.Tests.Schemas;

/// <summary>The texts and pointers of the collection contract, section 1.8.</summary>
[Trait("contract", "collection 1.8")]
public sealed class ViolationTests
{
    private const string DateTimeForms =
        "[yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,9}Z, yyyy-MM-dd'T'HH:mm:ss[+-]HH:mm, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,9}[+-]HH:mm]";

    [Theory]
    [InlineData("""{"required":["x"]}""", """{}""", "# required: required key [x] not found")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":false}""", """{"x":1}""", "# additionalProperties: extraneous key [x] is not permitted")]
    [InlineData("""{"minimum":3}""", "2", "# minimum: 2 is not greater or equal to 3")]
    [InlineData("""{"maximum":3}""", "3.5", "# maximum: 3.5 is not less or equal to 3")]
    [InlineData("""{"exclusiveMinimum":3}""", "3", "# exclusiveMinimum: 3 is not greater than 3")]
    [InlineData("""{"exclusiveMaximum":3}""", "3", "# exclusiveMaximum: 3 is not less than 3")]
    [InlineData("""{"multipleOf":2}""", "3", "# multipleOf: 3 is not a multiple of 2")]
    [InlineData("""{"minLength":2}""", "\"a\"", "# minLength: expected minLength: 2, actual: 1")]
    [InlineData("""{"maxLength":2}""", "\"abc\"", "# maxLength: expected maxLength: 2, actual: 3")]
    [InlineData("""{"pattern":"^[A-Z]{3}$"}""", "\"eur\"", "# pattern: string [eur] does not match pattern ^[A-Z]{3}$")]
    [InlineData("""{"enum":["a",1]}""", "\"b\"", "# enum: b is not a valid enum value")]
    [InlineData("""{"const":1}""", "2", "# const: ")]
    [InlineData("""{"minItems":2}""", "[1]", "# minItems: expected minimum item count: 2, found: 1")]
    [InlineData("""{"maxItems":1}""", "[1,2]", "# maxItems: expected maximum item count: 1, found: 2")]
    [InlineData("""{"uniqueItems":true}""", "[1,1.0]", "# uniqueItems: array items are not unique")]
    [InlineData("""{"contains":{"const":1}}""", "[2]", "# contains: expected at least one array item to match 'contains' schema")]
    [InlineData("""{"minProperties":1}""", "{}", "# minProperties: minimum size: [1], found: [0]")]
    [InlineData("""{"maxProperties":0}""", """{"a":1}""", "# maxProperties: maximum size: [0], found: [1]")]
    [InlineData("""{"dependencies":{"a":["x"]}}""", """{"a":1}""", "# dependencies: property [x] is required")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"null"}]}""", "1", "# anyOf: no subschema matched out of the total 2 subschemas")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"minimum":0}]}""", "1", "# oneOf: 2 subschemas matched instead of one")]
    [InlineData("""{"oneOf":[{"type":"string"},{"type":"null"}]}""", "1", "# oneOf: 0 subschemas matched instead of one")]
    [InlineData("""{"not":{"type":"integer"}}""", "1", """# not: subject must not be valid against schema {"type":"integer"}""")]
    [InlineData("""{"items":false}""", "[1]", "#/0 false: false schema always fails")]
    public void Each_keyword_has_its_sentence(string schema, string instance, string fault) =>
        Assert.Equal([fault], ASchema.Ingestion(schema).Faults(instance));

    [Theory]
    [InlineData("string", "1", "String", "Integer")]
    [InlineData("string", "-2147483648", "String", "Integer")]
    [InlineData("string", "2147483648", "String", "Long")]
    [InlineData("string", "9223372036854775808", "String", "BigInteger")]
    [InlineData("integer", "1.0", "Integer", "Double")]
    [InlineData("integer", "1e2", "Integer", "Double")]
    [InlineData("number", "\"1\"", "Number", "String")]
    [InlineData("boolean", "[]", "Boolean", "JSONArray")]
    [InlineData("object", "true", "JSONObject", "Boolean")]
    [InlineData("array", "{}", "JSONArray", "JSONObject")]
    [InlineData("string", "null", "String", "Null")]
    [InlineData("null", "1", "Null", "Integer")]
    public void A_type_is_named_as_java_names_it(string type, string instance, string expected, string found) => Assert.Equal(
        [$"# type: expected type: {expected}, found: {found}"],
        ASchema.Ingestion($$"""{"type":"{{type}}"}""").Faults(instance));

    [Theory]
    [InlineData("date-time", $"date-time. Expected {DateTimeForms}")]
    [InlineData("date", "date. Expected [yyyy-MM-dd]")]
    [InlineData("time", "time. Expected [HH:mm:ssZ, HH:mm:ss.[0-9]{1,9}Z, HH:mm:ss[+-]HH:mm, HH:mm:ss.[0-9]{1,9}[+-]HH:mm]")]
    [InlineData("email", "email address")]
    [InlineData("hostname", "hostname")]
    [InlineData("ipv4", "ipv4 address")]
    [InlineData("ipv6", "ipv6 address")]
    [InlineData("uri", "URI")]
    [InlineData("uri-reference", "URI reference")]
    [InlineData("uri-template", "URI template")]
    [InlineData("json-pointer", "JSON pointer")]
    [InlineData("regex", "regular expression")]
    public void A_format_is_named_with_the_forms_it_may_have(string format, string title) => Assert.Equal(
        [$"# format: [(^{{\\] is not a valid {title}"],
        ASchema.Ingestion($$"""{"format":"{{format}}"}""").Faults("""  "(^{\\"  """));

    [Fact]
    public void A_pointer_leads_to_the_value_and_escapes_its_names()
    {
        var schema = ASchema.Ingestion("""{"properties":{"a/b":{"items":{"properties":{"c~d":{"type":"string"}},"required":["e"]}}}}""");

        string[] faults = schema.Faults("""{"a/b":[{"e":1},{"c\u007ed":1}]}""");

        Assert.Equal(["#/a~1b/1/c~0d type: expected type: String, found: Integer", "#/a~1b/1 required: required key [e] not found"], faults);
    }

    [Fact]
    public void Validation_stops_after_five_violations() =>
        Assert.Equal(5, ASchema.Ingestion("""{"items":{"type":"string"}}""").Faults("[1,2,3,4,5,6,7]").Length);

    [Fact]
    public void Violations_of_allOf_members_stand_for_themselves()
    {
        var schema = ASchema.Ingestion("""{"allOf":[{"minLength":3},{"pattern":"^x"}]}""");

        Assert.Equal(["# minLength: expected minLength: 3, actual: 1", "# pattern: string [y] does not match pattern ^x"], schema.Faults("\"y\""));
    }

    [Fact]
    public void Alternatives_say_why_each_of_them_refused()
    {
        var violation = Assert.Single(ASchema.Ingestion("""{"properties":{"a":{"anyOf":[{"type":"string"},{"minimum":3}]}}}""").Validate("""{"a":1}"""u8));

        Assert.Equal(["#/a type", "#/a minimum"], violation.Causes.Select(cause => $"{cause.Pointer} {cause.Keyword}"));
        Assert.Equal("#/properties/a", violation.SchemaLocation);
    }
}
