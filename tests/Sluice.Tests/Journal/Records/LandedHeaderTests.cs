using System.Buffers;
using System.Text;
using Sluice.Journal.Records;

namespace Sluice.Tests.Journal.Records;

/// <summary>The header files of docs/formats/lake.md: what landing leaves of a record beside its text.</summary>
public sealed class LandedHeaderTests
{
    [Fact]
    public void A_header_file_gives_back_what_the_records_said()
    {
        using var reader = new LandedHeaderReader(new MemoryStream(Write()));

        var read = new List<string>();
        while (reader.TryRead())
        {
            var header = reader.Current;
            var ids = new List<string>();
            foreach (var identity in header.Identities)
                ids.Add($"{Encoding.UTF8.GetString(identity.NamespaceCode)}:{Encoding.UTF8.GetString(identity.Value)}:{identity.IsPrimary}:{identity.State}");
            read.Add($"{header.Line} {header.Offset} {header.TimeMs} {header.Marks} {Encoding.UTF8.GetString(header.XactionId)} {string.Join(' ', ids)}");
        }

        Assert.Equal(
            [
                "2 100 5000 Profile 1:2:3-4 Email:é@example.com:True:Authenticated",
                "3 900 5001 Profile 1:2:3-5 ",
            ],
            read);
    }

    [Fact]
    public void No_part_of_a_header_file_is_taken_for_a_whole_one_and_nothing_may_follow_it()
    {
        var whole = Write();

        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidDataException>(() => Count(whole[..length]));
        Assert.Throws<InvalidDataException>(() => Count([.. whole, 0]));
        Assert.Equal(2, Count(whole));
    }

    [Fact]
    public void Whatever_bytes_change_reading_ends_or_says_that_the_file_is_damaged()
    {
        var random = new Random(2);
        for (var turn = 0; turn < 20_000; turn++)
        {
            var file = Write();
            for (var change = random.Next(1, 4); change > 0; change--)
                file[random.Next(file.Length)] = (byte)random.Next(256);

            if (Record.Exception(() => Count(file)) is { } fault)
                Assert.IsType<InvalidDataException>(fault);
        }
    }

    [Fact]
    public void The_header_file_of_a_batch_file_lies_beside_it() =>
        Assert.Equal("dataset=1/date=2026-01-01/01JD.headers.gz", LandedHeader.FileOf("dataset=1/date=2026-01-01/01JD.ndjson.gz"));

    private static int Count(byte[] file)
    {
        using var reader = new LandedHeaderReader(new MemoryStream(file));
        var count = 0;
        for (; reader.TryRead(); count++)
        {
            foreach (var _ in reader.Current.Identities)
            {
                // Walked, as whoever reads it does.
            }
        }
        return count;
    }

    private static byte[] Write()
    {
        var identities = new byte[64];
        Assert.True(IdentityEncoder.TryWrite(identities, new Identity("Email"u8, "é@example.com"u8, true, AuthenticatedState.Authenticated), out var bytes));
        var file = new ArrayBufferWriter<byte>();
        LandedHeader.WriteStart(file);
        Add(2, 100, 5000, "1:2:3-4"u8, 1, identities.AsSpan(0, bytes));
        Add(3, 900, 5001, "1:2:3-5"u8, 0, []);
        LandedHeader.WriteEnd(file, 2);
        return file.WrittenSpan.ToArray();

        void Add(int line, long offset, long timeMs, ReadOnlySpan<byte> xactionId, int count, ReadOnlySpan<byte> list)
        {
            var record = new ArrayBufferWriter<byte>();
            new MessageRecordFields { Marks = MessageMarks.Profile, XactionId = xactionId, IdentityCount = count, Identities = list, Message = "{}"u8 }.WriteTo(record);
            Assert.True(MessageRecord.TryRead(record.WrittenSpan, out var read));
            LandedHeader.Write(file, read, line, offset, timeMs);
        }
    }
}
