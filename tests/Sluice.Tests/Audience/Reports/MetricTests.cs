using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.Reports;

/// <summary>The numbers of traits and segments in lists and objects (contract audience.md 3.3, 3.4, 5.9).</summary>
[Contract("audience 5.9")]
public sealed class MetricTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Objects_and_rows_show_how_many_realized_a_trait_and_are_in_a_segment(StoreKind kind)
    {
        await using var desk = await VisitorDesk.StartAsync(kind);
        var source = await desk.Catalogue.AddDataSourceAsync("shop");
        var (boots, hats) = (await desk.AddTraitAsync(source), await desk.AddTraitAsync(source, "13"));
        var segment = await desk.Catalogue.AddSegmentAsync(source, boots);
        await desk.VisitAsync(1, "product=12");
        await desk.VisitAsync(1, "product=12");
        await desk.VisitAsync(2, "product=12");
        await desk.VisitAsync(2, "product=13");

        var trait = (await desk.Admin.GetAsync($"/v1/traits/{boots}?includeMetrics=true")).Json;
        var members = (await desk.Admin.GetAsync($"/v1/segments/{segment}?includeMetrics=true")).Json;
        var people = (await desk.Admin.GetAsync($"/v1/traits/{boots}?includeMetrics=true&metricsType=CROSS_DEVICE")).Json;
        var rows = (await desk.Admin.GetAsync($"/v1/traits/?includeMetrics=true&dataSourceId={source}&sortBy=uniques1Day&descending=true&page=0")).Json["list"]!.AsArray();
        var refused = await desk.Admin.GetAsync($"/v1/traits/{boots}?includeMetrics=true&metricsType=HOUSEHOLD");

        Assert.Equal((2, 3, 2, 3), ((int)trait["uniques1Day"]!, (int)trait["count1Day"]!, (int)trait["uniquesLifetime"]!, (int)trait["countLifetime"]!));
        Assert.Equal((2, 2, 2), ((int)members["instantUniques1Day"]!, (int)members["totalUniques1Day"]!, (int)members["totalUniquesLifetime"]!));
        Assert.Equal(0, (int)people["uniques1Day"]!);
        Assert.Equal([(boots, 2), (hats, 1)], rows.Select(row => ((long)row!["sid"]!, (int)row["uniques90Day"]!)));
        CatalogueDesk.AssertRefused(refused, HttpStatusCode.BadRequest, "validation_error", "metricsType");
    }

    [Fact]
    public async Task An_order_by_numbers_follows_them_although_no_object_changed()
    {
        await using var desk = await VisitorDesk.StartAsync(StoreKind.Sqlite);
        var source = await desk.Catalogue.AddDataSourceAsync("shop");
        var (boots, hats) = (await desk.AddTraitAsync(source), await desk.AddTraitAsync(source, "13"));
        await desk.VisitAsync(1, "product=12");
        var path = $"/v1/traits/?dataSourceId={source}&sortBy=count1Day&descending=true";

        var before = (await desk.Admin.GetAsync(path)).Json[0]!["sid"]!.GetValue<long>();
        await desk.VisitAsync(1, "product=13");
        await desk.VisitAsync(2, "product=13");
        var after = (await desk.Admin.GetAsync(path)).Json[0]!["sid"]!.GetValue<long>();

        Assert.Equal((boots, hats), (before, after));
    }
}
