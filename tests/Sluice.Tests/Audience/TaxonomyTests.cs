using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>The taxonomy and the regions, which are only read: contract audience.md 3.10 and 3.14.</summary>
public sealed class TaxonomyTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private const string Path = "/v1/taxonomies/0/";

    [Fact]
    [Contract("audience 3.10")]
    public async Task The_known_categories_have_their_ids_and_parents_and_no_id_is_there_twice()
    {
        var desk = shared.Desk;

        var top = (await desk.Admin.GetAsync(Path)).Json.AsArray();
        var arts = await desk.Admin.GetAsync(Path + "1");
        var books = await desk.Admin.GetAsync(Path + "25");
        var below = (await desk.Admin.GetAsync(Path + "1/childCategories/")).Json.AsArray();
        var all = top.Concat(top.SelectMany(row => row!["categories"]!.AsArray())).Select(row => (int)row!["categoryID"]!).ToList();

        Assert.Equal((1, "Arts & Entertainment", 0), (top[0]!["categoryID"]!.GetValue<int>(), (string)arts.Json["name"]!, (int)arts.Json["parentCategoryID"]!));
        Assert.Equal(["Automotive", "Business"], top.Skip(1).Take(2).Select(row => (string)row!["name"]!));
        Assert.Equal(
            [
                "categoryID", "categoryId", "parentCategoryID", "name", "description", "crUID", "upUID", "categoryCount", "categories",
            ],
            CatalogueDesk.Members(books.Json));
        Assert.Equal((25, 25, 1, 0), ((int)books.Json["categoryID"]!, (int)books.Json["categoryId"]!, (int)books.Json["parentCategoryID"]!, (int)books.Json["categoryCount"]!));
        Assert.Equal(
            [(25, "Books & Literature"), (49, "Celebrity Fan/Gossip"), (72, "Fine Art")],
            below.Take(3).Select(row => ((int)row!["categoryID"]!, (string)row["name"]!)));
        Assert.Equal((int)arts.Json["categoryCount"]!, below.Count);
        Assert.All(top, row => Assert.Equal(0, (int)row!["parentCategoryID"]!));
        Assert.Equal(26, top.Count);
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.Equal(392, all.Count);
        Assert.Contains("Arts & Entertainment", arts.Text, StringComparison.Ordinal); // not escaped
    }

    [Theory]
    [InlineData("0/9999")]
    [InlineData("0/x")]
    [InlineData("0/9999/childCategories")]
    [InlineData("1")]
    [Contract("audience 3.10")]
    public async Task What_is_not_in_the_taxonomy_is_not_found(string rest)
    {
        var desk = shared.Desk;

        Assert.Equal(HttpStatusCode.NotFound, (await desk.Admin.GetAsync("/v1/taxonomies/" + rest)).Status);
    }

    [Fact]
    [Contract("audience 2.1")]
    public async Task Children_can_be_searched_and_paged_and_a_leaf_has_none()
    {
        var desk = shared.Desk;

        var found = (await desk.Admin.GetAsync(Path + "1/childCategories?search=book")).Json.AsArray();
        var page = (await desk.Admin.GetAsync(Path + "1/childCategories?page=1&pageSize=3")).Json;
        var leaf = (await desk.Admin.GetAsync(Path + "25/childCategories")).Json.AsArray();

        Assert.Equal(25, (int)Assert.Single(found)!["categoryID"]!);
        Assert.Equal((7, 3), ((int)page["total"]!, page["list"]!.AsArray().Count));
        Assert.Empty(leaf);
    }

    [Theory]
    [InlineData(3, "apse")]
    [InlineData(4, "sae")]
    [InlineData(6, "irl1")]
    [InlineData(7, "use")]
    [InlineData(8, "apse2")]
    [InlineData(9, "usw2")]
    [InlineData(11, "tyo3")]
    [InlineData(12, "ind1")]
    [Contract("audience 3.14")]
    public async Task The_known_regions_have_their_hosts(int id, string name)
    {
        var desk = shared.Desk;

        var region = (await desk.Admin.GetAsync($"/v1/dcs-regions/{id}")).Json;

        Assert.Equal(["regionId", "location", "host", "code", "status", "createTime", "updateTime", "crUID", "upUID"], CatalogueDesk.Members(region));
        Assert.Equal(
            (id, name + ".demdex.net", name.ToUpperInvariant(), "ACTIVE"),
            ((int)region["regionId"]!, (string)region["host"]!, (string)region["code"]!, (string)region["status"]!));
        Assert.NotEqual("", (string)region["location"]!);
    }

    [Fact]
    [Contract("audience 3.14")]
    public async Task Regions_are_listed_and_never_changed()
    {
        var desk = shared.Desk;

        var list = (await desk.Admin.GetAsync("/v1/dcs-regions/")).Json.AsArray();
        var missing = await desk.Admin.GetAsync("/v1/dcs-regions/5");

        Assert.Equal([3, 4, 6, 7, 8, 9, 11, 12], list.Select(row => (int)row!["regionId"]!));
        CatalogueDesk.AssertRefused(missing, HttpStatusCode.NotFound, "not_found");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await desk.Admin.PostTextAsync("/v1/dcs-regions/", "{}")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await desk.Admin.SendAsync(HttpMethod.Delete, "/v1/dcs-regions/3", null)).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await desk.Admin.PostTextAsync(Path, "{}")).Status);
    }
}
