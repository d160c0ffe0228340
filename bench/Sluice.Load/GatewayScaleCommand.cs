using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Load;

/// <summary><c>gateway-scale</c>: what a request and one more deploy cost with one proxy deployed, and with many; and whether a redeploy under load drops a request.</summary>
internal static partial class GatewayScaleCommand
{
    private const int Deploys = 100;

    internal static Command Build()
    {
        var proxies = new Option<int>("--proxies") { Description = "How many are many.", DefaultValueFactory = _ => 1_000 };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 5 };
        var seconds = new Option<int>("--seconds") { Description = "Seconds of a turn.", DefaultValueFactory = _ => 3 };
        var command = new Command("gateway-scale", "Measures dispatch and deploy with one proxy and with many.") { proxies, rounds, seconds };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(proxies), parsed.GetValue(rounds), parsed.GetValue(seconds), cancellation));
        return command;
    }

    private static async Task RunAsync(int proxies, int rounds, int seconds, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-scale-").FullName;
        using var http = new HttpClient(new SocketsHttpHandler());
        try
        {
            await using var one = await Desk.StartAsync(http, Path.Combine(folder, "one"), cancellation);
            await using var many = await Desk.StartAsync(http, Path.Combine(folder, "many"), cancellation);
            await one.DeployAsync("probe", "/probe", cancellation);
            await many.DeployAsync("probe", "/probe", cancellation);
            for (var number = 1; number < proxies; number++)
            {
                // As many deploys on both, so that the one is not colder than the other.
                await many.DeployAsync($"p{number}", $"/area{number % 10}/api{number}", cancellation);
                await one.DeployAsync("probe", "/probe", cancellation);
            }

            // Both at the same time of their lives: what is hot is compiled anew under load.
            await Task.WhenAll(RateAsync(one, 5, cancellation), RateAsync(many, 5, cancellation));
            List<double> dispatch = [], deploy = [];
            for (var round = 0; round < rounds; round++)
            {
                var (few, full) = (await RateAsync(one, seconds, cancellation), await RateAsync(many, seconds, cancellation));
                dispatch.Add(full.Rate / few.Rate);
                var (fewMs, fullMs) = (await DeployMillisecondsAsync(one, cancellation), await DeployMillisecondsAsync(many, cancellation));
                deploy.Add(fullMs / fewMs);
                Print($"round {round + 1}: requests a second {few.Rate:N0} with 1, {full.Rate:N0} with {proxies} ({full.Rate / few.Rate:N2} x); a deploy {fewMs:N2} ms and {fullMs:N2} ms ({fullMs / fewMs:N2} x)");
            }
            Print($"dispatch with {proxies} proxies: {Median.Of([.. dispatch]):N2} x of the rate with one; one more deploy costs {Median.Of([.. deploy]):N2} x");

            var load = RateAsync(many, seconds * 2, cancellation);
            var redeploys = 0;
            while (!load.IsCompleted)
            {
                await many.DeployAsync("probe", "/probe", cancellation);
                redeploys++;
            }
            var under = await load;
            Print($"under load, {redeploys} redeploys of the loaded proxy: {under.Rate * seconds * 2:N0} requests, {under.Errors} not answered 200");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> DeployMillisecondsAsync(Desk desk, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        for (var number = 0; number < Deploys; number++)
            await desk.DeployAsync("more", "/more", cancellation);
        return watch.Elapsed.TotalMilliseconds / Deploys;
    }

    private static async Task<(double Rate, int Errors)> RateAsync(Desk desk, int seconds, CancellationToken cancellation)
    {
        string[] arguments = ["-t1", "-c32", string.Create(CultureInfo.InvariantCulture, $"-d{seconds}s"), new Uri(desk.Server.Address, "/probe/some/path").ToString()];
        using var wrk = Process.Start(new ProcessStartInfo("wrk", arguments) { RedirectStandardOutput = true })!;
        var output = await wrk.StandardOutput.ReadToEndAsync(cancellation);
        await wrk.WaitForExitAsync(cancellation);
        if (RequestRate().Match(output) is not { Success: true } rate)
            throw new InvalidOperationException("wrk said: " + output);
        return (double.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture), Failures(NotSuccess(), output) + Failures(SocketErrors(), output));
    }

    private static int Failures(Regex expression, string output) =>
        expression.Match(output) is { Success: true } found ? found.Groups.Values.Skip(1).Sum(group => int.Parse(group.Value, CultureInfo.InvariantCulture)) : 0;

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex RequestRate();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex NotSuccess();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex SocketErrors();

    /// <summary>A server with its management API.</summary>
    private sealed class Desk : IAsyncDisposable
    {
        private readonly HttpClient _http;
        private readonly Uri _organization;

        private Desk(ServerProcess server, HttpClient http, Uri organization) => (Server, _http, _organization) = (server, http, organization);

        internal ServerProcess Server { get; }

        internal static async Task<Desk> StartAsync(HttpClient http, string data, CancellationToken cancellation)
        {
            var server = await ServerProcess.StartSluiceAsync(http, data, ["--Logging:LogLevel:Default=Warning"], cancellation);
            var own = new HttpClient(new SocketsHttpHandler());
            var credentials = await SluiceTarget.SignInAsync(own, server, data, cancellation);
            return new Desk(server, own, new Uri(server.Address, $"/v1/organizations/{credentials["tenantId"]}/"));
        }

        internal async Task DeployAsync(string name, string basePath, CancellationToken cancellation)
        {
            using var zip = new ByteArrayContent(Bundle(basePath));
            zip.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            using var imported = await _http.PostAsync(new Uri(_organization, $"apis?action=import&name={name}"), zip, cancellation);
            var revision = JsonNode.Parse(await imported.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellation))!["revision"];
            using var deployed = await _http.PostAsync(new Uri(_organization, $"environments/production/apis/{name}/revisions/{revision}/deployments?override=true"), null, cancellation);
            deployed.EnsureSuccessStatusCode();
        }

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            await Server.DisposeAsync();
        }

        private static byte[] Bundle(string basePath)
        {
            var bytes = new MemoryStream();
            using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            {
                using var entry = archive.CreateEntry("apiproxy/proxies/default.xml").Open();
                entry.Write(Encoding.UTF8.GetBytes($"""
                    <ProxyEndpoint name="default"><HTTPProxyConnection><BasePath>{basePath}</BasePath></HTTPProxyConnection><RouteRule name="none"/></ProxyEndpoint>
                    """));
            }
            return bytes.ToArray();
        }
    }
}
