using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>What may change once there is data, what may be deleted, unions and descriptors: contract collection.md 3.4, 3.5.</summary>
public sealed class RegistryEvolutionTests
{
    private const string Fields =
        """
        {"seat":{"type":"integer","minimum":1,"maximum":100},"colour":{"type":"string","enum":["red","blue"]},"note":{"type":"string","maxLength":10},
         "box":{"type":"object","properties":{"size":{"type":"number"},"lid":{"type":"string"}},"required":["lid"]},"free":{"type":"object"},
         "when":{"type":"string","format":"date"}}
        """;

    private const string Seat = "/definitions/custom/properties/_sluice/properties/seat";
    private const string Custom = "/definitions/custom/properties/_sluice/properties";

    [Theory]
    [InlineData($$"""[{"op":"remove","path":"{{Seat}}"}]""", "/_sluice/seat", "removed")]
    [InlineData($$"""[{"op":"move","from":"{{Seat}}","path":"{{Custom}}/place"}]""", "/_sluice/seat", "renamed")]
    [InlineData($$"""[{"op":"replace","path":"{{Seat}}/type","value":"string"}]""", "/_sluice/seat", "type")]
    [InlineData($$"""[{"op":"replace","path":"{{Seat}}/minimum","value":2}]""", "/_sluice/seat", "raise its 'minimum'")]
    [InlineData($$"""[{"op":"replace","path":"{{Seat}}/maximum","value":99}]""", "/_sluice/seat", "lower its 'maximum'")]
    [InlineData($$"""[{"op":"replace","path":"{{Seat}}/maximum","value":1000}]""", "/_sluice/seat", "meta:xdmType")]
    [InlineData($$"""[{"op":"replace","path":"{{Custom}}/colour/enum","value":["red"]}]""", "/_sluice/colour", "no longer accept")]
    [InlineData($$"""[{"op":"add","path":"{{Custom}}/note/pattern","value":"^a"}]""", "/_sluice/note", "'pattern'")]
    [InlineData($$"""[{"op":"add","path":"{{Custom}}/note/enum","value":["a"]}]""", "/_sluice/note", "'enum'")]
    [InlineData($$"""[{"op":"replace","path":"{{Custom}}/note/maxLength","value":9}]""", "/_sluice/note", "'maxLength'")]
    [InlineData($$"""[{"op":"add","path":"{{Custom}}/box/required/-","value":"size"}]""", "/_sluice/box/size", "required")]
    [InlineData($$"""[{"op":"remove","path":"{{Custom}}/box/properties/size"}]""", "/_sluice/box/size", "removed")]
    [InlineData($$"""[{"op":"add","path":"{{Custom}}/free/properties","value":{"a":{"type":"string"} } }]""", "/_sluice/free", "any content")]
    [InlineData($$"""[{"op":"remove","path":"{{Custom}}/when/format"}]""", "/_sluice/when", "meta:xdmType")]
    [InlineData($$"""[{"op":"replace","path":"{{Custom}}/when/format","value":"time"}]""", "/_sluice/when", "meta:xdmType")]
    [InlineData($$"""[{"op":"add","path":"{{Custom}}/Seat2","value":{"type":"string"} },{"op":"add","path":"{{Custom}}/sEAT2","value":{"type":"string"} }]""", "sEAT2", "capitals")]
    [Contract("3.5")]
    public async Task A_field_group_whose_schema_has_data_may_only_grow_and_the_refusal_names_field_and_rule(string patch, string field, string rule)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        var groupId = await desk.CreateAsync("fieldgroups", desk.Group("Seating", Fields));
        using var producer = await Producer.OpenAsync(house, desk.Api, await desk.ComposeAsync("Theatre", RegistryDesk.Events, groupId));
        await producer.SendAsync(producer.Message());
        await producer.LandedAsync(1);

