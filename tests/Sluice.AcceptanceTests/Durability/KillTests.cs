namespace Sluice.AcceptanceTests.Durability;

/// <summary>The process is killed under load, again and again, and keeps every promise it made.</summary>
[Collection(nameof(WholeMachine))]
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
            var moment = round % 8 == 0 ? Moment.Starting : round % 4 == 2 ? Moment.Ready : Moment.Loaded;
            var delay = TimeSpan.FromMilliseconds(moment == Moment.Starting ? random.Next(100, 900) : random.Next(0, 2_000));
            var accepted = run.Ledger.Told(MessageFate.Accepted);
            var went = await run.RoundAsync(NoEnvironment, async server =>
            {
                if (moment != Moment.Starting)
                    await server.ReadyAsync();
                if (moment == Moment.Loaded)
                    await run.Ledger.UntilAcceptedAsync(accepted + 200);
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

    /// <summary>From when on the random time until a kill is counted: also a start, and the first calls after it, are killed.</summary>
    private enum Moment
    {
        Starting,
        Ready,
        Loaded,
    }
}
