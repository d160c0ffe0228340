using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Load;

/// <summary><c>catalogue</c>: pages of 100,000 traits against the same pages of 1,000, memory per trait, and the whole list as a stream.</summary>
internal static class CatalogueCommand
{
    private const int Few = 1_000;
    private const int PageReads = 200;

    private static readonly string[] Orders = ["sid", "name", "traitRule", "dataSourceId", "updateTime", "integrationCode"];

    internal static Command Build()
    {
        var traits = new Option<int>("--traits") { Description = "Traits of the large catalogue.", DefaultValueFactory = _ => 100_000 };
        var segments = new Option<int>("--segments") { Description = "Its segments.", DefaultValueFactory = _ => 20_000 };
        var command = new Command("catalogue", "Reads pages, lists and objects of a large catalogue against a small one.") { traits, segments };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(traits), parsed.GetValue(segments), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(int traits, int segments, CancellationToken cancellation)
    {
        var folders = new[] { Directory.CreateTempSubdirectory("sluice-few-").FullName, Directory.CreateTempSubdirectory("sluice-many-").FullName };
        using var fewHttp = new HttpClient(new SocketsHttpHandler()) { Timeout = TimeSpan.FromMinutes(10) };
        using var manyHttp = new HttpClient(new SocketsHttpHandler()) { Timeout = TimeSpan.FromMinutes(10) };
        try
        {
            await using var few = await StartAsync(fewHttp, folders[0], Few, Few / 5, cancellation);
            await using var many = await StartAsync(manyHttp, folders[1], traits, segments, cancellation);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"resident: {few.ResidentBytes >> 20} MiB with {Few}, {many.ResidentBytes >> 20} MiB with {traits} traits and {segments} segments"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"          {(many.ResidentBytes - few.ResidentBytes) / (double)(traits - Few + segments - Few / 5):F0} bytes an object, all that serving them takes counted"));

            var worst = 0.0;
            var orders = Orders.SelectMany(order => (string[])[order, order + "&descending=true"]).ToList();
            var firsts = new Dictionary<string, double>();
            foreach (var order in orders)
                firsts[order] = await TimeAsync(manyHttp, many, PageOf(order), cancellation);
            for (var turn = 0; turn < 10 * PageReads; turn++) // until the compiler is done with both
            {
                foreach (var (http, server) in ((HttpClient, ServerProcess)[])[(fewHttp, few), (manyHttp, many)])
                    await TimeAsync(http, server, PageOf(orders[turn % orders.Count]), cancellation);
            }
            foreach (var order in orders)
            {
                var (small, large) = (new List<double>(), new List<double>());
                for (var turn = 0; turn < PageReads; turn++)
                {
                    small.Add(await TimeAsync(fewHttp, few, PageOf(order), cancellation));
                    large.Add(await TimeAsync(manyHttp, many, PageOf(order), cancellation));
                }
                var ratio = Median.Of(large) / Median.Of(small);
                worst = Math.Max(worst, ratio);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{order,-32} {ratio:F2} x ({Median.Of(large):F2} ms against {Median.Of(small):F2} ms; the first read took {firsts[order]:F0} ms)"));
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"worst order: {worst:F2} x"));

