using System.Diagnostics;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>A backup is made while the server takes messages, and a server started on it has all that was acknowledged before.</summary>
[Collection(nameof(WholeMachine))]
public sealed class BackupTests
{
    [Fact]
    public async Task A_copy_made_under_load_and_brought_up_to_date_has_everything_acknowledged_before_it_exactly_once()
    {
        var house = new House();
        house.Settings.Add("Journal:MaxAge=00:01:00");
        var copied = Directory.CreateTempSubdirectory("sluice-backup-").FullName;
        Directory.Delete(copied);
        using var run = new CrashRun(house);
        var fates = Array.Empty<MessageFate>();
        await run.RoundAsync(new Dictionary<string, string>(), async server =>
        {
            await server.ReadyAsync();
            await run.Ledger.UntilAcceptedAsync(500);
            Assert.Equal(0, await BackUpAsync(house.Folder, copied));
            await run.Ledger.UntilAcceptedAsync(run.Ledger.Told(MessageFate.Accepted) + 500);
            fates = run.Ledger.Fates();
            Assert.Equal(0, await BackUpAsync(house.Folder, copied));
            server.Kill();
        });
        house.MoveTo(copied);
        run.ForgetBatches();
        // What was sent after the second copy began may be in it or not.
        for (var number = 0; number < run.Ledger.Count; number++)
            run.Ledger.Tell(number, number < fates.Length ? fates[number] : MessageFate.InFlight);

        var audit = await run.AuditAsync();

        Assert.Empty(audit.Faults);
        Assert.True(audit.Accepted >= 1_000, audit.Summary);
    }

    [Fact]
    public async Task A_folder_with_something_else_in_it_is_left_alone()
    {
        using var house = new House();
        await using (var server = house.Start())
            await server.ReadyAsync();
        var target = Directory.CreateTempSubdirectory("sluice-backup-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(target, "thesis.txt"), "mine", TestContext.Current.CancellationToken);

            Assert.Equal(1, await BackUpAsync(house.Folder, target));
            Assert.Equal(1, await BackUpAsync(house.Folder, Path.Combine(house.Folder, "backup")));
            Assert.Equal(1, await BackUpAsync(target, target + "-other"));
            Assert.Equal(["thesis.txt"], Directory.EnumerateFileSystemEntries(target).Select(Path.GetFileName));
        }
        finally
        {
            Directory.Delete(target, recursive: true);
        }
    }

    private static async Task<int> BackUpAsync(string data, string target)
    {
        using var process = Process.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "Sluice.dll"), "backup", "--data", data, target]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }
}
