using System.Text;
using System.Text.Json;
using Sluice.Schemas;

namespace Sluice.Tests.Schemas;

/// <summary>Compiled schemas share what their text says the same way, and nothing else.</summary>
public sealed class SharedNodeTests
{
    [Fact]
    public void Fields_of_the_same_text_are_one_node_and_schemas_with_a_difference_keep_it()
    {
        var loose = Compile("""{"title":"a","properties":{"shared-field":{"type":"integer","maximum":5},"own":{"type":"integer","maximum":1}}}""");
        var strict = Compile("""{"title":"b","properties":{"shared-field":{"type":"integer","maximum":5},"own":{"type":"integer","maximum":2}}}""");

        Assert.Same(NodeOf(loose, 0), NodeOf(strict, 0));
        Assert.NotSame(NodeOf(loose, 1), NodeOf(strict, 1));
        Assert.Equal((false, true), (IsValid(loose, """{"own":2}"""), IsValid(strict, """{"own":2}""")));
    }

    [Fact]
    public void A_field_that_refers_elsewhere_means_what_its_own_document_says()
    {
        const string Schema = """{"properties":{"a":{"properties":{"b":{"$ref":"#/definitions/b"}}}},"definitions":{"b":{"type":"TYPE"}}}""";
        var text = Compile(Schema.Replace("TYPE", "string", StringComparison.Ordinal));
        var number = Compile(Schema.Replace("TYPE", "integer", StringComparison.Ordinal));

        Assert.Equal((true, false), (IsValid(text, """{"a":{"b":"x"}}"""), IsValid(number, """{"a":{"b":"x"}}""")));
    }

    [Fact]
    public void Options_keep_apart_what_they_change()
    {
        const string Schema = """{"properties":{"a":{"properties":{"b":{"type":"integer"}}}}}""";
        var open = Compile(Schema);
        var closed = Compile(Schema, new SchemaOptions { RefuseUnknownFields = true });
        var ingestion = Compile(Schema, new SchemaOptions { Dialect = SchemaDialect.Ingestion });

        Assert.Equal((true, false), (IsValid(open, """{"a":{"c":1}}"""), IsValid(closed, """{"a":{"c":1}}""")));
        Assert.Equal((true, false), (IsValid(open, """{"a":{"b":1.0}}"""), IsValid(ingestion, """{"a":{"b":1.0}}""")));
    }

    [Fact]
    public void The_same_text_at_another_place_reports_its_own_place()
    {
        var one = Compile("""{"properties":{"x":{"type":"string","maxLength":3}}}""");
        var other = Compile("""{"properties":{"y":{"type":"string","maxLength":3}}}""");

        Assert.Equal("#/properties/x", one.Validate("""{"x":"long"}"""u8)[0].SchemaLocation);
        Assert.Equal("#/properties/y", other.Validate("""{"y":"long"}"""u8)[0].SchemaLocation);
    }

    private static CompiledSchema Compile(string schema, SchemaOptions? options = null)
    {
        using var document = JsonDocument.Parse(schema);
        return CompiledSchema.Compile(document.RootElement, options ?? new SchemaOptions());
    }

    private static Sluice.Schemas.Model.SchemaNode NodeOf(CompiledSchema schema, int property) => schema.Root.Objects!.Properties[property].Node!;

    private static bool IsValid(CompiledSchema schema, string json) => schema.IsValid(Encoding.UTF8.GetBytes(json));
}
