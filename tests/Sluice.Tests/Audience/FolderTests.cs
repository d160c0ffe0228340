using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary><c>/folders/traits/</c> and <c>/folders/segments/</c>: contract audience.md 3.2.</summary>
[Contract("audience 3.2")]
public sealed class FolderTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite, "traits", "All Traits")]
    [InlineData(StoreKind.Postgres, "traits", "All Traits")]
    [InlineData(StoreKind.Sqlite, "segments", "All Segments")]
    [InlineData(StoreKind.Postgres, "segments", "All Segments")]
    public async Task Folders_are_made_shown_as_a_tree_moved_and_deleted(StoreKind kind, string family, string root)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var path = $"/v1/folders/{family}/";
        var reserved = (await desk.Admin.GetAsync(path)).Json[0]!["subFolders"]!.AsArray().Select(folder => folder!.ToJsonString() + ",").SingleOrDefault();
        var outer = await desk.AddAsync(path, """{"name":"Shoes","parentFolderId":0,"pid":99,"domainid":4}""");
        var (first, second) = ((long)outer["folderId"]!, CatalogueDesk.Id(await desk.AddAsync(path, $$"""{"name":"Boots","parentFolderId":"{{outer["folderId"]}}"}"""), "folderId"));

        var tree = await desk.Admin.GetAsync(path);
        var one = await desk.Admin.GetAsync($"{path}{first}?includeSubFolders=true");
        var rootAlone = await desk.Admin.GetAsync(path + "0?includeSubFolders=true&includeThirdParty=true&dataSourceId=1");
        var moved = await desk.Admin.SendAsync(HttpMethod.Put, path + second, """{"name":"High boots","parentFolderId":0}""");
        var whole = await desk.Admin.SendAsync(HttpMethod.Put, path + second, moved.Text);
        var gone = await desk.Admin.SendAsync(HttpMethod.Delete, path + second, null);

        Assert.Equal($$"""
            [{"folderId":0,"pid":1,"parentFolderId":0,"name":"{{root}}","path":"/{{root}}","folderCount":{{(reserved is null ? 1 : 2)}},"subFolders":[{{reserved}}{"folderId":{{first}},"pid":1,"parentFolderId":0,"name":"Shoes","path":"/{{root}}/Shoes","folderCount":1,"subFolders":[{"folderId":{{second}},"pid":1,"parentFolderId":{{first}},"name":"Boots","path":"/{{root}}/Shoes/Boots","folderCount":0,"subFolders":[]}]}]}]
            """.Trim(), tree.Text);
        Assert.Equal(tree.Json[0]!["subFolders"]!.AsArray()[^1]!.ToJsonString(), one.Json.ToJsonString());
        Assert.Equal(tree.Json[0]!.ToJsonString(), rootAlone.Json.ToJsonString());
        Assert.Equal((HttpStatusCode.OK, $"/{root}/High boots"), (moved.Status, (string)moved.Json["path"]!));
        Assert.Equal((HttpStatusCode.OK, moved.Text), (whole.Status, whole.Text));
        Assert.Equal((HttpStatusCode.NoContent, ""), (gone.Status, gone.Text));
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync(path + second), HttpStatusCode.NotFound, "not_found");
        CatalogueDesk.AssertRefused(await desk.Admin.SendAsync(HttpMethod.Put, path + second, "{}"), HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("traits")]
    [InlineData("segments")]
    [Contract("audience Ruling 2", "audience 7")]
    public async Task A_folder_is_refused_where_it_cannot_be(string family)
    {
        await using var desk = await CatalogueDesk.StartAsync(StoreKind.Sqlite, "Audience:Limits:Folders=3");
        var path = $"/v1/folders/{family}/";
        var (a, b) = (CatalogueDesk.Id(await desk.AddAsync(path, """{"name":"a","parentFolderId":0}"""), "folderId"), CatalogueDesk.Id(await desk.AddAsync(path, """{"name":"b","parentFolderId":0}"""), "folderId"));

        CatalogueDesk.AssertRefused(await desk.Admin.PostTextAsync(path, """{"parentFolderId":0}"""), HttpStatusCode.BadRequest, "validation_error", "name is required");
        CatalogueDesk.AssertRefused(await desk.Admin.PostTextAsync(path, """{"name":"x/y","parentFolderId":0}"""), HttpStatusCode.BadRequest, "validation_error", "slash");
        CatalogueDesk.AssertRefused(await desk.Admin.PostTextAsync(path, """{"name":"x"}"""), HttpStatusCode.BadRequest, "validation_error", "parentFolderId is required");
        CatalogueDesk.AssertRefused(await desk.Admin.PostTextAsync(path, """{"name":"x","parentFolderId":999}"""), HttpStatusCode.BadRequest, "validation_error", "parentFolderId");
        CatalogueDesk.AssertRefused(await desk.Admin.PostTextAsync(path, """{"name":"A","parentFolderId":0}"""), HttpStatusCode.Conflict, "duplicate_name");
        CatalogueDesk.AssertRefused(await desk.Admin.SendAsync(HttpMethod.Put, path + b, """{"name":"a"}"""), HttpStatusCode.Conflict, "duplicate_name");
        CatalogueDesk.AssertRefused(await desk.Admin.SendAsync(HttpMethod.Put, path + a, $$"""{"parentFolderId":{{a}}}"""), HttpStatusCode.BadRequest, "validation_error", "parentFolderId");
        CatalogueDesk.AssertRefused(await desk.Admin.SendAsync(HttpMethod.Delete, path + "0", null), HttpStatusCode.Conflict, "folder_not_empty");
        CatalogueDesk.AssertRefused(await desk.Admin.SendAsync(HttpMethod.Put, path + "0", """{"name":"mine"}"""), HttpStatusCode.NotFound, "not_found");
        await desk.AddAsync(path, $$"""{"name":"a","parentFolderId":{{a}}}"""); // the same name elsewhere
        CatalogueDesk.AssertRefused(await desk.Admin.PostTextAsync(path, """{"name":"d","parentFolderId":0}"""), HttpStatusCode.BadRequest, "resource_limit_exceeded", "3");
    }

    [Fact]
    [Contract("audience 7")]
    public async Task A_branch_moves_as_far_down_as_its_height_lets_it()
    {
        await using var desk = await CatalogueDesk.StartAsync(StoreKind.Sqlite, "Audience:Limits:FolderDepth=3");
        const string Path = "/v1/folders/segments/";
        async Task<long> AddAsync(string name, long parent) => CatalogueDesk.Id(await desk.AddAsync(Path, $$"""{"name":"{{name}}","parentFolderId":{{parent}}}"""), "folderId");
        var branch = await AddAsync("branch", 0);
        await AddAsync("leaf", branch);
        var deep = await AddAsync("two", await AddAsync("one", 0));

        CatalogueDesk.AssertRefused(await desk.Admin.SendAsync(HttpMethod.Put, Path + branch, $$"""{"parentFolderId":{{deep}}}"""), HttpStatusCode.BadRequest, "resource_limit_exceeded");
        Assert.Equal(HttpStatusCode.OK, (await desk.Admin.SendAsync(HttpMethod.Put, Path + branch, """{"name":"still at the top"}""")).Status);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience 3.3")]
    public async Task A_trait_folder_has_a_trait_that_follows_it_and_cannot_be_touched(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var folder = CatalogueDesk.Id(await desk.AddAsync("/v1/folders/traits/", """{"name":"Shoes","parentFolderId":0}"""), "folderId");
        async Task<JsonNode[]> TraitsAsync() => [.. (await desk.Admin.GetAsync($"/v1/traits/?restrictType=FOLDER_TRAIT&folderId={folder}")).Json.AsArray().Select(row => row!)];
        var trait = Assert.Single(await TraitsAsync());
        var path = $"/v1/traits/{trait["sid"]}";
        var automatic = (await desk.Admin.GetAsync("/v1/datasources/?integrationCode=adobe-provided")).Json[0]!["dataSourceId"]!;

        var put = await desk.Admin.SendAsync(HttpMethod.Put, path, """{"name":"mine"}""");
        var delete = await desk.Admin.SendAsync(HttpMethod.Delete, path, null);
        var made = await desk.Admin.PostTextAsync("/v1/traits/", $$"""{"name":"t","traitType":"FOLDER_TRAIT","dataSourceId":{{automatic}},"folderId":{{folder}}}""");
        await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/folders/traits/{folder}", """{"name":"Boots"}""");
        var renamed = Assert.Single(await TraitsAsync());
        var segment = await desk.AddSegmentAsync((long)automatic, (long)trait["sid"]!);
        var used = await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/folders/traits/{folder}", null);
        await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/segments/{segment}", null);
        var gone = await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/folders/traits/{folder}", null);

        Assert.Equal(("Shoes Folder Trait", folder, (long)automatic), ((string)trait["name"]!, (long)trait["folderId"]!, (long)trait["dataSourceId"]!));
        Assert.Null(trait["traitRule"]);
        CatalogueDesk.AssertRefused(put, HttpStatusCode.Forbidden, "forbidden");
        CatalogueDesk.AssertRefused(delete, HttpStatusCode.Conflict, "cannot_delete_entity");
        CatalogueDesk.AssertRefused(made, HttpStatusCode.BadRequest, "validation_error", "traitType");
        Assert.Equal(("Boots Folder Trait", (long)trait["sid"]!), ((string)renamed["name"]!, (long)renamed["sid"]!));
        CatalogueDesk.AssertRefused(used, HttpStatusCode.Conflict, "cannot_delete_entity_mapped", $"Segment {segment}");
        Assert.Equal(HttpStatusCode.NoContent, gone.Status);
        Assert.Empty(await TraitsAsync());
    }

    [Fact]
    public async Task The_segments_of_a_folder_are_a_list_like_any_other()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        var folder = CatalogueDesk.Id(await desk.AddAsync("/v1/folders/segments/", """{"name":"f","parentFolderId":0}"""), "folderId");
        var (inside, outside) = (await desk.AddSegmentAsync(source, await desk.AddTraitAsync(source)), await desk.AddSegmentAsync(source, await desk.AddTraitAsync(source)));
        await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/segments/{inside}", $$"""{"folderId":{{folder}}}""");

        var list = await desk.Admin.GetAsync($"/v1/folders/segments/{folder}/segments/");
        var page = await desk.Admin.GetAsync("/v1/folders/segments/0/segments?page=0&pageSize=1");

        Assert.Equal([inside], list.Json.AsArray().Select(row => (long)row!["sid"]!));
        Assert.Equal((1, outside), ((int)page.Json["total"]!, (long)page.Json["list"]![0]!["sid"]!));
        CatalogueDesk.AssertRefused(await desk.Admin.GetAsync("/v1/folders/segments/999/segments"), HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("traits", "CREATE_ALL_TRAITS", "CREATE_ALL_SEGMENTS EDIT_ALL_SEGMENTS")]
    [InlineData("traits", "EDIT_ALL_TRAITS", "VIEW_ALL_TRAITS")]
    [InlineData("segments", "CREATE_ALL_SEGMENTS", "CREATE_ALL_TRAITS EDIT_ALL_TRAITS")]
    [Contract("audience 6")]
    public async Task Who_may_make_or_change_what_folders_hold_arranges_them(string family, string enough, string others)
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var path = $"/v1/folders/{family}/";
        var folder = CatalogueDesk.Id(await desk.AddAsync(path, """{"name":"f","parentFolderId":0}"""), "folderId");
        var (member, stranger) = (await desk.AddMemberAsync(enough), await desk.AddMemberAsync(others));

        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync(path)).Status);
        CatalogueDesk.AssertRefused(await stranger.PostTextAsync(path, """{"name":"g","parentFolderId":0}"""), HttpStatusCode.Forbidden, "forbidden");
        CatalogueDesk.AssertRefused(await stranger.SendAsync(HttpMethod.Put, path + folder, """{"name":"g"}"""), HttpStatusCode.Forbidden, "forbidden");
        CatalogueDesk.AssertRefused(await stranger.SendAsync(HttpMethod.Delete, path + folder, null), HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal(HttpStatusCode.Created, (await member.PostTextAsync(path, """{"name":"h","parentFolderId":0}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await member.SendAsync(HttpMethod.Put, path + folder, """{"name":"g"}""")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await member.SendAsync(HttpMethod.Delete, path + folder, null)).Status);
    }
}
