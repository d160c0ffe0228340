using System.Text.Json.Nodes;
using Sluice.Client;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Client;

/// <summary>What was enqueued into a spool is on disk: it outlives the process, and is sent once.</summary>
public sealed class SpoolTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("sluice-spool-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(_root.FullName, "spool");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task A_killed_producers_messages_are_sent_by_the_next_in_the_same_requests()
    {
        await using var collector = await MoodyCollector.StartAsync();
        var seen = new HashSet<string>();
        collector.Whims = (_, request) => new Whim(IsNew(seen, request.Key) ? Mood.CutAfter : Mood.Stall);
        await using var killed = await CollectionProducer.OpenAsync(Options(collector, Folder, messages: 3, requests: 2), Cancellation);
        for (var one = 0; one < 8; one++)
            await killed.EnqueueAsync(MoodyCollector.Message($"m{one}"), Cancellation);
        await collector.CameAsync(4);

        var image = Image();
        await killed.StopAsync(new CancellationToken(canceled: true));
        var before = collector.Requests.Count;
        collector.Whims = (_, _) => Whim.None;
        await using (var next = await CollectionProducer.OpenAsync(Options(collector, image, messages: 100, requests: 1), Cancellation))
        {
            await next.FlushAsync(Cancellation);
            Assert.Equal(0, next.PendingMessages);
        }

        Assert.Equal(["m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7"], collector.Stored.Order());
        var sent = collector.Requests.Skip(before).ToList();
        Assert.Equal(["m0 m1 m2", "m3 m4 m5", "m6 m7"], sent.Select(request => string.Join(' ', request.Ids)));
        Assert.Equal(
            collector.Requests.Take(before).Select(request => (request.Key, request.Text)).Distinct().Order(), sent.Take(2).Select(request => (request.Key, request.Text)).Order());
    }

    [Fact]
    public async Task What_was_accepted_leaves_the_spool_and_is_not_sent_by_the_next()
    {
        await using var collector = await MoodyCollector.StartAsync();
        for (var run = 0; run < 3; run++)
        {
            await using var producer = await CollectionProducer.OpenAsync(Options(collector, Folder), Cancellation);
            Assert.Equal(0, producer.PendingMessages);
            for (var one = 0; one < 20; one++)
                await producer.EnqueueAsync(MoodyCollector.Message($"m{run}-{one}"), Cancellation);
        }

        Assert.Equal(60, collector.Stored.Count);
        Assert.Equal(60, collector.Stored.Distinct().Count());
    }

    [Fact]
    public async Task Stopped_before_the_server_is_back_it_keeps_what_it_has()
    {
        await using var collector = await MoodyCollector.StartAsync();
        collector.Whims = (_, _) => new Whim(Mood.Stall);
        var stopped = await CollectionProducer.OpenAsync(Options(collector, Folder, requests: 1, messages: 1), Cancellation);
        var results = new[] { await stopped.EnqueueAsync(MoodyCollector.Message("a"), Cancellation), await stopped.EnqueueAsync(MoodyCollector.Message("b"), Cancellation) };
        await collector.CameAsync(1);
        await stopped.StopAsync(new CancellationToken(canceled: true));
        collector.Whims = (_, _) => Whim.None;

        await using (var next = await CollectionProducer.OpenAsync(Options(collector, Folder), Cancellation))
            await next.FlushAsync(Cancellation);

        Assert.All(await Task.WhenAll(results), result => Assert.Equal(MessageOutcome.Kept, result.Outcome));
        Assert.Equal(["a", "b"], collector.Stored.Order());
    }

    [Fact]
    public async Task A_torn_tail_is_cut_off_and_kept_beside_and_the_rest_is_sent()
    {
        await using var collector = await MoodyCollector.StartAsync();
        var image = await KilledAsync(collector, "a", "b", "c");
        var file = Directory.GetFiles(image, "*.spool").Single();
        await using (var torn = new FileStream(file, FileMode.Open))
            torn.SetLength(torn.Length - 5);

        await using (var next = await CollectionProducer.OpenAsync(Options(collector, image), Cancellation))
        {
            await next.FlushAsync(Cancellation);
            await next.SendAsync(MoodyCollector.Message("d"), Cancellation);
        }

        Assert.Equal(["a", "b", "d"], collector.Stored);
        Assert.True(File.Exists(file + ".torn"));
    }

    [Fact]
    public async Task A_file_damaged_before_its_end_is_named_and_not_sent()
    {
        await using var collector = await MoodyCollector.StartAsync();
        var large = Enumerable.Range(0, 30).Select(one => MoodyCollector.Message($"m{one}", 30_000));
        var image = await KilledWithAsync(collector, large);
        var files = Directory.GetFiles(image, "*.spool").Order(StringComparer.Ordinal).ToList();
        var bytes = await File.ReadAllBytesAsync(files[0], Cancellation);
        bytes[1_000] ^= 1;
        await File.WriteAllBytesAsync(files[0], bytes, Cancellation);

        var fault = await Assert.ThrowsAsync<SpoolException>(() => CollectionProducer.OpenAsync(Options(collector, image), Cancellation));

        Assert.True(files.Count > 1);
        Assert.Equal($"{files[0]} is damaged at 8", fault.Message);
        Assert.Empty(collector.Stored);
    }

    [Fact]
    public async Task Of_two_producers_on_one_folder_the_second_is_refused()
    {
        await using var collector = await MoodyCollector.StartAsync();
        await using var first = await CollectionProducer.OpenAsync(Options(collector, Folder), Cancellation);

        var fault = await Assert.ThrowsAsync<SpoolException>(() => CollectionProducer.OpenAsync(Options(collector, Folder), Cancellation));

        Assert.Equal($"The spool {Folder} is in use by another producer", fault.Message);
    }

    [Fact]
    public async Task A_full_spool_makes_its_senders_wait_and_files_go_when_they_are_done()
    {
        var calm = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var collector = await MoodyCollector.StartAsync();
        collector.Gate = calm.Task;
        await using var producer = await CollectionProducer.OpenAsync(Options(collector, Folder, messages: 1), Cancellation);

        var results = new List<Task<MessageResult>>();
        for (var one = 0; one < 67; one++)
            results.Add(await producer.EnqueueAsync(MoodyCollector.Message($"m{one}", 31_000), Cancellation));
        var waiting = producer.EnqueueAsync(MoodyCollector.Message("m67", 31_000), Cancellation).AsTask();
        var held = (producer.PendingMessages, producer.PendingBytes, waiting.IsCompleted);
        calm.SetResult();
        results.Add(await waiting);
        await Task.WhenAll(results);
        await producer.FlushAsync(Cancellation);

        Assert.Equal((67, 67 * 31_000, false), held);
        Assert.Equal(68, collector.Stored.Distinct().Count());
        Assert.Single(Directory.GetFiles(Folder, "*.spool"));
    }

    [Fact]
    public async Task What_was_refused_is_kept_with_its_reason_once_even_if_the_process_dies()
    {
        await using var collector = await MoodyCollector.StartAsync();
        collector.Entries = (_, id) => id == "bad" ? 400 : 0;
        var empty = await KilledAsync(collector, "a", "bad", "b");
        await using (var producer = await CollectionProducer.OpenAsync(Options(collector, empty), Cancellation))
            await producer.FlushAsync(Cancellation);
        // As if it had died between the line and the note that the batch is decided; and a line half written.
        var again = Directory.CreateDirectory(Path.Combine(_root.FullName, "again")).FullName;
        foreach (var file in Directory.GetFiles(empty))
            File.Copy(file, Path.Combine(again, Path.GetFileName(file)), overwrite: true);
        var slots = await File.ReadAllBytesAsync(Path.Combine(again, "position"), Cancellation);
        var newest = BitConverter.ToInt64(slots, 4) > BitConverter.ToInt64(slots, 516) ? 0 : 512;
        slots[newest + 6] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(again, "position"), slots, Cancellation);
        await File.AppendAllTextAsync(Path.Combine(again, "rejected.ndjson"), "{\"number\":1,\"ti", Cancellation);

        await using (var producer = await CollectionProducer.OpenAsync(Options(collector, again), Cancellation))
            await producer.FlushAsync(Cancellation);

        Assert.Single(collector.Requests.Select(request => (request.Key, request.Text)).Distinct());
        Assert.Equal(2, collector.Requests.Count);
        var line = JsonNode.Parse(Assert.Single(await File.ReadAllLinesAsync(Path.Combine(again, "rejected.ndjson"), Cancellation)))!;
        Assert.Equal((1, "refused", 400, "entry 400"), ((int)line["number"]!, (string)line["outcome"]!, (int)line["status"]!, (string)line["reason"]!));
        Assert.Equal("bad", (string)line["message"]!["body"]!["xdmEntity"]!["_id"]!);
        Assert.Equal(["a", "b"], collector.Stored);
    }

    [Fact]
    public async Task What_was_refused_takes_no_more_than_its_bound_and_the_newest_stay()
    {
        await using var collector = await MoodyCollector.StartAsync();
        collector.Entries = (_, _) => 400;
        var options = new ProducerOptions
        {
            Inlet = collector.Inlet,
            MaxRequestMessages = 1,
            Spool = new SpoolOptions { Folder = Folder, MaxRejectedBytes = 1 << 20 },
        };
        await using (var producer = await CollectionProducer.OpenAsync(options, Cancellation))
        {
            for (var one = 0; one < 9; one++)
                await producer.SendAsync(MoodyCollector.Message($"m{one}", 400_000), Cancellation);
        }

        var newest = await File.ReadAllLinesAsync(Path.Combine(Folder, "rejected.ndjson"), Cancellation);
        var older = await File.ReadAllLinesAsync(Path.Combine(Folder, "rejected.old.ndjson"), Cancellation);
        Assert.Equal([6, 7, 8], older.Concat(newest).Select(line => (int)JsonNode.Parse(line)!["number"]!));
        Assert.All(Directory.EnumerateFiles(Folder, "rejected*"), file => Assert.InRange(new FileInfo(file).Length, 1, 1 << 20));
    }

    [Fact]
    public async Task Whoever_waits_for_a_flush_is_told_that_the_producer_was_stopped()
    {
        await using var collector = await MoodyCollector.StartAsync();
        var gate = new TaskCompletionSource();
        collector.Gate = gate.Task;
        var producer = await CollectionProducer.OpenAsync(Options(collector, Folder), Cancellation);
        await producer.EnqueueAsync(MoodyCollector.Message("a"), Cancellation);
        var flush = producer.FlushAsync(Cancellation);

        await producer.StopAsync(new CancellationToken(canceled: true));
        gate.SetResult();

        var told = await Assert.ThrowsAsync<InvalidOperationException>(() => flush);
        Assert.Equal("The producer was stopped before everything that was to be flushed was decided", told.Message);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    public async Task A_missing_right_or_inlet_does_not_throw_away_what_is_on_disk(int status)
    {
        await using var collector = await MoodyCollector.StartAsync();
        collector.Whims = (number, _) => number <= 20 ? Whim.Of(status) : Whim.None;
        await using var producer = await CollectionProducer.OpenAsync(Options(collector, Folder), Cancellation);

        var result = await producer.SendAsync(MoodyCollector.Message("a"), Cancellation);

        Assert.Equal(MessageOutcome.Accepted, result.Outcome);
        Assert.Equal(["a"], collector.Stored);
    }

    private static bool IsNew(HashSet<string> seen, string key)
    {
        lock (seen)
            return seen.Add(key);
    }

    // The folder as a kill -9 at this moment would leave it.
    private string Image()
    {
        var image = Path.Combine(_root.FullName, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(image);
        foreach (var file in Directory.GetFiles(Folder).Where(file => !file.EndsWith("lock", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(image, Path.GetFileName(file)));
        return image;
    }

    private Task<string> KilledAsync(MoodyCollector collector, params string[] ids) => KilledWithAsync(collector, ids.Select(id => MoodyCollector.Message(id)));

    // Killed before anything was cut into a batch.
    private async Task<string> KilledWithAsync(MoodyCollector collector, IEnumerable<byte[]> messages)
    {
        var producer = await CollectionProducer.OpenAsync(
            new ProducerOptions
            {
                Inlet = collector.Inlet,
                Clock = new ManualClock(),
                Linger = TimeSpan.FromMinutes(1),
                MaxRequestBytes = 1 << 20,
                DrainTime = TimeSpan.Zero,
                MaxRequestMessages = 10_000,
                Spool = new SpoolOptions { Folder = Folder, MaxBytes = 2 << 20 },
            }, Cancellation);
        foreach (var message in messages)
            await producer.EnqueueAsync(message, Cancellation);
        var image = Image();
        await producer.StopAsync(new CancellationToken(canceled: true));
        Directory.Delete(Folder, recursive: true);
        return image;
    }

    private static ProducerOptions Options(MoodyCollector collector, string folder, int messages = 500, int requests = 4) => new()
    {
        Inlet = collector.Inlet,
        Clock = new RushingClock(),
        Linger = messages is 3 or 100 ? TimeSpan.FromMinutes(1) : TimeSpan.Zero,
        MaxRequestMessages = messages,
        MaxRequestsInFlight = requests,
        DrainTime = TimeSpan.FromHours(1),
        Spool = new SpoolOptions { Folder = folder, MaxBytes = 2 << 20 },
    };
}
