using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Program;

/// <summary>Health and metrics, as operators and their machines ask for them.</summary>
public sealed class OperationsTests
{
    [Fact]
    public async Task A_running_house_is_live_and_ready()
    {
        await using var house = await TestHouse.StartAsync();
        using var nobody = new ApiClient(house.Address, null);

        Assert.Equal("""{"status":"live"}""", (await nobody.GetAsync("/health/live")).Text);
        Assert.Equal("""{"status":"ready","faults":[]}""", (await nobody.GetAsync("/health/ready")).Text);
    }

    [Fact]
    public async Task Metrics_count_messages_by_outcome_and_tell_the_journals_size()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        await producer.SendAsync(producer.Message(), producer.Message(), new System.Text.Json.Nodes.JsonObject());
        await producer.LandedAsync(2);
        using var nobody = new ApiClient(house.Address, null);

        using var answer = await nobody.Http.GetAsync("/metrics", TestContext.Current.CancellationToken);
        var lines = (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n');

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Contains("# TYPE sluice_collection_messages_total counter", lines);
        Assert.Contains("sluice_collection_messages_total{outcome=\"accepted\"} 2", lines);
        Assert.Contains("sluice_collection_messages_total{outcome=\"rejected\"} 1", lines);
        Assert.Contains("sluice_collection_requests_total{outcome=\"read\"} 1", lines);
        Assert.Contains("sluice_collection_landed_total{outcome=\"success\"} 2", lines);
        Assert.Contains("sluice_journal_records_total{environment=\"production\"} 3", lines);
        Assert.Contains(lines, line => line.StartsWith("sluice_landing_lag_bytes ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_are_of_this_server_alone()
    {
        await using var house = await TestHouse.StartAsync();
        await using var other = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(other);
        await producer.SendAsync(producer.Message());
        using var nobody = new ApiClient(house.Address, null);

        using var answer = await nobody.Http.GetAsync("/metrics", TestContext.Current.CancellationToken);
        var lines = (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n');

        Assert.DoesNotContain(lines, line => line.StartsWith("sluice_collection_messages_total{", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("sluice_access_tokens_total{", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("# TYPE sluice_access_cached_tokens", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_instrument_that_goes_away_or_fails_while_it_is_read_costs_the_others_nothing()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = services.GetRequiredService<IMeterFactory>();
        using var metrics = new Metrics.PrometheusText(services, null!, factory, null!, NullLogger<Metrics.PrometheusText>.Instance);
        metrics.Start();
        using var stays = new Meter(new MeterOptions("Sluice.Stays") { Scope = factory });
        stays.CreateObservableGauge("failing", long () => throw new ObjectDisposedException("its journal"));
        stays.CreateObservableGauge("steady", () => 7L);
        using var stop = new CancellationTokenSource();
        var coming = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    using var goes = new Meter(new MeterOptions("Sluice.Goes") { Scope = factory });
                    goes.CreateObservableGauge("passing", () => 1L);
                }
            },
            TestContext.Current.CancellationToken);

        var read = Enumerable.Range(0, 2_000).Select(_ => metrics.Totals([("steady", null)])[0]).ToHashSet();
        await stop.CancelAsync();
        await coming;

        Assert.Equal([7d], read);
    }

    [Fact]
    public async Task An_unknown_path_is_404_and_a_wrong_method_405()
    {
        await using var house = await TestHouse.StartAsync();
        using var nobody = new ApiClient(house.Address, null);

        Assert.Equal(HttpStatusCode.NotFound, (await nobody.GetAsync("/nothing")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await nobody.GetAsync("/ims/token/v3")).Status);
    }
}
