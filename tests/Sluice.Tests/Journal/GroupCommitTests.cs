using Sluice.Journal;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Journal;

public sealed class GroupCommitTests
{
    [Fact]
    public async Task Many_appenders_share_flushes_and_each_finds_its_records_where_it_was_told()
    {
        using var folder = new TemporaryFolder();
        var options = new JournalOptions { Folder = folder.Path, SegmentBytes = 256 << 10, MaxAppendBytes = 64 << 10, MaxRecordBytes = 4096 };
        await using var journal = EventJournal.Open(options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var places = new System.Collections.Concurrent.ConcurrentDictionary<string, AppendResult>();

        await Task.WhenAll(Enumerable.Range(0, 64).Select(appender => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
                places[$"{appender}/{i}"] = await journal.AppendAsync($"{appender}/{i}", new string('x', 300));
        })));

        Assert.Equal(64 * 20, journal.Appends);
        Assert.Equal(2 * 64 * 20, journal.Records);
        Assert.True(journal.Flushes < journal.Appends / 4, $"{journal.Flushes} flushes for {journal.Appends} appends");
        foreach (var (name, place) in places)
        {
            using var reader = journal.OpenReader(place.Offset);
            Assert.True(reader.TryRead(out var record));
            Assert.Equal(name, record.Text());
            Assert.Equal(place.TimeMs, record.TimeMs);
        }
    }

    [Fact]
    public async Task The_appends_of_a_group_wait_for_one_flush()
    {
        var disk = new FaultyDisk();
        await using var journal = JournalHouse.Open(disk);
        using var held = new HeldFlush(disk);
        var first = journal.AppendAsync("first");
        await held.Reached;
        var others = Enumerable.Range(0, 5).Select(i => journal.AppendAsync($"other{i}")).ToList();
        var flushes = disk.Flushes;

        held.Release();
        await Task.WhenAll([first, .. others]);

        Assert.Equal(2, disk.Flushes - flushes);
        Assert.Equal(2, journal.Flushes);
    }

    [Fact]
    public async Task A_reader_sees_nothing_before_it_is_flushed_and_wakes_when_it_is()
    {
        var disk = new FaultyDisk();
        await using var journal = JournalHouse.Open(disk);
        using var reader = journal.OpenReader(0);
        using var held = new HeldFlush(disk);
        var append = journal.AppendAsync("one");
        await held.Reached;

        Assert.False(reader.TryRead(out _));
        Assert.True(journal.EndOffset > journal.FlushedOffset);
        Assert.False(append.IsCompleted);
        var wait = reader.WaitAsync(CancellationToken.None);
        Assert.False(wait.IsCompleted);

        held.Release();
        Assert.True(await wait);
        Assert.Equal(["one"], reader.ReadRest());
        await append;
    }

    [Fact]
    public async Task A_wait_ends_with_false_when_the_journal_closes_and_with_the_token_when_cancelled()
    {
        var journal = JournalHouse.Open(new FaultyDisk());
        using var reader = journal.OpenReader(0);
        using var cancelled = new CancellationTokenSource();
        var first = reader.WaitAsync(cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = reader.WaitAsync(CancellationToken.None).AsTask();

        await journal.DisposeAsync();

        Assert.False(await second);
    }

    [Fact]
    public async Task Appends_beyond_the_buffer_wait_in_order_and_all_arrive()
    {
        var disk = new FaultyDisk();
        await using var journal = JournalHouse.Open(disk);
        using var held = new HeldFlush(disk);
        var first = journal.AppendAsync("first");
        await held.Reached;
        var names = Enumerable.Range(0, 20).Select(i => $"{i}-{new string('w', 1500)}").ToList();
        var waiting = names.Select(name => journal.AppendAsync(name)).ToList();
        Assert.True(journal.EndOffset < 12_000, "the buffer took more than its bound");

        held.Release();
        await Task.WhenAll([first, .. waiting]);

        Assert.Equal(["first", .. names], journal.ReadAll());
    }

    [Fact]
    public async Task An_append_cancelled_while_it_waits_for_room_is_not_in_the_journal()
    {
        var disk = new FaultyDisk();
        await using var journal = JournalHouse.Open(disk);
        using var held = new HeldFlush(disk);
        using var cancelled = new CancellationTokenSource();
        var first = journal.AppendAsync("first");
        await held.Reached;
        var gathered = Enumerable.Range(0, 4).Select(i => journal.AppendAsync(new string('g', 1900))).ToList();
        using var batch = AppendBatch.Rent().Add(new string('c', 1900));
        var waiting = journal.AppendAsync(batch, cancelled.Token).AsTask();
        var last = journal.AppendAsync("last");

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        held.Release();
        await Task.WhenAll([first, .. gathered, last]);

        Assert.Equal(6, journal.ReadAll().Count);
        Assert.Equal("last", journal.ReadAll()[^1]);
    }

    [Fact]
    public async Task An_append_cancelled_before_it_is_made_is_not_in_the_journal_and_one_cancelled_after_goes_on()
    {
        var disk = new FaultyDisk();
        await using var journal = JournalHouse.Open(disk);
        using var held = new HeldFlush(disk);
        using var cancelled = new CancellationTokenSource();
        using var batch = AppendBatch.Rent().Add("goes on");
        var append = journal.AppendAsync(batch, cancelled.Token);
        await held.Reached;
        await cancelled.CancelAsync();
        held.Release();
        await append;

        using var late = AppendBatch.Rent().Add("never");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await journal.AppendAsync(late, cancelled.Token));

        Assert.Equal(["goes on"], journal.ReadAll());
    }

    [Fact]
    public async Task More_waiting_appends_than_allowed_are_refused_at_once()
    {
        var disk = new FaultyDisk();
        await using var journal = JournalHouse.Open(disk, JournalHouse.Options() with { MaxWaitingAppends = 2 });
        using var held = new HeldFlush(disk);
        var first = journal.AppendAsync("first");
        await held.Reached;
        var taken = Enumerable.Range(0, 6).Select(_ => journal.AppendAsync(new string('b', 1900))).ToList();

        await Assert.ThrowsAsync<JournalBusyException>(() => journal.AppendAsync(new string('b', 1900)));

        held.Release();
        await Task.WhenAll([first, .. taken]);
        Assert.Equal(7, journal.ReadAll().Count);
    }

    [Fact]
    public async Task Closing_writes_what_still_waits()
    {
        var disk = new FaultyDisk();
        var journal = JournalHouse.Open(disk);
        var appends = Enumerable.Range(0, 30).Select(i => journal.AppendAsync(new string('q', 1000))).ToList();

        await journal.DisposeAsync();
        await Task.WhenAll(appends);

        await using var reopened = JournalHouse.Open(disk);
        Assert.Equal(30, reopened.ReadAll().Count);
    }

    /// <summary>Holds the writer at its next flush until released.</summary>
    private sealed class HeldFlush : IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _released = new();

        internal HeldFlush(FaultyDisk disk) => disk.OnFlush = () =>
        {
            _reached.TrySetResult();
            _released.Wait(TimeSpan.FromSeconds(20));
        };

        internal Task Reached => _reached.Task;

        internal void Release() => _released.Set();

        public void Dispose() => _released.Set();
    }
}
