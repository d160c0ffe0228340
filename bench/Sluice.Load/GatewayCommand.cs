using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.Load;

/// <summary><c>gateway</c>: the gateway beside nginx and Varnish, before the same target, loaded by wrk turn by turn in one run.</summary>
internal static partial class GatewayCommand
{
    private static readonly string[] Ways = ["hit", "pass", "miss", "null"];
    private static readonly int[] Connections = [1, 32, 256];

    internal static Command Build()
    {
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 3 };
        var seconds = new Option<int>("--seconds") { Description = "Seconds of a turn.", DefaultValueFactory = _ => 3 };
        var only = new Option<string?>("--only") { Description = "One of hit, pass, miss, null." };
        var command = new Command("gateway", "Measures cache hits, pass-through, misses and null routes against nginx and Varnish.") { rounds, seconds, only };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(rounds), parsed.GetValue(seconds), parsed.GetValue(only), cancellation));
        return command;
    }

    private static async Task RunAsync(int rounds, int seconds, string? only, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-gateway-").FullName;
        using var http = new HttpClient(new SocketsHttpHandler());
        try
        {
            await using var target = await ComparedServers.StartTargetAsync(http, folder, cancellation);
            await using var nginx = await ComparedServers.StartNginxAsync(http, folder, target.Address, cancellation);
            await using var varnish = await ComparedServers.StartVarnishAsync(http, folder, target.Address, cancellation);
            await using var sluice = await ComparedServers.StartSluiceAsync(http, folder, target.Address, cancellation);
            var unique = Path.Combine(folder, "unique.lua");
            await File.WriteAllTextAsync(unique, "local n = 0\nfunction request() n = n + 1 return wrk.format('GET', '/miss/' .. n .. 'x' .. math.random(1000000000)) end\n", cancellation);
            (string Name, ServerProcess Server)[] all = [("nginx", nginx), ("varnish", varnish), ("sluice", sluice)];

            // A hot method is compiled anew under load; that takes some seconds and is not what is compared.
            foreach (var way in Ways)
                await TurnAsync(sluice, way, 32, 4, unique, cancellation);
            Print($"turns of {seconds} s, medians of {rounds}; requests a second, then the ratio to nginx and to Varnish");
            foreach (var way in only is null ? Ways : [only])
            {
                foreach (var connections in Connections)
                {
                    var turns = all.ToDictionary(one => one.Name, _ => new List<Turn>());
                    for (var round = 0; round < rounds; round++)
                    {
                        foreach (var (name, server) in all)
                            turns[name].Add(await TurnAsync(server, way, connections, seconds, unique, cancellation));
                    }
                    var rate = all.ToDictionary(one => one.Name, one => Median.Of([.. turns[one.Name].Select(turn => turn.Rate)]));
                    var (toNginx, toVarnish) = (Ratio(turns, "nginx"), Ratio(turns, "varnish"));
                    Print($"{way,-5} {connections,4} connections: nginx {rate["nginx"],9:N0}  varnish {rate["varnish"],9:N0}  sluice {rate["sluice"],9:N0}   {toNginx:N2} x nginx  {toVarnish:N2} x varnish   p99 {P99(turns, "nginx")}, {P99(turns, "varnish")}, {P99(turns, "sluice")}  errors {turns["sluice"].Sum(turn => turn.Errors)}");
                }
            }
            foreach (var (name, server) in all)
                Print($"memory {name}: {server.ResidentBytesWithChildren / 1e6:N0} MB");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Round by round, so that what the machine does to a round it does to both.
    private static double Ratio(Dictionary<string, List<Turn>> turns, string to) => Median.Of([.. turns["sluice"].Zip(turns[to], (ours, theirs) => ours.Rate / theirs.Rate)]);

    private static string P99(Dictionary<string, List<Turn>> turns, string name) => turns[name].OrderBy(turn => turn.Rate).ElementAt(turns[name].Count / 2).P99;

    private static async Task<Turn> TurnAsync(ServerProcess server, string way, int connections, int seconds, string unique, CancellationToken cancellation)
    {
        string[] arguments =
        [
            "-t1", string.Create(CultureInfo.InvariantCulture, $"-c{connections}"), string.Create(CultureInfo.InvariantCulture, $"-d{seconds}s"), "--latency",
            .. way == "miss" ? (string[])["-s", unique] : [], new Uri(server.Address, $"/{way}/forecast?w=23424778").ToString(),
        ];
        using var wrk = Process.Start(new ProcessStartInfo("wrk", arguments) { RedirectStandardOutput = true })!;
        var output = await wrk.StandardOutput.ReadToEndAsync(cancellation);
        await wrk.WaitForExitAsync(cancellation);
        if (RequestRate().Match(output) is not { Success: true } rate)
            throw new InvalidOperationException("wrk said: " + output);
        var errors = NotSuccess().Match(output) is { Success: true } failed ? int.Parse(failed.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        return new Turn(double.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture), Slowest().Match(output).Groups[1].Value, errors);
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex RequestRate();

    [GeneratedRegex(@"99%\s+(\S+)")]
    private static partial Regex Slowest();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex NotSuccess();

    private sealed record Turn(double Rate, string P99, int Errors);
}
