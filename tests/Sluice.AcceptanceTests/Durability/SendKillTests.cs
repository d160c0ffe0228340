using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.AcceptanceTests.Durability;

/// <summary><c>sluice send</c> killed again and again, and the server with it: in the end each line is stored once.</summary>
[Collection(nameof(WholeMachine))]
public sealed class SendKillTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("sluice-send-kill-");

    private static int Messages => Rounds.IsLongForm ? 1_000_000 : 60_000;

    private string FilePath => Path.Combine(_root.FullName, "events.ndjson");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task A_sending_and_its_server_killed_at_any_moment_store_each_line_once()
    {
        using var house = new House();
        var random = new Random(Rounds.Seed);
        var server = house.Start();
        try
        {
            var address = await server.ReadyAsync();
            string datasetId;
            using (var furnishing = await house.SignInAsync(address!))
                datasetId = await house.FurnishAsync(furnishing);
            await WriteAsync(house, datasetId);

            var kills = 0;
            (int Code, string Output, string Error) end = default;
            for (var round = 0; ; round++)
            {
                await using var send = ProgramRun.Start(
                    "send", FilePath, "--inlet", $"{address}/collection/{house.InletId}", "--server", address!, "--data", house.Folder, "--json", "--request-messages", "50");
                if (kills < Rounds.Count * 2)
                {
                    // From the moment that something is decided, so that every round kills in the middle.
                    var before = Position();
                    while (Position() == before && !send.HasEnded)
                        await Task.Delay(5, TestContext.Current.CancellationToken);
                    await Task.Delay(random.Next(0, 60), TestContext.Current.CancellationToken); // the random moment
                    send.Kill();
                    kills++;
                    if (round % 2 == 1)
                    {
                        server.Kill();
                        await server.EndedAsync();
                        await server.DisposeAsync();
                        server = house.StartAt(address!);
                        Assert.Equal(address, await server.ReadyAsync());
                    }
                    Assert.True(round < 100, "it never got to the end");
                    continue;
                }
                end = await send.EndedAsync();
                break;
            }

            Assert.True(end.Code == 3, $"ended with {end.Code}: {end.Output} {end.Error}");
            var told = JsonNode.Parse(end.Output)!;
            var good = Enumerable.Range(0, Messages).Count(SentMessage.IsGood);
            Assert.Equal((good, Messages - good), ((int)told["accepted"]!, (int)told["rejected"]!));
            Assert.InRange((int)told["earlier"]!, 1, Messages - 1);
            Assert.Equal(
                Enumerable.Range(0, Messages).Where(number => !SentMessage.IsGood(number)).Select(number => number + 1),
                File.ReadLines(FilePath + ".rejected.ndjson").Select(line => (int)JsonNode.Parse(line)!["line"]!).Order());
            using var api = await house.SignInAsync(address!);
            await AssertStoredOnceAsync(api, Messages);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private long Position()
    {
        try
        {
            return (long)JsonNode.Parse(File.ReadAllText(FilePath + ".sluice-send"))!["position"]!;
        }
        catch (IOException)
        {
            return 0; // not there yet
        }
    }

    private async Task WriteAsync(House house, string datasetId)
    {
        await using var file = new StreamWriter(FilePath);
        for (var number = 0; number < Messages; number++)
            await file.WriteLineAsync(SentMessage.Text(number, house, datasetId));
    }

    /// <summary>Waits for landing, and looks at every file.</summary>
    internal static async Task AssertStoredOnceAsync(HttpClient api, int messages)
    {
        var landed = new LandedFiles();
        var good = Enumerable.Range(0, messages).Where(SentMessage.IsGood).ToList();
        for (var turn = 0; turn < 600 && good.Any(number => landed.TimesGood(number) == 0); turn++)
        {
            await landed.ReadNewAsync(api);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        await Task.Delay(1_500, TestContext.Current.CancellationToken); // three windows more, in which a duplicate would land
        await landed.ReadNewAsync(api);
        Assert.Empty(landed.Strangers);
        Assert.Empty(good.Where(number => landed.TimesGood(number) != 1).Select(number => string.Create(CultureInfo.InvariantCulture, $"{number} is there {landed.TimesGood(number)} times")).Take(10));
    }
}
