using System.Globalization;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>A program with a spooling producer is killed again and again, with the server there and away: what its calls acknowledged is stored once.</summary>
[Collection(nameof(WholeMachine))]
public sealed class ProducerKillTests : IDisposable
{
    // More than the program has under way: what was on disk and not said yet when it was killed keeps its number to itself.
    private const int Gap = 1_000;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("sluice-producer-kill-");

    private string Spool => Path.Combine(_root.FullName, "spool");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task A_producing_program_killed_while_it_spools_has_each_acknowledged_message_stored_once()
    {
        using var house = new House();
        var random = new Random(Rounds.Seed);
        var server = house.Start();
        try
        {
            var address = (await server.ReadyAsync())!;
            string template;
            using (var furnishing = await house.SignInAsync(address))
                template = SentMessage.Template(house, await house.FurnishAsync(furnishing));
            var inlet = new Uri($"{address}/collection/{house.InletId}");
            var spooled = new List<int>();
            for (var round = 0; round < Rounds.Count * 2; round++)
            {
                // Every second round fills the spool of a server that is away: files end and begin, and are read at the next start.
                var isAway = round % 2 == 1;
                if (isAway)
                {
                    server.Kill();
                    await server.EndedAsync();
                    await server.DisposeAsync();
                }
                await using (var program = SpoolingProgram.Start(inlet, Spool, template, spooled.Count == 0 ? 0 : spooled.Max() + Gap))
                {
                    while (Numbers(program.Said).Count < 300)
                    {
                        Assert.False(program.HasEnded, $"round {round}: it ended by itself: {(program.HasEnded ? (await program.EndedAsync()).Error : "")}");
                        await Task.Delay(5, TestContext.Current.CancellationToken);
                    }
                    await Task.Delay(random.Next(0, 60), TestContext.Current.CancellationToken); // the random moment
                    program.Kill();
                    spooled.AddRange(Numbers((await program.EndedAsync()).Output));
                }
                if (isAway)
                {
                    server = house.StartAt(address);
                    Assert.Equal(address, await server.ReadyAsync());
                }
            }

            await using (var last = SpoolingProgram.StartDraining(inlet, Spool))
            {
                var end = await last.EndedAsync();
                Assert.True(end.Code == 0, $"the spool could not be sent: {end.Error}");
            }
            Rounds.Say($"{Rounds.Count * 2} kills of a producer: {spooled.Count} messages spooled, {Directory.GetFiles(Spool, "*.torn").Length} torn tails");
            using var api = await house.SignInAsync(address);
            await AssertStoredAsync(api, spooled);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    // The last line may be cut.
    private static List<int> Numbers(string said) =>
        [.. said[..(said.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line != SpoolingProgram.Ready).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];

    private static async Task AssertStoredAsync(HttpClient api, List<int> spooled)
    {
        var landed = new LandedFiles();
        for (var turn = 0; turn < 600 && spooled.Any(number => Times(number) == 0); turn++)
        {
            await landed.ReadNewAsync(api);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        await Task.Delay(1_500, TestContext.Current.CancellationToken); // three windows more, in which a duplicate would land
        await landed.ReadNewAsync(api);
        Assert.Empty(landed.Strangers);
        Assert.Equal(spooled.Count, spooled.Distinct().Count());
        Assert.Empty(spooled.Where(number => Times(number) != 1).Select(number => string.Create(CultureInfo.InvariantCulture, $"{number} is there {Times(number)} times")).Take(10));
        // What was not said may have been spooled; it is not there twice either.
        Assert.DoesNotContain(Enumerable.Range(0, spooled.Max() + Gap), number => Times(number) > 1);

        int Times(int number) => landed.TimesGood(number) + landed.TimesFailed(number);
    }
}
