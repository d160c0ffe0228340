using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>Schemas composed of a class and field groups, and what ingestion makes of them: contract collection.md 3.4, 3.6, 1.8.</summary>
public sealed class RegistryCompositionTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.4", "3.6")]
    public async Task The_sample_schema_of_class_and_field_groups_takes_the_sample_messages(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await RegistryDesk.OpenAsync(house);
        var schemaId = await desk.CreateAsync("schemas", await SampleAsync("schemas/commerce-event.schema.json"));
        using var producer = await Producer.OpenAsync(house, desk.Api, schemaId);
        var entities = (await SampleAsync("messages/valid.json"))["messages"]!.AsArray().Select(one => one!["body"]!["xdmEntity"]!.DeepClone()).ToList();
        foreach (var entity in entities)
            entity.AsObject().Remove("_experience");

        var answer = await producer.SendAsync([.. entities.Select(entity => producer.Message(entity))]);
        var landed = await producer.LandedAsync(entities.Count);

        Assert.All(answer.Json["responses"]!.AsArray(), entry => Assert.Null(entry!["status"]));
        Assert.Equal(entities.Count, landed.Count);
        Assert.Equal("LOCK-GATE", landed[0]["productListItems"]![0]!["SKU"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"_id":"1","timestamp":"2024-01-15T12:00:00Z","colour":"red"}""", "extraneous key [colour]")]
    [InlineData("""{"_id":"1","timestamp":"2024-01-15T12:00:00Z","environment":{"colour":"red"}}""", "extraneous key [colour]")]
    [InlineData("""{"timestamp":"2024-01-15T12:00:00Z"}""", "required key [_id] not found")]
    [InlineData("""{"_id":"1"}""", "required key [timestamp] not found")]
    [InlineData("""{"_id":1,"timestamp":"2024-01-15T12:00:00Z"}""", "expected type: String, found: Integer")]
    [InlineData("""{"_id":"1","timestamp":"yesterday"}""", "is not a valid date-time")]
    [InlineData("""{"_id":"1","timestamp":"2024-01-15T12:00:00Z","xdm:environment":{}}""", "extraneous key [xdm:environment]")]
    [InlineData("""{"_id":"1","timestamp":"2024-01-15T12:00:00Z","productListItems":[{"name":"no number"}]}""", "required key [SKU] not found")]
    [InlineData("""{"_id":"1","timestamp":"2024-01-15T12:00:00Z","identityMap":{"ECID":[{"id":"1","authenticatedState":"perhaps"}]}}""", "not a valid enum value")]
    [Contract("3.4", "3.6", "1.8")]
    public async Task The_composed_whole_refuses_what_none_of_its_parts_declares(string entity, string reason)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        using var producer = await Producer.OpenAsync(
            house, desk.Api, await desk.ComposeAsync("Shop", RegistryDesk.Events, RegistryDesk.Commerce, RegistryDesk.Environment));

        var answer = await producer.SendAsync(producer.Message(JsonNode.Parse(entity)));

        Assert.Contains(reason, answer.Json["responses"]![0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.1", "3.4")]
    public async Task A_field_added_to_a_data_type_is_taken_by_the_schemas_that_use_it_without_a_restart(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await RegistryDesk.OpenAsync(house);
        var typeId = await desk.CreateAsync("datatypes", JsonNode.Parse("""{"title":"Seat","type":"object","properties":{"row":{"type":"integer"}}}""")!);
        var groupId = await desk.CreateAsync("fieldgroups", desk.Group("Seating", $$$"""{"seat":{"$ref":"{{{typeId}}}"}}"""));
        using var producer = await Producer.OpenAsync(house, desk.Api, await desk.ComposeAsync("Theatre", RegistryDesk.Events, groupId));
        var entity = Producer.Entity("1");
        entity[desk.TenantRoot] = JsonNode.Parse("""{"seat":{"row":1,"number":7}}""");

        var before = await producer.SendAsync(producer.Message(entity.DeepClone()));
        var patched = await desk.PatchAsync("datatypes", typeId, """[{"op":"add","path":"/properties/number","value":{"type":"integer"}}]""");
        var after = await producer.SendAsync(producer.Message(entity));

        Assert.Contains("extraneous key [number]", before.Text, StringComparison.Ordinal);
        Assert.Equal("1.1", patched.Json["version"]!.GetValue<string>());
        Assert.Null(after.Json["responses"]![0]!["status"]);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.1", "3.4")]
    public async Task What_was_composed_is_there_after_a_restart(StoreKind kind)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-house-").FullName;
        var postgres = kind == StoreKind.Postgres ? new[] { $"Storage:Postgres={await PostgresServer.NewDatabaseAsync()}" } : [];
        string schemaId;
        await using (var first = await TestHouse.StartInAsync(folder, postgres))
        {
            using var desk = await RegistryDesk.OpenAsync(first);
            var groupId = await desk.CreateAsync("fieldgroups", desk.Group("Seating", """{"seat":{"type":"integer","minimum":-128,"maximum":127}}"""));
            schemaId = await desk.ComposeAsync("Theatre", RegistryDesk.Events, groupId);
            await desk.CreateAsync("descriptors", Identity(schemaId, "/eventMergeId", "Ticket", isPrimary: true));
        }

        await using var second = await TestHouse.StartInAsync(folder, postgres);
        using var again = await RegistryDesk.OpenAsync(second);
        using var producer = await Producer.OpenAsync(second, again.Api, schemaId);
        var entity = Producer.Entity("1");
        entity[again.TenantRoot] = JsonNode.Parse("""{"seat":127}""");
        var withoutPrimary = await producer.SendAsync(producer.Message(entity.DeepClone()));
        entity["eventMergeId"] = "ticket-1";
        var answer = await producer.SendAsync(producer.Message(entity));
        var full = await again.LookUpAsync(RegistryDesk.PathOf("schemas", schemaId), "xed-full");

        Assert.Contains("required key [eventMergeId] not found", withoutPrimary.Text, StringComparison.Ordinal);
        Assert.Null(answer.Json["responses"]![0]!["status"]);
        Assert.Equal("byte", full.Json["properties"]![again.TenantRoot]!["properties"]!["seat"]!["meta:xdmType"]!.GetValue<string>());
    }

    [Fact]
    [Contract("1.8", "5.2")]
    public async Task A_primary_identity_descriptor_makes_its_field_and_the_objects_above_it_required()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        var schemaId = await desk.ComposeAsync("People", RegistryDesk.Events, RegistryDesk.PersonalDetails);
        var descriptorId = await desk.CreateAsync("descriptors", Identity(schemaId, "/personalEmail/address", "Email", isPrimary: true));
        using var producer = await Producer.OpenAsync(house, desk.Api, schemaId);
        var bare = Producer.Entity("1");
        var half = Producer.Entity("2");
        half["personalEmail"] = new JsonObject();
        var whole = Producer.Entity("3");
        whole["personalEmail"] = JsonNode.Parse("""{"address":"ines@example.com"}""");

        var answer = await producer.SendAsync(producer.Message(bare.DeepClone()), producer.Message(half), producer.Message(whole));
        var removed = await desk.DeleteAsync("descriptors", descriptorId);
        var afterwards = await producer.SendAsync(producer.Message(bare));

        var entries = answer.Json["responses"]!.AsArray();
        Assert.Contains("required key [personalEmail] not found", entries[0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("required key [address] not found", entries[1]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Null(entries[2]!["status"]);
        Assert.Equal(HttpStatusCode.NoContent, removed.Status);
        Assert.Null(afterwards.Json["responses"]![0]!["status"]);
    }

    [Theory]
    [InlineData("two classes", "XDM-1401-400", "exactly one class")]
    [InlineData("no class", "XDM-1401-400", "exactly one class")]
    [InlineData("data type", "XDM-1401-400", "datatypes")]
    [InlineData("unknown", "XDM-1401-400", "https://ns.adobe.com/xdm/context/nobody")]
    [InlineData("other class", "XDM-1401-400", "meta:intendedToExtend")]
    [InlineData("outside", "XDM-1020-400", "All custom fields must be defined under a top-level field named _sluice")]
    [Contract("3.3", "3.4")]
    public async Task Parts_that_do_not_go_together_are_refused(string composition, string code, string reason)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        var body = composition switch
        {
            "two classes" => RegistryDesk.Composed("S", RegistryDesk.Events, RegistryDesk.Profiles),
            "no class" => RegistryDesk.Composed("S", RegistryDesk.Commerce),
            "data type" => RegistryDesk.Composed("S", RegistryDesk.Events, "https://ns.adobe.com/xdm/context/person"),
            "unknown" => RegistryDesk.Composed("S", RegistryDesk.Events, "https://ns.adobe.com/xdm/context/nobody"),
            "other class" => RegistryDesk.Composed("S", RegistryDesk.Profiles, RegistryDesk.Commerce),
            _ => RegistryDesk.Composed("S", RegistryDesk.Events),
        };
        if (composition == "outside")
            body["properties"] = JsonNode.Parse("""{"colour":{"type":"string"}}""");

        var refused = await desk.Api.PostAsync($"{RegistryDesk.Base}/tenant/schemas", body);
        var left = await desk.Api.GetAsync($"{RegistryDesk.Base}/tenant/schemas");

        RegistryDesk.AssertRefused(refused, code, reason);
        Assert.Empty(left.Json["results"]!.AsArray());
    }

    [Theory]
    [InlineData("fieldgroups", """{"colour":{"type":"string"}}""", "XDM-1022-400", "colour")]
    [InlineData("classes", """{"colour":{"type":"string"}}""", "XDM-1021-400", "colour")]
    [InlineData("datatypes", """{"_colour":{"type":"string"}}""", "XDM-1400-400", "_colour")]
    [InlineData("datatypes", """{"a b":{"type":"string"}}""", "XDM-1400-400", "a b")]
    [InlineData("datatypes", """{"colour":{"title":"no type"}}""", "XDM-1400-400", "/properties/colour")]
    [InlineData("datatypes", """{"colour":{"type":"string"},"Colour":{"type":"string"}}""", "XDM-1400-400", "capitals")]
    [InlineData("datatypes", """{"colour":{"type":"string","pattern":"["}}""", "XDM-1400-400", "pattern")]
    [InlineData("datatypes", """{"colour":{"type":"string","$id":"https://ns.adobe.com/xdm/context/person"}}""", "XDM-1400-400", "/properties/colour/$id")]
    [Contract("3.3", "3.5")]
    public async Task A_custom_field_in_the_wrong_place_or_of_the_wrong_name_is_refused_with_the_place(string type, string fields, string code, string place)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        var body = new JsonObject { ["title"] = "T", ["type"] = "object", ["properties"] = JsonNode.Parse(fields) };
        if (type == "classes")
            body["allOf"] = new JsonArray(new JsonObject { ["$ref"] = "https://ns.adobe.com/xdm/data/record" });

        RegistryDesk.AssertRefused(await desk.Api.PostAsync($"{RegistryDesk.Base}/tenant/{type}", body), code, place);
    }

    [Fact]
    [Contract("3.3", "3.4")]
    public async Task Two_field_groups_that_give_a_field_different_types_conflict()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        var one = await desk.CreateAsync("fieldgroups", desk.Group("One", """{"seat":{"type":"object","properties":{"row":{"type":"string"}}}}"""));
        var other = await desk.CreateAsync("fieldgroups", desk.Group("Other", """{"seat":{"type":"object","properties":{"row":{"type":"integer"}}}}"""));

        var refused = await desk.Api.PostAsync($"{RegistryDesk.Base}/tenant/schemas", RegistryDesk.Composed("S", RegistryDesk.Events, one, other));

        RegistryDesk.AssertRefused(refused, "XDM-1413-400", $"{desk.TenantRoot}/seat/row", "string", "integer");
    }

    [Fact]
    [Contract("3.4")]
    public async Task A_class_of_the_tenants_extends_one_behaviour_and_carries_its_own_schemas()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        var body = desk.Group("Visit", """{"gate":{"type":"string"}}""");
        body["allOf"]!.AsArray().Add(new JsonObject { ["$ref"] = "https://ns.adobe.com/xdm/data/time-series" });
        body.Remove("meta:intendedToExtend");
        var classId = await desk.CreateAsync("classes", body);
        var groupId = await desk.CreateAsync("fieldgroups", desk.Group("Luggage", """{"bags":{"type":"integer"}}""", classId));
        var schemaId = await desk.ComposeAsync("Visits", classId, groupId);
        using var producer = await Producer.OpenAsync(house, desk.Api, schemaId);
        var entity = Producer.Entity("1");
        entity[desk.TenantRoot] = JsonNode.Parse("""{"gate":"north","bags":2}""");

        var answer = await producer.SendAsync(producer.Message(entity), producer.Message(new JsonObject { ["_id"] = "no time" }));
        var schema = (await desk.LookUpAsync(RegistryDesk.PathOf("schemas", schemaId))).Json;
        body["title"] = "Without behaviour";
        body["allOf"]!.AsArray().RemoveAt(1);
        var refused = await desk.Api.PostAsync($"{RegistryDesk.Base}/tenant/classes", body);

        Assert.Null(answer.Json["responses"]![0]!["status"]);
        Assert.Equal(400, answer.Json["responses"]![1]!["status"]!.GetValue<int>());
        Assert.Equal(classId, schema["meta:class"]!.GetValue<string>());
        Assert.Equal(
            [classId, groupId, "https://ns.adobe.com/xdm/data/time-series"], schema["meta:extends"]!.AsArray().Select(one => one!.GetValue<string>()));
        Assert.Equal(["_id", "timestamp"], schema["required"]!.AsArray().Select(one => one!.GetValue<string>()));
        RegistryDesk.AssertRefused(refused, "XDM-1401-400", "exactly one behavior");
    }

    [Fact]
    [Contract("3.4")]
    public async Task Data_types_that_hold_each_other_can_be_used_and_are_shown_whole()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        var first = await desk.CreateAsync("datatypes", JsonNode.Parse("""{"title":"Person","type":"object","properties":{"name":{"type":"string"}}}""")!);
        var second = await desk.CreateAsync("datatypes",
            JsonNode.Parse($$"""{"title":"Team","type":"object","properties":{"members":{"type":"array","items":{"$ref":"{{first}}"} } } }""")!);
        await desk.PatchAsync("datatypes", first, $$$"""[{"op":"add","path":"/properties/team","value":{"$ref":"{{{second}}}"}}]""");
        var groupId = await desk.CreateAsync("fieldgroups", desk.Group("Crew", $$$"""{"lead":{"$ref":"{{{first}}}"}}"""));
        using var producer = await Producer.OpenAsync(house, desk.Api, await desk.ComposeAsync("Crews", RegistryDesk.Events, groupId));
        var entity = Producer.Entity("1");
        entity[desk.TenantRoot] = JsonNode.Parse("""{"lead":{"team":{"members":[{"name":"a"},{"team":{"members":[{"nick":"b"}]}}]}}}""");

        var answer = await producer.SendAsync(producer.Message(entity));
        var full = await desk.LookUpAsync(RegistryDesk.PathOf("schemas", producer.SchemaId), "xed-full");
        var sample = await desk.Api.GetAsync($"{RegistryDesk.Base}/rpc/sampledata/{Uri.EscapeDataString(producer.SchemaId)}");

        Assert.Contains("extraneous key [nick]", answer.Text, StringComparison.Ordinal);
        Assert.Equal(first, full.Json["properties"]![desk.TenantRoot]!["properties"]!["lead"]!["properties"]!["team"]!["properties"]!["members"]!["items"]!["$ref"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, sample.Status);
    }

    [Fact]
    [Contract("3.4")]
    public async Task Five_hundred_fields_and_fifty_levels_can_be_composed_and_sent()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        var fields = new JsonObject();
        for (var index = 0; index < 500; index++)
            fields[$"field{index}"] = JsonNode.Parse("""{"type":"string"}""");
        JsonNode deep = JsonNode.Parse("""{"type":"string"}""")!;
        JsonNode value = "bottom";
        for (var level = 0; level < 48; level++)
        {
            deep = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["below"] = deep } };
            value = new JsonObject { ["below"] = value };
        }
        fields["deep"] = deep;
        var groupId = await desk.CreateAsync("fieldgroups", desk.Group("Large", fields));
        using var producer = await Producer.OpenAsync(house, desk.Api, await desk.ComposeAsync("Larger", RegistryDesk.Events, groupId));
        var entity = Producer.Entity("1");
        entity[desk.TenantRoot] = new JsonObject { ["field499"] = "last", ["deep"] = value };

        var answer = await producer.Api.PostTextAsync(
            producer.Path, new JsonObject { ["messages"] = new JsonArray(producer.Message(entity)) }.ToJsonString(RegistryDesk.Deep));
        var full = await desk.LookUpAsync(RegistryDesk.PathOf("schemas", producer.SchemaId), "xed-full");

        Assert.Null(answer.Json["responses"]![0]!["status"]);
        Assert.Equal(HttpStatusCode.OK, full.Status);
    }

    internal static JsonObject Identity(string schemaId, string property, string code, bool isPrimary) => new()
    {
        ["@type"] = "xdm:descriptorIdentity",
        ["xdm:sourceSchema"] = schemaId,
        ["xdm:sourceVersion"] = 1,
        ["xdm:sourceProperty"] = property,
        ["xdm:namespace"] = code,
        ["xdm:property"] = "xdm:code",
        ["xdm:isPrimary"] = isPrimary,
    };

    private static async Task<JsonNode> SampleAsync(string name) => JsonNode.Parse(
        await File.ReadAllTextAsync(Path.Combine(SharedData.Repository, "samples", name), TestContext.Current.CancellationToken))!;
}
