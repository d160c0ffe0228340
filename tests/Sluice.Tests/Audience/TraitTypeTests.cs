using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>Trait types: contract audience.md 3.9, and the trait's <c>type</c> of 3.3.</summary>
[Contract("audience 3.9")]
public sealed class TraitTypeTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private const string Path = "/v1/customer-trait-types/";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task The_built_in_types_are_there_and_the_account_s_own_start_at_200(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);

        var first = await desk.Admin.PostTextAsync(Path, """{"name":"Registration"}""");
        var second = await desk.AddAsync("/v1/customer-trait-types", """{"name":"Purchase","description":"Bought something"}""");
        var list = (await desk.Admin.GetAsync(Path)).Json.AsArray();
        var builtIn = await desk.Admin.GetAsync(Path + "4");
        var own = await desk.Admin.GetAsync(Path + "200");
        var paged = await desk.Admin.GetAsync(Path + "?page=0&pageSize=2&sortBy=name&descending=true");

        Assert.Equal(HttpStatusCode.Created, first.Status);
        Assert.Equal(["pixelType", "pid", "name", "description", "crUID", "upUID", "createTime", "updateTime"], CatalogueDesk.Members(first.Json));
        Assert.Equal((200, 1), ((int)first.Json["pixelType"]!, (int)first.Json["pid"]!));
        Assert.Null(first.Json["description"]);
        Assert.Equal(201, (int)second["pixelType"]!);
        Assert.Equal(
            [(1, 0, "User Trait"), (2, 0, "Site Visitor"), (4, 0, "Delivery Event"), (200, 1, "Registration"), (201, 1, "Purchase")],
            list.Select(row => ((int)row!["pixelType"]!, (int)row["pid"]!, (string)row["name"]!)));
        Assert.Equal("Delivery Event", (string)builtIn.Json["name"]!);
        Assert.Equal("Registration", (string)own.Json["name"]!);
        Assert.Equal((5, "User Trait"), ((int)paged.Json["total"]!, (string)paged.Json["list"]![0]!["name"]!));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("3")]
    [InlineData("202")]
    [InlineData("x")]
    [InlineData("99999999999999999999")]
    public async Task An_unknown_type_is_not_found(string id)
    {
        var desk = shared.Desk;

        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync(Path + id), HttpStatusCode.NotFound, "not_found", id);
    }

    [Fact]
    public async Task Types_are_never_changed_or_deleted()
    {
        var desk = shared.Desk;

        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch })
            Assert.Equal(HttpStatusCode.MethodNotAllowed, (await desk.Admin.SendAsync(method, Path + "1", """{"name":"x"}""")).Status);
    }

    [Fact]
    [Contract("audience 6", "audience 7")]
    public async Task Making_types_needs_a_name_the_right_to_make_traits_and_room()
    {
        await using var desk = await CatalogueDesk.StartAsync(settings: "Audience:Limits:TraitTypes=1");
        var member = await desk.AddMemberAsync("VIEW_ALL_TRAITS");

        var nameless = await desk.Admin.PostTextAsync(Path, """{"name":" "}""");
        var forbidden = await member.PostTextAsync(Path, """{"name":"a"}""");
        await desk.AddAsync(Path, """{"name":"a"}""");
        var full = await desk.Admin.PostTextAsync(Path, """{"name":"b"}""");

        CatalogueDesk.AssertRefused(nameless, HttpStatusCode.BadRequest, "validation_error", "name is required");
        CatalogueDesk.AssertRefused(forbidden, HttpStatusCode.Forbidden, "forbidden");
        CatalogueDesk.AssertRefused(full, HttpStatusCode.BadRequest, "resource_limit_exceeded");
    }

    [Theory]
    [InlineData("type", 0, true)]
    [InlineData("type", 2, true)]
    [InlineData("type", 200, true)]
    [InlineData("type", 3, false)]
    [InlineData("type", 201, false)]
    [InlineData("categoryId", 0, true)]
    [InlineData("categoryId", 25, true)]
    [InlineData("categoryId", 393, false)]
    [Contract("audience 3.3", "audience 3.10")]
    public async Task A_trait_s_type_and_category_must_be_there(string member, long value, bool isGood)
    {
        var desk = shared.Desk;
        if ((await desk.Admin.GetAsync(Path + "200")).Status == HttpStatusCode.NotFound)
            await desk.AddAsync(Path, """{"name":"Registration"}""");
        var source = await desk.AddDataSourceAsync("shop");
        var sid = await desk.AddTraitAsync(source);

        var made = await desk.Admin.PostTextAsync(
            "/v1/traits/", $$"""{"name":"x","traitType":"ON_BOARDED_TRAIT","dataSourceId":{{source}},"folderId":0,"{{member}}":{{value}}}""");
        var changed = await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/traits/{sid}", $$"""{"{{member}}":{{value}}}""");

        if (isGood)
        {
            Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (made.Status, changed.Status));
            Assert.Equal(value, (long)changed.Json[member]!);
        }
        else
        {
            CatalogueDesk.AssertRefused(made, HttpStatusCode.BadRequest, "validation_error", $"{member} names no", $"{value}");
            CatalogueDesk.AssertRefused(changed, HttpStatusCode.BadRequest, "validation_error", $"{member} names no", $"{value}");
        }
    }
}
