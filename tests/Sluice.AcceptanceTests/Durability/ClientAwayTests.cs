using System.Diagnostics;
using System.Text;
using Sluice.Client;
using Sluice.Tests.Doubles;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>A program goes on producing while the server is killed and away, or its own disk is full: nothing is lost, nothing doubled, memory stays bounded.</summary>
[Collection(nameof(WholeMachine))]
public sealed class ClientAwayTests : IDisposable
{
    private const int SpoolBytes = 8 << 20;
    private const int MemoryBytes = 2 << 20;
    private const long MostGrowth = 96L << 20; // with everything in memory that waits, it would be as much as was produced

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("sluice-away-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // The long form is half a minute.
    private static TimeSpan Away => TimeSpan.FromSeconds(Rounds.IsLongForm ? 30 : 4);

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_killed_and_away_under_a_producing_client_has_each_message_once_in_the_end(bool hasSpool)
    {
        using var house = new House();
        var server = house.Start();
        try
        {
            var address = (await server.ReadyAsync())!;
            string datasetId;
            using (var furnishing = await house.SignInAsync(address))
                datasetId = await house.FurnishAsync(furnishing);
            var produced = 0;
            var results = new List<Task<MessageResult>>();
            using var stop = new CancellationTokenSource();
            await using (var producer = await OpenAsync(house, address, hasSpool ? Path.Combine(_root.FullName, "spool") : null))
            {
                GC.Collect();
                var before = GC.GetTotalMemory(forceFullCollection: true);
                long most = 0;
                var producing = Task.Run(
                    async () =>
                    {
                        while (!stop.IsCancellationRequested)
                        {
                            results.Add(await producer.EnqueueAsync(Encoding.UTF8.GetBytes(SentMessage.Text(produced, house, datasetId)), Cancellation));
                            produced++;
                        }
                    }, Cancellation);
                await Until.TrueAsync(() => Volatile.Read(ref produced) > 2_000 || producing.IsFaulted);

                server.Kill();
                await server.EndedAsync();
                await server.DisposeAsync();
                for (var away = Stopwatch.StartNew(); away.Elapsed < Away;)
                {
                    Assert.InRange(producer.PendingBytes, 0, hasSpool ? SpoolBytes : MemoryBytes);
                    most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false) - before);
                    await Task.Delay(100, Cancellation);
                }
                var whileAway = Volatile.Read(ref produced);
                server = house.StartAt(address);
                Assert.Equal(address, await server.ReadyAsync());
                await Until.TrueAsync(() => Volatile.Read(ref produced) > whileAway + 2_000 || producing.IsFaulted);
                await stop.CancelAsync();
                await producing;
                await producer.FlushAsync(Cancellation);
                Assert.True(most < MostGrowth, $"memory grew by {most:N0} bytes");
            }

            var told = await Task.WhenAll(results);
            for (var number = 0; number < told.Length; number++)
                Assert.Equal(SentMessage.IsGood(number) ? MessageOutcome.Accepted : MessageOutcome.Refused, told[number].Outcome);
            Rounds.Say($"server away for {Away.TotalSeconds} s, spool {hasSpool}: {told.Length} messages produced");
            using var api = await house.SignInAsync(address);
            await SendKillTests.AssertStoredOnceAsync(api, told.Length);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_full_disk_under_the_spool_refuses_what_is_not_on_it_and_sends_each_of_the_others_once()
    {
        await using var disk = await SmallDisk.MountAsync(8);
        using var house = new House();
        await using var server = house.Start();
        var address = (await server.ReadyAsync())!;
        using var api = await house.SignInAsync(address);
        var datasetId = await house.FurnishAsync(api);
        var taken = new List<Task<MessageResult>>();
        var refused = 0;
        await using (var producer = await OpenAsync(house, address, Path.Combine(disk.Folder, "spool")))
        {
            // A message counts when it was taken: its number is used again when it was not.
            for (var turn = 0; turn < 3_000; turn++)
            {
                if (turn == 1_000)
                    disk.Fill();
                if (turn == 2_000)
                    disk.Free();
                try
                {
                    taken.Add(await producer.EnqueueAsync(Encoding.UTF8.GetBytes(SentMessage.Text(taken.Count, house, datasetId)), Cancellation));
                }
                catch (IOException)
                {
                    refused++;
                    disk.Fill(); // what the spool let go of meanwhile
                }
            }
            await producer.FlushAsync(Cancellation);
        }

        Assert.InRange(refused, 1, 1_999);
        var told = await Task.WhenAll(taken);
        Assert.DoesNotContain(told, one => one.Outcome is MessageOutcome.Undelivered or MessageOutcome.Kept);
        await SendKillTests.AssertStoredOnceAsync(api, told.Length);
    }

    private static Task<CollectionProducer> OpenAsync(House house, string address, string? spool) => CollectionProducer.OpenAsync(
        new ProducerOptions
        {
            Inlet = new Uri($"{address}/collection/{house.InletId}"),
            MaxRequestMessages = 100,
            MaxRequestBytes = 256 << 10,
            MaxBufferedBytes = MemoryBytes,
            MaxRetries = int.MaxValue,
            MaxBackOff = TimeSpan.FromMilliseconds(500),
            Linger = TimeSpan.FromMilliseconds(2),
            Spool = spool is null ? null : new SpoolOptions { Folder = spool, MaxBytes = SpoolBytes },
        }, Cancellation);
}
