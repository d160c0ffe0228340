using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Schemas;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>The published schemas of the families' objects: contract audience.md 3.8.</summary>
[Contract("audience 3.8")]
public sealed class ObjectSchemaTests
{
    [Fact]
    public async Task Every_object_that_is_answered_satisfies_the_schema_of_its_family()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        var trait = await desk.AddTraitAsync(source);
        var segment = await desk.AddSegmentAsync(source, trait);
        var model = (await desk.AddAsync("/v1/models/", $$"""{"name":"m","dataSources":[{{source}}],"sid":{{segment}}}"""))["algoModelId"];
        var algorithmic = (await desk.AddAsync(
            "/v1/traits/", $$"""{"name":"a","traitType":"ALGO_TRAIT","dataSourceId":{{source}},"folderId":0,"algoModelId":{{model}},"accuracy":0.5}"""))["sid"];
        var signal = (await desk.AddAsync("/v1/signals/derived/", """{"sourceKey":"a","sourceValue":"1","targetKey":"b","targetValue":"2"}"""))["derivedSignalId"];
        var site = (await desk.AddAsync("/v1/partner-sites/", """{"url":"example.com"}"""))["siteId"];
        const string All = "?includeMetrics=true&includePermissions=true&includeExprTree=true&includeTraitDataSourceIds=true";

        foreach (var (name, path) in new[]
        {
            ("dataSource", $"/v1/datasources/{source}"), ("trait", $"/v1/traits/{trait}"), ("trait", $"/v1/traits/{algorithmic}"), ("segment", $"/v1/segments/{segment}"),
            ("model", $"/v1/models/{model}"), ("derivedSignal", $"/v1/signals/derived/{signal}"), ("partnerSite", $"/v1/partner-sites/{site}"),
            ("traitType", "/v1/customer-trait-types/1"), ("category", "/v1/taxonomies/0/1"), ("region", "/v1/dcs-regions/6"),
        })
        {
            var schema = (await desk.Admin.GetAsync("/v1/schemas/" + name)).Json;
            var answer = await desk.Admin.GetAsync(path + All);

            Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
            Assert.True(Violations(schema, answer.Text) is "", $"{name}: {Violations(schema, answer.Text)}");
            Assert.Subset(schema["properties"]!.AsObject().Select(one => one.Key).Append("expressionTree").ToHashSet(), CatalogueDesk.Members(answer.Json).ToHashSet());
        }
    }

    [Fact]
    public async Task A_schema_refuses_what_the_family_would_never_answer_and_names_what_a_new_object_must_have()
    {
        await using var desk = await CatalogueDesk.StartAsync();

        var trait = (await desk.Admin.GetAsync("/v1/schemas/trait")).Json;
        var signal = (await desk.Admin.GetAsync("/v1/schemas/derivedSignal")).Json;

        Assert.Equal("https://json-schema.org/draft/2020-12/schema", (string)trait["$schema"]!);
        Assert.Equal("""["name","traitType","dataSourceId","folderId"]""", trait["required"]!.ToJsonString());
        Assert.Equal("""{"type":"integer"}""", trait["properties"]!["sid"]!.ToJsonString());
        Assert.Equal("""{"type":["string","null"]}""", trait["properties"]!["description"]!.ToJsonString());
        Assert.Equal("""{"type":"array","items":{"type":"string"},"readOnly":true}""", trait["properties"]!["permissions"]!.ToJsonString());
        Assert.Equal("""{"type":"string"}""", signal["properties"]!["sourceKey"]!.ToJsonString());
        Assert.NotEqual("", Violations(signal, """{"sourceKey":"a","sourceValue":1,"targetKey":"b","targetValue":"2"}"""));
        Assert.NotEqual("", Violations(signal, """{"sourceKey":"a","sourceValue":"1","targetKey":"b"}"""));
        Assert.Equal("", Violations(signal, """{"sourceKey":"a","sourceValue":"1","targetKey":"b","targetValue":"2"}"""));
    }

    [Fact]
    public async Task The_list_names_every_schema_and_where_it_is()
    {
        await using var desk = await CatalogueDesk.StartAsync();

        var list = (await desk.Admin.GetAsync("/v1/schemas/")).Json.AsArray();
        var missing = await desk.Admin.GetAsync("/v1/schemas/unicorn");

        Assert.Contains(list, row => row!.ToJsonString() == """{"name":"trait","href":"/v1/schemas/trait"}""");
        Assert.Equal(16, list.Count);
        foreach (var row in list)
            Assert.Equal((string)row!["name"]!, (string)(await desk.Admin.GetAsync((string)row["href"]!)).Json["title"]!);
        CatalogueDesk.AssertRefused(missing, HttpStatusCode.NotFound, "not_found", "unicorn");
    }

    private static string Violations(JsonNode schema, string text)
    {
        using var document = JsonDocument.Parse(schema.ToJsonString());
        return string.Join("; ", CompiledSchema.Compile(document.RootElement, new SchemaOptions()).Validate(Encoding.UTF8.GetBytes(text)).Select(one => $"{one.Pointer}: {one.Message}"));
    }
}