            var before = many.ResidentBytes;
            var (bytes, atPause, peak) = await StreamAsync(manyHttp, many, cancellation);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"GET /v1/traits/ (all): {bytes >> 20} MiB streamed; resident memory rose by {Math.Max(0, atPause - before) >> 20} MiB while the reader paused after its first MiB, by {Math.Max(0, peak - before) >> 20} MiB at most"));
            return await IsSeenAtOnceAsync(manyHttp, many, cancellation) ? 0 : 1;
        }
        finally
        {
            foreach (var folder in folders)
                Directory.Delete(folder, recursive: true);
        }
    }

    private static string PageOf(string order) => $"v1/traits/?page=7&pageSize=50&sortBy={order}";

    private static async Task<ServerProcess> StartAsync(HttpClient http, string folder, int traits, int segments, CancellationToken cancellation)
    {
        string[] settings = ["--Logging:LogLevel:Default=Warning"];
        var file = Configuration(traits, segments);
        await using (var loading = await ServerProcess.StartSluiceAsync(http, folder, settings, cancellation))
        {
            await SluiceTarget.SignInAsync(http, loading, folder, cancellation);
            using var content = new StringContent(file, Encoding.UTF8, "application/json");
            var watch = Stopwatch.StartNew();
            using var answer = await http.PostAsync(new Uri(loading.Address, "/v1/configuration"), content, cancellation);
            if (!answer.IsSuccessStatusCode)
                throw new InvalidOperationException(await answer.Content.ReadAsStringAsync(cancellation));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{traits} traits and {segments} segments: imported in {watch.Elapsed.TotalSeconds:F1} s from {file.Length >> 20} MiB"));
        }
        var server = await ServerProcess.StartSluiceAsync(http, folder, settings, cancellation); // anew, so that memory is that of serving, not of loading
        await SluiceTarget.SignInAsync(http, server, folder, cancellation);
        return server;
    }

    private static string Configuration(int traits, int segments)
    {
        var random = new Random(traits);
        var file = new StringBuilder("""{"format":"sluice-audience/1","dataSource":[""");
        for (var source = 0; source < 50; source++)
            file.Append(source == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$"""{"dataSourceId":{{source + 10}},"name":"Source {{source}}"}""");
        file.Append("""],"trait":[""");
        for (var trait = 0; trait < traits; trait++)
        {
            file.Append(trait == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$"""
                {"sid":{{trait + 100}},"name":"Visitors of product {{random.Next()}}","description":"Whoever looked at it in shop {{random.Next(500)}}","integrationCode":"product-{{trait}}",
                "traitType":"RULE_BASED_TRAIT","dataSourceId":{{10 + random.Next(50)}},"folderId":0,"traitRule":"product=={{random.Next(1_000_000)}} AND price >= {{random.Next(100)}}"}
                """);
        }
        file.Append("""],"segment":[""");
        for (var segment = 0; segment < segments; segment++)
        {
            file.Append(segment == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$"""
                {"sid":{{traits + 100 + segment}},"name":"Segment {{random.Next()}}","dataSourceId":{{10 + random.Next(50)}},"folderId":0,
                "segmentRule":"{{100 + random.Next(traits)}}T OR {{100 + random.Next(traits)}}T AND NOT {{100 + random.Next(traits)}}T"}
                """);
        }
        return file.Append("]}").ToString();
    }

    private static async Task<double> TimeAsync(HttpClient http, ServerProcess server, string path, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        using var answer = await http.GetAsync(new Uri(server.Address, path), cancellation);
        await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancellation);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task<(long Bytes, long ResidentAtPause, long PeakResident)> StreamAsync(HttpClient http, ServerProcess server, CancellationToken cancellation)
    {
        using var answer = await http.GetAsync(new Uri(server.Address, "v1/traits/"), HttpCompletionOption.ResponseHeadersRead, cancellation);
        await using var stream = await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[1 << 20];
        long bytes = 0, atPause = 0, peak = 0;
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellation)) > 0)
        {
            bytes += read;
            if (atPause == 0 && bytes > 1 << 20)
            {
                await Task.Delay(2_000, cancellation); // a server that does not wait for its reader would hold the rest by now
                atPause = server.ResidentBytes;
            }
            peak = Math.Max(peak, server.ResidentBytes);
        }
        return (bytes, atPause, peak);
    }

    private static async Task<bool> IsSeenAtOnceAsync(HttpClient http, ServerProcess server, CancellationToken cancellation)
    {
        var writes = new List<double>();
        for (var turn = 0; turn < 50; turn++)
        {
            using var content = new StringContent($$"""{"name":"written {{turn}}"}""", Encoding.UTF8, "application/json");
            var start = Stopwatch.GetTimestamp();
            using var answer = await http.PutAsync(new Uri(server.Address, "v1/traits/100"), content, cancellation);
            answer.EnsureSuccessStatusCode();
            writes.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            var read = JsonNode.Parse(await http.GetStringAsync(new Uri(server.Address, "v1/traits/?page=0&pageSize=1&restrictType=RULE_BASED_TRAIT"), cancellation))!;
            if ((string?)read["list"]![0]!["name"] != $"written {turn}")
            {
                Console.WriteLine("A write was not seen by the next read.");
                return false;
            }
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"50 writes of one trait, each seen by the next read; {Median.Of(writes):F1} ms a write"));
        return true;
    }
}
