using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Sluice.Client;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Client;

/// <summary>What the package's page shows and promises.</summary>
public sealed partial class ReadmeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_example_of_the_page_is_this_code_and_sends_its_message()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await Producer.OpenAsync(house);
        var spool = Directory.CreateTempSubdirectory("sluice-readme-");
        var known = RealServerTests.CredentialsOf(house);

        await RunAsync(new Uri(house.Address + desk.Path), known.ClientId, known.ClientSecret, known.TokenAddress, spool.FullName, desk.SchemaId, desk.DatasetId);

        Assert.Equal("1", (await desk.LandedAsync(1))[0]["_id"]!.GetValue<string>());
        var page = await File.ReadAllTextAsync(Path.Combine(SharedData.Repository, "src/Sluice.Client/README.md"), Cancellation);
        var source = await File.ReadAllTextAsync(Path.Combine(SharedData.Repository, "tests/Sluice.Tests/Client/ReadmeTests.cs"), Cancellation);
        var shown = Lines(Block().Match(page).Groups[1].Value);
        var run = Lines(Body().Match(source).Groups[1].Value);
        Assert.Equal(run, shown);
        spool.Delete(recursive: true);
    }

    [Fact]
    public async Task Every_message_is_counted_by_what_became_of_it()
    {
        var counts = new Dictionary<string, long>();
        using var listener = new MeterListener();
        await using var collector = await MoodyCollector.StartAsync();
        collector.Whims = (number, _) => number == 1 ? Whim.Of(503) : Whim.None;
        collector.Entries = (_, id) => id == "bad" ? 400 : 0;
        await using var producer = await CollectionProducer.OpenAsync(
            new ProducerOptions { Inlet = collector.Inlet, Clock = new RushingClock(), Linger = TimeSpan.FromMinutes(1), MaxRequestMessages = 3, DrainTime = TimeSpan.FromHours(1) },
            Cancellation);
        listener.InstrumentPublished = (instrument, mine) =>
        {
            if (instrument.Meter == producer.Metrics.Meter)
                mine.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            lock (counts)
                counts[instrument.Name] = counts.GetValueOrDefault(instrument.Name) + value;
        });
        listener.Start();

        var results = new List<Task<MessageResult>>();
        foreach (var id in new[] { "a", "bad", "b" })
            results.Add(await producer.EnqueueAsync(MoodyCollector.Message(id), Cancellation));
        await Task.WhenAll(results);
        await producer.FlushAsync(Cancellation);
        var last = await producer.EnqueueAsync(MoodyCollector.Message("c"), Cancellation);
        listener.RecordObservableInstruments();
        await producer.FlushAsync(Cancellation);

        Assert.Equal(MessageOutcome.Accepted, (await last).Outcome);
        Assert.Equal(
            [("sluice.client.accepted", 3), ("sluice.client.queued", 1), ("sluice.client.refused", 1), ("sluice.client.retried", 3), ("sluice.client.sent", 4)],
            counts.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, one.Value)));
    }

    private static async Task RunAsync(Uri inlet, string id, string secret, Uri tokens, string folder, string schema, string dataset)
    {
        // shown:
        await using var producer = await CollectionProducer.OpenAsync(new ProducerOptions
        {
            Inlet = inlet,
            Credentials = new ClientCredentials { ClientId = id, ClientSecret = secret, TokenAddress = tokens },
            Spool = new SpoolOptions { Folder = folder },
        });
        var message = new SluiceMessage { SchemaId = schema, DatasetId = dataset, Entity = """{"_id":"1","timestamp":"2026-01-01T00:00:00Z"}"""u8.ToArray() };
        Task<MessageResult> taken = await producer.EnqueueAsync(message); // it is on disk
        MessageResult result = await taken;                               // the server has it, or says why not
        Console.WriteLine($"{result.Outcome} {result.XactionId}");
        // :shown
    }

    private static List<string> Lines(string text) => [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("// shown:\n(.*?)// :shown", RegexOptions.Singleline)]
    private static partial Regex Body();
}
