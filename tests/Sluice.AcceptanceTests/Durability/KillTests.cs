[assembly: CollectionBehavior(DisableTestParallelization = true)] // each of them takes the whole machine

namespace Sluice.AcceptanceTests.Durability;

/// <summary>The process is killed under load, again and again, and keeps every promise it made.</summary>
public sealed class KillTests
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    [Fact]
    public async Task What_was_acknowledged_is_there_exactly_once_after_every_kill()
    {
        using var run = new CrashRun(new House());
        var random = new Random(Rounds.Seed);
        Rounds.Say($"{Rounds.Count} kills, seed {Rounds.Seed}");

        for (var round = 1; round <= Rounds.Count; round++)
        {
            var isEarly = round % 8 == 0; // some die before they are ready
            var delay = TimeSpan.FromMilliseconds(isEarly ? random.Next(100, 900) : random.Next(200, 2_000));
            var went = await run.RoundAsync(NoEnvironment, async server =>
            {
                if (!isEarly)
                    await server.ReadyAsync();
                await Task.Delay(delay, TestContext.Current.CancellationToken); // the random moment
                server.Kill();
            });
            Rounds.Say($"round {round}: {went}");
        }

        var audit = await run.AuditAsync();
        Rounds.Say(audit.Summary);
        Assert.Empty(audit.Faults);
        Assert.True(audit.Accepted > 300, audit.Summary);
    }
}
