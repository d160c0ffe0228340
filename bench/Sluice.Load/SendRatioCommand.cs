using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Load;

/// <summary><c>send-ratio</c>: <c>sluice send</c> of a file of messages against this generator's rate into the same server, turn by turn in one run.</summary>
internal static class SendRatioCommand
{
    internal static Command Build()
    {
        var messages = new Option<int>("--messages") { DefaultValueFactory = _ => 1_000_000 };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 3 };
        var seconds = new Option<double>("--seconds") { Description = "Counted seconds of a turn of the generator.", DefaultValueFactory = _ => 5 };
        var arguments = new Option<string>("--with") { Description = "More arguments of send, with spaces between.", DefaultValueFactory = _ => "" };
        var command = new Command("send-ratio", "Measures sluice send against the generator.") { messages, rounds, seconds, arguments };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(messages), parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(arguments)!, cancellation));
        return command;
    }

    private static async Task RunAsync(int messages, int rounds, TimeSpan duration, string more, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-load-").FullName;
        using var http = new HttpClient(new SocketsHttpHandler());
        try
        {
            await using var sluice = await ServerProcess.StartSluiceAsync(http, Path.Combine(folder, "data"), ["--Collection:BatchWindow=00:00:05", "--Logging:LogLevel:Default=Warning"], cancellation);
            var target = await SluiceTarget.PrepareAsync(http, sluice, Path.Combine(folder, "data"), cancellation);
            var hundred = target.Body(100);
            var file = Path.Combine(folder, "messages.ndjson");
            var bytes = await WriteAsync(file, hundred, messages, cancellation);
            Print($"{messages:N0} messages in a file of {bytes / 1e6:N0} MB; the generator sends 100 a request over 16 connections for {duration.TotalSeconds} s");
            await TurnAsync();

            var ratios = new List<double>();
            for (var round = 1; round <= rounds; round++)
            {
                var loaded = await TurnAsync();
                await SettledAsync(target, cancellation);
                var clock = Stopwatch.StartNew();
                await SendAsync(["send", file, "--again", "--json", "--inlet", target.Inlet.ToString(), "--server", sluice.Address.ToString(), "--data", Path.Combine(folder, "data"),
                    .. more.Split(' ', StringSplitOptions.RemoveEmptyEntries)], messages, cancellation);
                var sent = messages / clock.Elapsed.TotalSeconds;
                await SettledAsync(target, cancellation);
                ratios.Add(sent / loaded.MessagesPerSecond);
                Print($"round {round}: generator {loaded.MessagesPerSecond:N0} messages/s; send {sent:N0} messages/s, its start and end included; ratio {ratios[^1]:N3}");
            }
            Print($"send / generator, median of {rounds}: {Median.Of(ratios):N3}");

            Task<LoadResult> TurnAsync() =>
                new LoadGenerator(new LoadPlan(target.Inlet, [hundred], 100, 16, 0, TimeSpan.FromSeconds(2), duration)).RunAsync(cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<long> WriteAsync(string path, byte[] body, int messages, CancellationToken cancellation)
    {
        var lines = JsonNode.Parse(body)!["messages"]!.AsArray().Select(one => Encoding.UTF8.GetBytes(one!.ToJsonString() + "\n")).ToList();
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
        for (var number = 0; number < messages; number++)
            await file.WriteAsync(lines[number % lines.Count], cancellation);
        return file.Length;
    }

    private static async Task SendAsync(string[] arguments, int messages, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [ServerProcess.SluicePath(), .. arguments]) { RedirectStandardOutput = true })!;
        var answer = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0 || (int)JsonNode.Parse(answer)!["accepted"]! != messages)
            throw new InvalidOperationException($"send ended with {process.ExitCode}: {answer}");
    }

    // What the turn before left to land must not be charged to the next.
    private static async Task SettledAsync(SluiceTarget target, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (await target.LandingLagBytesAsync(cancellation) > 100 && clock.Elapsed < TimeSpan.FromMinutes(2))
            await Task.Delay(200, cancellation);
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
