using Sluice.Journal;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Journal;

public sealed class RetentionTests
{
    private const int SegmentBytes = 8 << 10;

    private static JournalOptions Options() => JournalHouse.Options(SegmentBytes);

    private static Task<AppendResult> AppendKilobyte(EventJournal journal) => journal.AppendAsync(new string('k', 1000));

    [Fact]
    public async Task Without_holds_the_oldest_segments_go_when_the_size_limit_is_reached()
    {
        var disk = new FaultyDisk();
        await using (var journal = JournalHouse.Open(disk, Options() with { MaxBytes = 4 * SegmentBytes }))
        {
            for (var i = 0; i < 100; i++)
            {
                await AppendKilobyte(journal);
                Assert.InRange(journal.TotalBytes, 1, 4 * SegmentBytes);
            }

            Assert.Throws<JournalOffsetGoneException>(() => journal.OpenReader(0));
            Assert.InRange(journal.ReadAll().Count, 15, 32);
        }

        await using var reopened = JournalHouse.Open(disk, Options());
        Assert.True(reopened.StartOffset > 0);
        Assert.InRange(reopened.ReadAll().Count, 15, 32);
    }

    [Fact]
    public async Task Nothing_held_is_deleted_and_the_journal_refuses_appends_until_the_hold_advances()
    {
        await using var journal = JournalHouse.Open(new FaultyDisk(), Options() with { MaxBytes = 3 * SegmentBytes });
        using var fast = journal.Hold("fast", 0);
        using var slow = journal.Hold("slow", 0);
        AppendResult last = default;
        await Assert.ThrowsAsync<JournalFullException>(async () =>
        {
            while (true)
                last = await AppendKilobyte(journal);
        });

        fast.Advance(last.NextOffset);
        Assert.True(journal.IsFull);
        Assert.False(journal.HasRoomFor(1100));
        await Assert.ThrowsAsync<JournalFullException>(() => AppendKilobyte(journal));
        Assert.Equal(0, journal.StartOffset);

        slow.Advance(last.Offset);
        Assert.False(journal.IsFull);
        Assert.True(journal.HasRoomFor(1100));
        await AppendKilobyte(journal);
        Assert.InRange(journal.StartOffset, 1, last.Offset);
        Assert.InRange(journal.TotalBytes, 1, 3 * SegmentBytes);
    }

    [Fact]
    public async Task A_disposed_hold_holds_nothing_and_its_name_can_be_taken_again()
    {
        await using var journal = JournalHouse.Open(new FaultyDisk(), Options() with { MaxBytes = 2 * SegmentBytes });
        var hold = journal.Hold("consumer", 0);
        Assert.Throws<ArgumentException>(() => journal.Hold("consumer", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => hold.Advance(-1));
        hold.Dispose();

        for (var i = 0; i < 40; i++)
            await AppendKilobyte(journal);

        Assert.Throws<JournalOffsetGoneException>(() => journal.Hold("consumer", 0));
        using var again = journal.Hold("consumer", journal.StartOffset);
        Assert.Equal(journal.StartOffset, again.Offset);
    }

    [Fact]
    public async Task Segments_older_than_the_age_are_deleted_by_the_clock_and_younger_ones_stay()
    {
        var clock = new ManualClock();
        var disk = new FaultyDisk();
        var journal = JournalHouse.Open(disk, Options() with { MaxAge = TimeSpan.FromHours(1) }, clock);
        for (var i = 0; i < 14; i++)
            await AppendKilobyte(journal);
        clock.Advance(TimeSpan.FromMinutes(50));
        for (var i = 0; i < 14; i++)
            await AppendKilobyte(journal);
        Assert.Equal(0, journal.StartOffset);
        var segments = disk.List().Count;

        clock.Advance(TimeSpan.FromMinutes(15));
        await journal.DisposeAsync(); // the writer does what the clock asked for before it ends

        Assert.InRange(disk.List().Count, 1, segments - 1);
        await using var reopened = JournalHouse.Open(disk, Options(), clock);
        Assert.InRange(reopened.ReadAll().Count, 14, 27);
    }

    [Fact]
    public async Task Nothing_is_deleted_before_every_awaited_consumer_has_taken_its_hold()
    {
        await using var journal = JournalHouse.Open(new FaultyDisk(), Options() with { MaxBytes = 2 * SegmentBytes, RequiredHolds = ["land", "profiles"] });
        using var land = journal.Hold("land", 0);
        await Assert.ThrowsAsync<JournalFullException>(async () =>
        {
            while (true)
                await AppendKilobyte(journal);
        });
        land.Advance(journal.FlushedOffset);
        await Assert.ThrowsAsync<JournalFullException>(() => AppendKilobyte(journal));

        using var profiles = journal.Hold("profiles", journal.FlushedOffset);
        await AppendKilobyte(journal);

        Assert.True(journal.StartOffset > 0);
    }

    [Fact]
    public async Task A_segment_that_cannot_be_deleted_is_tried_again_before_any_younger_one()
    {
        var disk = new FaultyDisk();
        await using var journal = JournalHouse.Open(disk, Options() with { MaxBytes = 3 * SegmentBytes });
        disk.FailsDelete = _ => true;
        await Assert.ThrowsAsync<JournalFullException>(async () =>
        {
            while (true)
                await AppendKilobyte(journal);
        });
        Assert.Contains(Segment.NameOf(0), disk.List());

        disk.FailsDelete = _ => false;
        await AppendKilobyte(journal);

        Assert.DoesNotContain(Segment.NameOf(0), disk.List());
        Assert.Contains(Segment.NameOf(journal.StartOffset), disk.List());
    }

    [Fact]
    public async Task Power_loss_at_any_step_of_retention_leaves_no_gap()
    {
        for (var step = 1; step < 150; step++)
        {
            var disk = new FaultyDisk { PowerLossAt = step };
            try
            {
                await using var journal = JournalHouse.Open(disk, Options() with { MaxBytes = 2 * SegmentBytes });
                for (var i = 0; i < 60; i++)
                    await AppendKilobyte(journal);
            }
            catch (Exception e) when (e is JournalBrokenException or JournalFullException or IOException)
            {
            }

            disk.LosePower(step);
            await using var reopened = JournalHouse.Open(disk, Options());
            reopened.ReadAll();
        }
    }

    [Fact]
    public async Task Power_loss_while_many_segments_are_deleted_at_once_leaves_no_gap()
    {
        for (var step = 1; step < 60; step++)
        {
            var disk = new FaultyDisk();
            var clock = new ManualClock();
            var options = Options() with { MaxAge = TimeSpan.FromHours(1) };
            await using (var journal = JournalHouse.Open(disk, options, clock))
            {
                for (var i = 0; i < 60; i++)
                    await AppendKilobyte(journal);
                disk.PowerLossAt = disk.Steps + (step % 20) + 1;
                clock.Advance(TimeSpan.FromHours(2));
            }

            disk.LosePower(step);
            await using var reopened = JournalHouse.Open(disk, options, clock);
            Assert.InRange(reopened.ReadAll().Count, 1, 60);
        }
    }
}
