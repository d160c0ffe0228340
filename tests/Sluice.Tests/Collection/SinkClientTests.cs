using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>The original's published sink client works here unchanged.</summary>
[Contract("1.10", "1.4", "Ruling 1")]
public sealed class SinkClientTests : IAsyncLifetime
{
    private TestHouse _house = null!;
    private Producer _producer = null!;

    public async ValueTask InitializeAsync()
    {
        _house = await TestHouse.StartAsync();
        _producer = await Producer.OpenAsync(_house);
    }

    public async ValueTask DisposeAsync()
    {
        _producer.Dispose();
        await _house.DisposeAsync();
    }

    [Fact]
    public async Task It_finds_the_records_that_failed_among_those_that_did_not()
    {
        var sink = new SinkClient(_house.Http, await InletUrlAsync());
        var withoutHeader = _producer.Message();
        withoutHeader.Remove("header");

        await sink.SendAsync(
            _producer.Message(), _producer.Message(new JsonObject { ["_id"] = 7 }), _producer.Message(), withoutHeader, _producer.Message());

        Assert.Equal([1, 3], sink.Reported.Select(record => record.Index));
        Assert.StartsWith($"{_producer.Prefix}Message is invalid: ", sink.Reported[0].Reason);
        Assert.Equal("The 'header' field is mandatory. Provide a valid 'header' value and try again.", sink.Reported[1].Reason);
        Assert.Equal(3, (await _producer.LandedAsync(3)).Count);
    }

    [Fact]
    public async Task A_request_that_is_refused_as_a_whole_is_reported_for_each_record_and_not_tried_again()
    {
        var sink = new SinkClient(_house.Http, (await InletUrlAsync()).Replace(_producer.InletId, new string('0', 64), StringComparison.Ordinal));

        await sink.SendAsync(_producer.Message(), _producer.Message());

        Assert.Equal([0, 1], sink.Reported.Select(record => record.Index));
        Assert.Equal(1, sink.Requests);
    }

    [Fact]
    public async Task A_token_that_is_missing_or_bad_stops_it_and_a_good_one_lets_it_through()
    {
        var inlet = await _producer.Api.PostAsync("/data/core/edge/inlet", new JsonObject { ["name"] = "closed", ["authenticationRequired"] = true });
        var url = inlet.Json["inletUrl"]!.GetValue<string>();

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => new SinkClient(_house.Http, url).SendAsync(_producer.Message()));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => new SinkClient(_house.Http, url, "bad").SendAsync(_producer.Message()));
        var allowed = new SinkClient(_house.Http, url, await _house.TokenAsync());
        await allowed.SendAsync(_producer.Message());

        Assert.Empty(allowed.Reported);
    }

    private async Task<string> InletUrlAsync() =>
        (await _producer.Api.GetAsync($"/data/core/edge/inlet/{_producer.InletId}")).Json["inletUrl"]!.GetValue<string>();
}
