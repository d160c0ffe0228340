using System.Text;
using System.Text.Json.Nodes;
using Sluice.Client;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Client;

/// <summary>A file that is sent can be interrupted anywhere: what goes on sends the same requests, and each line is stored once.</summary>
public sealed class UploadTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("sluice-upload-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string State => Path.Combine(_root.FullName, "state");

    private string Rejects => Path.Combine(_root.FullName, "rejects");

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Interrupted_while_answers_are_lost_it_goes_on_with_the_same_requests(bool canSeek)
    {
        await using var collector = await MoodyCollector.StartAsync();
        var bytes = Lines(Enumerable.Range(0, 50).Select(one => $"m{one:D2}"));
        collector.Whims = (number, _) => number % 3 == 0 ? Whim.None : new Whim(Mood.CutAfter);
        for (var run = 1; run <= 6; run++)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            using var upload = FileUpload.Open(Options(collector, new Source(bytes, canSeek)));
            var running = upload.RunAsync(stop.Token);
            await Task.WhenAny(collector.CameAsync(run * 4), running);
            await stop.CancelAsync();
            await running.ContinueWith(_ => { }, TaskScheduler.Default);
        }
        collector.Whims = (_, _) => Whim.None;

        using var last = FileUpload.Open(Options(collector, new Source(bytes, canSeek)));
        var end = await last.RunAsync(Cancellation);

        Assert.Equal((50, 50, 0, bytes.Length), (end.Lines, end.Accepted, end.Rejected, end.Bytes));
        Assert.Equal(Enumerable.Range(0, 50).Select(one => $"m{one:D2}"), collector.Stored.Order());
        Assert.All(collector.Requests.GroupBy(one => one.Key), same => Assert.Single(same.Select(one => one.Text).Distinct()));
    }

    [Fact]
    public async Task A_state_as_old_as_the_first_request_doubles_nothing()
    {
        await using var collector = await MoodyCollector.StartAsync();
        var bytes = Lines(Enumerable.Range(0, 30).Select(one => $"m{one:D2}"));
        collector.Entries = (_, id) => id == "m05" ? 400 : 0;
        byte[] old;
        using (var upload = FileUpload.Open(Options(collector, new Source(bytes, true))))
        {
            collector.Whims = (number, _) => number == 1 ? Whim.None : new Whim(Mood.CutAfter);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var running = upload.RunAsync(stop.Token);
            await collector.CameAsync(2);
            old = await File.ReadAllBytesAsync(State, Cancellation);
            await stop.CancelAsync();
            await running.ContinueWith(_ => { }, TaskScheduler.Default);
        }
        collector.Whims = (_, _) => Whim.None;
        using (var upload = FileUpload.Open(Options(collector, new Source(bytes, true))))
            await upload.RunAsync(Cancellation);
        await File.WriteAllBytesAsync(State, old, Cancellation); // as if no later write had reached the disk

        using var again = FileUpload.Open(Options(collector, new Source(bytes, true)));
        var end = await again.RunAsync(Cancellation);

        Assert.Equal((29, 1), (end.Accepted, end.Rejected));
        Assert.Equal(29, collector.Stored.Count);
        Assert.Equal("6", JsonNode.Parse(Assert.Single(await File.ReadAllLinesAsync(Rejects, Cancellation)))!["line"]!.ToString());
    }

    [Fact]
    public async Task Another_source_another_inlet_and_a_second_process_are_refused()
    {
        await using var collector = await MoodyCollector.StartAsync();
        var bytes = Lines(["a", "b", "c"]);
        using (var upload = FileUpload.Open(Options(collector, new Source(bytes, true))))
            await upload.RunAsync(Cancellation);

        var other = (byte[])bytes.Clone();
        other[^5] ^= 1;
        using (var upload = FileUpload.Open(Options(collector, new Source(other, true))))
        {
            var failure = await Assert.ThrowsAsync<UploadException>(() => upload.RunAsync(Cancellation));
            Assert.StartsWith("This is not what the state was written for: other bytes stand before byte", failure.Message, StringComparison.Ordinal);
            var inUse = Assert.Throws<UploadException>(() => FileUpload.Open(Options(collector, new Source(bytes, true))));
            Assert.EndsWith("is in use by another process", inUse.Message, StringComparison.Ordinal);
        }
        using (var upload = FileUpload.Open(Options(collector, new Source(bytes[..^9], false))))
            Assert.Contains("it ends before byte", (await Assert.ThrowsAsync<UploadException>(() => upload.RunAsync(Cancellation))).Message, StringComparison.Ordinal);
        var elsewhere = Options(collector, new Source(bytes, true), new Uri(collector.Inlet, "elsewhere"));
        Assert.Contains("is of an upload to", Assert.Throws<UploadException>(() => FileUpload.Open(elsewhere)).Message, StringComparison.Ordinal);
        Assert.Equal(3, collector.Stored.Count);
    }

    [Fact]
    public async Task A_file_that_has_grown_is_gone_on_with_at_its_old_end()
    {
        await using var collector = await MoodyCollector.StartAsync();
        var bytes = Lines(["a", "b", "c"]);
        using (var upload = FileUpload.Open(Options(collector, new Source(bytes, true))))
            await upload.RunAsync(Cancellation);

        using var more = FileUpload.Open(Options(collector, new Source([.. bytes, .. Lines(["d", "e"])], true)));
        var end = await more.RunAsync(Cancellation);

        Assert.Equal((5, 3), (end.Accepted, end.Earlier));
        Assert.Equal("abcde", string.Concat(collector.Stored));
    }

    [Fact]
    public async Task A_line_beyond_any_request_is_rejected_with_its_place_and_not_kept_in_memory()
    {
        await using var collector = await MoodyCollector.StartAsync();
        byte[] bytes = [.. Lines(["a"]), .. Encoding.ASCII.GetBytes(new string('x', 3 << 20)), (byte)'\n', .. new byte[5000].Select(_ => (byte)'\n'), .. Lines(["b"])];

        using var upload = FileUpload.Open(Options(collector, new Source(bytes, false)));
        var end = await upload.RunAsync(Cancellation);

        Assert.Equal((2, 1, 5_003), (end.Accepted, end.Rejected, end.Lines));
        Assert.Equal("ab", string.Concat(collector.Stored));
        var line = JsonNode.Parse(Assert.Single(await File.ReadAllLinesAsync(Rejects, Cancellation)))!;
        Assert.Equal((2, 3 << 20), ((int)line["line"]!, (int)line["bytes"]!));
    }

    [Fact]
    public async Task A_refused_token_or_inlet_stops_it_and_rejects_nothing()
    {
        await using var collector = await MoodyCollector.StartAsync();
        collector.Whims = (_, _) => Whim.Of(404);

        using var upload = FileUpload.Open(Options(collector, new Source(Lines(["a", "b"]), true)));
        var refusal = await Assert.ThrowsAsync<SluiceException>(() => upload.RunAsync(Cancellation));

        Assert.Equal(404, refusal.Status);
        Assert.Equal((0, 0, 0), (upload.Progress.Accepted, upload.Progress.Rejected, upload.Progress.Bytes));
    }

    private UploadOptions Options(MoodyCollector collector, Stream source, Uri? inlet = null) => new()
    {
        Inlet = inlet ?? collector.Inlet,
        Source = source,
        StateFile = State,
        RejectsFile = Rejects,
        MaxRequestMessages = 4,
        MaxRequestBytes = 2_000,
        MaxRequestsInFlight = 3,
    };

    private static byte[] Lines(IEnumerable<string> ids) => [.. ids.SelectMany(id => (byte[])[.. MoodyCollector.Message(id), (byte)'\n'])];

    /// <summary>A source that comes in odd pieces, and may be a pipe.</summary>
    private sealed class Source(byte[] bytes, bool canSeek) : MemoryStream(bytes)
    {
        private int _turn;

        public override bool CanSeek => canSeek;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 1 + (_turn++ * 7919 % 70_000))], cancellationToken);
    }
}
