using Sluice.Journal;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Journal;

public sealed class FailureTests
{
    [Theory]
    [InlineData("Full")]
    [InlineData("PartlyThenFull")]
    [InlineData("WhollyThenFull")]
    public async Task On_a_full_disk_an_append_throws_and_is_nowhere_and_the_journal_goes_on_once_there_is_room(string faultName)
    {
        var fault = Enum.Parse<WriteFault>(faultName);
        var disk = new FaultyDisk();
        await using (var journal = JournalHouse.Open(disk))
        {
            await journal.AppendAsync("one");
            disk.OnWrite = _ => fault;
            await Assert.ThrowsAsync<JournalFullException>(() => journal.AppendAsync("two", new string('t', 1500)));
            await Assert.ThrowsAsync<JournalFullException>(() => journal.AppendAsync("three"));
            Assert.Equal(journal.FlushedOffset, journal.EndOffset);
            Assert.False(journal.IsBroken);

            disk.OnWrite = _ => WriteFault.None;
            await journal.AppendAsync("four");

            Assert.Equal(["one", "four"], journal.ReadAll());
            disk.PowerLossAt = disk.Steps;
        }

        disk.LosePower();
        await using var reopened = JournalHouse.Open(disk);
        Assert.Equal(["one", "four"], reopened.ReadAll());
    }

    [Fact]
    public async Task An_append_refused_by_a_full_disk_is_not_found_when_the_process_dies_at_once_nor_when_the_machine_does()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var disk = new FaultyDisk { WriteBack = new Random(seed) };
            await using (var journal = JournalHouse.Open(disk))
            {
                await journal.AppendAsync("one");
                disk.OnWrite = _ => WriteFault.WhollyThenFull;
                await Assert.ThrowsAsync<JournalFullException>(() => journal.AppendAsync("two"));
                disk.PowerLossAt = disk.Steps;
            }

            if (seed % 2 == 0)
                disk.LosePower();
            else
                disk.Repair();
            await using var reopened = JournalHouse.Open(disk);
            Assert.Equal(["one"], reopened.ReadAll());
        }
    }

    [Fact]
    public async Task A_disk_too_full_for_a_new_segment_refuses_what_needs_one_and_still_takes_what_fits()
    {
        var disk = new FaultyDisk();
        await using var journal = JournalHouse.Open(disk);
        disk.IsFullFor = _ => true;
        var taken = 0;
        var full = await Assert.ThrowsAsync<JournalFullException>(async () =>
        {
            while (true)
            {
                await journal.AppendAsync(new string('f', 2900));
                taken++;
            }
        });
        await journal.AppendAsync("small");
        Assert.Equal(taken + 1, journal.ReadAll().Count);
        disk.IsFullFor = _ => false;
        await journal.AppendAsync(new string('g', 2900));

        Assert.Contains("no room", full.Message, StringComparison.Ordinal);
        Assert.Equal(taken + 2, journal.ReadAll().Count);
        Assert.Equal(2, disk.List().Count);
    }

    [Fact]
    public async Task Bytes_that_cannot_be_cut_off_a_full_disk_break_the_journal()
    {
        var disk = new FaultyDisk();
        await using var journal = JournalHouse.Open(disk);
        disk.OnWrite = _ => WriteFault.PartlyThenFull;
        disk.FailsFlush = _ => true;

        await Assert.ThrowsAsync<JournalBrokenException>(() => journal.AppendAsync("one"));

        Assert.True(journal.IsBroken);
    }

    [Fact]
    public async Task A_failed_flush_breaks_the_journal_and_is_never_tried_again()
    {
        var disk = new FaultyDisk();
        await using (var journal = JournalHouse.Open(disk))
        {
            await journal.AppendAsync("one");
            using var reader = journal.OpenReader(0);
            disk.FailsFlush = _ => true;
            var broken = await Assert.ThrowsAsync<JournalBrokenException>(() => journal.AppendAsync("two"));
            disk.FailsFlush = _ => false;
            var flushes = disk.Flushes;

            await Assert.ThrowsAsync<JournalBrokenException>(() => journal.AppendAsync("three"));

            Assert.IsType<IOException>(broken.InnerException);
            Assert.Equal(flushes, disk.Flushes);
            Assert.Equal(["one"], reader.ReadRest());
            await Assert.ThrowsAsync<JournalBrokenException>(async () => await reader.WaitAsync(CancellationToken.None));
        }

        await using var reopened = JournalHouse.Open(disk);
        await reopened.AppendAsync("four");
        Assert.Equal("four", reopened.ReadAll()[^1]);
    }

    [Fact]
    public async Task A_record_seen_after_a_failed_flush_and_a_restart_survives_the_power_loss_that_follows()
    {
        var two = new string('2', 2000);
        var disk = new FaultyDisk();
        await using (var journal = JournalHouse.Open(disk))
        {
            await journal.AppendAsync("one");
            disk.FailsFlush = _ => true;
            await Assert.ThrowsAsync<JournalBrokenException>(() => journal.AppendAsync(two));
        }

        disk.Repair();
        await using (var journal = JournalHouse.Open(disk))
        {
            Assert.Equal(["one", two], journal.ReadAll());
            disk.PowerLossAt = disk.Steps;
        }

        disk.LosePower();
        await using var reopened = JournalHouse.Open(disk);
        Assert.Equal(["one", two], reopened.ReadAll());
    }

    [Fact]
    public async Task A_failed_write_breaks_the_journal()
    {
        var disk = new FaultyDisk();
        await using var journal = JournalHouse.Open(disk);
        disk.OnWrite = _ => WriteFault.Error;

        var broken = await Assert.ThrowsAsync<JournalBrokenException>(() => journal.AppendAsync("one"));

        Assert.Contains("failed to write", broken.Message, StringComparison.Ordinal);
        Assert.Equal(0, journal.FlushedOffset);
    }

    [Fact]
    public async Task Short_writes_are_gone_on_with_until_all_is_written()
    {
        var disk = new FaultyDisk();
        await using var journal = JournalHouse.Open(disk);
        var writes = disk.Writes;
        disk.OnWrite = _ => WriteFault.Short;

        await journal.AppendAsync("one", "two");

        Assert.Equal(["one", "two"], journal.ReadAll());
        Assert.True(disk.Writes > writes + 3);
    }

    [Fact]
    public async Task A_closed_journal_refuses_appends_and_lets_readers_finish()
    {
        var disk = new FaultyDisk();
        var journal = JournalHouse.Open(disk);
        await journal.AppendAsync("one");
        using var reader = journal.OpenReader(0);

        await journal.DisposeAsync();
        await journal.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => journal.AppendAsync("two"));
        Assert.Equal(["one"], reader.ReadRest());
        Assert.False(await reader.WaitAsync(CancellationToken.None));
    }
}
