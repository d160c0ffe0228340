using System.Text;
using Sluice.Client;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Client;

/// <summary>How messages become requests, and what holds the sender back.</summary>
public sealed class ProducerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_share_requests_up_to_the_count_and_every_one_gets_its_own_result()
    {
        await using var collector = await MoodyCollector.StartAsync();
        await using var producer = await CollectionProducer.OpenAsync(Options(collector, new ManualClock(), messages: 3), Cancellation);

        var results = new List<Task<MessageResult>>();
        for (var one = 0; one < 7; one++)
            results.Add(await producer.EnqueueAsync(MoodyCollector.Message($"m{one}"), Cancellation));
        await producer.FlushAsync(Cancellation);

        Assert.Equal(["m0 m1 m2", "m3 m4 m5", "m6"], collector.Requests.Select(request => string.Join(' ', request.Ids)));
        Assert.Equal(
            ["1:0", "1:1", "1:2", "2:0", "2:1", "2:2", "3:0"], (await Task.WhenAll(results)).Select(result => result.XactionId));
        Assert.Equal((0, 0), (producer.PendingMessages, producer.PendingBytes));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public async Task A_request_is_filled_to_the_last_byte_and_not_beyond(int more, int requests)
    {
        await using var collector = await MoodyCollector.StartAsync();
        await using var producer = await CollectionProducer.OpenAsync(Options(collector, new ManualClock(), bytes: 1_024), Cancellation);

        // {"messages":[ and ]} are 15 bytes, the comma one.
        await producer.EnqueueAsync(MoodyCollector.Message("a", 504), Cancellation);
        await producer.EnqueueAsync(MoodyCollector.Message("b", 504 + more), Cancellation);
        await producer.FlushAsync(Cancellation);

        Assert.Equal(requests, collector.Requests.Count);
        Assert.Equal(["a", "b"], collector.Stored);
        Assert.Equal(more == 0 ? 1_024 : 519, Encoding.UTF8.GetByteCount(collector.Requests[0].Text));
    }

    [Fact]
    public async Task What_no_request_can_hold_is_refused_here_with_its_size()
    {
        await using var collector = await MoodyCollector.StartAsync();
        await using var producer = await CollectionProducer.OpenAsync(Options(collector, TimeProvider.System, bytes: 1_024), Cancellation);

        var result = await producer.SendAsync(MoodyCollector.Message("a", 1_010), Cancellation);
        var largest = await producer.SendAsync(MoodyCollector.Message("b", 1_009), Cancellation);

        Assert.Equal(
            new MessageResult(MessageOutcome.Refused) { Message = "The message has 1010 bytes; a request of 1024 bytes holds at most 1009" }, result);
        Assert.Equal(MessageOutcome.Accepted, largest.Outcome);
        Assert.Equal(["b"], collector.Stored);
    }

    [Theory]
    [InlineData("[1]", "The message is not a JSON object")]
    [InlineData("{\"a\":1}}", "The message is not JSON: ")]
    [InlineData("{\"a\":", "The message is not JSON: ")]
    [InlineData("", "The message is not JSON: ")]
    public async Task What_would_break_the_request_of_others_is_refused_here(string message, string reason)
    {
        await using var collector = await MoodyCollector.StartAsync();
        await using var producer = await CollectionProducer.OpenAsync(Options(collector, TimeProvider.System), Cancellation);

        var result = await producer.SendAsync(Encoding.UTF8.GetBytes(message), Cancellation);

        Assert.Equal(MessageOutcome.Refused, result.Outcome);
        Assert.StartsWith(reason, result.Message);
        Assert.Empty(collector.Requests);
    }

    [Fact]
    public async Task A_lonely_message_goes_when_its_time_of_waiting_is_over()
    {
        var clock = new ManualClock();
        await using var collector = await MoodyCollector.StartAsync();
        await using var producer = await CollectionProducer.OpenAsync(Options(collector, clock), Cancellation);

        var result = await producer.EnqueueAsync(MoodyCollector.Message("a"), Cancellation);
        await clock.UntilSomebodyWaitsAsync(TimeSpan.FromSeconds(60));
        clock.Advance(TimeSpan.FromSeconds(59));
        var sentBefore = collector.Requests.Count;
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(MessageOutcome.Accepted, (await result.WaitAsync(TimeSpan.FromMinutes(1), Cancellation)).Outcome);
        Assert.Equal(0, sentBefore);
    }

    [Fact]
    public async Task Whoever_brings_more_than_the_buffer_holds_waits_and_one_who_gives_up_has_brought_nothing()
    {
        var calm = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var collector = await MoodyCollector.StartAsync();
        collector.Gate = calm.Task;
        await using var producer = await CollectionProducer.OpenAsync(
            new ProducerOptions { Inlet = collector.Inlet, Linger = TimeSpan.Zero, MaxRequestBytes = 1_024, MaxBufferedBytes = 2_048 }, Cancellation);
        using var impatience = new CancellationTokenSource();

        var first = await producer.EnqueueAsync(MoodyCollector.Message("a", 1_000), Cancellation);
        var second = await producer.EnqueueAsync(MoodyCollector.Message("b", 1_000), Cancellation);
        var third = producer.EnqueueAsync(MoodyCollector.Message("c", 1_000), impatience.Token).AsTask();
        var fourth = producer.EnqueueAsync(MoodyCollector.Message("d", 1_000), Cancellation).AsTask();
        var held = (producer.PendingBytes, third.IsCompleted, fourth.IsCompleted);
        await impatience.CancelAsync();
        calm.SetResult();

        Assert.Equal((2_000, false, false), held);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        Assert.All(await Task.WhenAll(first, second, await fourth), result => Assert.Equal(MessageOutcome.Accepted, result.Outcome));
        Assert.Equal(["a", "b", "d"], collector.Stored.Order());
    }

    [Fact]
    public async Task Stopping_sends_what_was_taken_and_takes_nothing_more()
    {
        await using var collector = await MoodyCollector.StartAsync();
        var producer = await CollectionProducer.OpenAsync(Options(collector, new ManualClock()), Cancellation);
        var result = await producer.EnqueueAsync(MoodyCollector.Message("a"), Cancellation);

        await producer.DisposeAsync();

        Assert.Equal(MessageOutcome.Accepted, (await result).Outcome);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await producer.EnqueueAsync(MoodyCollector.Message("b"), Cancellation));
    }

    [Fact]
    public async Task A_stop_that_is_cut_short_tells_everybody_that_nothing_is_known()
    {
        await using var collector = await MoodyCollector.StartAsync();
        collector.Whims = (_, _) => new Whim(Mood.Stall);
        var producer = await CollectionProducer.OpenAsync(
            new ProducerOptions { Inlet = collector.Inlet, Linger = TimeSpan.Zero, MaxRequestMessages = 1, MaxRequestsInFlight = 1 }, Cancellation);
        var results = new[] { await producer.EnqueueAsync(MoodyCollector.Message("a"), Cancellation), await producer.EnqueueAsync(MoodyCollector.Message("b"), Cancellation) };
        await collector.CameAsync(1);

        await producer.StopAsync(new CancellationToken(canceled: true));

        Assert.All(await Task.WhenAll(results), result => Assert.Equal(MessageOutcome.Undelivered, result.Outcome));
    }

    [Fact]
    public async Task An_option_out_of_range_is_refused_by_name()
    {
        var fault = await Assert.ThrowsAsync<ArgumentException>(
            () => CollectionProducer.OpenAsync(new ProducerOptions { Inlet = new Uri("http://127.0.0.1/collection/x"), MaxRequestsInFlight = 0 }, Cancellation));

        Assert.StartsWith("MaxRequestsInFlight is 0; it must be between 1 and 64", fault.Message);
    }

    private static ProducerOptions Options(MoodyCollector collector, TimeProvider clock, int messages = 500, int bytes = 1 << 20) => new()
    {
        Inlet = collector.Inlet,
        Clock = clock,
        Linger = clock is ManualClock ? TimeSpan.FromMinutes(1) : TimeSpan.Zero,
        MaxRequestMessages = messages,
        MaxRequestBytes = bytes,
        MaxRequestsInFlight = 1,
    };
}
