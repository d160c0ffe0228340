using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Audience.Reports;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Profiles;

/// <summary>What is known of one id, for a person who asks (contract audience.md 3.16) and for programs of the platform (contract collection.md 5.3 to 5.5).</summary>
public sealed class ProfileLookupTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience 3.16", "audience 6")]
    public async Task A_profile_shows_the_traits_segments_and_ids_that_its_reader_may_see(StoreKind kind)
    {
        await using var desk = await VisitorDesk.StartAsync(kind);
        var (mine, theirs, crm) = (await desk.Catalogue.AddDataSourceAsync("mine"), await desk.Catalogue.AddDataSourceAsync("theirs"), await desk.AddCrossDeviceSourceAsync("crm"));
        var (boots, hats) = (await desk.AddTraitAsync(mine), await desk.AddTraitAsync(theirs, "13"));
        var (shoes, headgear) = (await desk.Catalogue.AddSegmentAsync(mine, boots), await desk.Catalogue.AddSegmentAsync(theirs, hats));
        await desk.VisitAsync(1, "product=12&product=13");
        await desk.VisitAsync(1, $"d_cid={crm}%01c/1%010&product=12");
        using var member = await desk.Catalogue.AddMemberAsync("", $"TRAIT/{mine}/READ SEGMENT/{mine}/READ");
        var visitor = $"/v1/visitor-profile?uuid={VisitorDesk.Device(1)}&region=6";

        var all = (await desk.Admin.GetAsync(visitor)).Json;
        var some = (await member.GetAsync(visitor)).Json;
        var byCode = (await desk.Admin.GetAsync("/api/sluice/v1/profiles/CRM/c%2F1")).Json;

        Assert.Equal((6, true, false), ((int)all["region"]!, (bool)all["isDevice"]!, (bool)all["optedOut"]!));
        var held = all["traits"]!.AsArray().Single(one => (long)one!["sid"]! == boots)!;
        Assert.Equal(("bought, 12", 2), ((string)held["name"]!, (int)held["count"]!));
        Assert.True((long)held["firstRealization"]! <= (long)held["lastRealization"]! && (long)held["lastRealization"]! < (long)held["expires"]!);
        Assert.Equal([shoes, headgear], all["segments"]!.AsArray().Select(one => (long)one!["sid"]!));
        Assert.Equal(("crm", crm, "c/1"), ((string)all["ids"]![0]!["namespace"]!, (long)all["ids"]![0]!["dataSourceId"]!, (string)all["ids"]![0]!["id"]!));
        Assert.Equal([boots], some["traits"]!.AsArray().Select(one => (long)one!["sid"]!));
        Assert.Equal([shoes], some["segments"]!.AsArray().Select(one => (long)one!["sid"]!));
        Assert.Equal((false, VisitorDesk.Device(1)), ((bool)byCode["isDevice"]!, (string)byCode["ids"]![0]!["id"]!));
    }

    [Fact]
    public async Task Who_was_never_seen_is_not_found_and_what_is_no_id_is_refused()
    {
        await using var desk = await CatalogueDesk.StartAsync();

        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync($"/v1/visitor-profile?uuid={VisitorDesk.Device(7)}"), HttpStatusCode.NotFound, "not_found");
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync("/v1/visitor-profile"), HttpStatusCode.BadRequest, "validation_error", "uuid is required");
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync("/v1/visitor-profile?uuid=12"), HttpStatusCode.BadRequest, "validation_error", "38 decimal digits");
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync($"/v1/visitor-profile?uuid={VisitorDesk.Device(7)}&region=1"), HttpStatusCode.BadRequest, "validation_error", "region");
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync("/api/sluice/v1/profiles/Email/nobody"), HttpStatusCode.NotFound, "not_found");
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync($"/api/sluice/v1/profiles/Email/{new string('a', 1_025)}"), HttpStatusCode.BadRequest, "validation_error", "1024");
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("5.3", "5.4", "5.5")]
    public async Task A_message_is_followed_by_its_xaction_id_to_the_person_it_became_part_of(StoreKind kind)
    {
        await using var house = await TestHouse.StartEmptyAsync(kind); // a copied one has profiles of a journal that it lacks
        using var producer = await Producer.OpenAsync(house);
        await producer.Api.SendAsync(HttpMethod.Patch, $"/data/foundation/catalog/dataSets/{producer.DatasetId}", """{"tags":{"unifiedProfile":["enabled:true"]}}""");
        var entity = Producer.Entity("one");
        entity["identityMap"] = JsonNode.Parse("""{"email":[{"id":"ada+1@example.com","primary":true}],"ECID":[{"id":"00000000000000000000000000000000000042"}]}""");
        const string Profile = "/data/core/ups/access/entities?schema.name=_xdm.context.profile&entityIdNS=EMAIL&entityId=ada%2B1%40example.com";

        var sent = await producer.SendAsync(producer.Message(entity));
        var xaction = (string)sent.Json["responses"]![0]!["xactionId"]!;
        await Until.TrueAsync(async () => (await producer.Api.GetAsync(Profile)).Status == HttpStatusCode.OK);
        var found = (await producer.Api.GetAsync(Profile)).Json.AsObject().Single();
        var byNumber = await producer.Api.GetAsync(Profile.Replace("EMAIL", "6", StringComparison.Ordinal));
        var byXid = await producer.Api.GetAsync($"/data/core/ups/access/entities?schema.name=_xdm.context.profile&entityId={found.Key}");
        var several = await producer.Api.PostTextAsync("/data/core/ups/access/entities", """
            {"schema":{"name":"_xdm.context.profile"},"identities":[{"entityId":"ada+1@example.com","entityIdNS":{"code":"Email"}},{"entityId":"nobody","entityIdNS":{"code":"Email"}}]}
            """);
        var xid = (await producer.Api.GetAsync("/data/core/identity/identity?namespace=Email&id=ada%2B1%40example.com")).Json;
        var graph = (await producer.Api.PostTextAsync("/data/core/identity/v2/graph", """{"composite_xids":[{"nsid":6,"id":"ada+1@example.com"},{"ns":"Email","id":"nobody"}],"projection_type":"set"}""")).Json;
        var cluster = (await producer.Api.GetAsync("/data/core/identity/cluster/members?nsid=4&id=00000000000000000000000000000000000042")).Json;

        Assert.Equal([xaction], found.Value!["tags"]!.AsArray().Select(tag => (string)tag!));
        Assert.Equal(found.Key, (string)found.Value["entityId"]!);
        Assert.Equal("ada+1@example.com", (string)found.Value["entity"]!["identityMap"]!["Email"]![0]!["id"]!);
        Assert.Equal(2, found.Value["identityGraph"]!.AsArray().Count);
        Assert.Equal((found.Value.ToJsonString(), found.Value.ToJsonString()), (byNumber.Json[found.Key]!.ToJsonString(), byXid.Json[found.Key]!.ToJsonString()));
        Assert.Equal((HttpStatusCode.MultiStatus, 404), (several.Status, (int)several.Json.AsObject().Last().Value!["status"]!));
        Assert.Equal(found.Key, (string)xid["xid"]!);
        Assert.Equal(2, graph["clusters"]![0]!["members"]!.AsArray().Count);
        Assert.Equal("nobody", (string)Assert.Single(graph["unprocessedRecords"]!.AsArray())!["id"]!);
        Assert.Contains(cluster["clusters"]![0]!["members"]!.AsArray(), member => (string)member!["xid"]! == found.Key);
    }

    [Fact]
    [Contract("5.3", "5.4")]
    public async Task What_the_platform_would_refuse_is_refused_in_its_words()
    {
        await using var house = await TestHouse.StartAsync();
        using var api = await house.SignInAsync();

        foreach (var (method, path, body, status) in new (string, string, string?, int)[]
        {
            ("GET", "/data/core/ups/access/entities?schema.name=_xdm.context.profile&entityIdNS=Email&entityId=nobody", null, 404),
            ("GET", "/data/core/ups/access/entities?entityIdNS=Email&entityId=a", null, 400),
            ("GET", "/data/core/ups/access/entities?schema.name=_xdm.context.profile&entityIdNS=Email", null, 400),
            ("GET", "/data/core/ups/access/entities?schema.name=_xdm.context.profile&entityId=*", null, 400),
            ("GET", "/data/core/ups/access/entities?schema.name=_xdm.context.profile&entityIdNS=Email&entityId=a&mergePolicyId=9", null, 400),
            ("GET", "/data/core/ups/access/entities?schema.name=_xdm.context.experienceevent&relatedEntityId=a", null, 501),
            ("DELETE", "/data/core/ups/access/entities", null, 501),
            ("POST", "/data/core/ups/access/entities", """{"schema":{"name":"_xdm.context.profile"},"identities":[]}""", 400),
            ("POST", "/data/core/ups/access/entities", """{"schema":{"name":"_xdm.context.profile"},"identities":[5]}""", 400),
            ("POST", "/data/core/identity/v2/graph", "[]", 400),
            ("POST", "/data/core/identity/v2/graph", """{"composite_xids":[{"id":"a"}]}""", 400),
            ("POST", "/data/core/identity/v2/graph", """{"composite_xids":[{"ns":"Email","id":"a"}],"projection_type":"tree"}""", 400),
            ("POST", "/data/core/identity/v2/graph", "{", 400),
            ("GET", "/data/core/identity/cluster/members?id=a", null, 400),
            ("GET", "/data/core/identity/identity?id=a", null, 400),
        })
        {
            var answer = await api.SendAsync(new HttpMethod(method), path, body);

            Assert.Equal((path, status, status), (path, (int)answer.Status, (int)answer.Json["status"]!));
        }
    }
}
