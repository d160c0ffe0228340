using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>What the registry answers to which Accept header, its lists, and its look-ups: contract collection.md 3.1 to 3.3.</summary>
public sealed class RegistryListTests
{
    private const string Schemas = $"{RegistryDesk.Base}/tenant/schemas";
    private const string GlobalClasses = $"{RegistryDesk.Base}/global/classes";

    [Theory]
    [InlineData("text/html", "XDM-1406-406")]
    [InlineData("application/vnd.other+json", "XDM-1406-406")]
    [InlineData("application/vnd.adobe.xed-nonsense+json", "XDM-1006-400")]
    [InlineData("application/vnd.adobe.xed-full+json", "XDM-1006-400")]
    [InlineData("application/vnd.adobe.xdm-link+json", "XDM-1006-400")]
    [Contract("3.2")]
    public async Task A_list_refuses_an_accept_header_it_does_not_know(string accept, string code)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);

        var refused = await desk.Api.GetAsync(Schemas, ("Accept", accept));

        RegistryDesk.AssertRefused(refused, code, accept);
        if (code == "XDM-1006-400")
            Assert.Equal(
                $"The supplied Accept header is not valid: {accept} - A valid Accept value should look like application/vnd.adobe.'{{xed|xdm'}}+json",
                RegistryDesk.DetailOf(refused));
    }

    [Theory]
    [InlineData("application/vnd.adobe.xed+json", "XDM-1007-400")]
    [InlineData("application/vnd.adobe.xed-id+json; version=1", "XDM-1007-400")]
    [InlineData("application/vnd.adobe.xed+json; version=x", "XDM-1007-400")]
    [InlineData("text/plain", "XDM-1406-406")]
    [InlineData("application/vnd.adobe.xed+json; version=2", "XDM-1011-404")]
    [Contract("3.2")]
    public async Task A_look_up_wants_a_known_media_type_with_a_version(string accept, string code)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);

        var refused = await desk.Api.GetAsync($"{GlobalClasses}/_xdm.context.profile", ("Accept", accept));

        RegistryDesk.AssertRefused(refused, code);
        if (code == "XDM-1007-400")
            Assert.EndsWith("application/vnd.adobe.'{xed|xdm'}+json; version=1 (Version should be specified)", RegistryDesk.DetailOf(refused), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/vnd.adobe.xed+json; version=1", true)]
    [InlineData("application/vnd.adobe.xed+json;version=1.3", true)]
    [InlineData("application/vnd.adobe.xdm+json; version=1.0", true)]
    [InlineData("application/vnd.adobe.xed-full+json; version=1", false)]
    [InlineData("application/vnd.adobe.xed-notext+json; version=1", true)]
    [InlineData("application/vnd.adobe.xed-full-notext+json; version=1", false)]
    [InlineData("application/vnd.adobe.xed-full-desc+json; version=1", false)]
    [InlineData("application/vnd.adobe.xed-deprecatefield+json; version=1", false)]
    [InlineData("text/html, application/vnd.adobe.xdm-full+json; version=1", false)]
    [Contract("3.2")]
    public async Task A_look_up_answers_in_the_media_type_that_was_asked_for(string accept, bool keepsReferences)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        var schemaId = await desk.ComposeAsync("Shop", RegistryDesk.Events, RegistryDesk.Commerce);
        using var request = new HttpRequestMessage(HttpMethod.Get, RegistryDesk.PathOf("schemas", schemaId));
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var answer = await desk.Api.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var schema = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();

        Assert.Equal(accept.Split(", ")[^1].Split(';')[0], answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(keepsReferences, schema.ContainsKey("allOf"));
        Assert.Equal(!keepsReferences, schema.ContainsKey("properties"));
        Assert.Equal(!accept.Contains("notext", StringComparison.Ordinal), schema.ContainsKey("title"));
        Assert.Equal(accept.Contains("full-desc", StringComparison.Ordinal), schema.ContainsKey("meta:descriptors"));
    }

    [Fact]
    [Contract("3.2", "3.6")]
    public async Task The_two_prefixes_show_a_global_resource_under_its_two_kinds_of_names()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        const string path = $"{RegistryDesk.Base}/global/datatypes/_xdm.content.productlistitem";

        var records = (await desk.LookUpAsync(path)).Json;
        var published = (await desk.LookUpAsync(path, "xdm")).Json;
        var whole = (await desk.LookUpAsync($"{GlobalClasses}/_xdm.context.experienceevent", "xed-full")).Json;
        var auditable = (await desk.LookUpAsync($"{RegistryDesk.Base}/global/datatypes/_xdm.common.auditable", "xed-full")).Json;
        var textless = (await desk.LookUpAsync(path, "xed-notext")).Json;

        Assert.Equal("xdm:SKU", records["properties"]!["SKU"]!["meta:xdmField"]!.GetValue<string>());
        Assert.Equal("@id", records["properties"]!["_id"]!["meta:xdmField"]!.GetValue<string>());
        Assert.Equal(["SKU"], records["required"]!.AsArray().Select(one => one!.GetValue<string>()));
        Assert.NotNull(published["properties"]!["xdm:SKU"]);
        Assert.NotNull(published["properties"]!["@id"]);
        Assert.Equal("date-time", whole["properties"]!["timestamp"]!["meta:xdmType"]!.GetValue<string>());
        Assert.Equal("map", whole["properties"]!["identityMap"]!["meta:xdmType"]!.GetValue<string>());
        Assert.Equal("string", whole["properties"]!["identityMap"]!["additionalProperties"]!["items"]!["properties"]!["id"]!["type"]!.GetValue<string>());
        Assert.NotNull(auditable["properties"]!["_repo"]!["properties"]!["createDate"]);
        Assert.Null(textless["title"]);
        Assert.Null(textless["properties"]!["SKU"]!["description"]);
        Assert.NotNull(textless["properties"]!["name"]);
    }

    [Theory]
    [InlineData("schemas", "XDM-1012-404")]
    [InlineData("classes", "XDM-1011-404")]
    [InlineData("fieldgroups", "XDM-1013-404")]
    [InlineData("mixins", "XDM-1013-404")]
    [InlineData("datatypes", "XDM-1014-404")]
    [InlineData("unions", "XDM-1016-404")]
    [InlineData("descriptors", "XDM-1015-404")]
    [InlineData("nonsense", "XDM-1017-404")]
    [Contract("3.1", "3.3")]
    public async Task Each_kind_of_resource_has_its_own_code_for_not_found(string type, string code)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);

        RegistryDesk.AssertRefused(await desk.Api.GetAsync($"{RegistryDesk.Base}/tenant/{type}/nobody"), code);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.1")]
    public async Task A_resource_is_found_by_every_name_it_has_and_however_often_the_name_was_encoded(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await RegistryDesk.OpenAsync(house);
        var id = await desk.CreateAsync("mixins", desk.Group("Seating", """{"seat":{"type":"integer"}}"""));
        string[] names = [Uri.EscapeDataString(id), Uri.EscapeDataString(Uri.EscapeDataString(id)), id.Split('/')[^1], $"_{house.TenantId}.mixins.{id.Split('/')[^1]}"];

        foreach (var name in names)
        {
            var found = await desk.LookUpAsync($"{RegistryDesk.Base}/tenant/fieldgroups/{name}");
            Assert.Equal(id, found.Json["$id"]!.GetValue<string>());
        }

        Assert.Matches($"^https://ns.adobe.com/{house.TenantId}/mixins/[0-9a-f]+$", id);
        RegistryDesk.AssertRefused(await desk.LookUpAsync($"{RegistryDesk.Base}/tenant/datatypes/{names[0]}"), "XDM-1014-404");
        RegistryDesk.AssertRefused(await desk.LookUpAsync($"{RegistryDesk.Base}/global/fieldgroups/{names[0]}"), "XDM-1013-404");
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.1")]
    public async Task A_resource_lives_through_its_verbs_with_the_members_that_the_server_says(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await RegistryDesk.OpenAsync(house);
        var created = await desk.Api.PostAsync($"{RegistryDesk.Base}/tenant/fieldgroups", desk.Group("Seating", """{"seat":{"type":"integer"}}"""));
        var id = created.Json["$id"]!.GetValue<string>();
        var etag = created.Json["meta:registryMetadata"]!["eTag"]!.GetValue<string>();

        var patched = await desk.PatchAsync("fieldgroups", id, """[{"op":"replace","path":"/title","value":"Seats"}]""", ("If-Match", etag));
        var stale = await desk.PatchAsync("fieldgroups", id, """[{"op":"replace","path":"/title","value":"Chairs"}]""", ("If-Match", etag));
        var replaced = await desk.Api.SendAsync(
            HttpMethod.Put, RegistryDesk.PathOf("fieldgroups", id), desk.Group("Stalls", """{"stall":{"type":"integer"}}""").ToJsonString());
        var log = await desk.Api.GetAsync($"{RegistryDesk.Base}/rpc/auditlog/{Uri.EscapeDataString(id)}");
        var removed = await desk.DeleteAsync("fieldgroups", id);

        Assert.Equal(
            (HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NoContent), (created.Status, patched.Status, replaced.Status, removed.Status));
        Assert.Equal("1.0 1.1 1.2", string.Join(' ', new[] { created, patched, replaced }.Select(one => one.Json["version"]!.GetValue<string>())));
        RegistryDesk.AssertRefused(stale, "XDM-1412-412");
        var metadata = replaced.Json["meta:registryMetadata"]!.AsObject();
        Assert.Equal(
            ["repo:createdDate", "repo:lastModifiedDate", "xdm:createdClientId", "xdm:lastModifiedClientId", "xdm:createdUserId", "xdm:lastModifiedUserId", "eTag"],
            metadata.Select(member => member.Key));
        Assert.Equal("fieldgroups", replaced.Json["meta:resourceType"]!.GetValue<string>());
        Assert.Equal("tenant", replaced.Json["meta:containerId"]!.GetValue<string>());
        Assert.Equal(desk.TenantRoot, replaced.Json["meta:tenantNamespace"]!.GetValue<string>());
        Assert.Equal(house.OrgId, replaced.Json["imsOrg"]!.GetValue<string>());
        Assert.Equal(["replace", "patch", "add"], log.Json.AsArray().Select(one => one!["action"]!.GetValue<string>()));
        Assert.Equal("/title", log.Json[1]!["paths"]![0]!.GetValue<string>());
        RegistryDesk.AssertRefused(await desk.LookUpAsync(RegistryDesk.PathOf("fieldgroups", id)), "XDM-1013-404");
        RegistryDesk.AssertRefused(await desk.PatchAsync("fieldgroups", id, "[]"), "XDM-1013-404");
    }

    [Fact]
    [Contract("3.1")]
    public async Task The_global_container_and_unions_can_only_be_read()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);

        RegistryDesk.AssertRefused(await desk.Api.PostAsync(GlobalClasses, new JsonObject { ["title"] = "C" }), "XDM-1405-405");
        RegistryDesk.AssertRefused(await desk.Api.SendAsync(HttpMethod.Delete, $"{GlobalClasses}/_xdm.context.profile", null), "XDM-1405-405");
        RegistryDesk.AssertRefused(await desk.Api.SendAsync(HttpMethod.Delete, $"{RegistryDesk.Base}/tenant/unions/x", null), "XDM-1405-405");
        Assert.Equal(3, (await desk.Api.GetAsync($"{RegistryDesk.Base}/global/behaviors")).Json["results"]!.AsArray().Count);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.3")]
    public async Task A_list_is_walked_in_pages_by_any_order_without_loss(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await RegistryDesk.OpenAsync(house);
        string[] titles = ["e", "b", "a", "d", "c", "10", "9"];
        foreach (var title in titles)
            await desk.ComposeAsync(title, RegistryDesk.Events);

        foreach (var (order, expected) in new[] { ("title", "9 10 a b c d e"), ("-title", "e d c b a 10 9"), ("-version,title", "9 10 a b c d e") })
        {
            var seen = new List<string>();
            var path = $"{Schemas}?orderby={order}&limit=2";
            for (var pages = 0; path is not null; pages++)
            {
                Assert.True(pages < titles.Length, "the pages come to an end");
                var page = (await desk.Api.GetAsync(path, ("Accept", "application/vnd.adobe.xed-id+json"))).Json;
                Assert.Equal(order, page["_page"]!["orderby"]!.GetValue<string>());
                Assert.Equal(page["results"]!.AsArray().Count, page["_page"]!["count"]!.GetValue<int>());
                seen.AddRange(page["results"]!.AsArray().Select(one => one!["title"]!.GetValue<string>()));
                path = page["_links"]!["next"]?["href"]!.GetValue<string>();
            }
            Assert.Equal(expected, string.Join(' ', seen));
        }
    }

    [Theory]
    [InlineData("title==Alpha", "Alpha")]
    [InlineData("title!=Alpha", "Beta Gamma")]
    [InlineData("title>Alpha", "Beta Gamma")]
    [InlineData("title<=Beta", "Alpha Beta")]
    [InlineData("title<Beta", "Alpha")]
    [InlineData("title>=Gamma", "Gamma")]
    [InlineData("title~^(Al|Ga)", "Alpha Gamma")]
    [InlineData("description", "Beta")]
    [InlineData("meta:class==https://ns.adobe.com/xdm/context/profile", "Gamma")]
    [InlineData("meta:extends==https://ns.adobe.com/xdm/context/experienceevent-commerce", "Beta")]
    [InlineData("meta:registryMetadata.repo:createdDate>1000", "Alpha Beta Gamma")]
    [Contract("3.3")]
    public async Task A_list_shows_what_the_property_filter_asks_for(string filter, string expected)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        await desk.ComposeAsync("Alpha", RegistryDesk.Events);
        var beta = RegistryDesk.Composed("Beta", RegistryDesk.Events, RegistryDesk.Commerce);
        beta["description"] = "With text";
        await desk.CreateAsync("schemas", beta);
        await desk.ComposeAsync("Gamma", RegistryDesk.Profiles);

        var list = await desk.Api.GetAsync($"{Schemas}?orderby=title&property={Uri.EscapeDataString(filter)}");

        Assert.Equal(expected, string.Join(' ', list.Json["results"]!.AsArray().Select(one => one!["title"]!.GetValue<string>())));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=501")]
    [InlineData("limit=x")]
    [InlineData("property=")]
    [InlineData("property===x")]
    [InlineData("property=title~(")]
    [InlineData("property=title~(a)\\1")]
    [InlineData("orderby=,")]
    [InlineData("orderby=a,b,c,d,e,f")]
    [Contract("3.3")]
    public async Task A_query_that_cannot_be_read_is_refused(string query)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);

        RegistryDesk.AssertRefused(await desk.Api.GetAsync($"{Schemas}?{query}"), "XDM-1030-400", $"'{query.Split('=')[0]}'");
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("3.3")]
    public async Task A_title_is_taken_once_across_all_kinds_of_resources(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await RegistryDesk.OpenAsync(house);
        var id = await desk.CreateAsync("fieldgroups", desk.Group("Seating", """{"seat":{"type":"integer"}}"""));

        var refused = await desk.Api.PostAsync(Schemas, RegistryDesk.Composed("Seating", RegistryDesk.Events));

        RegistryDesk.AssertRefused(refused, "XDM-1521-400", "Seating", id);
    }

    [Fact]
    [Contract("3.1")]
    public async Task Statistics_count_resources_and_say_which_class_is_used_by_whom()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await RegistryDesk.OpenAsync(house);
        var schemaId = await desk.ComposeAsync("Shop", RegistryDesk.Events);

        var stats = (await desk.Api.GetAsync($"{RegistryDesk.Base}/stats")).Json;

        Assert.Equal(house.TenantId, stats["tenantId"]!.GetValue<string>());
        Assert.Equal(1, stats["counts"]!["schemas"]!.GetValue<int>());
        Assert.Equal(schemaId, stats["recentlyCreatedResources"]![0]!["$id"]!.GetValue<string>());
        Assert.Equal(schemaId, stats["recentlyUpdatedResources"]![0]!["$id"]!.GetValue<string>());
        Assert.Equal(schemaId, stats["classUsage"]![RegistryDesk.Events]![0]!["$id"]!.GetValue<string>());
    }
}
