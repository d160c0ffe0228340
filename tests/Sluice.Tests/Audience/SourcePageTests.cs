using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>What the page of the Audience API says and no test of one family shows: its addresses on both hosts, the rights of a service account, many segments at once.</summary>
public sealed class SourcePageTests
{
    [Fact]
    [Contract("audience 1.3", "audience 3.0")]
    [Statement("B53", "B54")]
    public async Task Every_address_of_the_page_answers_on_the_IMS_host_and_on_the_older_one()
    {
        string[] paths =
        [
            "/v1/models/", "/v1/datasources/", "/v1/signals/derived/", "/v1/destinations/", "/v1/partner-sites/", "/v1/folders/traits/", "/v1/folders/segments/",
            "/v1/schemas/", "/v1/segments/", "/v1/traits/", "/v1/customer-trait-types", "/v1/taxonomies/0/",
        ];
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var token = (await desk.GrantAsync(desk.Api)).AccessToken();

        foreach (var path in paths)
        {
            var ims = await desk.GetAsync(path, token, ("Host", "aam.adobe.io"), ("x-api-key", desk.Api.ClientId));
            var older = await desk.GetAsync(path, token, ("Host", "api.demdex.com"));

            Assert.True((ims.Status, older.Status) == (HttpStatusCode.OK, HttpStatusCode.OK), $"{path}: {ims.Text} {older.Text}");
            Assert.Equal(ims.Text, older.Text);
            Assert.NotNull(ims.Body);
        }
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience 1.2", "audience 6")]
    [Statement("B13", "B25")]
    public async Task A_service_account_may_do_what_the_groups_it_is_added_to_give_and_no_more(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var source = await desk.AddDataSourceAsync("shop");
        var segment = await desk.AddSegmentAsync(source, await desk.AddTraitAsync(source));
        var client = await desk.Access.AddClientAsync("""{"name":"service"}""");
        using var service = new ApiClient(desk.House.Address, (await desk.Access.GrantAsync(client)).AccessToken());
        var self = (await service.GetAsync("/v1/users/self")).Json;
        var group = (await desk.AddAsync("/v1/groups/", """{"name":"readers","wildcards":["VIEW_ALL_SEGMENTS"]}"""))["groupId"];

        var before = await service.GetAsync($"/v1/segments/{segment}");
        var added = await desk.Admin.PostTextAsync("/v1/users/update-groups", $$"""{"users":[{{self["uid"]}}],"groups":[{{group}}]}""");
        var after = await service.GetAsync($"/v1/segments/{segment}");
        var beyond = await service.SendAsync(HttpMethod.Put, $"/v1/segments/{segment}", """{"name":"mine"}""");

        CatalogueDesk.AssertRefused(before, HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (added.Status, after.Status));
        CatalogueDesk.AssertRefused(beyond, HttpStatusCode.Forbidden, "forbidden");
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience 2.2", "audience 3.4")]
    [Statement("B27")]
    public async Task Many_segments_are_changed_in_one_request_of_an_account_that_is_nobodys(StoreKind kind)
    {
        const int Many = 40;
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var source = await desk.AddDataSourceAsync("shop");
        var trait = await desk.AddTraitAsync(source);
        var segments = new List<long>();
        for (var made = 0; made < Many; made++)
            segments.Add(await desk.AddSegmentAsync(source, trait));
        using var account = await desk.AddMemberAsync("VIEW_ALL_SEGMENTS EDIT_ALL_SEGMENTS VIEW_ALL_TRAITS MAP_ALL_TO_SEGMENTS");
        var operations = segments.Select(sid => (JsonNode)new JsonObject
        {
            ["op"] = "update",
            ["type"] = "segment",
            ["id"] = sid,
            ["object"] = new JsonObject { ["description"] = $"number {sid}" },
        });

        var changed = await account.PostAsync("/v1/bulk", new JsonObject { ["operations"] = new JsonArray([.. operations]) });
        var rows = (await desk.Admin.GetAsync("/v1/segments/")).Json.AsArray();

        Assert.True(changed.Status == HttpStatusCode.OK, changed.Text);
        Assert.Equal(segments.Select(sid => $"number {sid}"), rows.Select(row => (string)row!["description"]!));
    }
}
