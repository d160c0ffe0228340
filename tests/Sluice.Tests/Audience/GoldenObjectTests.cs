using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>The documented requests, and the members and types of what they answer: contract audience.md section 11.</summary>
[Contract("audience 11")]
public sealed class GoldenObjectTests
{
    // s: text, n: number, b: flag, a: list, o: object; a capital letter where null may stand instead.
    private const string DataSource = """
        pid:n name:s description:S status:s integrationCode:S dataExportRestrictions:a createTime:n updateTime:n crUID:n upUID:n linkNamespace:b type:s subIdType:S inboundS2S:b outboundS2S:b
        useAudienceManagerVisitorID:b allowDataSharing:b masterDataSourceIdProvider:b uniqueTraitIntegrationCodes:b uniqueSegmentIntegrationCodes:b marketingCloudVisitorIdVersion:n idType:s
        samplingEnabled:b samplingStartTime:n samplingEndTime:n allowDeviceGraphSharing:b supportsAuthenticatedProfile:b authenticatedProfileName:s deviceGraph:b deviceGraphName:s
        customNamespaceId:n customNamespaceCode:s customerProfileDataRetention:n dataSourceId:n containerIds:a
        """;

    private const string Trait = """
        sid:n pid:n name:s description:S comments:s integrationCode:S traitRule:S traitRuleVersion:n traitType:s status:s type:n categoryId:n ttl:n dataSourceId:n folderId:n url:S backfillStatus:s
        crUID:n upUID:n createTime:n updateTime:n uniques1Day:n uniques7Day:n uniques14Day:n uniques30Day:n uniques60Day:n uniques90Day:n uniquesLifetime:n count1Day:n count7Day:n count14Day:n
        count30Day:n count60Day:n count90Day:n countLifetime:n
        """;

    private const string Segment = """
        sid:n pid:n name:s description:S integrationCode:S segmentRule:s dataSourceId:n mergeRuleDataSourceId:N folderId:n status:s traitDataSourceIds:a isDestinationMappable:b inUse:b traits:a
        mappableTraits:a hiddenTraits:a codeViewOnly:b expressionTree:o permissions:a instantUniques1Day:n instantUniques7Day:n instantUniques14Day:n instantUniques30Day:n instantUniques60Day:n
        instantUniques90Day:n instantUniquesLifetime:n totalUniques1Day:n totalUniques7Day:n totalUniques14Day:n totalUniques30Day:n totalUniques60Day:n totalUniques90Day:n totalUniquesLifetime:n
        crUID:n upUID:n createTime:n updateTime:n
        """;

    private const string User = """
        pid:n uid:n userId:n username:s status:s firstName:S lastName:S email:S title:S phoneNumber:S companyName:s groups:a isAdmin:b admin:b
        """;

    private const string Group = "groupId:n id:n pid:n name:s description:S membershipCount:n wildcards:a wildcardPermissions:a users:a";

    private const string Signal = """
        derivedSignalId:n pid:n sourceKey:s sourceValue:s targetKey:s targetValue:s integrationCode:S version:n crUID:n upUID:n createTime:n updateTime:n
        """;

    private const string Cookie = """
        destinationId:n pid:n name:s description:S destinationType:s status:s crUID:n upUID:n createTime:n updateTime:n domainRestrictions:s adServerTypeID:n cookieName:s cnameDomain:s maxSize:n
        ttl:n siteIDs:a formatType:s keySeparator:s valueSeparator:s serializationEnabled:b serializationSeparator:s transferMethod:n uparamEnabled:b
        """;

    private const string Mapping = """
        mappingId:n destinationMappingId:n traitType:s traitValue:n destinationId:n sid:n elementName:s elementDescription:S elementStatus:s startDate:s endDate:S priority:N url:S secureUrl:S
        tagCode:S secureTagCode:S traitAlias:S createTime:n updateTime:n crUID:n upUID:n
        """;

