namespace Sluice.AcceptanceTests.Durability;

/// <summary>The machine loses power at a random call: whatever was not flushed is gone, and every promise is kept.</summary>
[Collection(nameof(WholeMachine))]
public sealed class PowerCutTests
{
    private const int StartingCalls = 80; // about what a start on a used folder does
    private const int FirstStartCalls = 170;

    private static readonly int LoadedCalls = Rounds.IsLongForm ? 3_000 : 1_000; // a second or a few of load
    private static readonly TimeSpan RoundBound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_was_acknowledged_is_there_exactly_once_after_every_power_cut()
    {
        using var run = new CrashRun(new House());
        var cut = await PowerCut.ForAsync(run.House.Folder);
        var random = new Random(Rounds.Seed);
        var cuts = 0;
        Rounds.Say($"{Rounds.Count} power cuts, seed {Rounds.Seed}");

        for (var round = 1; round <= Rounds.Count; round++)
        {
            var call = round % 4 == 0 ? random.Next(1, StartingCalls) : random.Next(StartingCalls, LoadedCalls);
            var seed = round % 3 == 0 ? 0 : random.Next(1, int.MaxValue); // every third disk keeps nothing at all
            var went = await run.RoundAsync(cut.EnvironmentFor(call, seed), KillIfTheCutIsNotReachedAsync);
            Rounds.Say($"round {round}: {went}; {cut.Report ?? "killed before the cut was reached"}");
            Assert.DoesNotContain("escaped", cut.Report ?? "", StringComparison.Ordinal);
            cuts += cut.Report is null ? 0 : 1;
        }

        var audit = await run.AuditAsync();
        Rounds.Say($"{cuts} cuts: {audit.Summary}");
        Assert.Empty(audit.Faults);
        Assert.True(audit.Accepted > 100 && cuts > 0, $"{cuts} cuts: {audit.Summary}");
    }

    [Fact]
    public async Task A_first_start_can_lose_power_at_any_call_and_be_repeated()
    {
        var random = new Random(Rounds.Seed);
        for (var round = 1; round <= Rounds.Count; round++)
        {
            using var house = new House();
            var cut = await PowerCut.ForAsync(house.Folder);
            var call = random.Next(1, FirstStartCalls);
            await using (var first = house.Start(cut.EnvironmentFor(call, round % 2 == 0 ? random.Next(1, int.MaxValue) : 0)))
            {
                if (await first.ReadyAsync() is not null)
                    first.Kill();
                Assert.Equal(137, await first.EndedAsync());
            }

            await using var second = house.Start();
            var address = await second.ReadyAsync();
            Assert.True(address is not null, $"After a cut at call {call} the server does not start:\n{second.LastLines}");
            using var api = await house.SignInAsync(address);
            await house.FurnishAsync(api);
            Rounds.Say($"first start {round}: {cut.Report ?? $"ready before call {call}"}; started again, signed in");
        }
    }

    [Fact]
    public async Task The_credentials_that_a_first_start_announced_are_there_after_a_power_cut()
    {
        using var run = new CrashRun(new House());
        var cut = await PowerCut.ForAsync(run.House.Folder);
        var credentials = Path.Combine(run.House.Folder, "credentials.json");
        var announced = "";

        await run.RoundAsync(cut.EnvironmentFor(), async server =>
        {
            await server.ReadyAsync();
            announced = await File.ReadAllTextAsync(credentials, TestContext.Current.CancellationToken);
            cut.Trigger();
        });

        Assert.NotNull(cut.Report);
        Assert.True(File.Exists(credentials), "credentials.json is gone");
        Assert.Equal(announced, await File.ReadAllTextAsync(credentials, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_environment_added_to_a_used_folder_survives_its_first_power_cut()
    {
        using var run = new CrashRun(new House { Environment = "beta" });
        var cut = await PowerCut.ForAsync(run.House.Folder);
        await using (var before = run.House.Start())
        {
            Assert.NotNull(await before.ReadyAsync());
            before.Terminate();
            await before.EndedAsync();
        }
        run.House.Settings.Add("Storage:Environments:0=beta");

        await run.RoundAsync(cut.EnvironmentFor(), async server =>
        {
            await server.ReadyAsync();
            await run.Ledger.UntilAcceptedAsync(1);
            cut.Trigger();
        });

        Assert.NotNull(cut.Report);
        Assert.Empty((await run.AuditAsync()).Faults);
    }

    private static async Task KillIfTheCutIsNotReachedAsync(ServerProcess server)
    {
        try
        {
            await server.EndedAsync().WaitAsync(RoundBound, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            server.Kill();
        }
    }
}
