using System.Net;
using System.Text;
using Sluice.Tests.Doubles;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>The disk runs full under load: requests are turned away with 503, nothing acknowledged is lost, and it goes on by itself once there is room.</summary>
[Collection(nameof(WholeMachine))]
public sealed class FullDiskTests
{
    private const int DiskMegabytes = 64;
    private const int MostSchemas = 50; // 10 MB, beyond what the log of the database keeps to write over


    [Fact]
    public async Task A_full_disk_turns_requests_away_and_loses_nothing()
    {
        await using var disk = await SmallDisk.MountAsync(DiskMegabytes);
        using var run = new CrashRun(new House(disk.Folder));
        await using var server = run.House.Start();
        var address = await server.ReadyAsync();
        Assert.NotNull(address);
        using var api = await run.House.SignInAsync(address);
        var datasetId = await run.House.FurnishAsync(api);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var load = run.Senders.RunAsync(address, datasetId, stop.Token);
        await run.Ledger.UntilAcceptedAsync(1_000);
        // Landing and retention still free a little for a while, so the disk is filled up until nothing gets in any more.
        await Until.TrueAsync(
            () =>
            {
                disk.Fill();
                return run.Ledger.TurnedAway > 100;
            },
            "requests are turned away");
        await Until.TrueAsync(
            () =>
            {
                disk.Fill();
                return server.HasSaid("Landing of production paused");
            },
            "landing meets the full disk");
        await Until.TrueAsync(() => PartFiles(disk).Length == 0, "what landing gave up takes no room");
        await AssertManagementIsTurnedAwayAsync(api);

        disk.Free();
        await run.Ledger.UntilAcceptedAsync(run.Ledger.Told(MessageFate.Accepted) + 1_000);
        await stop.CancelAsync();
        await load;

        var audit = await run.AuditAsync(address, api);
        Rounds.Say($"full disk: {audit.Summary}");
        Assert.Empty(audit.Faults);
        Assert.True(audit.Kept == 0, $"Requests that were turned away were kept all the same: {audit.Summary}");
        Assert.Empty(PartFiles(disk));
        server.Terminate();
        Assert.Equal(0, await server.EndedAsync());
    }

    private static async Task AssertManagementIsTurnedAwayAsync(HttpClient api)
    {
        // The log of the database may have room to write over for a while, so it takes some schemas to fill it.
        var padding = new string('x', 200_000);
        for (var number = 1; number <= MostSchemas; number++)
        {
            using var content = new StringContent(
                $"{{\"title\":\"Big {number}\",\"description\":\"{padding}\",\"type\":\"object\"}}", Encoding.UTF8, "application/json");
            using var response = await api.PostAsync("/data/foundation/schemaregistry/tenant/schemas", content, TestContext.Current.CancellationToken);
            if (response.IsSuccessStatusCode)
                continue;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.NotNull(response.Headers.RetryAfter);
            return;
        }
        Assert.Fail("The database never ran out of room");
    }

    private static string[] PartFiles(SmallDisk disk) => Directory.GetFiles(disk.Folder, "*.part", SearchOption.AllDirectories);
}
