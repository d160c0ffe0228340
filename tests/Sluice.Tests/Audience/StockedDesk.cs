using System.Text.Json.Nodes;

namespace Sluice.Tests.Audience;

/// <summary>One house for tests that only read, with some objects of every family in it.</summary>
public sealed class StockedDesk : IAsyncLifetime
{
    /// <summary>Every path that lists objects under the rules that all lists share.</summary>
    internal static readonly string[] Lists =
    [
        "/v1/datasources/", "/v1/traits/", "/v1/segments/", "/v1/destinations/", "/v1/signals/derived/", "/v1/partner-sites/", "/v1/customer-trait-types/",
        "/v1/models/", "/v1/groups/", "/v1/users/", "/v1/dcs-regions/", "/v1/algorithms/",
    ];

    private static readonly string[] Names = ["Wool hat", "boots <b>", "Ärmel & mehr", "boots", "12", "zebra", "Boots again", "\"quoted\"", "hat", "scarf", "Hat", "gloves"];

    private CatalogueDesk? _desk;

    internal CatalogueDesk Desk => _desk!;

    /// <summary>Two data sources.</summary>
    internal long MergeRule { get; private set; }

    internal long[] Sources { get; private set; } = [];

    /// <summary>Twelve, every third in the first folder and every fourth in the one below it.</summary>
    internal long[] Traits { get; private set; } = [];

    internal long[] Segments { get; private set; } = [];

    /// <summary>A folder of traits, and one inside it.</summary>
    internal long[] TraitFolders { get; private set; } = [];

    internal long[] SegmentFolders { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        _desk = await CatalogueDesk.StartAsync();
        MergeRule = await Desk.AddMergeRuleAsync();
        Sources = [await Desk.AddDataSourceAsync("shop"), await Desk.AddDataSourceAsync("Boot maker")];
        TraitFolders = await AddFoldersAsync("traits");
        SegmentFolders = await AddFoldersAsync("segments");
        (Traits, Segments) = (new long[Names.Length], new long[Names.Length]);
        for (var index = 0; index < Names.Length; index++)
            await AddRowsAsync(index);
    }

    public ValueTask DisposeAsync() => _desk?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<long[]> AddFoldersAsync(string kind)
    {
        var outer = CatalogueDesk.Id(await Desk.AddAsync($"/v1/folders/{kind}/", """{"name":"outer","parentFolderId":0}"""), "folderId");
        return [outer, CatalogueDesk.Id(await Desk.AddAsync($"/v1/folders/{kind}/", $$"""{"name":"inner","parentFolderId":{{outer}}}"""), "folderId")];
    }

    private async Task AddRowsAsync(int index)
    {
        var (name, source) = (Names[index], Sources[index % 2]);
        Traits[index] = CatalogueDesk.Id(await Desk.AddAsync("/v1/traits/", new JsonObject
        {
            ["name"] = name,
            ["description"] = index % 3 == 0 ? null : $"about {name}",
            ["traitType"] = index % 4 == 1 ? "ON_BOARDED_TRAIT" : "RULE_BASED_TRAIT",
            ["traitRule"] = $"product=={index}",
            ["dataSourceId"] = source,
            ["folderId"] = FolderOf(TraitFolders, index),
            ["integrationCode"] = $"t-{index % 5}",
            ["ttl"] = index * 10 % 70,
        }.ToJsonString()), "sid");
        Segments[index] = CatalogueDesk.Id(await Desk.AddAsync("/v1/segments/", new JsonObject
        {
            ["name"] = name,
            ["segmentRule"] = index == 0 ? $"{Traits[0]}T" : $"{Traits[index]}T OR {Traits[index - 1]}T",
            ["dataSourceId"] = source,
            ["folderId"] = FolderOf(SegmentFolders, index),
            ["status"] = index % 3 == 0 ? "INACTIVE" : "ACTIVE",
            ["mergeRuleDataSourceId"] = index % 4 == 0 ? MergeRule : null,
            ["integrationCode"] = $"s-{index}",
        }.ToJsonString()), "sid");
        var destination = CatalogueDesk.Id(await Desk.AddAsync("/v1/destinations/", new JsonObject
        {
            ["name"] = name,
            ["destinationType"] = "PUSH",
            ["serializationEnabled"] = false,
        }.ToJsonString()), "destinationId");
        if (index % 3 == 1)
            await Desk.AddMappingAsync(destination, Segments[index]);
        await Desk.AddAsync("/v1/signals/derived/", new JsonObject { ["sourceKey"] = "sku", ["sourceValue"] = index, ["targetKey"] = name, ["targetValue"] = "x" }.ToJsonString());
        await Desk.AddAsync("/v1/partner-sites/", $$"""{"url":"s{{index * 7 % 12}}.example.com"}""");
        await Desk.AddAsync("/v1/customer-trait-types/", new JsonObject { ["name"] = name }.ToJsonString());
        await Desk.AddAsync("/v1/models/", new JsonObject
        {
            ["name"] = name,
            ["sid"] = Traits[index],
            ["dataSources"] = new JsonArray(source),
            ["excludedTraits"] = new JsonArray(Traits[0]),
            ["lookBackPeriod"] = 30,
            ["algoTypeId"] = 1,
            ["status"] = "INACTIVE",
        }.ToJsonString());
        await Desk.AddAsync("/v1/groups/", new JsonObject { ["name"] = $"{name} {index}" }.ToJsonString());
    }

    private static long FolderOf(long[] folders, int index) => index % 3 == 0 ? folders[0] : index % 4 == 0 ? folders[1] : 0;
}
