using System.Net;
using System.Text.Json.Nodes;
using Sluice.Cli;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>Published files into the global container, schemas from one environment to another, and samples: contract collection.md 3.1, 3.7.</summary>
public sealed class RegistryImportTests
{
    private const string Import = "/api/sluice/v1/schemaregistry/global/import";

    private const string Weather =
        """
        {"$id":"https://ns.adobe.com/xdm/context/our-weather","$schema":"http://json-schema.org/draft-06/schema#","title":"Weather","type":"object",
         "meta:extensible":true,"meta:abstract":true,"meta:intendedToExtend":["https://ns.adobe.com/xdm/context/experienceevent"],
         "definitions":{"weather":{"properties":{"xdm:wind-speed":{"type":"number"},"https://ns.adobe.com/experience/weather/sky":{"type":"string"},
           "xdm:either":{"anyOf":[{"type":"string"},{"type":"number"}]}},"required":["https://ns.adobe.com/experience/weather/sky"]}},
         "allOf":[{"$ref":"#/definitions/weather"}]}
        """;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.6")]
    public async Task A_published_file_can_be_used_under_the_names_of_records(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await RegistryDesk.OpenAsync(house);

        var imported = await desk.Api.PostTextAsync(Import, $$"""{"resources":[{{Weather}}]}""");
        var again = await desk.Api.PostTextAsync(Import, $$"""{"resources":[{{Weather}}]}""");
        using var producer = await Producer.OpenAsync(
            house, desk.Api, await desk.ComposeAsync("Weathers", RegistryDesk.Events, "https://ns.adobe.com/xdm/context/our-weather"));
        var good = Producer.Entity("1");
        good["windSpeed"] = 3.5;
        good["either"] = "text";
        good["_experience"] = JsonNode.Parse("""{"weather":{"sky":"clear"}}""");
        var answer = await producer.SendAsync(producer.Message(good), producer.Message());
        var records = await desk.LookUpAsync($"{RegistryDesk.Base}/global/fieldgroups/_xdm.context.our-weather", "xed-full");

        Assert.True(imported.Status == HttpStatusCode.OK, imported.Text);
        Assert.Equal("created fieldgroups", $"{imported.Json["resources"]![0]!["outcome"]} {imported.Json["resources"]![0]!["meta:resourceType"]}");
        Assert.Equal("unchanged", again.Json["resources"]![0]!["outcome"]!.GetValue<string>());
        Assert.Null(answer.Json["responses"]![0]!["status"]);
        Assert.Contains("required key [_experience] not found", answer.Text, StringComparison.Ordinal);
        var sky = records.Json["properties"]!["_experience"]!["properties"]!["weather"]!["properties"]!["sky"]!;
        Assert.Equal("https://ns.adobe.com/experience/weather/sky", sky["meta:xdmField"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"$id":"https://ns.adobe.com/xdm/x","type":"nonsense"}""", "https://ns.adobe.com/xdm/x: ")]
    [InlineData("""{"title":"no id"}""", "#1: '$id'")]
    [InlineData("""{"$id":"nowhere"}""", "absolute address")]
    [InlineData("""{"$id":"https://ns.adobe.com/sluice/mixins/1"}""", "tenant's namespace")]
    [InlineData("""{"$id":"https://ns.adobe.com/xdm/context/our-weather"}""", "stands twice")]
    [InlineData("7", "#1: is not a JSON object")]
    public async Task One_file_that_cannot_be_used_keeps_all_out_and_is_named(string file, string reason)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);

        var refused = await desk.Api.PostTextAsync(Import, $$"""{"resources":[{{Weather}},{{file}}]}""");
        var left = await desk.LookUpAsync($"{RegistryDesk.Base}/global/fieldgroups/_xdm.context.our-weather");

        RegistryDesk.AssertRefused(refused, "XDM-3005-400");
        Assert.Contains(reason, refused.Json["report"]!["sub-errors"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, left.Status);
    }

    [Fact]
    [Contract("3.5")]
    public async Task An_import_that_would_take_a_field_from_a_schema_with_data_is_refused()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        await desk.Api.PostTextAsync(Import, $$"""{"resources":[{{Weather}}]}""");
        using var producer = await Producer.OpenAsync(
            house, desk.Api, await desk.ComposeAsync("Weathers", RegistryDesk.Events, "https://ns.adobe.com/xdm/context/our-weather"));
        var good = Producer.Entity("1");
        good["_experience"] = JsonNode.Parse("""{"weather":{"sky":"clear"}}""");
        await producer.SendAsync(producer.Message(good));
        await producer.LandedAsync(1);

        var refused = await desk.Api.PostTextAsync(Import, $$"""{"resources":[{{Weather.Replace("xdm:wind-speed", "xdm:windy", StringComparison.Ordinal)}}]}""");

        RegistryDesk.AssertRefused(refused, "XDM-1410-400", "/windSpeed", producer.DatasetId);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.4", "3.6", "3.7")]
    public async Task The_public_corpus_is_imported_by_the_program_over_schemas_with_data_and_can_be_composed(StoreKind kind)
    {
        var corpus = Corpus();
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await RegistryDesk.OpenAsync(house);
        using var producer = await Producer.OpenAsync(house, desk.Api, await desk.ComposeAsync(
            "Shop", RegistryDesk.Events, RegistryDesk.Commerce, RegistryDesk.Environment, RegistryDesk.PersonalDetails,
            "https://ns.adobe.com/xdm/context/experienceevent-web", "https://ns.adobe.com/xdm/context/profile-person-details"));
        await producer.SendAsync(producer.Message());
        await producer.LandedAsync(1);
        using var output = new StringWriter();
        using var http = await ServerConnection.OpenAsync(house.Address, TokenClient.OfFolder(house.Folder), TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);

        var first = await SchemasCommand.ImportAsync(corpus, http, null, output, TestContext.Current.CancellationToken);
        var second = await SchemasCommand.ImportAsync(corpus, http, null, output, TestContext.Current.CancellationToken);
        var entity = Producer.Entity("2");
        entity["commerce"] = JsonNode.Parse("""{"cart":{"cartID":"basket 7"},"purchases":{"value":1}}""");
        var answer = await producer.SendAsync(producer.Message(entity));

        Assert.True(first == 0, output.ToString());
        Assert.True(second == 0, output.ToString());
        Assert.Contains("refers to https://ns.adobe.com/experience/analytics-experienceevent", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Imported 0; 501 were there already.", output.ToString(), StringComparison.Ordinal);
        Assert.True(answer.Json["responses"]![0]!["status"] is null, answer.Text);
        Assert.Equal(44, (await desk.Api.GetAsync($"{RegistryDesk.Base}/global/classes?limit=500")).Json["results"]!.AsArray().Count);
    }

    [Fact]
    [Contract("3.1", "3.4")]
    public async Task Every_class_of_the_corpus_with_every_field_group_made_for_it_is_a_schema_with_a_sample_that_it_takes()
    {
        var corpus = Corpus();
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        using var output = new StringWriter();
        using var http = await ServerConnection.OpenAsync(house.Address, TokenClient.OfFolder(house.Folder), TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        await SchemasCommand.ImportAsync(corpus, http, null, output, TestContext.Current.CancellationToken);
        var classes = (await desk.Api.GetAsync($"{RegistryDesk.Base}/global/classes")).Json["results"]!.AsArray().Select(one => one!["$id"]!.GetValue<string>()).ToList();
        var groups = (await desk.Api.GetAsync($"{RegistryDesk.Base}/global/fieldgroups?orderby=title&limit=500")).Json["results"]!.AsArray();

        var conflicts = new List<string>();
        var samples = 0;
        foreach (var (index, classId) in classes.Index())
        {
            string[] parts = [classId, .. groups.Where(one => one!["meta:intendedToExtend"]!.AsArray().Any(id => id!.GetValue<string>() == classId)).Select(one => one!["$id"]!.GetValue<string>())];
            var created = await desk.Api.PostAsync($"{RegistryDesk.Base}/tenant/schemas", RegistryDesk.Composed($"S{index}", parts));
            if (created.Status != HttpStatusCode.Created)
            {
                conflicts.Add($"{classId} with {parts.Length - 1} groups: {RegistryDesk.DetailOf(created)}");
                continue;
            }
            var schemaId = created.Json["$id"]!.GetValue<string>();
            var sample = await desk.Api.GetAsync($"{RegistryDesk.Base}/rpc/sampledata/{Uri.EscapeDataString(schemaId)}");
            var producer = await Producer.OpenAsync(house, desk.Api, schemaId); // shares the desk's client, which is closed at the end
            var answer = await producer.SendAsync(producer.Message(sample.Json));
            Assert.True(answer.Json["responses"]![0]!["status"] is null, $"{classId}: {answer.Text}");
            samples++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{samples} of {classes.Count} classes\n{string.Join('\n', conflicts)}");
        Assert.All(conflicts, conflict => Assert.Matches("has the (type|format)", conflict));
        Assert.True(samples >= classes.Count - 3, string.Join('\n', conflicts));
    }

    [Theory]
    [InlineData("classes", "context/profile")]
    [InlineData("classes", "context/experienceevent")]
    [InlineData("fieldgroups", "context/experienceevent-commerce")]
    [InlineData("fieldgroups", "context/profile-person-details")]
    [InlineData("datatypes", "context/environment")]
    [Contract("3.1")]
    public async Task A_sample_of_a_shipped_resource_has_its_fields(string type, string id)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        var path = Uri.EscapeDataString("https://ns.adobe.com/xdm/" + id);

        var sample = await desk.Api.GetAsync($"{RegistryDesk.Base}/rpc/sampledata/{path}");
        var whole = await desk.LookUpAsync($"{RegistryDesk.Base}/global/{type}/{path}", "xed-full");

        Assert.Equal(whole.Json["properties"]!.AsObject().Select(one => one.Key), sample.Json.AsObject().Select(one => one.Key));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.1")]
    public async Task A_schema_moves_to_another_environment_with_all_it_needs(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind, "Storage:Environments:0=beta");
        using var desk = await RegistryDesk.OpenAsync(house);
        var beta = ("x-sandbox-name", "beta");
        await desk.Api.PostTextAsync(Import, $$"""{"resources":[{{Weather}}]}""");
        var typeId = await desk.CreateAsync("datatypes", JsonNode.Parse("""{"title":"Seat","type":"object","properties":{"row":{"type":"integer"}}}""")!);
        var groupId = await desk.CreateAsync("fieldgroups", desk.Group("Seating", $$"""{"seat":{"$ref":"{{typeId}}"} }"""));
        var schemaId = await desk.ComposeAsync("Theatre", RegistryDesk.Events, groupId, "https://ns.adobe.com/xdm/context/our-weather");
        var descriptorId = await desk.CreateAsync("descriptors", RegistryCompositionTests.Identity(schemaId, "/eventMergeId", "Ticket", isPrimary: true));

        var exported = await desk.Api.GetAsync($"{RegistryDesk.Base}/rpc/export/{Uri.EscapeDataString(schemaId)}");
        var imported = await desk.Api.PostAsync($"{RegistryDesk.Base}/rpc/import", exported.Json, beta);
        var again = await desk.Api.PostAsync($"{RegistryDesk.Base}/rpc/import", exported.Json, beta);
        var there = await desk.Api.GetAsync(RegistryDesk.PathOf("schemas", schemaId), ("Accept", "application/vnd.adobe.xed-full+json; version=1"), beta);
        var descriptor = await desk.Api.GetAsync($"{RegistryDesk.Base}/tenant/descriptors/{descriptorId}", beta);
        await desk.Api.SendAsync(HttpMethod.Patch, RegistryDesk.PathOf("fieldgroups", groupId), """[{"op":"replace","path":"/title","value":"Other"}]""", beta);
        var changed = await desk.Api.PostAsync($"{RegistryDesk.Base}/rpc/import", exported.Json, beta);

        Assert.Equal(5, exported.Json.AsArray().Count);
        Assert.True(imported.Status == HttpStatusCode.OK, imported.Text);
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.NotNull(there.Json["properties"]![desk.TenantRoot]!["properties"]!["seat"]!["properties"]!["row"]);
        Assert.NotNull(there.Json["properties"]!["windSpeed"]);
        Assert.Equal("Ticket", descriptor.Json["xdm:namespace"]!.GetValue<string>());
        RegistryDesk.AssertRefused(changed, "XDM-3005-400", groupId);
    }

    [Fact]
    public async Task A_patch_that_would_grow_without_end_is_refused()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        var groupId = await desk.CreateAsync("fieldgroups", desk.Group("Seating", """{"seat":{"type":"integer"}}"""));
        var copies = string.Join(',', Enumerable.Range(0, 60).Select(index => $$"""{"op":"copy","from":"","path":"/copy{{index}}"}"""));

        var refused = await desk.PatchAsync("fieldgroups", groupId, $"[{copies}]");

        RegistryDesk.AssertRefused(refused, "XDM-1400-400", "copies too much");
    }

    private static string Corpus()
    {
        var folder = Path.Combine(SharedData.Repository, "..", "shared", "data", "xdm");
        if (!Directory.Exists(folder))
            Assert.Skip("The public corpus is not beside this checkout");
        return folder;
    }
}
