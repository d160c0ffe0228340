using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>What existing clients need of every answer: contract audience.md section 8.</summary>
[Contract("audience 8")]
public sealed class ShapeTests(StockedDesk stock) : IClassFixture<StockedDesk>
{
    private static readonly string[] Times = ["createTime", "updateTime", "samplingStartTime", "samplingEndTime"];

    public static TheoryData<string> Lists => [.. StockedDesk.Lists];

    [Theory]
    [InlineData("/v1/traits/", "sid,name,description,integrationCode,dataSourceId,pid,folderId,status,traitRule,traitRuleVersion,traitType,updateTime,createTime,url")]
    [InlineData("/v1/datasources/", "dataSourceId,name,description,pid,integrationCode,status,masterDataSourceIdProvider,containerIds,inboundS2S,uniqueSegmentIntegrationCodes,uniqueTraitIntegrationCodes,useAudienceManagerVisitorID,createTime,dataExportRestrictions,allowDataSharing,allowDeviceGraphSharing,outboundS2S")]
    [InlineData("/v1/segments/", "sid,name,description,integrationCode,segmentRule,dataSourceId,folderId,mergeRuleDataSourceId,status,pid,crUID,upUID,createTime,updateTime")]
    [InlineData("/v1/segments/?includeMetrics=true&includeTraitDataSourceIds=true", "instantUniques1Day,instantUniques7Day,instantUniques14Day,instantUniques30Day,instantUniques60Day,instantUniques90Day,instantUniquesLifetime,totalUniques1Day,totalUniques7Day,totalUniques14Day,totalUniques30Day,totalUniques60Day,totalUniques90Day,totalUniquesLifetime,traitDataSourceIds")]
    [InlineData("/v1/users/", "pid,uid,firstName,lastName,email")]
    [InlineData("/v1/signals/derived/", "derivedSignalId,sourceKey,sourceValue,targetKey,targetValue,createTime,updateTime")]
    public async Task Every_row_has_the_members_that_clients_read(string path, string members)
    {
        var rows = (await Client.GetAsync(path)).Json.AsArray();

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Empty(members.Split(',').Except(CatalogueDesk.Members(row!))));
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Objects_begin_with_a_scalar_have_whole_times_and_a_maker_who_is_a_user(string path)
    {
        var users = (await Client.GetAsync("/v1/users/")).Json.AsArray().Select(row => (long)row!["uid"]!).ToHashSet();
        var rows = (await Client.GetAsync(path)).Json.AsArray().Select(row => row!).ToArray();
        var isBuiltIn = (JsonNode row) => path == "/v1/dcs-regions/" || (long?)row["pid"] == 0;
        var made = path is "/v1/groups/" or "/v1/users/" ? [] : rows.Where(row => !isBuiltIn(row) && row["crUID"] is not null);

        Assert.NotEmpty(rows);
        foreach (var row in rows)
        {
            Assert.True(row.AsObject().First().Value is JsonValue, row.ToJsonString());
            Assert.All(Times.Where(name => row[name] is not null), name => Assert.True(row[name]!.AsValue().TryGetValue<long>(out var ms) && (ms > 1_500_000_000_000 || isBuiltIn(row)), $"{name} of {row.ToJsonString()}"));
        }
        foreach (var row in made)
        {
            Assert.Contains((long)row["crUID"]!, users);
            Assert.Contains((long)row["upUID"]!, users);
        }
    }

    [Fact]
    public async Task What_a_client_makes_before_it_ever_asked_who_it_is_has_a_maker()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        await desk.Admin.SendAsync(HttpMethod.Put, "/api/sluice/v1/account", """{"roleBasedAccess":false}""");
        var client = await desk.Access.AddClientAsync("""{"name":"fresh"}"""); // neither admin nor in a group: without an account
        using var fresh = new ApiClient(desk.House.Address, (await desk.Access.GrantAsync(client)).AccessToken());

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => fresh.PostTextAsync(
            "/v1/traits/", $$"""{"name":"n","traitType":"ON_BOARDED_TRAIT","dataSourceId":{{source}},"folderId":0}""")));
        var self = (await fresh.GetAsync("/v1/users/self")).Json;

        Assert.All(made, one => Assert.Equal(((long)self["uid"]!, (long)self["uid"]!), ((long)one.Json["crUID"]!, (long)one.Json["upUID"]!)));
        Assert.Single((await desk.Admin.GetAsync("/v1/users/")).Json.AsArray(), row => (long)row!["uid"]! == (long)self["uid"]!);
    }

    [Fact]
    public async Task An_answer_that_went_well_has_a_body_unless_it_says_that_there_is_none()
    {
        var (source, trait, segment) = (stock.Sources[0], stock.Traits[0], stock.Segments[0]);
        (string Verb, string Path, string Body)[] calls =
        [
            ("PUT", $"/v1/datasources/{source}", """{"description":"again"}"""), ("PUT", $"/v1/traits/{trait}", "{}"), ("PUT", $"/v1/segments/{segment}", "{}"),
            ("PUT", $"/v1/folders/traits/{stock.TraitFolders[1]}", "{}"), ("PUT", $"/v1/folders/segments/{stock.SegmentFolders[1]}", "{}"),
            ("POST", "/v1/traits/validate", """{"code":"a==1"}"""), ("POST", "/v1/traits/test", """{"code":"a==1"}"""), ("POST", "/v1/segments/validate", $$"""{"rule":"{{trait}}T"}"""),
            ("POST", "/v1/segments/bulk-merge-rule-replace", $$"""{"existingMergeRuleDataSourceId":{{stock.MergeRule}},"replaceWithMergeRuleDataSourceId":{{stock.MergeRule}}}"""),
            ("PUT", $"/v1/datasources/{source}/inbound-mailing-list/a@b.example", "{}"), ("GET", $"/v1/traits/{trait}/trait-rule/versions", ""),
            ("GET", "/v1/traits/limits", ""), ("GET", "/v1/segments/limits", ""), ("GET", "/v1/destinations/limits", ""), ("GET", "/v1/limits", ""), ("GET", "/v1/schemas/", ""),
            ("GET", "/v1/permissionable-object-types/", ""), ("GET", "/v1/folders/traits/", ""), ("GET", "/v1/users/self", ""), ("POST", "/v1/traits/bulk-delete", "[]"),
        ];

        foreach (var (verb, path, body) in calls)
        {
            var answer = await Client.SendAsync(new HttpMethod(verb), path, body.Length == 0 ? null : body);

            Assert.True((int)answer.Status is 200 or 201 or 204, $"{verb} {path}: {answer.Text}");
            Assert.True(answer.Status == HttpStatusCode.NoContent ? answer.Text.Length == 0 : answer.Body is not null, $"{verb} {path}");
        }
    }

    private ApiClient Client => stock.Desk.Admin;
}
