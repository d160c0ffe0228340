using System.CommandLine;
using System.Globalization;

namespace Sluice.Load;

/// <summary><c>events</c>: from an event to the membership that follows from it: in the answer of a call, in a lookup, in the stream of changes; alone and beside full ingest.</summary>
internal static class EventsCommand
{
    private const int BulkMessages = 100;
    private const int BulkConnections = 4;
    private const int CallConnections = 64;
    private const int MessageConnections = 16;
    private const int MessagesPerSecond = 200;

    internal static Command Build()
    {
        var seconds = new Option<double>("--seconds") { Description = "Counted seconds of a turn.", DefaultValueFactory = _ => 10 };
        var rates = new Option<double[]>("--rates")
        {
            Description = "Calls per second, a turn each.",
            DefaultValueFactory = _ => [200, 1_000, 2_000, 4_000, 8_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var beside = new Option<double>("--bulk-rate") { Description = "Requests of 100 messages a second in the turn beside a load that leaves room.", DefaultValueFactory = _ => 500 };
        var command = new Command("events", "Measures the time from an event to the membership that follows from it.") { seconds, rates, beside };
        command.SetAction((parsed, cancellation) =>
            RunAsync(TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(rates)!, parsed.GetValue(beside), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan duration, double[] rates, double bulkRate, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-events-").FullName;
        using var http = new HttpClient(new SocketsHttpHandler());
        try
        {
            await using var sluice = await ServerProcess.StartSluiceAsync(http, folder, ["--Audience:DenyRate=0", "--Logging:LogLevel:Default=Warning"], cancellation);
            var bulk = await SluiceTarget.PrepareAsync(http, sluice, folder, cancellation);
            var audience = await AudienceTarget.PrepareAsync(http, sluice, cancellation);
            var flagged = await SluiceTarget.PrepareAsync(http, sluice, folder, cancellation, kinds: 2);
            await audience.EnableForProfilesAsync(flagged, cancellation);
            await CallsAsync("warm-up", 1_000);

            foreach (var rate in rates)
                await CallsAsync("calls alone", rate);
            await MessagesAsync("messages alone");
            await BesideAsync($"beside {bulkRate * BulkMessages:N0} messages/s", bulkRate);
            await BesideAsync("beside as many messages as the machine takes", 0);
            return 0;

            async Task CallsAsync(string name, double rate) =>
                Say($"{name}, {rate:N0}/s: {await new CallLoad(audience, rate, CallConnections, TimeSpan.FromSeconds(1), duration).RunAsync(cancellation)}");

            async Task MessagesAsync(string name)
            {
                var load = new MessageLoad(http, audience, flagged, MessagesPerSecond, MessageConnections, duration);
                await load.RunAsync(cancellation);
                Say($"{name}, {MessagesPerSecond}/s: answered {load.Answered}; found by lookup {load.Found}; in the stream of changes {load.Streamed}");
            }

            async Task BesideAsync(string name, double ratePerSecond)
            {
                // Longer than both turns together, and then cut off.
                using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                var plan = new LoadPlan(
                    bulk.Inlet, bulk.Bodies(BulkMessages, newIds: false), BulkMessages, BulkConnections, ratePerSecond, TimeSpan.Zero, 2 * duration + TimeSpan.FromSeconds(5));
                var running = new LoadGenerator(plan).RunAsync(end.Token);
                await CallsAsync($"calls {name}", 200);
                await MessagesAsync($"messages {name}");
                var result = await running;
                Say($"   meanwhile {result.MessagesPerSecond:N0} messages/s, p99 {result.P99Ms:N1} ms a request, errors {result.Errors}, statuses {string.Join(' ', result.Statuses.Keys)}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
