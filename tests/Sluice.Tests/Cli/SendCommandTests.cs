using System.Text.Json.Nodes;
using Sluice.Cli;
using Sluice.Client;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Cli;

/// <summary><c>sluice send</c> against the program itself.</summary>
public sealed class SendCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-send-");

    private string FilePath => Path.Combine(_folder.FullName, "events.ndjson");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_files_good_lines_land_its_bad_ones_are_written_down_with_their_reasons_and_a_second_run_sends_nothing(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await Producer.OpenAsync(house);
        var lines = Enumerable.Range(0, 1_200).Select(one => desk.Message(Producer.Entity($"m{one}")).ToJsonString()).ToList();
        lines[7] = desk.Message(new JsonObject { ["_id"] = 7, ["timestamp"] = "2019-02-23T22:07:01Z" }).ToJsonString();
        lines[600] = "{\"cut\":";
        lines[601] = "";
        lines[602] = lines[602] + "," + lines[603]; // two messages, or none
        await File.WriteAllTextAsync(FilePath, string.Join('\n', lines), TestContext.Current.CancellationToken);

        var first = await CommandRun.Of(house, "send", FilePath, "--inlet", desk.InletId, "--json");
        var second = await CommandRun.Of(house, "send", FilePath, "--inlet", desk.InletId, "--json");

        Assert.Equal((3, 1_196, 3, 1_200), (first.Code, (int)first.Json["accepted"]!, (int)first.Json["rejected"]!, (int)first.Json["lines"]!));
        Assert.Equal((3, 1_196, 1_199, 0), (second.Code, (int)second.Json["accepted"]!, (int)second.Json["earlier"]!, (int)second.Json["bytesLeft"]!));
        var rejects = (await File.ReadAllLinesAsync(FilePath + ".rejected.ndjson", TestContext.Current.CancellationToken)).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal([8, 601, 603], rejects.Select(one => (int)one["line"]!).Order());
        Assert.Equal($"{desk.Prefix}Message is invalid: #/_id: expected type: String, found: Integer", (string?)rejects.Single(one => (int)one["line"]! == 8)["reason"]);
        Assert.Equal("{\"cut\":", (string?)rejects.Single(one => (int)one["line"]! == 601)["text"]);
        var landed = await desk.LandedAsync(1_196);
        Assert.Equal(1_196, landed.Select(line => (string)line["_id"]!).Distinct().Count());
        Assert.Equal(1_196, landed.Count);
    }

    [Fact]
    public async Task Entities_get_the_message_of_their_dataset_around_them()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await Producer.OpenAsync(house);
        await File.WriteAllLinesAsync(FilePath, Enumerable.Range(0, 30).Select(one => Producer.Entity($"e{one}").ToJsonString()), TestContext.Current.CancellationToken);

        var run = await CommandRun.Of(house, "send", FilePath, "--dataset", desk.DatasetId, "--gzip");

        Assert.Equal((0, "30 accepted, 0 rejected\n"), (run.Code, run.Output));
        Assert.Equal(30, (await desk.LandedAsync(30)).Count);
    }

    [Fact]
    public async Task A_server_that_is_away_for_too_long_ends_it_and_the_same_again_goes_on()
    {
        var data = _folder.CreateSubdirectory("data").FullName;
        var house = await TestHouse.StartInAsync(data);
        var (address, desk) = (house.Address, await Producer.OpenAsync(house));
        await File.WriteAllLinesAsync(FilePath, Enumerable.Range(0, 40).Select(one => desk.Message(Producer.Entity($"a{one}")).ToJsonString()), TestContext.Current.CancellationToken);
        await house.DisposeAsync();

        string[] send = ["send", FilePath, "--inlet", address + desk.Path, "--server", address, "--data", data, "--patience", "1"];
        var away = await CommandRun.Of(TestContext.Current.CancellationToken, send);
        house = await TestHouse.StartAgainAsync(data, address);
        var back = await CommandRun.Of(TestContext.Current.CancellationToken, send);
        await house.DisposeAsync();

        Assert.Equal((1, "0 accepted, 0 rejected\n"), (away.Code, away.Output));
        Assert.Contains("Not done: The server did not answer for 00:00:01: ", away.Error, StringComparison.Ordinal);
        Assert.Contains("Run the same again to go on.", away.Error, StringComparison.Ordinal);
        Assert.Equal((0, "40 accepted, 0 rejected\n"), (back.Code, back.Output));
    }

    [Fact]
    public async Task An_inlet_a_file_or_a_state_that_cannot_be_used_is_named_and_nothing_is_sent()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await Producer.OpenAsync(house);
        await File.WriteAllTextAsync(FilePath, desk.Message().ToJsonString(), TestContext.Current.CancellationToken);

        var nowhere = await CommandRun.Of(house, "send", FilePath, "--inlet", "nowhere");
        var gone = await CommandRun.Of(house, "send", FilePath, "--inlet", house.Address + "/collection/" + new string('0', 64));
        var noFile = await CommandRun.Of(house, "send", FilePath + "x", "--inlet", desk.InletId);
        var tooSmall = await CommandRun.Of(house, "send", FilePath, "--inlet", desk.InletId, "--request-bytes", "7");
        await File.WriteAllTextAsync(FilePath + ".sluice-send", "[]", TestContext.Current.CancellationToken);
        var noState = await CommandRun.Of(house, "send", FilePath, "--inlet", desk.InletId);

        Assert.Equal((1, "Not done: there is no inlet 'nowhere'\n"), (nowhere.Code, nowhere.Error));
        Assert.Equal((1, "0 accepted, 0 rejected\n"), (gone.Code, gone.Output));
        Assert.Equal((1, true), (noFile.Code, noFile.Error.Contains("events.ndjsonx", StringComparison.Ordinal)));
        Assert.Equal((2, true), (tooSmall.Code, tooSmall.Error.Contains("MaxRequestBytes is 7", StringComparison.Ordinal)));
        Assert.Equal((1, true), (noState.Code, noState.Error.Contains("events.ndjson.sluice-send cannot be read", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_line_of_progress_tells_what_is_decided_what_is_left_and_how_fast()
    {
        var progress = new UploadProgress { Bytes = 25_000_000, TotalBytes = 100_000_000, Accepted = 1_900, Rejected = 100, Earlier = 1_000 };

        Assert.Equal("[######..................] 25 %  1,900 accepted, 100 rejected  500/s  25.0 of 100.0 MB", SendProgress.Line(progress, TimeSpan.FromSeconds(2)));
        Assert.Equal("0 accepted, 0 rejected  0/s  0.0 MB  waiting: refused", SendProgress.Line(new UploadProgress { Trouble = "refused" }, TimeSpan.Zero));
    }
}
