using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>Every right of the table of contract audience.md section 6: with it a call passes, without it the answer is 403.</summary>
[Contract("audience 6")]
public sealed class RightsTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private const string Mapping = "/v1/destinations/{destination}/mappings/";

    private CatalogueDesk Desk => shared.Desk;

    /// <summary>The call, what it sends, and the rows that it needs; of each row one right is left out in turn.</summary>
    public static TheoryData<string, string, string, string> Calls => new()
    {
        { "GET", "/v1/traits/{trait}", "", "TRAIT/{source}/READ" },
        { "GET", "/v1/traits/{trait}", "", "TRAIT/{trait}/READ" },
        { "GET", "/v1/traits/{trait}/trait-rule/versions", "", "TRAIT/{source}/READ" },
        { "PUT", "/v1/traits/{trait}", """{"name":"n"}""", "TRAIT/{source}/READ TRAIT/{source}/WRITE" },
        { "PUT", "/v1/traits/{trait}", """{"name":"n"}""", "TRAIT/{trait}/READ TRAIT/{trait}/WRITE" },
        { "POST", "/v1/traits/", """{"name":"n","traitType":"ON_BOARDED_TRAIT","dataSourceId":{source},"folderId":0}""", "TRAIT/{source}/CREATE" },
        { "DELETE", "/v1/traits/{free}", "", "TRAIT/{source}/READ TRAIT/{source}/DELETE" },
        { "POST", "/v1/traits/bulk-delete", "[{free}]", "TRAIT/{source}/READ TRAIT/{source}/DELETE" },
        { "GET", "/v1/segments/{segment}", "", "SEGMENT/{source}/READ" },
        { "GET", "/v1/segments/{segment}", "", "SEGMENT/{segment}/READ" },
        { "PUT", "/v1/segments/{segment}", """{"name":"n"}""", "SEGMENT/{source}/READ SEGMENT/{source}/WRITE TRAIT/{source}/READ TRAIT/{source}/MAP_TO_SEGMENTS" },
        { "PUT", "/v1/segments/{segment}", """{"segmentRule":"{free}T"}""", "SEGMENT/{source}/READ SEGMENT/{source}/WRITE TRAIT/{source}/READ TRAIT/{source}/MAP_TO_SEGMENTS" },
        { "POST", "/v1/segments/", """{"name":"n","segmentRule":"{trait}T","dataSourceId":{source},"folderId":0}""", "SEGMENT/{source}/CREATE TRAIT/{source}/READ TRAIT/{source}/MAP_TO_SEGMENTS" },
        { "POST", "/v1/segments/validate", """{"rule":"{trait}T"}""", "TRAIT/{trait}/READ TRAIT/{trait}/MAP_TO_SEGMENTS" },
        { "DELETE", "/v1/segments/{segment}", "", "SEGMENT/{source}/READ SEGMENT/{source}/DELETE TRAIT/{source}/DELETE" },
        { "POST", "/v1/segments/bulk-delete", "[{segment}]", "SEGMENT/{source}/READ SEGMENT/{source}/DELETE TRAIT/{trait}/DELETE" },
        { "GET", "/v1/destinations/{destination}", "", "DESTINATION/{destination}/READ" },
        { "PUT", "/v1/destinations/{destination}", """{"name":"n"}""", "DESTINATION/{destination}/READ DESTINATION/{destination}/WRITE" },
        { "DELETE", "/v1/destinations/{destination}", "", "DESTINATION/{destination}/READ DESTINATION/{destination}/DELETE" },
        { "POST", Mapping, """{"sid":{segment},"traitType":"SEGMENT","startDate":"2026-01-02","url":"https://p.example/"}""", "DESTINATION/{destination}/READ SEGMENT/{source}/READ SEGMENT/{source}/MAP_TO_DESTINATIONS" },
    };

    /// <summary>The same with wildcards, where there is one for each right.</summary>
    public static TheoryData<string, string, string, string> WildcardCalls => new()
    {
        { "GET", "/v1/traits/{trait}", "", "VIEW_ALL_TRAITS" },
        { "PUT", "/v1/traits/{trait}", """{"name":"n"}""", "VIEW_ALL_TRAITS EDIT_ALL_TRAITS" },
        { "POST", "/v1/traits/", """{"name":"n","traitType":"ON_BOARDED_TRAIT","dataSourceId":{source},"folderId":0}""", "CREATE_ALL_TRAITS" },
        { "DELETE", "/v1/traits/{free}", "", "VIEW_ALL_TRAITS DELETE_ALL_TRAITS" },
        { "GET", "/v1/segments/{segment}", "", "VIEW_ALL_SEGMENTS" },
        { "PUT", "/v1/segments/{segment}", """{"name":"n"}""", "VIEW_ALL_SEGMENTS EDIT_ALL_SEGMENTS VIEW_ALL_TRAITS MAP_ALL_TO_SEGMENTS" },
        { "POST", "/v1/segments/", """{"name":"n","segmentRule":"{trait}T","dataSourceId":{source},"folderId":0}""", "CREATE_ALL_SEGMENTS VIEW_ALL_TRAITS MAP_ALL_TO_SEGMENTS" },
        { "DELETE", "/v1/segments/{segment}", "", "VIEW_ALL_SEGMENTS DELETE_ALL_SEGMENTS DELETE_ALL_TRAITS" },
        { "GET", "/v1/destinations/{destination}", "", "VIEW_ALL_DESTINATIONS" },
        { "PUT", "/v1/destinations/{destination}", """{"name":"n"}""", "VIEW_ALL_DESTINATIONS EDIT_ALL_DESTINATIONS" },
        { "POST", "/v1/destinations/", """{"name":"n","destinationType":"PUSH","serializationEnabled":false}""", "CREATE_DESTINATIONS" },
        { "DELETE", "/v1/destinations/{destination}", "", "VIEW_ALL_DESTINATIONS DELETE_ALL_DESTINATIONS" },
        { "POST", Mapping, """{"sid":{segment},"traitType":"SEGMENT","startDate":"2026-01-02","url":"https://p.example/"}""", "VIEW_ALL_DESTINATIONS VIEW_ALL_SEGMENTS MAP_ALL_TO_DESTINATIONS" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    [Statement("B47", "B49", "B62")]
    public async Task A_call_passes_with_the_rights_it_needs_on_objects_and_with_one_fewer_never(string verb, string path, string body, string rows)
    {
        var things = await ThingsAsync();
        var needed = Filled(rows, things).Split(' ');

        for (var left = 0; left < needed.Length; left++)
        {
            using var lacking = await Desk.AddMemberAsync("", string.Join(' ', needed.Where((_, index) => index != left)));
            CatalogueDesk.AssertRefused(await CallAsync(lacking, verb, path, body, things), HttpStatusCode.Forbidden, "forbidden");
        }
        using var member = await Desk.AddMemberAsync("", string.Join(' ', needed));
        AssertPassed(await CallAsync(member, verb, path, body, things));
    }

    [Theory]
    [MemberData(nameof(WildcardCalls))]
    [Statement("B49", "B62")]
    public async Task A_call_passes_with_the_wildcards_it_needs_and_with_one_fewer_never(string verb, string path, string body, string wildcards)
    {
        var things = await ThingsAsync();
        var needed = wildcards.Split(' ');

        foreach (var left in needed)
        {
            using var lacking = await Desk.AddMemberAsync(string.Join(' ', needed.Where(one => one != left)));
            CatalogueDesk.AssertRefused(await CallAsync(lacking, verb, path, body, things), HttpStatusCode.Forbidden, "forbidden");
        }
        using var member = await Desk.AddMemberAsync(wildcards);
        AssertPassed(await CallAsync(member, verb, path, body, things));
    }

    [Theory]
    [InlineData("traits", "TRAIT", "trait", "READ+WRITE+DELETE+MAP_TO_SEGMENTS+MAP_TO_MODELS")]
    [InlineData("traits", "TRAIT", "trait", "READ+MAP_TO_SEGMENTS")]
    [InlineData("segments", "SEGMENT", "segment", "READ+WRITE+DELETE+MAP_TO_MODELS+MAP_TO_DESTINATIONS")]
    [InlineData("segments", "SEGMENT", "segment", "READ+DELETE")]
    [InlineData("destinations", "DESTINATION", "destination", "READ+WRITE+DELETE")]
    [Statement("B50")]
    public async Task The_rights_that_are_told_are_those_that_are_held(string family, string type, string thing, string rights)
    {
        var things = await ThingsAsync();
        using var member = await Desk.AddMemberAsync("", $"{type}/{things[thing]}/{rights}");

        var single = await member.GetAsync($"/v1/{family}/{things[thing]}?includePermissions=true");
        var list = await member.GetAsync($"/v1/{family}/?includePermissions=true");

        Assert.Equal(rights.Split('+').Order(), single.Json["permissions"]!.AsArray().Select(one => (string)one!).Order());
        Assert.Equal(single.Json["permissions"]!.ToJsonString(), Assert.Single(list.Json.AsArray())!["permissions"]!.ToJsonString());
    }

    [Theory]
    [InlineData("traits", "TRAIT", "trait")]
    [InlineData("segments", "SEGMENT", "segment")]
    [InlineData("destinations", "DESTINATION", "destination")]
    public async Task A_list_counts_what_the_caller_may_see_only(string family, string type, string thing)
    {
        var (first, second, hidden) = (await ThingsAsync(), await ThingsAsync(), await ThingsAsync());
        using var member = await Desk.AddMemberAsync("", $"{type}/{first[thing]}/READ {type}/{second[thing]}/READ");

        var page = (await member.GetAsync($"/v1/{family}/?page=1&pageSize=1")).Json;

        Assert.Equal((2, second[thing]), ((int)page["total"]!, page["list"]![0]![family == "destinations" ? "destinationId" : "sid"]!.ToJsonString()));
        CatalogueDesk.AssertRefused(await member.GetAsync($"/v1/{family}/{hidden[thing]}"), HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task Data_sources_are_seen_by_everybody_and_made_changed_and_deleted_by_admins_only()
    {
        var things = await ThingsAsync();
        using var member = await Desk.AddMemberAsync("VIEW_ALL_TRAITS CREATE_ALL_TRAITS EDIT_ALL_TRAITS DELETE_ALL_TRAITS VIEW_ALL_SEGMENTS EDIT_ALL_SEGMENTS VIEW_ALL_DESTINATIONS EDIT_ALL_DESTINATIONS");
        var path = $"/v1/datasources/{things["source"]}";

        Assert.Equal(HttpStatusCode.OK, (await member.GetAsync(path)).Status);
        CatalogueDesk.AssertRefused(await member.PostTextAsync("/v1/datasources/", """{"name":"x"}"""), HttpStatusCode.Forbidden, "forbidden");
        CatalogueDesk.AssertRefused(await member.SendAsync(HttpMethod.Put, path, """{"name":"x"}"""), HttpStatusCode.Forbidden, "forbidden");
        CatalogueDesk.AssertRefused(await member.SendAsync(HttpMethod.Delete, path, null), HttpStatusCode.Forbidden, "forbidden");
        CatalogueDesk.AssertRefused(await member.PostTextAsync("/v1/datasources/bulk-delete", $"[{things["source"]}]"), HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task With_role_based_access_switched_off_everybody_does_everything_but_administration()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var member = await desk.AddMemberAsync("");
        var source = await desk.AddDataSourceAsync("shop");
        var trait = await desk.AddTraitAsync(source);
        CatalogueDesk.AssertRefused(await member.GetAsync($"/v1/traits/{trait}"), HttpStatusCode.Forbidden, "forbidden");

        var off = await desk.Admin.SendAsync(HttpMethod.Put, "/api/sluice/v1/account", """{"roleBasedAccess":false}""");

        Assert.Equal(HttpStatusCode.OK, off.Status);
        var segment = await member.PostTextAsync("/v1/segments/", $$"""{"name":"n","segmentRule":"{{trait}}T","dataSourceId":{{source}},"folderId":0}""");
        AssertPassed(segment);
        Assert.Contains("DELETE", (await member.GetAsync($"/v1/traits/{trait}?includePermissions=true")).Text, StringComparison.Ordinal);
        AssertPassed(await member.SendAsync(HttpMethod.Put, $"/v1/traits/{trait}", """{"name":"n"}"""));
        AssertPassed(await member.PostTextAsync("/v1/folders/traits/", """{"name":"n","parentFolderId":0}"""));
        AssertPassed(await member.PostTextAsync("/v1/destinations/", """{"name":"n","destinationType":"PUSH","serializationEnabled":false}"""));
        AssertPassed(await member.PostTextAsync("/v1/signals/derived/", """{"sourceKey":"a","sourceValue":"1","targetKey":"b","targetValue":"2"}"""));
        AssertPassed(await member.SendAsync(HttpMethod.Delete, $"/v1/segments/{segment.Json["sid"]}", null));
        foreach (var (path, body) in ((string, string)[])[("/v1/datasources/", """{"name":"x"}"""), ("/v1/groups/", """{"name":"x"}"""), ("/v1/users/", """{"username":"x"}""")])
            CatalogueDesk.AssertRefused(await member.PostTextAsync(path, body), HttpStatusCode.Forbidden, "forbidden");
    }

    private async Task<Dictionary<string, string>> ThingsAsync()
    {
        var source = await Desk.AddDataSourceAsync("rights");
        var trait = await Desk.AddTraitAsync(source);
        return new Dictionary<string, long>
        {
            ["source"] = source,
            ["trait"] = trait,
            ["free"] = await Desk.AddTraitAsync(source),
            ["segment"] = await Desk.AddSegmentAsync(source, trait),
            ["destination"] = await Desk.AddDestinationAsync(),
        }.ToDictionary(one => one.Key, one => $"{one.Value}");
    }

    private static string Filled(string text, Dictionary<string, string> things) =>
        things.Aggregate(text, (filled, thing) => filled.Replace($"{{{thing.Key}}}", thing.Value, StringComparison.Ordinal));

    private static Task<ApiAnswer> CallAsync(ApiClient member, string verb, string path, string body, Dictionary<string, string> things) =>
        member.SendAsync(new HttpMethod(verb), Filled(path, things), body.Length == 0 ? null : Filled(body, things));

    private static void AssertPassed(ApiAnswer answer) => Assert.True((int)answer.Status is >= 200 and < 300, answer.Text);
}
