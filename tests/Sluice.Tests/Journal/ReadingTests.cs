using Sluice.Journal;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Journal;

public sealed class ReadingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Reading_from_where_a_record_ended_goes_on_with_the_next_one()
    {
        await using var journal = JournalHouse.Open(new FaultyDisk());
        using var batch = AppendBatch.Rent().Add("one", "two");
        batch.StartRecord();
        var place = batch.EndRecord();
        var result = await journal.AppendAsync(batch, CancellationToken.None);
        await journal.AppendAsync("four");

        using var reader = journal.OpenReader(result.Offset);
        Assert.True(reader.TryRead(out var record));

        Assert.Equal(["two", "", "four"], journal.ReadAll(record.NextOffset));
        Assert.Equal(["", "four"], journal.ReadAll(result.Offset + place));
        Assert.Equal(["four"], journal.ReadAll(result.NextOffset));
        Assert.Empty(journal.ReadAll(journal.FlushedOffset));
    }

    [Fact]
    public async Task An_offset_past_the_end_is_refused_with_both_named()
    {
        await using var journal = JournalHouse.Open(new FaultyDisk());
        var end = (await journal.AppendAsync("one")).NextOffset;

        var beyond = Assert.Throws<JournalOffsetBeyondEndException>(() => journal.OpenReader(end + 1));

        Assert.Equal((end + 1, end), (beyond.Offset, beyond.EndOffset));
        Assert.Throws<JournalOffsetBeyondEndException>(() => journal.Hold("late", end + 1));
    }

    [Fact]
    public async Task An_offset_inside_a_record_is_not_read_from()
    {
        await using var journal = JournalHouse.Open(new FaultyDisk());
        await journal.AppendAsync("one");
        using var reader = journal.OpenReader(3);

        var corrupt = Assert.Throws<JournalCorruptException>(() => reader.TryRead(out _));

        Assert.Contains("not the start of a record", corrupt.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_larger_than_the_read_chunk_is_read_whole()
    {
        var options = JournalHouse.Options(64 << 10) with { MaxRecordBytes = 20_000, MaxAppendBytes = 30_000, MaxPendingBytes = 32 << 10 };
        await using var journal = JournalHouse.Open(new FaultyDisk(), options);
        string[] records = ["before", new string('L', 20_000), "after"];
        await journal.AppendAsync(records);

        Assert.Equal(records, journal.ReadAll());
    }

    [Fact]
    public async Task A_record_or_an_append_over_its_limit_is_refused_and_so_is_an_unfinished_batch()
    {
        await using var journal = JournalHouse.Open(new FaultyDisk());
        using var unfinished = AppendBatch.Rent().Add("one");
        unfinished.StartRecord();
        using var empty = AppendBatch.Rent();

        await Assert.ThrowsAsync<ArgumentException>(() => journal.AppendAsync(new string('r', 3001)));
        await Assert.ThrowsAsync<ArgumentException>(() => journal.AppendAsync(new string('r', 2000), new string('r', 2000)));
        await Assert.ThrowsAsync<ArgumentException>(async () => await journal.AppendAsync(unfinished, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(async () => await journal.AppendAsync(empty, CancellationToken.None));
        Assert.Equal(0, journal.EndOffset);
    }

    [Fact]
    public async Task Many_readers_follow_appends_across_segments_and_each_sees_all_of_them_once()
    {
        var disk = new FaultyDisk();
        await using var journal = JournalHouse.Open(disk);
        const int Records = 600;
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            List<string> seen = [];
            using var reader = journal.OpenReader(0);
            while (seen.Count < Records && await reader.WaitAsync(CancellationToken.None))
                seen.AddRange(reader.ReadRest());
            return seen;
        })).ToList();
        var written = Enumerable.Range(0, Records).Select(i => $"{i}-{new string('f', i % 200)}").ToList();
        foreach (var record in written)
            await journal.AppendAsync(record);

        foreach (var seen in await Task.WhenAll(readers))
            Assert.Equal(written, seen);
        Assert.True(disk.List().Count > 3);
    }

    [Fact]
    public async Task A_bit_flipped_under_a_running_journal_is_named_by_its_readers()
    {
        var disk = new FaultyDisk();
        await using var journal = JournalHouse.Open(disk);
        var result = await journal.AppendAsync("one", "two");
        var position = (int)result.NextOffset + SegmentHeader.Bytes - 1;
        disk.BytesOf(Segment.NameOf(0))[position] ^= 1;

        var corrupt = Assert.Throws<JournalCorruptException>(() => journal.ReadAll());

        Assert.InRange(position, corrupt.Position, corrupt.Position + FrameHeader.Bytes + 3);
    }

    [Fact]
    public async Task Rewinding_to_a_time_finds_the_first_record_of_that_time_or_later()
    {
        var clock = new ManualClock(Noon);
        await using var journal = JournalHouse.Open(new FaultyDisk(), clock: clock);
        List<AppendResult> appends = [];
        for (var minute = 0; minute < 60; minute++)
        {
            appends.Add(await journal.AppendAsync(new string('t', 1000)));
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        for (var minute = 0; minute < 60; minute++)
        {
            Assert.Equal(appends[minute].Offset, journal.FindOffset(Noon.AddMinutes(minute)));
            Assert.Equal(appends[minute].NextOffset, journal.FindOffset(Noon.AddMinutes(minute).AddMilliseconds(1)));
        }

        Assert.Equal(0, journal.FindOffset(Noon.AddYears(-1)));
        Assert.Equal(journal.FlushedOffset, journal.FindOffset(Noon.AddYears(1)));
    }

    [Fact]
    public async Task Times_never_decrease_when_the_clock_goes_back_nor_when_the_journal_is_opened_again()
    {
        var disk = new FaultyDisk();
        var clock = new ManualClock(Noon);
        AppendResult first, second;
        await using (var journal = JournalHouse.Open(disk, clock: clock))
        {
            first = await journal.AppendAsync("one");
            clock.UtcNow = Noon.AddHours(-1);
            second = await journal.AppendAsync("two");
        }

        clock.UtcNow = Noon.AddHours(-2);
        await using var reopened = JournalHouse.Open(disk, clock: clock);
        var third = await reopened.AppendAsync("three");
        clock.UtcNow = Noon.AddSeconds(1);
        var fourth = await reopened.AppendAsync("four");

        Assert.Equal([first.TimeMs, first.TimeMs, first.TimeMs + 1000], [second.TimeMs, third.TimeMs, fourth.TimeMs]);
    }
}
