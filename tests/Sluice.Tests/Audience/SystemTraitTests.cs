using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>The traits that an account has by itself: contract audience.md 3.1, 7.</summary>
[Contract("audience 3.1", "audience 7")]
public sealed class SystemTraitTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Every_account_has_one_trait_of_its_active_audience_for_ever(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);

        var trait = Assert.Single((await desk.Admin.GetAsync("/v1/traits?restrictType=ACTIVE_AUDIENCE_TRAIT")).Json.AsArray())!;
        var folder = await desk.Admin.GetAsync($"/v1/folders/traits/{trait["folderId"]}");
        ApiAnswer[] refused =
        [
            await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/traits/{trait["sid"]}", null),
            await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/folders/traits/{trait["folderId"]}", null),
            await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/folders/traits/{trait["folderId"]}", """{"name":"mine"}"""),
        ];

        Assert.Equal("Audience Traits", (string)folder.Json["name"]!);
        Assert.All(refused, answer => CatalogueDesk.AssertRefused(answer, HttpStatusCode.Conflict, "cannot_delete_entity"));
        CatalogueDesk.AssertRefused(
            await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/traits/{trait["sid"]}", """{"name":"mine"}"""), HttpStatusCode.Forbidden, "forbidden");
    }

    [Theory]
    [InlineData("inboundS2S")]
    [InlineData("supportsAuthenticatedProfile")]
    public async Task A_data_source_whose_ids_come_in_has_a_trait_that_follows_it(string setting)
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var made = CatalogueDesk.Id(await desk.AddAsync("/v1/datasources", $$"""{"name":"crm","{{setting}}":true}"""), "dataSourceId");
        var later = await desk.AddDataSourceAsync("later");
        Assert.Single(await TraitsAsync());

        await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/datasources/{later}", $$"""{"{{setting}}":true}""");
        await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/datasources/{later}", """{"name":"renamed"}""");
        var traits = await TraitsAsync();
        var trait = traits.Single(one => (long)one["dataSourceId"]! == later);
        var delete = await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/traits/{trait["sid"]}", null);
        var often = await desk.Admin.PostTextAsync("/v1/segments/validate", $$"""{"rule":"frequency([{{trait["sid"]}}T]) >= 2"}""");
        var segment = await desk.AddSegmentAsync(made, (long)trait["sid"]!);
        var used = await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/datasources/{later}", null);
        await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/segments/{segment}", null);
        var gone = await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/datasources/{later}", null);

        Assert.Equal(["crm Synced Trait", "renamed Synced Trait"], traits.Select(one => (string)one["name"]!));
        CatalogueDesk.AssertRefused(delete, HttpStatusCode.Conflict, "cannot_delete_entity");
        CatalogueDesk.AssertRefused(often, HttpStatusCode.BadRequest, "invalid_expression");
        CatalogueDesk.AssertRefused(used, HttpStatusCode.Conflict, "cannot_delete_entity_mapped", $"Segment {segment}");
        Assert.Equal(HttpStatusCode.NoContent, gone.Status);
        Assert.Single(await TraitsAsync());

        async Task<JsonNode[]> TraitsAsync() => [.. (await desk.Admin.GetAsync("/v1/traits?restrictType=DATA_SOURCE_SYNCED_TRAIT")).Json.AsArray().Select(row => row!)];
    }
}
