using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Journal;

namespace Sluice.Tests.Journal;

public sealed class FrameCodecTests
{
    [Theory]
    [InlineData("", 0u)]
    [InlineData("a", 0xC1D04330u)]
    [InlineData("123456789", 0xE3069283u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x22620404u)]
    public void The_checksum_is_the_published_CRC_32C(string text, uint expected) =>
        Assert.Equal(expected, Crc32C.Compute(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_checksum_can_be_taken_in_parts() =>
        Prop.ForAll<byte[], byte[]>((first, second) =>
            Crc32C.Compute(second, Crc32C.Compute(first)) == Crc32C.Compute([.. first, .. second])).QuickCheckThrowOnFailure();

    [Fact]
    public void A_stamped_header_reads_back_as_it_was_written() =>
        Prop.ForAll<byte[], long, uint>((payload, place, salt) =>
        {
            var offset = place & long.MaxValue;
            var header = new byte[FrameHeader.Bytes];
            FrameHeader.Draft(header, payload);
            FrameHeader.Stamp(header, offset, place, salt, FrameFlags.More, salt);
            return FrameHeader.Read(header, offset, salt, out var frame) == FrameFault.None
                && frame == new FrameHeader(payload.Length, Crc32C.Compute(payload), offset, place, salt, FrameFlags.More);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_single_flipped_bit_of_a_header_goes_unseen()
    {
        var header = new byte[FrameHeader.Bytes];
        FrameHeader.Draft(header, "payload"u8);
        FrameHeader.Stamp(header, 123_456, 789, 12, FrameFlags.None, 0xABCD);
        for (var bit = 0; bit < header.Length * 8; bit++)
        {
            header[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(FrameFault.None, FrameHeader.Read(header, 123_456, 0xABCD, out _));
            header[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal(FrameFault.None, FrameHeader.Read(header, 123_456, 0xABCD, out _));
    }

    [Fact]
    public void A_frame_elsewhere_or_of_another_segment_is_not_taken()
    {
        var header = new byte[FrameHeader.Bytes];
        FrameHeader.Draft(header, "payload"u8);
        FrameHeader.Stamp(header, 100, 0, 0, FrameFlags.None, 1);

        Assert.Equal(FrameFault.Misplaced, FrameHeader.Read(header, 136, 1, out _));
        Assert.Equal(FrameFault.HeaderChecksum, FrameHeader.Read(header, 100, 2, out _));
    }

    [Fact]
    public void Zeros_are_not_a_frame_whatever_the_salt() =>
        Prop.ForAll<uint>(salt => FrameHeader.Read(new byte[FrameHeader.Bytes], 0, salt, out _) != FrameFault.None).QuickCheckThrowOnFailure();

    [Fact]
    public void A_segment_header_reads_back_and_every_flipped_bit_is_seen()
    {
        var written = new SegmentHeader(7, 1000, 10, 5, 4096);
        var bytes = new byte[SegmentHeader.Bytes];
        written.Write(bytes);
        Assert.True(SegmentHeader.TryRead(bytes, "file", out var read));
        Assert.Equal(written, read);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(SegmentHeader.TryRead(bytes, "file", out _));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }
}