    [Fact]
    [Statement("B20")]
    public async Task Each_family_answers_with_the_members_and_types_of_its_golden_object()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddAsync("/v1/datasources/", """
            {"name":"shop","description":"Shop ids","integrationCode":"shop","uniqueTraitIntegrationCodes":true,"uniqueSegmentIntegrationCodes":true,"idType":"CROSS_DEVICE"}
            """);
        var folder = await desk.AddAsync("/v1/folders/traits/", """{"name":"Shoes","parentFolderId":0}""");
        var traits = new List<JsonNode>();
        for (var product = 12; product < 15; product++)
        {
            traits.Add(await desk.AddAsync("/v1/traits/", $$"""
                {"name":"Interested in boots","integrationCode":"product-{{product}}","traitRule":"product=={{product}}","traitType":"RULE_BASED_TRAIT","dataSourceId":{{source["dataSourceId"]}},
                 "folderId":{{folder["folderId"]}}}
                """));
        }
        var segment = await desk.AddAsync("/v1/segments/", $$"""
            {"name":"Interested in shoes","integrationCode":"category-3","dataSourceId":{{source["dataSourceId"]}},"folderId":0,
             "segmentRule":"frequency([{{traits[0]["sid"]}}T,{{traits[1]["sid"]}}T] <= 5D) >= 2 AND NOT {{traits[2]["sid"]}}T"}
            """);
        var cookie = await desk.AddAsync("/v1/destinations/", """
            {"name":"Ad server","destinationType":"ADS","adServerTypeID":1,"cookieName":"aam_ads","cnameDomain":".example.com","maxSize":"2048","ttl":"30","domainRestrictions":"all_domains",
             "siteIDs":[],"formatType":"key_value","keySeparator":"=","valueSeparator":"&","serializationEnabled":true,"serializationSeparator":";"}
            """);
        var mapping = await desk.AddAsync(
            $"/v1/destinations/{await desk.AddDestinationAsync()}/mappings/", $$"""{"sid":{{segment["sid"]}},"traitType":"SEGMENT","startDate":"2012-07-04","url":"https://x.example/p"}""");
        var signal = await desk.AddAsync("/v1/signals/derived/", """{"sourceKey":"sku","sourceValue":1234,"targetKey":"camera","targetValue":"brand x"}""");
        var group = await desk.AddAsync("/v1/groups/", """{"name":"marketing","wildcards":["VIEW_ALL_TRAITS"]}""");

        var trait = (await desk.Admin.GetAsync($"/v1/traits/{traits[0]["sid"]}?includeMetrics=true")).Json;
        var read = (await desk.Admin.GetAsync(
            $"/v1/segments/{segment["sid"]}?includeMetrics=true&includeTraitDataSourceIds=true&includeExprTree=true&includePermissions=true")).Json;

        AssertGolden(DataSource, source, exactly: true);
        Assert.Equal(35, source.AsObject().Count); // the 34 of the page, and createTime
        AssertGolden(Trait, trait, exactly: true);
        AssertGolden(Segment, read, exactly: true);
        AssertGolden(Cookie, cookie, exactly: false);
        AssertGolden(Mapping, mapping, exactly: false);
        AssertGolden(Signal, signal, exactly: true);
        AssertGolden(User, (await desk.Admin.GetAsync("/v1/users/self")).Json, exactly: false);
        AssertGolden(Group, group, exactly: false);
        Assert.Equal("/event?product=12", (string)trait["url"]!);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse($$"""
                {"expressionName":"and","expr1":{"expressionName":">=","value":2,"frequency":{"list":[{{traits[0]["sid"]}},{{traits[1]["sid"]}}],"op":"<=","value":5,"units":"D"} },
                "expr2":{"expressionName":"not","expr":{"sid":{{traits[2]["sid"]}} } } }
                """), read["expressionTree"]), read.ToJsonString());
        Assert.Equal(["READ", "WRITE", "DELETE", "MAP_TO_DESTINATIONS", "MAP_TO_MODELS"], read["permissions"]!.AsArray().Select(one => (string)one!).OrderBy(Place));

        static int Place(string right) => Array.IndexOf(["READ", "WRITE", "DELETE", "MAP_TO_DESTINATIONS", "MAP_TO_MODELS"], right);
    }

    [Theory]
    [InlineData("/v1/datasources/", DataSource)]
    [InlineData("/v1/signals/derived/", Signal)]
    [InlineData("/v1/groups/", Group)]
    [InlineData("/v1/users/", User)]
    [Statement("B20")]
    public async Task Rows_of_lists_have_the_members_of_single_objects(string path, string golden)
    {
        await using var desk = await CatalogueDesk.StartAsync();
        await desk.AddAsync("/v1/signals/derived/", """{"sourceKey":"sku","sourceValue":1234,"targetKey":"camera","targetValue":"brand x"}""");
        await desk.AddAsync("/v1/groups/", """{"name":"marketing"}""");

        var rows = (await desk.Admin.GetAsync(path)).Json.AsArray();

        Assert.NotEmpty(rows);
        Assert.All(rows, row => AssertGolden(golden, row!, exactly: false));
    }

    private static void AssertGolden(string golden, JsonNode answer, bool exactly)
    {
        var wanted = golden.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split(':')).ToDictionary(one => one[0], one => one[1][0]);
        var members = answer.AsObject();
        Assert.Empty(wanted.Keys.Except(CatalogueDesk.Members(answer)));
        if (exactly)
            Assert.Empty(CatalogueDesk.Members(answer).Except([.. wanted.Keys, "effectiveSince"])); // ours
        foreach (var (name, type) in wanted)
        {
            var found = members[name]?.GetValueKind() switch
            {
                null => 'x',
                JsonValueKind.String => 's',
                JsonValueKind.Number => 'n',
                JsonValueKind.True or JsonValueKind.False => 'b',
                JsonValueKind.Array => 'a',
                _ => 'o',
            };
            Assert.True(found == char.ToLowerInvariant(type) || found == 'x' && char.IsUpper(type), $"{name} of {answer.ToJsonString()}");
        }
    }
}
