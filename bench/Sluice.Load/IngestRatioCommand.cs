using System.CommandLine;
using System.Globalization;

namespace Sluice.Load;

/// <summary><c>ingest-ratio</c>: durable ingest with landing on, against a bare Kestrel draining the same bodies, turn by turn in one run.</summary>
internal static class IngestRatioCommand
{
    internal static Command Build()
    {
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 3 };
        var seconds = new Option<double>("--seconds") { Description = "Counted seconds of a turn.", DefaultValueFactory = _ => 5 };
        var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 16 };
        var command = new Command("ingest-ratio", "Measures durable ingest against a bare Kestrel draining the same bodies.") { rounds, seconds, connections };
        command.SetAction((parsed, cancellation) =>
            RunAsync(parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(connections), cancellation));
        return command;
    }

    private static async Task RunAsync(int rounds, TimeSpan duration, int connections, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-load-").FullName;
        using var http = new HttpClient(new SocketsHttpHandler());
        try
        {
            await using var drain = await ServerProcess.StartDrainAsync(http, cancellation);
            await using var sluice = await ServerProcess.StartSluiceAsync(http, folder, ["--Collection:BatchWindow=00:00:05", "--Logging:LogLevel:Default=Warning"], cancellation);
            var target = await SluiceTarget.PrepareAsync(http, sluice, folder, cancellation);
            var hundred = target.Body(100);
            var twoHundred = target.Body(200);
            var one = target.Body(1);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{connections} connections, {hundred.Length / 100} bytes a message, turns of {duration.TotalSeconds} s"));

            // Both servers compile their hot methods anew under load; that takes some seconds and is not what is compared.
            await TurnAsync(drain.Address, hundred, 100);
            await TurnAsync(target.Inlet, hundred, 100);
            await TurnAsync(target.Inlet, hundred, 100);

            var ratios = new List<double>();
            long counted = 0;
            for (var round = 1; round <= rounds; round++)
            {
                var drained = await TurnAsync(drain.Address, hundred, 100);
                var ingested = await TurnAsync(target.Inlet, hundred, 100);
                var lag = await target.LandingLagBytesAsync(cancellation);
                ratios.Add(ingested.MessagesPerSecond / drained.MessagesPerSecond);
                counted += ingested.Requests * 100;
                Print($"round {round}: drain {drained.MessagesPerSecond:N0} messages/s; ingest {ingested.MessagesPerSecond:N0} messages/s; ratio {ratios[^1]:N3}");
                Print($"         ingest p50 {ingested.P50Ms:N1} ms, p99 {ingested.P99Ms:N1} ms, errors {ingested.Errors}, landing lag {lag / 1e6:N0} MB");
            }
            Print($"ingest / drain, median of {rounds}: {Median.Of(ratios):N3}");

            var grouped = new List<double>();
            for (var round = 1; round <= rounds; round++)
            {
                var many = await TurnAsync(target.Inlet, twoHundred, 200);
                var single = await TurnAsync(target.Inlet, one, 1);
                grouped.Add(many.MessagesPerSecond / single.MessagesPerSecond);
                Print($"round {round}: 200 in one request {many.MessagesPerSecond:N0} messages/s; one a request {single.MessagesPerSecond:N0} messages/s; ratio {grouped[^1]:N1}");
            }
            Print($"200 in one request / 200 requests, median of {rounds}: {Median.Of(grouped):N1}");
            await WaitForLandingAsync(target, counted, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Task<LoadResult> TurnAsync(Uri to, byte[] body, int messages) => new LoadGenerator(
            new LoadPlan(to, [body], messages, connections, 0, TimeSpan.FromSeconds(2), duration)).RunAsync(cancellation);
    }

    private static async Task WaitForLandingAsync(SluiceTarget target, long atLeast, CancellationToken cancellation)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (await target.LandingLagBytesAsync(cancellation) > 100 && clock.Elapsed < TimeSpan.FromMinutes(3))
            await Task.Delay(200, cancellation);
        Print($"landing caught up {clock.Elapsed.TotalSeconds:N1} s after the last request (its window is 5 s): {await target.LandedRecordsAsync(cancellation):N0} records landed, {atLeast:N0} counted in the rounds alone");
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
