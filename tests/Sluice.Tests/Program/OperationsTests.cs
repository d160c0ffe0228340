using System.Net;
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
    public async Task An_unknown_path_is_404_and_a_wrong_method_405()
    {
        await using var house = await TestHouse.StartAsync();
        using var nobody = new ApiClient(house.Address, null);

        Assert.Equal(HttpStatusCode.NotFound, (await nobody.GetAsync("/nothing")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await nobody.GetAsync("/ims/token/v3")).Status);
    }
}
