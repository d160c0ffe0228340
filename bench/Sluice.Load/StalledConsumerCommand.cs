using System.CommandLine;
using System.Globalization;

namespace Sluice.Load;

/// <summary><c>stalled-consumer</c>: full rate against a journal whose consumer stands still, until it is full: memory stays flat, nothing acknowledged is lost.</summary>
internal static class StalledConsumerCommand
{
    internal static Command Build()
    {
        var gibibytes = new Option<double>("--gib") { Description = "Cap of the journal.", DefaultValueFactory = _ => 2 };
        var command = new Command("stalled-consumer", "Fills the journal at full rate while landing stands still, then lets it land.") { gibibytes };
        command.SetAction((parsed, cancellation) => RunAsync((long)(parsed.GetValue(gibibytes) * (1L << 30)), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(long capBytes, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-stalled-").FullName;
        using var http = new HttpClient(new SocketsHttpHandler());
        string[] settings = [$"--Journal:MaxBytes={capBytes}", "--Logging:LogLevel:Default=Warning"];
        try
        {
            long acknowledged = 0, refused = 0;
            await using (var sluice = await ServerProcess.StartSluiceAsync(http, folder, [.. settings, "--Collection:LandingPaused=true"], cancellation))
            {
                var target = await SluiceTarget.PrepareAsync(http, sluice, folder, cancellation);
                var body = target.Body(100);
                for (var turn = 1; turn <= 60 && refused == 0; turn++)
                {
                    var result = await new LoadGenerator(new LoadPlan(target.Inlet, [body], 100, 16, 0, TimeSpan.Zero, TimeSpan.FromSeconds(2))).RunAsync(cancellation);
                    acknowledged += 100 * result.Statuses.GetValueOrDefault(207);
                    refused += result.Statuses.GetValueOrDefault(503);
                    Print($"turn {turn,2}: {acknowledged:N0} messages acknowledged, {refused:N0} requests refused with 503, memory {sluice.ResidentBytes / 1048576.0:N0} MiB, journal {JournalBytes(folder) / 1048576.0:N0} MiB");
                    if (result.Statuses.Keys.Any(status => status is not (207 or 503)) || result.Errors > 0)
                        return Fail("an answer was neither 207 nor 503");
                }
                if (refused == 0)
                    return Fail("the journal never filled");
                if (JournalBytes(folder) > capBytes)
                    return Fail("the journal grew beyond its cap");
            }

            // The same folder again, now with landing: everything acknowledged must come out.
            await using (var sluice = await ServerProcess.StartSluiceAsync(http, folder, [.. settings, "--Collection:BatchWindow=00:00:05"], cancellation))
            {
                var landed = await LandedAsync(http, sluice, folder, acknowledged, cancellation);
                Print($"landed {landed:N0} of {acknowledged:N0} acknowledged");
                return landed == acknowledged ? 0 : Fail("the counts differ");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<long> LandedAsync(HttpClient http, ServerProcess sluice, string folder, long acknowledged, CancellationToken cancellation)
    {
        var target = await SluiceTarget.FindAsync(http, sluice, folder, cancellation);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        long landed;
        while ((landed = await target.LandedRecordsAsync(cancellation)) < acknowledged && clock.Elapsed < TimeSpan.FromMinutes(3))
            await Task.Delay(500, cancellation);
        return landed;
    }

    private static long JournalBytes(string folder) =>
        new DirectoryInfo(Path.Combine(folder, "production", "journal")).EnumerateFiles().Sum(file => file.Length);

    private static int Fail(string why)
    {
        Console.WriteLine("FAILED: " + why);
        return 1;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
