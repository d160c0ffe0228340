using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Journal;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Journal;

public sealed class RealDiskTests
{
    private static EventJournal Open(string folder, long segmentBytes = 16 << 10) =>
        EventJournal.Open(JournalHouse.Options(segmentBytes, folder), new ManualClock(), NullLogger.Instance);

    [Fact]
    public async Task Records_appended_to_a_folder_are_read_back_in_order_after_it_is_opened_again()
    {
        using var folder = new TemporaryFolder();
        List<string> written = [];
        await using (var journal = Open(folder.Path))
        {
            for (var i = 0; i < 200; i++)
            {
                string[] records = [$"{i}-a-{new string('x', i)}", $"{i}-b"];
                await journal.AppendAsync(records);
                written.AddRange(records);
            }

            Assert.Equal(written, journal.ReadAll());
        }

        await using var reopened = Open(folder.Path);
        Assert.Equal(written, reopened.ReadAll());
        Assert.True(Directory.GetFiles(folder.Path, "*.journal").Length > 1);
    }

    [Fact]
    public async Task A_second_opener_of_a_folder_is_refused_and_told_why()
    {
        using var folder = new TemporaryFolder();
        await using var journal = Open(folder.Path);

        var refusal = Assert.Throws<JournalInUseException>(() => Open(folder.Path));

        Assert.Contains("in use", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_segment_for_which_there_is_no_room_is_refused_as_a_full_disk_and_leaves_no_file()
    {
        using var folder = new TemporaryFolder();
        var disk = new FolderDisk(folder.Path);
        // Longer than any file may be, so that it is refused at once: a size just above what is free would fill the disk under the other tests.
        const long MoreThanAnyDiskHolds = 1L << 60;

        Assert.Throws<DiskFullException>(() => disk.Create("big", MoreThanAnyDiskHolds));

        Assert.Empty(disk.List());
    }

    [Fact]
    public async Task A_new_segment_takes_its_whole_room_at_once_and_a_full_one_is_cut_to_its_data()
    {
        using var folder = new TemporaryFolder();
        await using var journal = Open(folder.Path);
        while (journal.TotalBytes == 16 << 10)
            await journal.AppendAsync(new string('y', 1000));

        var lengths = Directory.GetFiles(folder.Path, "*.journal").Order().Select(path => new FileInfo(path).Length).ToList();

        Assert.InRange(lengths[0], 12 << 10, (16 << 10) - 1);
        Assert.Equal(16 << 10, lengths[1]);
        Assert.Equal(lengths.Sum(), journal.TotalBytes);
    }

    [Fact]
    public async Task A_reader_finishes_a_segment_that_is_deleted_under_it_and_is_then_told_that_the_next_is_gone()
    {
        using var folder = new TemporaryFolder();
        var options = JournalHouse.Options(folder: folder.Path) with { MaxBytes = 32 << 10 };
        await using var journal = EventJournal.Open(options, new ManualClock(), NullLogger.Instance);
        await journal.AppendAsync("first");
        using var reader = journal.OpenReader(0);
        Assert.True(reader.TryRead(out _));
        while (journal.StartOffset < 30_000)
            await journal.AppendAsync(new string('z', 1000));

        var read = 0;
        var gone = Assert.Throws<JournalOffsetGoneException>(() =>
        {
            while (reader.TryRead(out _))
                read++;
        });

        Assert.InRange(read, 10, 16);
        Assert.True(gone.Offset < gone.StartOffset);
    }
}
