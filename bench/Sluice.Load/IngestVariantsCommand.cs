using System.CommandLine;
using System.Globalization;

namespace Sluice.Load;

/// <summary><c>ingest-variants</c>: what many schemas, deduplication and compressed bodies cost, each against the plain case, turn by turn in one run.</summary>
internal static class IngestVariantsCommand
{
    private const int Messages = 100;
    private const int Connections = 16;

    private static readonly int[] Kinds = [1, 10, 100, 1_000];

    internal static Command Build()
    {
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 3 };
        var seconds = new Option<double>("--seconds") { Description = "Counted seconds of a turn.", DefaultValueFactory = _ => 4 };
        var only = new Option<string>("--only") { Description = "Only the variants whose name holds this, and the plain case.", DefaultValueFactory = _ => "" };
        var command = new Command("ingest-variants", "Measures ingest with many schemas, with deduplication and with gzip against the plain case.") { rounds, seconds, only };
        command.SetAction((parsed, cancellation) =>
            RunAsync(parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(only)!, cancellation));
        return command;
    }

    private static async Task RunAsync(int rounds, TimeSpan duration, string only, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-load-").FullName;
        using var http = new HttpClient(new SocketsHttpHandler());
        try
        {
            await using var sluice = await ServerProcess.StartSluiceAsync(http, folder,
                ["--Collection:BatchWindow=00:00:05", "--Collection:MaxOpenFiles=4096", "--Collection:MaxRememberedIds=100000000", "--Logging:LogLevel:Default=Warning"], cancellation);
            var variants = new List<(string Name, SluiceTarget Target, IReadOnlyList<LoadBody> Bodies)>();
            foreach (var kinds in Kinds)
            {
                var target = await SluiceTarget.PrepareAsync(http, sluice, folder, cancellation, kinds);
                variants.Add((string.Create(CultureInfo.InvariantCulture, $"{kinds} schemas and datasets"), target, target.Bodies(Messages, newIds: false)));
            }
            var plain = variants[0].Target;
            variants.Add(("ids of their own, deduplication off", plain, plain.Bodies(Messages, newIds: true)));
            var remembering = await SluiceTarget.PrepareAsync(http, sluice, folder, cancellation, deduplicates: true);
            variants.Add(("ids of their own, deduplication on", remembering, remembering.Bodies(Messages, newIds: true)));
            variants.Add(("gzip bodies", plain, [plain.Bodies(Messages, newIds: false)[0].Compressed()]));

            variants.RemoveAll(variant => variant != variants[0] && !variant.Name.Contains(only, StringComparison.Ordinal));
            foreach (var variant in variants)
                await TurnAsync(variant.Target, variant.Bodies);
            var rates = variants.ToDictionary(variant => variant.Name, _ => new List<double>());
            for (var round = 1; round <= rounds; round++)
            {
                foreach (var variant in variants)
                {
                    var result = await TurnAsync(variant.Target, variant.Bodies);
                    rates[variant.Name].Add(result.MessagesPerSecond);
                    Print($"round {round}: {variant.Name}: {result.MessagesPerSecond:N0} messages/s, p99 {result.P99Ms:N1} ms, errors {result.Errors}, statuses {string.Join(' ', result.Statuses.Keys)}");
                }
            }

            var one = rates[variants[0].Name];
            foreach (var (name, _, _) in variants.Skip(1))
            {
                var against = name.EndsWith("on", StringComparison.Ordinal) ? rates["ids of their own, deduplication off"] : one;
                Print($"{name}: {Median.Of([.. rates[name].Zip(against, (rate, other) => rate / other)]):N2} of {(against == one ? variants[0].Name : "deduplication off")}, median of {rounds}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Task<LoadResult> TurnAsync(SluiceTarget target, IReadOnlyList<LoadBody> bodies) => new LoadGenerator(
            new LoadPlan(target.Inlet, bodies, Messages, Connections, 0, TimeSpan.FromSeconds(1), duration)).RunAsync(cancellation);
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
