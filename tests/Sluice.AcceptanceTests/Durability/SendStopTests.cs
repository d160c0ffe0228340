using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.AcceptanceTests.Durability;

/// <summary><c>sluice send</c> and <c>tail</c> stopped by a signal or by a full disk: they say so with their exit code, and the same again goes on.</summary>
[Collection(nameof(WholeMachine))]
public sealed class SendStopTests : IDisposable
{
    private const int Messages = 40_000;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("sluice-send-stop-");

    private string FilePath => Path.Combine(_root.FullName, "events.ndjson");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData(ProgramRun.SigInt)]
    [InlineData(ProgramRun.SigTerm)]
    public async Task A_signal_ends_a_sending_with_130_after_writing_down_what_is_decided_and_the_same_again_goes_on(int signal)
    {
        using var house = new House();
        await using var server = house.Start();
        var (address, api) = await FurnishAsync(house, server);
        using var _ = api;

        await house.ChangeInletAsync(api, Slow());

        await using var first = Send(house, address, FilePath + ".sluice-send", FilePath + ".rejected.ndjson");
        await Until.TrueAsync(() => first.HasEnded || Position(FilePath + ".sluice-send") > 0);
        first.Interrupt(signal);
        var interrupted = await first.EndedAsync();
        var decided = Position(FilePath + ".sluice-send");
        await house.ChangeInletAsync(api, []);
        await using var second = Send(house, address, FilePath + ".sluice-send", FilePath + ".rejected.ndjson");
        var end = await second.EndedAsync();

        Assert.Equal((130, "interrupted"), (interrupted.Code, (string?)JsonNode.Parse(interrupted.Output)!["outcome"]));
        Assert.Contains("bytes are left. Run the same again to go on.", interrupted.Error, StringComparison.Ordinal);
        Assert.Equal(new FileInfo(FilePath).Length - decided, (long)JsonNode.Parse(interrupted.Output)!["bytesLeft"]!);
        await AssertDoneAsync(end, api, FilePath + ".rejected.ndjson");
    }

    [Fact]
    public async Task Ctrl_C_ends_a_tail_with_130()
    {
        using var house = new House();
        await using var server = house.Start();
        var (address, api) = await FurnishAsync(house, server, messages: 1_000);
        using var _ = api;
        await using var tail = ProgramRun.Start("tail", "--json", "--server", address, "--data", house.Folder);

        for (var turn = 0; tail.Said.Length == 0 && turn < 100; turn++)
        {
            await using var send = Send(house, address, Path.Combine(_root.FullName, $"state{turn}"), Path.Combine(_root.FullName, $"rejects{turn}"));
            await send.EndedAsync();
        }
        tail.Interrupt();
        var end = await tail.EndedAsync();

        Assert.Equal(130, end.Code);
        Assert.EndsWith("Interrupted.\n", end.Error, StringComparison.Ordinal);
        Assert.All(end.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.IsType<JsonObject>(JsonNode.Parse(line)));
    }

    [Fact]
    public async Task A_disk_that_is_full_before_the_first_state_has_nothing_sent_at_all()
    {
        await using var disk = await SmallDisk.MountAsync(1);
        using var house = new House();
        await using var server = house.Start();
        var (address, api) = await FurnishAsync(house, server);
        using var _ = api;
        var state = Path.Combine(disk.Folder, "state");
        disk.Fill();

        await using var first = Send(house, address, state, FilePath + ".rejected.ndjson");
        var full = await first.EndedAsync();
        disk.Free();
        await using var second = Send(house, address, state, FilePath + ".rejected.ndjson");
        var end = await second.EndedAsync();

        AssertFull(full, state);
        Assert.Equal((0, 0), Decided(full));
        await AssertDoneAsync(end, api, FilePath + ".rejected.ndjson");
    }

    [Theory]
    [InlineData("state")]
    [InlineData("rejects")]
    public async Task A_disk_that_runs_full_under_a_sending_stops_it_and_once_there_is_room_the_same_again_goes_on(string what)
    {
        await using var disk = await SmallDisk.MountAsync(16); // the rejects fit in the end
        using var house = new House();
        await using var server = house.Start();
        var (address, api) = await FurnishAsync(house, server);
        using var _ = api;
        var state = what == "state" ? Path.Combine(disk.Folder, "state") : FilePath + ".sluice-send";
        var rejects = what == "rejects" ? Path.Combine(disk.Folder, "rejects") : FilePath + ".rejected.ndjson";

        await house.ChangeInletAsync(api, Slow());

        await using var first = Send(house, address, state, rejects);
        await Until.TrueAsync(() => first.HasEnded || Position(state) > 0);
        while (!first.HasEnded)
        {
            disk.Fill(); // what a renamed state gives back is taken again
            await Task.Delay(20, Cancellation);
        }
        var full = await first.EndedAsync();
        var decided = Position(state);
        disk.Free();
        await house.ChangeInletAsync(api, []);
        await using var second = Send(house, address, state, rejects);
        var end = await second.EndedAsync();

        AssertFull(full, what == "state" ? state : rejects);
        Assert.InRange(decided, 1, new FileInfo(FilePath).Length - 1);
        await AssertDoneAsync(end, api, rejects);
    }

    private static void AssertFull((int Code, string Output, string Error) run, string file)
    {
        Assert.True(run.Code == 1, $"ended with {run.Code}: {run.Output}{run.Error}");
        Assert.Equal("failed", (string?)JsonNode.Parse(run.Output)!["outcome"]);
        Assert.Contains("Not done: No space left on device", run.Error, StringComparison.Ordinal);
        Assert.Contains(file, run.Error, StringComparison.Ordinal);
        Assert.Contains("Run the same again to go on.", run.Error, StringComparison.Ordinal);
    }

    private static (int Accepted, int Rejected) Decided((int Code, string Output, string Error) run) =>
        ((int)JsonNode.Parse(run.Output)!["accepted"]!, (int)JsonNode.Parse(run.Output)!["rejected"]!);

    private static async Task AssertDoneAsync((int Code, string Output, string Error) run, HttpClient api, string rejects)
    {
        Assert.True(run.Code == 3, $"ended with {run.Code}: {run.Output}{run.Error}");
        var bad = Enumerable.Range(0, Messages).Where(number => !SentMessage.IsGood(number)).ToList();
        Assert.Equal((Messages - bad.Count, bad.Count), Decided(run));
        Assert.Equal(bad.Select(number => number + 1), File.ReadLines(rejects).Select(line => (int)JsonNode.Parse(line)!["line"]!).Order());
        await SendKillTests.AssertStoredOnceAsync(api, Messages);
    }

    private async Task<(string Address, HttpClient Api)> FurnishAsync(House house, ServerProcess server, int messages = Messages)
    {
        var address = (await server.ReadyAsync())!;
        var api = await house.SignInAsync(address);
        var datasetId = await house.FurnishAsync(api);
        await File.WriteAllLinesAsync(FilePath, Enumerable.Range(0, messages).Select(number => SentMessage.Text(number, house, datasetId)), Cancellation);
        return (address, api);
    }

    // So slow that it is stopped in the middle, however busy the machine.
    private static JsonObject Slow() => new() { ["messagesPerSecond"] = Messages / 8 };

    private ProgramRun Send(House house, string address, string state, string rejects) => ProgramRun.Start(
        "send", FilePath, "--inlet", $"{address}/collection/{house.InletId}", "--server", address, "--data", house.Folder, "--json",
        "--request-messages", "20", "--state", state, "--rejects", rejects);

    private static long Position(string state)
    {
        try
        {
            return (long)JsonNode.Parse(File.ReadAllText(state))!["position"]!;
        }
        catch (IOException)
        {
            return 0; // not there yet
        }
    }
}