        var refused = await desk.PatchAsync("fieldgroups", groupId, patch);
        var left = await desk.LookUpAsync(RegistryDesk.PathOf("fieldgroups", groupId));

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(field, RegistryDesk.DetailOf(refused), StringComparison.Ordinal);
        Assert.Contains(rule, RegistryDesk.DetailOf(refused), StringComparison.Ordinal);
        Assert.Equal("1.0", left.Json["version"]!.GetValue<string>());
    }

    [Theory]
    [InlineData($$"""[{"op":"add","path":"{{Custom}}/row","value":{"type":"integer"} }]""")]
    [InlineData($$"""[{"op":"add","path":"{{Custom}}/box/properties/depth","value":{"type":"number"} },{"op":"add","path":"{{Custom}}/box/required/-","value":"depth"}]""")]
    [InlineData($$"""[{"op":"remove","path":"{{Custom}}/box/required"}]""")]
    [InlineData($$"""[{"op":"add","path":"{{Custom}}/colour/enum/-","value":"green"}]""")]
    [InlineData($$"""[{"op":"replace","path":"{{Custom}}/note/maxLength","value":20}]""")]
    [InlineData($$"""[{"op":"replace","path":"{{Seat}}/minimum","value":0}]""")]
    [InlineData($$"""[{"op":"add","path":"{{Seat}}/description","value":"Where"},{"op":"replace","path":"/title","value":"Places"}]""")]
    [Contract("3.5")]
    public async Task Additions_are_free_whether_there_is_data_or_not(string patch)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        var groupId = await desk.CreateAsync("fieldgroups", desk.Group("Seating", Fields));
        using var producer = await Producer.OpenAsync(house, desk.Api, await desk.ComposeAsync("Theatre", RegistryDesk.Events, groupId));
        await producer.SendAsync(producer.Message());
        await producer.LandedAsync(1);

        var patched = await desk.PatchAsync("fieldgroups", groupId, patch);

        Assert.True(patched.Status == HttpStatusCode.OK, patched.Text);
        Assert.Equal("1.1", patched.Json["version"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.5")]
    public async Task A_schema_without_data_changes_freely_and_with_data_keeps_its_groups_and_its_class(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await RegistryDesk.OpenAsync(house);
        var schemaId = await desk.ComposeAsync("Shop", RegistryDesk.Events, RegistryDesk.Environment, RegistryDesk.Commerce);
        using var producer = await Producer.OpenAsync(house, desk.Api, schemaId);

        var free = await desk.PatchAsync("schemas", schemaId, """[{"op":"remove","path":"/allOf/2"}]""");
        await producer.SendAsync(producer.Message(), producer.Message(new JsonObject()));
        await producer.LandedAsync(1);
        var removed = await desk.PatchAsync("schemas", schemaId, """[{"op":"remove","path":"/allOf/1"}]""");
        var reclassed = await desk.PatchAsync("schemas", schemaId, $$"""[{"op":"replace","path":"/allOf","value":[{"$ref":"{{RegistryDesk.Profiles}}"}]}]""");
        var added = await desk.PatchAsync("schemas", schemaId, $$"""[{"op":"add","path":"/allOf/-","value":{"$ref":"{{RegistryDesk.Commerce}}"} }]""");
        var deleted = await desk.DeleteAsync("schemas", schemaId);

        Assert.Equal("1.1", free.Json["version"]!.GetValue<string>());
        RegistryDesk.AssertRefused(removed, "XDM-1410-400", schemaId, producer.DatasetId, RegistryDesk.Environment);
        RegistryDesk.AssertRefused(reclassed, "XDM-1410-400", "another class");
        Assert.Equal("1.2", added.Json["version"]!.GetValue<string>());
        RegistryDesk.AssertRefused(deleted, "XDM-1411-409", producer.DatasetId);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.1")]
    public async Task A_resource_that_another_uses_cannot_be_deleted_before_it(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await RegistryDesk.OpenAsync(house);
        var typeId = await desk.CreateAsync("datatypes", JsonNode.Parse("""{"title":"Seat","type":"object","properties":{"row":{"type":"integer"}}}""")!);
        var groupId = await desk.CreateAsync("fieldgroups", desk.Group("Seating", $$"""{"seat":{"$ref":"{{typeId}}"} }"""));
        var schemaId = await desk.ComposeAsync("Theatre", RegistryDesk.Events, groupId);

        var typeKept = await desk.DeleteAsync("datatypes", typeId);
        var groupKept = await desk.DeleteAsync("fieldgroups", groupId);

        RegistryDesk.AssertRefused(typeKept, "XDM-1411-409", groupId, "Seating");
        RegistryDesk.AssertRefused(groupKept, "XDM-1411-409", schemaId, "Theatre");
        foreach (var (type, id) in new[] { ("schemas", schemaId), ("fieldgroups", groupId), ("datatypes", typeId) })
            Assert.Equal(HttpStatusCode.NoContent, (await desk.DeleteAsync(type, id)).Status);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.3", "3.4", "3.5")]
    public async Task A_schema_joins_the_union_of_its_class_once_it_identifies_and_stays_there(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await RegistryDesk.OpenAsync(house);
        const string join = """[{"op":"add","path":"/meta:immutableTags","value":["union"]}]""";
        var schemaId = await desk.ComposeAsync("People", RegistryDesk.Profiles, RegistryDesk.PersonalDetails);

        var tooEarly = await desk.PatchAsync("schemas", schemaId, join);
        await desk.CreateAsync("descriptors", RegistryCompositionTests.Identity(schemaId, "/personalEmail/address", "Email", isPrimary: true));
        var joined = await desk.PatchAsync("schemas", schemaId, join);
        var left = await desk.PatchAsync("schemas", schemaId, """[{"op":"remove","path":"/meta:immutableTags/0"}]""");
        var replaced = await desk.Api.SendAsync(
            HttpMethod.Put, RegistryDesk.PathOf("schemas", schemaId), RegistryDesk.Composed("People 2", RegistryDesk.Profiles, RegistryDesk.PersonalDetails).ToJsonString());
        var narrowed = await desk.PatchAsync("schemas", schemaId, """[{"op":"remove","path":"/allOf/1"}]""");
        var list = await desk.Api.GetAsync($"{RegistryDesk.Base}/tenant/unions", ("Accept", "application/vnd.adobe.xed-id+json"));
        var unionId = $"{RegistryDesk.Profiles}__union";
        var union = await desk.LookUpAsync(RegistryDesk.PathOf("unions", unionId), "xed-full");
        var asSchema = await desk.LookUpAsync(RegistryDesk.PathOf("schemas", "_xdm.context.profile__union"));

        RegistryDesk.AssertRefused(
            tooEarly, "XDM-1528-400", "To participate in a union, a schema must include an identityMap fieldgroup or a primary identity descriptor.");
        Assert.Equal(HttpStatusCode.OK, joined.Status);
        RegistryDesk.AssertRefused(left, "XDM-1527-400");
        Assert.Equal("union", replaced.Json["meta:immutableTags"]![0]!.GetValue<string>());
        RegistryDesk.AssertRefused(narrowed, "XDM-1410-400", "in a union");
        RegistryDesk.AssertRefused(await desk.DeleteAsync("schemas", schemaId), "XDM-1411-409", "union");
        Assert.Equal(unionId, list.Json["results"]![0]!["$id"]!.GetValue<string>());
        string[] fields = ["personalEmail", "identityMap", "timeSeriesEvents", "segmentMembership"];
        Assert.All(fields, field => Assert.NotNull(union.Json["properties"]![field]));
        Assert.Equal(unionId, asSchema.Json["$id"]!.GetValue<string>());
    }

    [Fact]
    [Contract("3.3", "3.4")]
    public async Task Members_of_a_union_must_not_give_a_field_different_types()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        const string join = """[{"op":"add","path":"/meta:immutableTags","value":["union"]}]""";
        var one = await desk.CreateAsync("fieldgroups", desk.Group("One", """{"seat":{"type":"string"}}"""));
        var other = await desk.CreateAsync("fieldgroups", desk.Group("Other", """{"seat":{"type":"integer"}}"""));

        var first = await desk.PatchAsync("schemas", await desk.ComposeAsync("S1", RegistryDesk.Events, one), join);
        var second = await desk.PatchAsync("schemas", await desk.ComposeAsync("S2", RegistryDesk.Events, other), join);

        Assert.Equal(HttpStatusCode.OK, first.Status);
        RegistryDesk.AssertRefused(second, "XDM-1526-400", "seat");
    }

    [Theory]
    [InlineData("xdm:sourceSchema", "\"https://ns.adobe.com/sluice/schemas/0\"", "unknown schema")]
    [InlineData("xdm:sourceProperty", "\"/nobody\"", "no field")]
    [InlineData("xdm:sourceProperty", "\"personalEmail\"", "no field")]
    [InlineData("xdm:sourceProperty", "\"/personalEmail\"", "must name a string")]
    [InlineData("xdm:namespace", "\"\"", "xdm:namespace")]
    [InlineData("xdm:property", "\"xdm:name\"", "xdm:property")]
    [InlineData("xdm:isPrimary", "\"true\"", "xdm:isPrimary")]
    [InlineData("xdm:sourceVersion", "2", "xdm:sourceVersion")]
    [InlineData("@type", "\"xdm:descriptorNonsense\"", "@type")]
    [InlineData("@type", "\"xdm:descriptorRelationship\"", "xdm:destinationSchema")]
    [InlineData("@type", "\"xdm:descriptorReferenceIdentity\"", "xdm:identityNamespace")]
    [Contract("3.4")]
    public async Task A_descriptor_that_names_what_is_not_there_is_refused(string member, string value, string reason)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        var body = RegistryCompositionTests.Identity(
            await desk.ComposeAsync("People", RegistryDesk.Events, RegistryDesk.PersonalDetails), "/personalEmail/address", "Email", isPrimary: true);
        body[member] = JsonNode.Parse(value);

        RegistryDesk.AssertRefused(await desk.Api.PostAsync($"{RegistryDesk.Base}/tenant/descriptors", body), "XDM-1600-400", reason);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.1", "3.2", "3.4")]
    public async Task Descriptors_are_listed_in_their_four_forms_and_a_schema_has_one_primary_identity(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await RegistryDesk.OpenAsync(house);
        const string path = $"{RegistryDesk.Base}/tenant/descriptors";
        var schemaId = await desk.ComposeAsync("People", RegistryDesk.Events, RegistryDesk.PersonalDetails);
        var first = await desk.CreateAsync("descriptors", RegistryCompositionTests.Identity(schemaId, "/personalEmail/address", "Email", isPrimary: true));
        var old = new JsonObject { ["@type"] = "xdm:descriptorDeprecated", ["xdm:sourceSchema"] = schemaId, ["xdm:sourceVersion"] = 1, ["xdm:sourceProperty"] = "/faxPhone/number" };
        var second = await desk.CreateAsync("descriptors", old);

        var another = await desk.Api.PostAsync(path, RegistryCompositionTests.Identity(schemaId, "/homePhone/number", "Phone", isPrimary: true));
        var ids = await desk.Api.GetAsync(path, ("Accept", "application/vnd.adobe.xdm-id+json"));
        var links = await desk.Api.GetAsync(path, ("Accept", "application/vnd.adobe.xdm-link+json"));
        var bodies = await desk.Api.GetAsync(path, ("Accept", "application/vnd.adobe.xdm+json"));
        var paged = await desk.Api.GetAsync($"{path}?limit=1&orderby=-@type&property=xdm:sourceSchema=={schemaId}", ("Accept", "application/vnd.adobe.xdm-v2+json"));
        var badList = await desk.Api.GetAsync(path, ("Accept", "application/vnd.adobe.xed-full+json"));
        var badLookup = await desk.Api.GetAsync($"{path}/{first}", ("Accept", "application/vnd.adobe.xdm-id+json"));
        var replaced = await desk.Api.SendAsync(
            HttpMethod.Put, $"{path}/{first}", RegistryCompositionTests.Identity(schemaId, "/personalEmail/address", "email", isPrimary: false).ToJsonString());
        var shown = await desk.Api.GetAsync($"{path}/{first}", ("Accept", "application/vnd.adobe.xdm+json"));
        var deprecated = await desk.LookUpAsync(RegistryDesk.PathOf("schemas", schemaId), "xed-deprecatefield");
        var described = await desk.LookUpAsync(RegistryDesk.PathOf("schemas", schemaId), "xed-full-desc");

        RegistryDesk.AssertRefused(another, "XDM-1600-400", "primary identity already", first);
        Assert.Equal(first, ids.Json["xdm:descriptorIdentity"]![0]!.GetValue<string>());
        Assert.Equal($"/tenant/descriptors/{second}", links.Json["xdm:descriptorDeprecated"]![0]!.GetValue<string>());
        Assert.Equal("Email", bodies.Json["xdm:descriptorIdentity"]![0]!["xdm:namespace"]!.GetValue<string>());
        Assert.Equal(first, paged.Json["results"]![0]!["@id"]!.GetValue<string>());
        Assert.NotNull(paged.Json["_page"]!["next"]);
        RegistryDesk.AssertRefused(badList, "XDM-1008-400", "should look like application/vnd.adobe.xdm-id+json");
        RegistryDesk.AssertRefused(badLookup, "XDM-1009-400", "should look like application/vnd.adobe.xdm+json");
        Assert.Equal(HttpStatusCode.OK, replaced.Status);
        Assert.Equal("email", shown.Json["xdm:namespace"]!.GetValue<string>());
        Assert.Equal("deprecated", deprecated.Json["properties"]!["faxPhone"]!["properties"]!["number"]!["meta:status"]!.GetValue<string>());
        Assert.Equal(2, described.Json["meta:descriptors"]!.AsArray().Count);
        Assert.Equal(HttpStatusCode.NoContent, (await desk.DeleteAsync("descriptors", second)).Status);
        RegistryDesk.AssertRefused(await desk.DeleteAsync("descriptors", second), "XDM-1015-404");
    }

    [Fact]
    [Contract("3.4", "3.5")]
    public async Task A_change_that_takes_a_descriptors_field_away_is_refused()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        var schemaId = await desk.ComposeAsync("People", RegistryDesk.Events, RegistryDesk.PersonalDetails);
        await desk.CreateAsync("descriptors", RegistryCompositionTests.Identity(schemaId, "/personalEmail/address", "Email", isPrimary: false));

        var refused = await desk.PatchAsync("schemas", schemaId, """[{"op":"remove","path":"/allOf/1"}]""");

        RegistryDesk.AssertRefused(refused, "XDM-1600-400", "/personalEmail/address");
    }
}
