using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Program;

/// <summary>What the console asks before anything else: who is calling, and how the node fared.</summary>
public sealed class OverviewTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_caller_is_told_its_environments_and_rights_also_where_it_may_not_work(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind, "Storage:Environments:0=beta");
        using var desk = await AccessDesk.OpenAsync(house);
        var group = await desk.Admin.PostAsync("/v1/groups/", new JsonObject { ["name"] = "readers", ["wildcards"] = new JsonArray("VIEW_GATEWAY") });
        var client = await desk.AddClientAsync($$"""{"name":"reader","environments":["beta"],"groups":[{{group.Json["groupId"]}}]}""");

        var answer = await desk.GetAsync("/api/sluice/v1/self", (await desk.GrantAsync(client)).AccessToken());
        var byAdmin = await desk.Admin.GetAsync("/api/sluice/v1/self");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("""["beta"]""", answer.Json["environments"]!.ToJsonString());
        Assert.Equal("""["VIEW_GATEWAY"]""", answer.Json["wildcards"]!.ToJsonString());
        Assert.False(answer.Json["isAdmin"]!.GetValue<bool>());
        Assert.Equal("""["production","beta"]""", byAdmin.Json["environments"]!.ToJsonString());
        Assert.True(byAdmin.Json["isAdmin"]!.GetValue<bool>());
        Assert.Contains("EDIT_COLLECTION", byAdmin.Json["wildcards"]!.AsArray().Select(one => one!.GetValue<string>()));
    }

    [Fact]
    public async Task What_was_counted_in_the_last_minutes_is_told_step_by_step_and_forgotten_after_a_day()
    {
        var clock = new ManualClock();
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, clock, "Access:SigningKeyLifetime=99.00:00:00");
        using var producer = await Producer.OpenAsync(house);
        await producer.SendAsync(producer.Message(), producer.Message(), new JsonObject());

        clock.Advance(TimeSpan.FromSeconds(10));
        clock.Advance(TimeSpan.FromSeconds(50));
        using var api = await house.SignInAsync();
        var fine = await api.GetAsync("/api/sluice/v1/overview?minutes=5");
        var coarse = await api.GetAsync("/api/sluice/v1/overview?minutes=60");

        Assert.Equal((10, "[2,0,0,0,0,0]", "[1,0,0,0,0,0]"), (fine.Json["stepSeconds"]!.GetValue<int>(), fine.Json["accepted"]!.ToJsonString(), fine.Json["rejected"]!.ToJsonString()));
        Assert.Equal((60, "[2]"), (coarse.Json["stepSeconds"]!.GetValue<int>(), coarse.Json["accepted"]!.ToJsonString()));
        Assert.Equal(clock.UtcNow.ToUnixTimeMilliseconds() - 60_000, coarse.Json["since"]!.GetValue<long>());
        Assert.Equal("""["collection","audience","gateway","console"]""", coarse.Json["doors"]!.ToJsonString());
    }

    [Fact]
    public void A_day_of_figures_is_the_most_that_is_kept()
    {
        var clock = new ManualClock();
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new Metrics.PrometheusText(services, null!, services.GetRequiredService<IMeterFactory>(), null!, NullLogger<Metrics.PrometheusText>.Instance);
        using var figures = new Metrics.Figures(metrics, services, clock);

        for (var hour = 0; hour < 50; hour++)
            clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(1_440, figures.Last(TimeSpan.FromDays(30)).Points.Count);
        Assert.Equal(180, figures.Last(TimeSpan.FromMinutes(30)).Points.Count);
        Assert.Equal(clock.UtcNow.ToUnixTimeMilliseconds(), figures.Last(TimeSpan.FromDays(1)).Points[^1].AtMs);
    }
}
