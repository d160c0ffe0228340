using Sluice.Audience;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>What is published of the limits: contract audience.md section 7.</summary>
[Contract("audience 7")]
public sealed class AudienceLimitTests
{
    [Fact]
    public async Task Every_limit_is_published_as_it_is_set_with_what_is_used()
    {
        await using var desk = await CatalogueDesk.StartAsync(StoreKind.Sqlite, "Audience:Limits:Models=2", "Audience:Limits:FolderDepth=3");
        var source = await desk.AddDataSourceAsync("shop");
        var trait = await desk.AddTraitAsync(source);
        var segment = await desk.AddSegmentAsync(source, trait);
        await desk.AddAsync("/v1/models/", $$"""{"name":"m","dataSources":[{{source}}],"sid":{{segment}}}""");
        await desk.AddAsync("/v1/models/", $$"""{"name":"m","dataSources":[{{source}}],"sid":{{segment}},"status":"INACTIVE"}""");
        await desk.AddAsync("/v1/folders/traits/", """{"name":"Shoes","parentFolderId":0}""");
        await desk.AddAsync("/v1/signals/derived/", """{"sourceKey":"a","sourceValue":"1","targetKey":"b","targetValue":"2"}""");
        await desk.AddAsync("/v1/partner-sites/", """{"url":"example.com"}""");
        await desk.AddAsync("/v1/customer-trait-types/", """{"name":"Registration"}""");

        var limits = (await desk.Admin.GetAsync("/v1/limits")).Json;

        Assert.Equal((2, 3, 100_000, 50_000), ((int)limits["models"]!, (int)limits["folderDepth"]!, (int)limits["traits"]!, (int)limits["derivedSignals"]!));
        Assert.Equal(
            typeof(AudienceLimits).GetProperties().Select(one => char.ToLowerInvariant(one.Name[0]) + one.Name[1..]).Append("used"), CatalogueDesk.Members(limits));
        Assert.Equal(
            """{"dataSources":2,"traits":2,"ruleBasedTraits":1,"onboardedTraits":0,"algoTraits":0,"folderTraits":1,"traitFolders":1,"segmentFolders":0,"segments":1,"mergeRules":0,"allCrossDeviceMergeRules":0,"derivedSignals":1,"partnerSites":1,"traitTypes":1,"activeModels":1,"models":2}""",
            limits["used"]!.ToJsonString());
    }
}
