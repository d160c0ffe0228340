using Sluice.Journal;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Journal;

public sealed class RecoveryTests
{
    [Fact]
    public async Task A_tail_torn_at_any_byte_of_the_last_append_is_cut_to_the_append_before()
    {
        var disk = new FaultyDisk();
        AppendResult last;
        await using (var journal = JournalHouse.Open(disk))
        {
            await journal.AppendAsync("one", "two");
            last = await journal.AppendAsync("three", "four", "five");
        }

        var name = Segment.NameOf(0);
        var begin = (int)last.Offset + SegmentHeader.Bytes;
        var end = (int)last.NextOffset + SegmentHeader.Bytes;
        for (var cut = begin; cut < end; cut++)
        {
            var torn = disk.Clone();
            var bytes = torn.BytesOf(name).ToArray();
            bytes.AsSpan(cut).Clear();
            torn.Put(name, bytes);

            await using var journal = JournalHouse.Open(torn);

            Assert.Equal(["one", "two"], journal.ReadAll());
            Assert.Equal(last.Offset, journal.EndOffset);
            // Zeros at the cut are no loss to speak of: an end byte that is zero anyway is not counted.
            Assert.InRange(journal.CutBytes, 0, cut - begin);
            await journal.AppendAsync("six");
            Assert.Equal(["one", "two", "six"], journal.ReadAll());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_bit_flipped_in_any_byte_of_a_flushed_frame_is_found_and_named(int segmentIndex)
    {
        var (disk, options, names) = await TwoSegments();
        var name = names[segmentIndex];
        var whole = disk.BytesOf(name).ToArray();
        var baseOffset = long.Parse(name[..20]);
        var used = whole.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        if (segmentIndex == 1)
            used -= FrameHeader.Bytes; // the mark of the clean close
        for (var position = SegmentHeader.Bytes; position < used; position += 7)
        {
            var damaged = disk.Clone();
            var bytes = whole.ToArray();
            bytes[position] ^= (byte)(1 << (position % 8));
            damaged.Put(name, bytes);

            var corrupt = await Assert.ThrowsAsync<JournalCorruptException>(async () =>
            {
                await using var journal = JournalHouse.Open(damaged, options);
                journal.ReadAll();
            });

            Assert.Equal(name, corrupt.File);
            Assert.InRange(corrupt.Position, Math.Max(SegmentHeader.Bytes, position - 700), position);
            Assert.Equal(baseOffset + corrupt.Position - SegmentHeader.Bytes, corrupt.Offset);
            Assert.Contains(name, corrupt.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_bit_flipped_after_a_crash_is_found_by_the_group_flushed_after_it()
    {
        var disk = new FaultyDisk();
        await using (var journal = JournalHouse.Open(disk))
        {
            await journal.AppendAsync("one");
            await journal.AppendAsync("two");
            disk.PowerLossAt = disk.Steps; // no clean close
        }

        disk.LosePower(3);
        var bytes = disk.BytesOf(Segment.NameOf(0)).ToArray();
        bytes[SegmentHeader.Bytes + FrameHeader.Bytes] ^= 1;
        disk.Put(Segment.NameOf(0), bytes);

        var corrupt = Assert.Throws<JournalCorruptException>(() => JournalHouse.Open(disk));

        Assert.Equal(SegmentHeader.Bytes, corrupt.Position);
        Assert.Contains("payload", corrupt.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_cut_does_not_come_back_behind_a_record_that_just_fills_its_gap()
    {
        var disk = new FaultyDisk();
        AppendResult last;
        await using (var journal = JournalHouse.Open(disk))
        {
            await journal.AppendAsync("one");
            last = await journal.AppendAsync("three", "four");
            disk.PowerLossAt = disk.Steps;
        }

        disk.Repair();
        disk.BytesOf(Segment.NameOf(0))[(int)last.Offset + SegmentHeader.Bytes + FrameHeader.Bytes] ^= 1;
        await using (var journal = JournalHouse.Open(disk))
        {
            await journal.AppendAsync("THREE");
            disk.PowerLossAt = disk.Steps;
        }

        disk.LosePower();
        await using var reopened = JournalHouse.Open(disk);
        Assert.Equal(["one", "THREE"], reopened.ReadAll());
    }

    [Fact]
    public async Task Bytes_cut_from_a_torn_tail_are_counted_in_a_warning()
    {
        var disk = new FaultyDisk();
        AppendResult last;
        await using (var journal = JournalHouse.Open(disk))
            last = await journal.AppendAsync(new string('x', 100));
        var bytes = disk.BytesOf(Segment.NameOf(0)).ToArray();
        bytes.AsSpan(SegmentHeader.Bytes + FrameHeader.Bytes + 60).Clear();
        disk.Put(Segment.NameOf(0), bytes);
        var log = new WarningList();

        await using var reopened = EventJournal.Open(JournalHouse.Options(), new ManualClock(), log, disk);

        Assert.Equal(FrameHeader.Bytes + 60, reopened.CutBytes);
        Assert.Contains($"{reopened.CutBytes} bytes", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.Equal(FrameHeader.Bytes + 100, last.NextOffset);
    }

    [Fact]
    public async Task A_payload_that_imitates_a_later_frame_does_not_pass_for_one()
    {
        var disk = new FaultyDisk();
        await using (var journal = JournalHouse.Open(disk))
        {
            var forged = new byte[FrameHeader.Bytes];
            FrameHeader.Draft(forged, []);
            var place = journal.EndOffset + FrameHeader.Bytes;
            FrameHeader.Stamp(forged, place, 0, 0, FrameFlags.None, salt: 0);
            using var batch = AppendBatch.Rent();
            batch.StartRecord();
            forged.CopyTo(batch.GetSpan(forged.Length));
            batch.Advance(forged.Length);
            batch.EndRecord();
            await journal.AppendAsync(batch, CancellationToken.None);
            disk.PowerLossAt = disk.Steps;
        }

        disk.Repair();
        var bytes = disk.BytesOf(Segment.NameOf(0)).ToArray();
        bytes[SegmentHeader.Bytes] ^= 1;
        disk.Put(Segment.NameOf(0), bytes);

        await using var reopened = JournalHouse.Open(disk);
        Assert.Empty(reopened.ReadAll());
    }

    [Fact]
    public async Task A_missing_segment_is_named()
    {
        var disk = new FaultyDisk();
        await using (var journal = JournalHouse.Open(disk))
        {
            while (journal.TotalBytes < 60_000)
                await journal.AppendAsync(new string('m', 1000));
        }

        var missing = disk.List().Order().ElementAt(1);
        disk.Delete(missing);

        var corrupt = Assert.Throws<JournalCorruptException>(() => JournalHouse.Open(disk));

        Assert.Equal(missing, corrupt.File);
        Assert.Contains("missing", corrupt.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_that_became_shorter_is_named()
    {
        var (disk, options, names) = await TwoSegments();
        disk.Put(names[0], disk.BytesOf(names[0])[..^1]);

        var corrupt = Assert.Throws<JournalCorruptException>(() => JournalHouse.Open(disk, options));

        Assert.Equal(names[0], corrupt.File);
    }

    [Fact]
    public async Task A_segment_left_half_created_by_a_crash_is_created_again()
    {
        var (disk, options, names) = await TwoSegments();
        var before = await ReadAll(disk.Clone(), options);
        var end = before.End;
        disk.Put(Segment.NameOf(end), new byte[1000]);

        var (records, _) = await ReadAll(disk, options);

        Assert.Equal(before.Records, records);
        Assert.DoesNotContain(Segment.NameOf(end), disk.List());
        Assert.Equal(2, names.Count);
    }

    [Fact]
    public async Task A_damaged_header_before_records_is_not_taken_for_a_half_created_segment()
    {
        var (disk, options, names) = await TwoSegments();
        var bytes = disk.BytesOf(names[1]).ToArray();
        bytes[20] ^= 4;
        disk.Put(names[1], bytes);

        var corrupt = Assert.Throws<JournalCorruptException>(() => JournalHouse.Open(disk, options));

        Assert.Equal(names[1], corrupt.File);
        Assert.Contains("header", corrupt.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_of_a_later_format_is_refused_by_name()
    {
        var disk = new FaultyDisk();
        await using (var journal = JournalHouse.Open(disk))
            await journal.AppendAsync("one");
        var bytes = disk.BytesOf(Segment.NameOf(0)).ToArray();
        bytes[8] = 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(60), Crc32C.Compute(bytes.AsSpan(0, 60)));
        disk.Put(Segment.NameOf(0), bytes);

        var refusal = Assert.Throws<JournalException>(() => JournalHouse.Open(disk));

        Assert.Contains("version 2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opening_and_closing_without_appends_leaves_the_journal_as_it_was()
    {
        var disk = new FaultyDisk();
        await using (var journal = JournalHouse.Open(disk))
            await journal.AppendAsync("one");
        var before = disk.BytesOf(Segment.NameOf(0)).ToArray();

        for (var i = 0; i < 3; i++)
            await JournalHouse.Open(disk).DisposeAsync();

        Assert.Equal(before, disk.BytesOf(Segment.NameOf(0)));
    }

    [Fact]
    public async Task Appends_go_on_in_a_journal_reopened_with_another_segment_size()
    {
        var disk = new FaultyDisk();
        await using (var journal = JournalHouse.Open(disk))
            await journal.AppendAsync("one");
        await using var reopened = JournalHouse.Open(disk, JournalHouse.Options(segmentBytes: 8 << 10));
        for (var i = 0; i < 30; i++)
            await reopened.AppendAsync(new string('s', 1000));

        Assert.Equal(31, reopened.ReadAll().Count);
    }

    private static async Task<(FaultyDisk Disk, JournalOptions Options, List<string> Names)> TwoSegments()
    {
        var disk = new FaultyDisk();
        var options = JournalHouse.Options(segmentBytes: 8 << 10);
        await using (var journal = JournalHouse.Open(disk, options))
        {
            var i = 0;
            while (disk.List().Count < 2)
                await journal.AppendAsync($"{i++}-{new string('a', 300)}", "b");
            await journal.AppendAsync(new string('c', 500), "d");
        }

        return (disk, options, [.. disk.List().Order()]);
    }

    private static async Task<(List<string> Records, long End)> ReadAll(FaultyDisk disk, JournalOptions options)
    {
        await using var journal = JournalHouse.Open(disk, options);
        return (journal.ReadAll(), journal.EndOffset);
    }
}
