using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>Partner sites: contract audience.md 3.7.</summary>
[Contract("audience 3.7")]
public sealed class PartnerSiteTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private const string Path = "/v1/partner-sites/";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_site_is_made_read_listed_and_deleted_but_never_changed(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);

        var made = await desk.Admin.PostTextAsync(Path, """{"url":"example1.com"}""");
        var one = Path + made.Json["siteId"];
        var read = await desk.Admin.GetAsync(one);
        var list = await desk.Admin.GetAsync(Path);
        var changed = await desk.Admin.SendAsync(HttpMethod.Put, one, """{"url":"example2.com"}""");
        var deleted = await desk.Admin.SendAsync(HttpMethod.Delete, one, null);
        var again = await desk.Admin.SendAsync(HttpMethod.Delete, one, null);

        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(["pid", "siteId", "url"], CatalogueDesk.Members(made.Json));
        Assert.Equal("example1.com", (string)read.Json["url"]!);
        Assert.Single(list.Json.AsArray());
        Assert.Equal(HttpStatusCode.MethodNotAllowed, changed.Status);
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        CatalogueDesk.AssertRefused(again, HttpStatusCode.NotFound, "not_found");
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync(one), HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("Example1.COM", "example1.com")]
    [InlineData("https://www.example1.com/a/b?c=d#e", "www.example1.com")]
    [InlineData("HTTP://example1.com:8080", "example1.com")]
    [InlineData("example1.com.", "example1.com")]
    [InlineData(".example1.com", ".example1.com")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("a-b.c1.example", "a-b.c1.example")]
    public async Task The_address_of_a_site_becomes_its_bare_host_name(string address, string host)
    {
        var desk = shared.Desk;

        var made = await desk.AddAsync(Path, $$"""{"url":"{{address}}"}""");

        Assert.Equal(host, (string)made["url"]!);
        await desk.Admin.SendAsync(HttpMethod.Delete, Path + made["siteId"], null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("10.1.2.3")]
    [InlineData("ftp://example.com")]
    [InlineData("exa mple.com")]
    [InlineData("example..com")]
    [InlineData("-example.com")]
    [InlineData("example-.com")]
    [InlineData("exam_ple.com")]
    [InlineData("user@example.com")]
    [InlineData("example.com:99999")]
    [InlineData("example.com:")]
    [InlineData("..example.com")]
    [InlineData("example.com..")]
    [InlineData(".")]
    [InlineData("https://")]
    [InlineData("[::1]")]
    [InlineData("*.example.com")]
    public async Task What_is_no_host_name_is_refused(string address)
    {
        var desk = shared.Desk;

        var refused = await desk.Admin.PostTextAsync(Path, $$"""{"url":"{{address}}"}""");
        var tooLong = await desk.Admin.PostTextAsync(Path, $$"""{"url":"{{string.Concat(Enumerable.Repeat("abcdefghi.", 26))}}com"}""");

        CatalogueDesk.AssertRefused(refused, HttpStatusCode.BadRequest, "validation_error", "url ");
        CatalogueDesk.AssertRefused(tooLong, HttpStatusCode.BadRequest, "validation_error", "url ");
        Assert.Empty((await desk.Admin.GetAsync(Path)).Json.AsArray());
    }

    [Fact]
    [Contract("audience 7")]
    public async Task A_site_is_there_once_and_there_are_no_more_than_the_limit()
    {
        await using var desk = await CatalogueDesk.StartAsync(settings: "Audience:Limits:PartnerSites=2");
        await desk.AddAsync(Path, """{"url":"example1.com"}""");

        var twin = await desk.Admin.PostTextAsync(Path, """{"url":"https://EXAMPLE1.com/"}""");
        await desk.AddAsync(Path, """{"url":"example2.com"}""");
        var third = await desk.Admin.PostTextAsync(Path, """{"url":"example3.com"}""");

        CatalogueDesk.AssertRefused(twin, HttpStatusCode.Conflict, "duplicate_name", "example1.com");
        CatalogueDesk.AssertRefused(third, HttpStatusCode.BadRequest, "resource_limit_exceeded");
    }

    [Fact]
    [Contract("audience 6")]
    public async Task Everybody_sees_the_sites_and_who_makes_or_changes_destinations_names_them()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var one = Path + (await desk.AddAsync(Path, """{"url":"example1.com"}"""))["siteId"];
        var reader = await desk.AddMemberAsync("VIEW_ALL_DESTINATIONS");
        var writer = await desk.AddMemberAsync("CREATE_DESTINATIONS");

        var shown = await reader.GetAsync(Path);
        var made = await reader.PostTextAsync(Path, """{"url":"example2.com"}""");
        var deleted = await reader.SendAsync(HttpMethod.Delete, one, null);

        Assert.Single(shown.Json.AsArray());
        CatalogueDesk.AssertRefused(made, HttpStatusCode.Forbidden, "forbidden");
        CatalogueDesk.AssertRefused(deleted, HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal(HttpStatusCode.Created, (await writer.PostTextAsync(Path, """{"url":"example2.com"}""")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await writer.SendAsync(HttpMethod.Delete, one, null)).Status);
    }
}
