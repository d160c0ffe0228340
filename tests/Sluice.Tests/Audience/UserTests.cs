using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>Users and groups over the Audience API: contract audience.md 3.12, 3.13.</summary>
public sealed class UserTests
{
    private const string Users = "/v1/users/";
    private const string Groups = "/v1/groups/";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience 3.12")]
    [Contract("audience 11")]
    public async Task A_user_is_made_read_listed_changed_and_deleted(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var group = await desk.AddAsync(Groups, """{"name":"marketing"}""");

        var made = await desk.AddAsync(Users, $$"""
            {"username":"ada","status":"ACTIVE","firstName":"Ada","lastName":"L","email":"ada@shop.example","title":"Dr","phoneNumber":"1","groups":[{{group["groupId"]}}],"isAdmin":false}
            """);
        var one = Users + made["uid"];
        var taken = await desk.Admin.PostTextAsync(Users, """{"username":"ADA"}""");
        var listed = await desk.Admin.GetAsync($"{Users}?groupId={group["groupId"]}&groupId=999");
        var others = await desk.Admin.GetAsync($"{Users}?search=ada@shop&page=0");
        var read = await desk.Admin.GetAsync(one);
        var changed = await desk.Admin.SendAsync(HttpMethod.Put, one, """{"firstName":"Augusta","title":null,"isAdmin":true}""");
        var deleted = await desk.Admin.SendAsync(HttpMethod.Delete, one, null);

        Assert.NotEqual("", (string)made["temporaryPassword"]!);
        Assert.Superset(
            ((string[])["pid", "uid", "userId", "username", "status", "firstName", "lastName", "email", "title", "phoneNumber", "companyName", "groups", "isAdmin", "admin"]).ToHashSet(),
            CatalogueDesk.Members(read.Json).ToHashSet());
        Assert.DoesNotContain("temporaryPassword", CatalogueDesk.Members(read.Json));
        Assert.Equal("PENDING", (string)read.Json["status"]!); // the invented password serves for the first sign-in
        CatalogueDesk.AssertRefused(taken, HttpStatusCode.Conflict, "duplicate_name");
        Assert.Equal((long)made["uid"]!, (long)Assert.Single(listed.Json.AsArray())!["uid"]!);
        Assert.Equal(1, (int)others.Json["total"]!);
        Assert.Equal(("Augusta", null, "L"), ((string?)changed.Json["firstName"], (string?)changed.Json["title"], (string?)changed.Json["lastName"]));
        Assert.False((bool)changed.Json["isAdmin"]!);
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync(one), HttpStatusCode.NotFound, "not_found");
        Assert.Equal(0, (int)(await desk.Admin.GetAsync(Groups + group["groupId"])).Json["membershipCount"]!);
    }

    [Fact]
    [Contract("audience 3.12")]
    public async Task Passwords_are_changed_by_their_owner_and_reset_by_an_admin()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var made = await desk.AddAsync(Users, """{"username":"grace","apiOnly":true}""");
        var first = (string)made["temporaryPassword"]!;
        using var grace = new ApiClient(desk.House.Address, (await desk.Access.SignInAsync("grace", first)).AccessToken());

        var wrong = await grace.PostTextAsync(Users + "self/update-password", """{"oldPassword":"not this one","newPassword":"a new long password 2"}""");
        var weak = await grace.PostTextAsync(Users + "self/update-password", $$"""{"oldPassword":"{{first}}","newPassword":"short"}""");
        var changed = await grace.PostTextAsync(Users + "self/update-password", $$"""{"oldPassword":"{{first}}","newPassword":"a new long password 2"}""");
        var signedIn = await desk.Access.SignInAsync("grace", "a new long password 2");
        var mail = await grace.PostTextAsync(Users + "self/reset-password", "{}");
        var reset = await desk.Admin.PostTextAsync($"{Users}{made["uid"]}/reset-password", "{}");
        var old = await desk.Access.SignInAsync("grace", "a new long password 2");
        var anew = await desk.Access.SignInAsync("grace", (string)reset.Json["temporaryPassword"]!);

        CatalogueDesk.AssertRefused(wrong, HttpStatusCode.BadRequest, "validation_error");
        CatalogueDesk.AssertRefused(weak, HttpStatusCode.BadRequest, "validation_error", "at least 12 characters");
        Assert.Equal(HttpStatusCode.OK, changed.Status);
        Assert.Equal(HttpStatusCode.OK, signedIn.Status);
        CatalogueDesk.AssertRefused(mail, HttpStatusCode.Conflict, "no_mail");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.OK), (reset.Status, old.Status, anew.Status));
    }

    [Fact]
    [Contract("audience 3.12")]
    [Contract("audience 3.13")]
    public async Task Members_change_themselves_and_manage_nobody_else()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var member = await desk.AddMemberAsync("VIEW_ALL_TRAITS");
        var group = (long)(await desk.Admin.GetAsync(Groups)).Json[0]!["groupId"]!;

        var self = await member.SendAsync(HttpMethod.Put, Users + "self/update", $$"""{"firstName":"Me","isAdmin":true,"groups":[],"username":"root"}""");
        var me = await member.GetAsync(Users + "self");
        ApiAnswer[] refused =
        [
            await member.GetAsync(Users), await member.GetAsync(Users + "1"), await member.PostTextAsync(Users, """{"username":"x"}"""),
            await member.SendAsync(HttpMethod.Put, Users + "1", """{"firstName":"x"}"""), await member.SendAsync(HttpMethod.Delete, Users + "1", null),
            await member.PostTextAsync(Users + "bulk-delete", "[1]"), await member.PostTextAsync(Users + "1/reset-password", "{}"),
            await member.PostTextAsync(Users + "update-groups", $$"""{"users":[1],"groups":[{{group}}]}"""),
            await member.GetAsync(Groups), await member.GetAsync(Groups + group), await member.PostTextAsync(Groups, """{"name":"x"}"""),
            await member.SendAsync(HttpMethod.Put, Groups + group, """{"name":"x"}"""), await member.SendAsync(HttpMethod.Delete, Groups + group, null),
            await member.PostTextAsync(Groups + "bulk-delete", $"[{group}]"), await member.GetAsync($"{Groups}{group}/permissions"),
            await member.SendAsync(HttpMethod.Put, $"{Groups}{group}/permissions", "[]"),
        ];

        Assert.Equal(("Me", false, 1), ((string)me.Json["firstName"]!, (bool)me.Json["isAdmin"]!, me.Json["groups"]!.AsArray().Count));
        Assert.Equal((string)me.Json["username"]!, (string)self.Json["username"]!);
        Assert.All(refused, answer => CatalogueDesk.AssertRefused(answer, HttpStatusCode.Forbidden, "forbidden"));
    }

    [Fact]
    [Contract("audience 3.12")]
    public async Task Many_users_are_deleted_or_grouped_at_once_or_none_of_them()
    {
        await using var desk = await CatalogueDesk.StartAsync(StoreKind.Sqlite, "Access:MaxUsers=4");
        var (a, b) = ($"{(await desk.AddAsync(Users, """{"username":"a"}"""))["uid"]}", $"{(await desk.AddAsync(Users, """{"username":"b"}"""))["uid"]}");
        var group = (await desk.AddAsync(Groups, """{"name":"g"}"""))["groupId"];

        var tooMany = await desk.Admin.PostTextAsync(Users, """{"username":"c"}""");
        var grouped = await desk.Admin.PostTextAsync(Users + "update-groups", $$"""{"users":[{{a}},"{{b}}"],"groups":[{{group}}]}""");
        var strange = await desk.Admin.PostTextAsync(Users + "update-groups", $$"""{"users":[{{a}},999],"groups":[]}""");
        var refused = await desk.Admin.PostTextAsync(Users + "bulk-delete", $"[{a},999,1]");
        var left = await desk.Admin.GetAsync($"{Users}?groupId={group}");
        var deleted = await desk.Admin.PostTextAsync(Users + "bulk-delete", $"[\"{a}\",{b}]");

        CatalogueDesk.AssertRefused(tooMany, HttpStatusCode.BadRequest, "resource_limit_exceeded", "4");
        Assert.Equal(2, grouped.Json.AsArray().Count);
        CatalogueDesk.AssertRefused(strange, HttpStatusCode.NotFound, "not_found", "999");
        CatalogueDesk.AssertRefused(refused, HttpStatusCode.NotFound, "not_found", "999: There is no user 999", "1: This is the last active admin");
        Assert.Equal(2, left.Json.AsArray().Count);
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience 3.13")]
    [Contract("audience 11")]
    public async Task A_group_is_made_read_changed_and_deleted_under_both_spellings(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var user = (await desk.AddAsync(Users, """{"username":"a"}"""))["uid"]!.GetValue<long>();

        var made = await desk.AddAsync(Groups, $$"""{"name":"marketing","description":"d","wildcardPermissions":["VIEW_ALL_TRAITS"],"users":[{{user}}]}""");
        var one = Groups + made["groupId"];
        var taken = await desk.Admin.PostTextAsync(Groups, """{"name":"Marketing"}""");
        var nameless = await desk.Admin.PostTextAsync(Groups, """{"description":"d"}""");
        var unknown = await desk.Admin.PostTextAsync(Groups, """{"name":"x","wildcards":["FLY"]}""");
        var nobody = await desk.Admin.PostTextAsync(Groups, """{"name":"x","users":[999]}""");
        var changed = await desk.Admin.SendAsync(HttpMethod.Put, one, """{"wildcards":["VIEW_ALL_SEGMENTS"]}""");
        var listed = await desk.Admin.GetAsync(Groups + "?sortBy=name&page=0");
        var deleted = await desk.Admin.SendAsync(HttpMethod.Delete, one, null);
        var bulk = await desk.Admin.SendAsync(HttpMethod.Delete, Groups + "bulk-delete", "[999]");

        Assert.Superset(
            ((string[])["groupId", "id", "pid", "name", "description", "membershipCount", "wildcards", "wildcardPermissions", "users"]).ToHashSet(),
            CatalogueDesk.Members(made).ToHashSet());
        Assert.Equal((1, "VIEW_ALL_TRAITS"), ((int)made["membershipCount"]!, (string)made["wildcards"]![0]!));
        CatalogueDesk.AssertRefused(taken, HttpStatusCode.Conflict, "duplicate_name");
        CatalogueDesk.AssertRefused(nameless, HttpStatusCode.BadRequest, "validation_error", "name");
        CatalogueDesk.AssertRefused(unknown, HttpStatusCode.BadRequest, "validation_error", "FLY");
        CatalogueDesk.AssertRefused(nobody, HttpStatusCode.BadRequest, "validation_error", "999");
        Assert.Equal(("marketing", "VIEW_ALL_SEGMENTS"), ((string)changed.Json["name"]!, (string)changed.Json["wildcardPermissions"]![0]!));
        Assert.Equal(1, (int)listed.Json["total"]!);
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        CatalogueDesk.AssertRefused(bulk, HttpStatusCode.BadRequest, "validation_error", "999");
    }

    [Fact]
    [Contract("audience 3.13")]
    public async Task Rights_on_objects_are_replaced_as_a_whole_and_checked()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        var trait = await desk.AddTraitAsync(source);
        var path = $"{Groups}{(await desk.AddAsync(Groups, """{"name":"g"}"""))["groupId"]}/permissions/";

        var set = await desk.Admin.SendAsync(HttpMethod.Put, path, $$"""
            [{"objectType":"TRAIT","objectId":"{{trait}}","permissions":["READ","WRITE"]},{"objectType":"SEGMENT","objectId":{{source}},"permissions":["MAP_TO_DESTINATION"]}]
            """);
        var wrong = await desk.Admin.SendAsync(HttpMethod.Put, path, $$"""[{"objectType":"TRAIT","objectId":{{trait}},"permissions":["MAP_TO_DESTINATIONS"]}]""");
        var strange = await desk.Admin.SendAsync(HttpMethod.Put, path, """[{"objectType":"TRAIT","objectId":999,"permissions":["READ"]}]""");
        var bad = await desk.Admin.SendAsync(HttpMethod.Put, path, """[1,{"objectType":"MODEL","objectId":1,"permissions":["READ"]},{"objectType":"TRAIT","permissions":["READ"]}]""");
        var kept = await desk.Admin.GetAsync(path);
        var cleared = await desk.Admin.SendAsync(HttpMethod.Put, path, "[]");
        var missing = await desk.Admin.GetAsync(Groups + "999/permissions");

        Assert.Equal($$"""[{"objectType":"TRAIT","objectId":{{trait}},"permissions":["READ","WRITE"]},{"objectType":"SEGMENT","objectId":{{source}},"permissions":["MAP_TO_DESTINATIONS"]}]""", set.Text);
        CatalogueDesk.AssertRefused(wrong, HttpStatusCode.BadRequest, "validation_error", "[0]: permissions cannot hold [MAP_TO_DESTINATIONS]");
        CatalogueDesk.AssertRefused(strange, HttpStatusCode.Forbidden, "forbidden", "999");
        CatalogueDesk.AssertRefused(bad, HttpStatusCode.BadRequest, "validation_error", "[0]: ", "[1]: objectType must be one of", "[2]: objectId is required");
        Assert.Equal(set.Text, kept.Text);
        Assert.Equal("[]", cleared.Text);
        CatalogueDesk.AssertRefused(missing, HttpStatusCode.BadRequest, "validation_error");
    }

    [Fact]
    [Contract("audience 3.13")]
    [Contract("audience Ruling 9")]
    public async Task Rights_on_objects_of_one_environment_say_nothing_of_another()
    {
        await using var desk = await CatalogueDesk.StartAsync(StoreKind.Sqlite, "Storage:Environments:0=beta");
        var source = await desk.AddDataSourceAsync("shop");
        var betaSource = await desk.Admin.PostTextAsync("/v1/datasources", """{"name":"beta"}""", ("x-sandbox-name", "beta"));
        await desk.Admin.PostTextAsync(
            "/v1/traits", $$"""{"name":"t","traitType":"ON_BOARDED_TRAIT","dataSourceId":{{betaSource.Json["dataSourceId"]}},"folderId":0}""", ("x-sandbox-name", "beta"));
        await desk.AddTraitAsync(source);
        var member = await desk.AddMemberAsync("", $"TRAIT/{source}/READ");

        var here = await member.GetAsync("/v1/traits");
        var there = await member.GetAsync("/v1/traits", ("x-sandbox-name", "beta"));

        Assert.Equal(source, (long)betaSource.Json["dataSourceId"]!); // the same number, another object
        Assert.Single(here.Json.AsArray());
        Assert.Equal("[]", there.Text);
    }

    [Fact]
    [Contract("audience 3.13")]
    public async Task The_rights_there_are_can_be_read()
    {
        await using var desk = await CatalogueDesk.StartAsync();

        var types = await desk.Admin.GetAsync("/v1/permissionable-object-types/");
        var segment = await desk.Admin.GetAsync("/v1/permissionable-object-types/SEGMENT/");
        var signals = await desk.Admin.GetAsync("/v1/permissionable-object-types/DERIVED_SIGNALS/");
        var unknown = await desk.Admin.GetAsync("/v1/permissionable-object-types/MODEL/");

        Assert.Equal("""["SEGMENT","TRAIT","DESTINATION","DERIVED_SIGNALS","TAGS"]""", types.Text);
        Assert.Equal(
            """["READ","WRITE","CREATE","DELETE","MAP_TO_MODELS","MAP_TO_DESTINATIONS"]""", segment.Json["perObject"]!.ToJsonString());
        Assert.Contains("VIEW_ALL_SEGMENTS", segment.Json["wildcard"]!.AsArray().Select(one => (string)one!));
        Assert.Equal("[]", signals.Json["perObject"]!.ToJsonString());
        CatalogueDesk.AssertRefused(unknown, HttpStatusCode.NotFound, "not_found");
    }
}
