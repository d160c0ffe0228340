using System.Net;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Models;
using Sluice.Storage;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>What the API shows of a model's runs, before any and after one: contract audience.md 3.11.</summary>
[Contract("audience 3.11")]
public sealed class ModelRunTests
{
    private const long FirstRunSeconds = 1_700_000_000;

    [Theory]
    [InlineData("runs/latest/traits/")]
    [InlineData("runs/latest/stats/")]
    [InlineData("processing-history/")]
    public async Task Before_any_run_there_is_nothing_and_without_a_model_not_even_that(string path)
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (model, _) = await AddModelAsync(desk);

        var empty = await desk.Admin.GetAsync($"/v1/models/{model}/{path}");
        var missing = await desk.Admin.GetAsync($"/v1/models/999/{path}");

        Assert.Equal((HttpStatusCode.OK, "[]"), (empty.Status, empty.Text));
        CatalogueDesk.AssertRefused(missing, HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task After_a_run_its_traits_curve_and_times_are_shown_and_deleted_traits_leave_their_ranks()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (model, traits) = await AddModelAsync(desk);
        await RunAsync(desk, model, one => one with
        {
            LatestRun = new ModelRun(
                (FirstRunSeconds + 60) * 1_000, RunOutcome.RanWithData, [new(traits[1], 100), new(traits[0], 42.5), new(traits[2], 3)],
                [new(0, 23_232), new(0.5, 100)]),
            SuccessfulRuns = [FirstRunSeconds + 60, FirstRunSeconds],
        });
        await desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/traits/{traits[0]}", null);

        var one = (await desk.Admin.GetAsync($"/v1/models/{model}")).Json;
        var ranked = (await desk.Admin.GetAsync($"/v1/models/{model}/runs/latest/traits/?sortBy=rank")).Json.AsArray();
        var paged = (await desk.Admin.GetAsync($"/v1/models/{model}/runs/latest/traits/?page=0&pageSize=1&sortBy=weight")).Json;
        var foldered = await desk.Admin.GetAsync($"/v1/models/{model}/runs/latest/traits/?folderId=7");
        var stats = await desk.Admin.GetAsync($"/v1/models/{model}/runs/latest/stats/");
        var history = await desk.Admin.GetAsync($"/v1/models/{model}/processing-history/");

        Assert.Equal(1, (int)one["lastRunStatus"]!);
        Assert.Equal((FirstRunSeconds + 60) * 1_000, (long)one["latestRunTS"]!);
        Assert.Equal((FirstRunSeconds + 60) * 1_000, (long)one["lastSuccessfulRunTimestamp"]!);
        Assert.Equal([(traits[1], 1, 100.0), (traits[2], 3, 3.0)], ranked.Select(row => ((long)row!["sid"]!, (int)row["rank"]!, (double)row["weight"]!)));
        Assert.Equal("hats", (string)ranked[0]!["name"]!);
        Assert.Equal((2, traits[2]), ((int)paged["total"]!, (long)paged["list"]![0]!["sid"]!));
        Assert.Empty(foldered.Json.AsArray());
        Assert.Equal("""[{"AccuracyValue":0,"ReachValue":23232},{"AccuracyValue":0.5,"ReachValue":100}]""", stats.Text);
        Assert.Equal($"[{FirstRunSeconds + 60},{FirstRunSeconds}]", history.Text);
    }

    [Fact]
    public async Task A_failed_run_is_tried_again_daily()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (model, _) = await AddModelAsync(desk);
        await RunAsync(desk, model, one => one with { LatestRun = new ModelRun(FirstRunSeconds * 1_000, RunOutcome.Failed, [], []) });

        var one = (await desk.Admin.GetAsync($"/v1/models/{model}")).Json;

        Assert.Equal((86_400, 0), ((int)one["intervalSeconds"]!, (int)one["lastRunStatus"]!));
        Assert.Null(one["lastSuccessfulRunTimestamp"]);
    }

    [Fact]
    public async Task A_model_that_found_no_data_three_times_stays_inactive()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (model, _) = await AddModelAsync(desk);
        await RunAsync(desk, model, one => one with { Status = Model.Inactive, EmptyRuns = 3 });

        var started = await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/models/{model}", """{"status":"ACTIVE"}""");
        var renamed = await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/models/{model}", """{"name":"x"}""");

        CatalogueDesk.AssertRefused(started, HttpStatusCode.BadRequest, "validation_error", "status stays INACTIVE");
        Assert.Equal((HttpStatusCode.OK, "INACTIVE"), (renamed.Status, (string)renamed.Json["status"]!));
    }

    [Fact]
    [Contract("audience 6")]
    public async Task Influential_traits_that_the_reader_may_not_see_are_left_out()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var (model, traits) = await AddModelAsync(desk);
        await RunAsync(desk, model, one => one with
        {
            LatestRun = new ModelRun(0, RunOutcome.RanWithData, [new(traits[0], 100), new(traits[1], 50)], []),
        });
        var reader = await desk.AddMemberAsync("VIEW_MODELS", $"TRAIT/{traits[1]}/READ");

        var page = (await reader.GetAsync($"/v1/models/{model}/runs/latest/traits/?page=0")).Json;

        Assert.Equal((1, traits[1], 2), ((int)page["total"]!, (long)page["list"]![0]!["sid"]!, (int)page["list"]![0]!["rank"]!));
    }

    private static async Task<(long Model, long[] Traits)> AddModelAsync(CatalogueDesk desk)
    {
        var source = await desk.AddDataSourceAsync("shop");
        var segment = await desk.AddSegmentAsync(source, await desk.AddTraitAsync(source, "visitors"));
        long[] traits = [await desk.AddTraitAsync(source, "boots"), await desk.AddTraitAsync(source, "hats"), await desk.AddTraitAsync(source, "bags")];
        var model = await desk.AddAsync("/v1/models/", $$"""{"name":"model","dataSources":[{{source}}],"sid":{{segment}}}""");
        return (CatalogueDesk.Id(model, "algoModelId"), traits);
    }

    // As another node of the installation writes it; this one learns of it with its next write.
    private static async Task RunAsync(CatalogueDesk desk, long modelId, Func<Model, Model> run)
    {
        await using var sql = new SqliteStore(Path.Combine(desk.House.Folder, "production", "metadata.db"));
        using var node = new CatalogueStore(sql, TimeProvider.System);
        await node.OpenAsync(TestContext.Current.CancellationToken);
        await node.WriteAsync<Model>(
            0, dryRun: false, draft => Task.FromResult<Outcome<Model>>(draft.Change(Kinds.Models, run(draft.Current.Find(Kinds.Models, modelId)!))),
            TestContext.Current.CancellationToken);
        await desk.AddAsync("/v1/partner-sites/", """{"url":"example.com"}""");
    }
}
