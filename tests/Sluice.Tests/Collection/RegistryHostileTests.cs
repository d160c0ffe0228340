using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>What the registry does with bodies that nobody would send on purpose, with the races of two clients, and with unchanged schemas.</summary>
public sealed class RegistryHostileTests
{
    private static readonly string[] Bodies =
    [
        "", "null", "7", "\"x\"", "[]", "[null]", "{", "{\"title\":null}", "{\"title\":7}", "{\"title\":\"T\",\"type\":\"string\"}", "{\"title\":\"T\",\"type\":null}",
        """{"title":"T","allOf":7}""", """{"title":"T","allOf":[null]}""", """{"title":"T","allOf":[]}""", """{"title":"T","allOf":[{"$ref":7}]}""",
        """{"title":"T","allOf":[{"$ref":""}]}""", """{"title":"T","allOf":[{"$ref":"#"}]}""", """{"title":"T","allOf":[{"$ref":"#/nowhere"}]}""",
        """{"title":"T","allOf":[{"$ref":"#/allOf/0"}]}""", """{"title":"T","$ref":"#"}""", """{"title":"T","$ref":"https://ns.adobe.com/xdm/context/profile"}""",
        """{"title":"T","allOf":[{"$ref":"https://ns.adobe.com/xdm/context/profile#/nowhere"}]}""", """{"title":"T","allOf":[{"$ref":"%%%://"}]}""",
        """{"title":"T","properties":7}""", """{"title":"T","properties":[]}""", """{"title":"T","properties":{"a":null}}""", """{"title":"T","properties":{"a":[]}}""",
        """{"title":"T","properties":{"a":{"type":"nonsense"}}}""", """{"title":"T","properties":{"a":{"type":"string","enum":7}}}""",
        """{"title":"T","properties":{"a":{"type":"integer","minimum":"x"}}}""", """{"title":"T","properties":{"a":{"type":"integer","minimum":1e400}}}""",
        """{"title":"T","properties":{"_sluice":null}}""", """{"title":"T","properties":{"_sluice":true}}""", """{"title":"T","required":7}""",
        """{"title":"T","required":[7]}""", """{"title":"T","definitions":7,"allOf":[{"$ref":"#/definitions/a"}]}""", """{"title":"T","meta:immutableTags":7}""",
        """{"title":"T","meta:intendedToExtend":[null]}""", """{"title":"T","items":[{"$ref":"#/items/0"}]}""", """{"title":"T","title":"U"}""",
        """{"title":"T","@type":7}""", """{"@type":"xdm:descriptorIdentity","xdm:sourceSchema":7}""", """{"resources":7}""", """{"resources":[{"$id":7}]}""",
        """[{"op":"add","path":"","value":7}]""", """[{"op":"add","path":"/a"}]""", """[{"op":"remove","path":"/title"}]""", """[{"op":"replace","path":"/allOf","value":7}]""",
        """[{"op":"add","path":"/meta:immutableTags","value":7}]""", """[{"@type":"x"}]""", """[{"$id":"https://ns.adobe.com/sluice/schemas/1"}]""",
        """[{"$id":"https://ns.adobe.com/sluice/schemas/1","meta:resourceType":"schemas","title":7}]""",
    ];

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.3")]
    public async Task No_body_makes_the_registry_fail_and_every_refusal_has_its_shape(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await RegistryDesk.OpenAsync(house);
        var schemaId = await desk.ComposeAsync("Shop", RegistryDesk.Events);
        var groupId = await desk.CreateAsync("fieldgroups", desk.Group("Seating", """{"seat":{"type":"integer"}}"""));
        (HttpMethod Method, string Path)[] doors =
        [
            (HttpMethod.Post, "/tenant/schemas"), (HttpMethod.Post, "/tenant/classes"), (HttpMethod.Post, "/tenant/fieldgroups"), (HttpMethod.Post, "/tenant/datatypes"),
            (HttpMethod.Post, "/tenant/descriptors"), (HttpMethod.Post, "/rpc/import"), (HttpMethod.Put, $"/tenant/schemas/{schemaId.Split('/')[^1]}"),
            (HttpMethod.Patch, $"/tenant/schemas/{schemaId.Split('/')[^1]}"), (HttpMethod.Patch, $"/tenant/fieldgroups/{groupId.Split('/')[^1]}"),
        ];
        var deep = new string('[', 300) + new string(']', 300);
        var nested = "{\"title\":\"Deep\",\"properties\":" + string.Concat(Enumerable.Repeat("{\"a\":{\"properties\":", 120)) + "{}" + new string('}', 241);

        foreach (var (method, path) in doors)
        {
            foreach (var body in Bodies.Append(deep).Append(nested))
            {
                var answer = await desk.Api.SendAsync(method, RegistryDesk.Base + path, body);
                Assert.True((int)answer.Status < 500, $"{method} {path} {body[..Math.Min(body.Length, 200)]}: {answer.Text}");
                if ((int)answer.Status >= 400)
                    RegistryDesk.AssertRefused(answer, RegistryDesk.CodeOf(answer));
            }
        }

        Assert.Equal(HttpStatusCode.OK, (await desk.Api.GetAsync($"{RegistryDesk.Base}/stats")).Status);
        Assert.Equal(HttpStatusCode.OK, (await desk.Api.GetAsync($"{RegistryDesk.Base}/tenant/schemas")).Status);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.1", "3.4")]
    public async Task Changes_by_many_clients_at_once_lose_none(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await RegistryDesk.OpenAsync(house);
        var groupId = await desk.CreateAsync("fieldgroups", desk.Group("Seating", """{"seat":{"type":"integer"}}"""));
        var schemaId = await desk.ComposeAsync("Theatre", RegistryDesk.Events, groupId);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(index => desk.PatchAsync("fieldgroups", groupId,
            $$"""[{"op":"add","path":"/definitions/custom/properties/_sluice/properties/field{{index}}","value":{"type":"string"} }]""")));
        var full = await desk.LookUpAsync(RegistryDesk.PathOf("schemas", schemaId), "xed-full");

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(20, answers.Select(answer => answer.Json["version"]!.GetValue<string>()).Distinct().Count());
        Assert.Equal(21, full.Json["properties"]![desk.TenantRoot]!["properties"]!.AsObject().Count);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.4", "3.6")]
    public async Task A_schema_that_stands_alone_is_taken_as_it_stands_names_and_all(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await RegistryDesk.OpenAsync(house);
        var schemaId = await desk.CreateAsync("schemas", JsonNode.Parse(
            """
            {"title":"Alone","type":"object","properties":{"xdm:a-b":{"oneOf":[{"type":"string"},{"type":"integer"}]},"who":{"$ref":"https://ns.adobe.com/xdm/context/person"}},
             "required":["xdm:a-b"]}
            """)!);
        using var producer = await Producer.OpenAsync(house, desk.Api, schemaId);

        var answer = await producer.SendAsync(
            producer.Message(JsonNode.Parse("""{"xdm:a-b":7,"who":{"name":{"firstName":"Ines"}}}""")),
            producer.Message(JsonNode.Parse("""{"xdm:a-b":true}""")),
            producer.Message(JsonNode.Parse("""{"xdm:a-b":"x","who":{"xdm:name":{}}}""")));
        var shown = await desk.LookUpAsync(RegistryDesk.PathOf("schemas", schemaId));

        var entries = answer.Json["responses"]!.AsArray();
        Assert.Null(entries[0]!["status"]);
        Assert.Equal(400, entries[1]!["status"]!.GetValue<int>());
        Assert.Contains("extraneous key [xdm:name]", entries[2]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Null(shown.Json["meta:class"]);
        Assert.NotNull(shown.Json["properties"]!["xdm:a-b"]!["oneOf"]);
    }
}
