using System.Globalization;
using Sluice.Client;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Client;

/// <summary>A server that misbehaves: nothing is lost, nothing is stored twice, and nobody is pressed.</summary>
public sealed class RetryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task What_may_pass_is_tried_again_under_the_same_key(int status)
    {
        await using var collector = await MoodyCollector.StartAsync();
        collector.Whims = (number, _) => number <= 3 ? Whim.Of(status) : Whim.None;

        var results = await SendAsync(collector, new RushingClock(), "a", "b");

        Assert.All(results, result => Assert.Equal(MessageOutcome.Accepted, result.Outcome));
        Assert.Equal(["a", "b"], collector.Stored);
        Assert.Single(collector.Requests.Select(request => (request.Key, request.Text)).Distinct());
    }

    [Fact]
    public async Task The_server_says_when_in_seconds_or_as_a_date()
    {
        var clock = new RushingClock();
        await using var collector = await MoodyCollector.StartAsync();
        collector.Whims = (number, _) => number switch
        {
            1 => Whim.Of(503, "7"),
            2 => Whim.Of(503, (clock.GetUtcNow() + TimeSpan.FromSeconds(11)).ToString("R", CultureInfo.InvariantCulture)),
            _ => Whim.None,
        };

        await SendAsync(collector, clock, "a");

        Assert.Equal(2, clock.Waits.Count);
        Assert.InRange(clock.Waits[0].TotalSeconds, 7, 7.2);
        Assert.InRange(clock.Waits[1].TotalSeconds, 10, 11.2); // a date has no parts of a second
    }

    [Fact]
    public async Task Waits_grow_to_their_bound_and_are_not_alike()
    {
        var clock = new RushingClock();
        await using var collector = await MoodyCollector.StartAsync();
        collector.Whims = (number, _) => number <= 40 ? Whim.Of(503) : Whim.None;

        await SendAsync(collector, clock, 40, "a");

        var ceilings = Enumerable.Range(0, 40).Select(failure => Math.Min(200 * Math.Pow(2, failure), 30_000)).ToList();
        Assert.Equal(40, clock.Waits.Count);
        Assert.All(clock.Waits.Zip(ceilings), wait => Assert.InRange(wait.First.TotalMilliseconds, 0, wait.Second));
        Assert.True(clock.Waits.Distinct().Count() > 20);
        Assert.Contains(clock.Waits, wait => wait > TimeSpan.FromSeconds(3));
    }

    [Theory]
    [InlineData(null, 6)]
    [InlineData(3, 4)]
    [InlineData(0, 1)]
    [Statement("A59")]
    public async Task When_the_attempts_are_used_up_the_sender_is_told_so(int? retries, int attempts)
    {
        await using var collector = await MoodyCollector.StartAsync();
        collector.Whims = (_, _) => Whim.Of(503);

        var results = await SendAsync(collector, new RushingClock(), retries, "a");

        Assert.Equal(new MessageResult(MessageOutcome.Undelivered) { Message = "moody 503" }, results[0]);
        Assert.Equal(attempts, collector.Requests.Count);
    }

    [Theory]
    [InlineData("CutBefore")]
    [InlineData("CutAfter")]
    public async Task A_line_that_is_cut_neither_loses_nor_doubles_a_message(string mood)
    {
        await using var collector = await MoodyCollector.StartAsync();
        collector.Whims = (number, _) => number % 3 == 0 ? Whim.None : new Whim(Enum.Parse<Mood>(mood));

        var results = await SendAsync(collector, new RushingClock(), "a", "b", "c");

        Assert.All(results, result => Assert.Equal(MessageOutcome.Accepted, result.Outcome));
        Assert.Equal(["a", "b", "c"], collector.Stored);
        Assert.Equal(3, collector.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_asked_again()
    {
        await using var collector = await MoodyCollector.StartAsync();
        collector.Whims = (number, _) => number == 1 ? new Whim(Mood.Stall) : Whim.None;
        await using var producer = await CollectionProducer.OpenAsync(
            new ProducerOptions { Inlet = collector.Inlet, Clock = new RushingClock(), Linger = TimeSpan.Zero, DrainTime = TimeSpan.FromHours(1), RequestTimeout = TimeSpan.FromMilliseconds(200) },
            Cancellation);

        var result = await producer.SendAsync(MoodyCollector.Message("a"), Cancellation);

        Assert.Equal(MessageOutcome.Accepted, result.Outcome);
        Assert.Equal(["a"], collector.Stored);
    }

    [Fact]
    public async Task Of_a_mixed_answer_only_what_may_pass_is_sent_again_and_never_what_was_refused()
    {
        await using var collector = await MoodyCollector.StartAsync();
        collector.Entries = (number, id) => id switch { "bad" => 400, "busy" when number <= 2 => 503, "limited" when number == 1 => 429, _ => 0 };

        var results = await SendAsync(collector, new RushingClock(), "good", "bad", "busy", "limited");

        Assert.Equal(["good bad busy limited", "busy limited", "busy"], collector.Requests.Select(request => string.Join(' ', request.Ids)));
        Assert.Equal(3, collector.Requests.Select(request => request.Key).Distinct().Count());
        Assert.Equal(
            [(MessageOutcome.Accepted, "1:0"), (MessageOutcome.Refused, "1-1"), (MessageOutcome.Accepted, "3:0"), (MessageOutcome.Accepted, "2:1")],
            results.Select(result => (result.Outcome, result.XactionId!)));
        Assert.Equal((400, "entry 400"), (results[1].Status, results[1].Message));
        Assert.Equal(["good", "limited", "busy"], collector.Stored);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    public async Task A_request_that_is_refused_as_a_whole_is_halved_until_the_one_to_blame_is_found(int status)
    {
        await using var collector = await MoodyCollector.StartAsync();
        collector.Whims = (_, request) => request.Ids.Contains("bad") ? Whim.Of(status) : Whim.None;

        var results = await SendAsync(collector, new RushingClock(), "a", "b", "c", "d", "bad", "e", "f");

        Assert.Equal(["a", "b", "c", "d", "e", "f"], collector.Stored);
        Assert.Equal(new MessageResult(MessageOutcome.Refused) { Status = status, Message = $"moody {status}" }, results[4]);
        Assert.Equal(6, results.Count(result => result.Outcome == MessageOutcome.Accepted));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(422)]
    public async Task What_will_never_pass_is_refused_at_once(int status)
    {
        await using var collector = await MoodyCollector.StartAsync();
        collector.Whims = (_, _) => Whim.Of(status);

        var results = await SendAsync(collector, new RushingClock(), "a", "b");

        Assert.All(results, result => Assert.Equal((MessageOutcome.Refused, status), (result.Outcome, result.Status)));
        Assert.Single(collector.Requests);
    }

    [Fact]
    public async Task An_answer_with_entries_missing_is_nobodys_acceptance()
    {
        await using var collector = await MoodyCollector.StartAsync();
        collector.DropsEntries = true;

        var results = await SendAsync(collector, new RushingClock(), "a");

        Assert.Equal(MessageOutcome.Undelivered, results[0].Outcome);
    }

    private static Task<MessageResult[]> SendAsync(MoodyCollector collector, TimeProvider clock, params string[] ids) => SendAsync(collector, clock, null, ids);

    // One request holds them all: the count fills it.
    private static async Task<MessageResult[]> SendAsync(MoodyCollector collector, TimeProvider clock, int? retries, params string[] ids)
    {
        await using var producer = await CollectionProducer.OpenAsync(
            new ProducerOptions
            {
                Inlet = collector.Inlet,
                Clock = clock,
                Linger = TimeSpan.FromMinutes(1),
                MaxRetries = retries,
                DrainTime = TimeSpan.FromHours(1),
                MaxRequestMessages = ids.Length,
            }, Cancellation);
        var results = new List<Task<MessageResult>>();
        foreach (var id in ids)
            results.Add(await producer.EnqueueAsync(MoodyCollector.Message(id), Cancellation));
        return await Task.WhenAll(results);
    }
}
