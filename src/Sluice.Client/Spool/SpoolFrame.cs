using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Sluice.Client.Spool;

/// <summary>What a frame holds.</summary>
internal enum FrameKind : byte
{
    /// <summary>A message; its number is the frame's.</summary>
    Message = 1,

    /// <summary>The messages from the frame's number up to the one its payload names were cut into a batch.</summary>
    Cut = 2,
}

/// <summary>The bytes of a spool file: a head of eight bytes, then frames.</summary>
/// <remarks>
/// A frame, little endian: <c>u32 crc32c</c> of all that follows, <c>u32</c> payload length, <c>u8 kind</c>, <c>i64 number</c>, payload. A cut's payload is
/// the number after its last message, <c>i64</c>.
/// </remarks>
internal static class SpoolFrame
{
    internal const int HeadBytes = 17;
    internal const int MaxPayloadBytes = 64 << 20;

    internal static ReadOnlySpan<byte> FileHead => "SLSPOOL1"u8;

    /// <summary>Writes a frame and returns its size.</summary>
    internal static int Write(Span<byte> to, FrameKind kind, long number, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], payload.Length);
        to[8] = (byte)kind;
        BinaryPrimitives.WriteInt64LittleEndian(to[9..], number);
        payload.CopyTo(to[HeadBytes..]);
        var size = HeadBytes + payload.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(to, Checksum(to[4..size]));
        return size;
    }

    /// <summary>Reads the head of a frame; false when what stands there is none.</summary>
    internal static bool TryReadHead(ReadOnlySpan<byte> from, out FrameKind kind, out long number, out int length)
    {
        length = BinaryPrimitives.ReadInt32LittleEndian(from[4..]);
        kind = (FrameKind)from[8];
        number = BinaryPrimitives.ReadInt64LittleEndian(from[9..]);
        return length is >= 0 and <= MaxPayloadBytes && kind is FrameKind.Message or FrameKind.Cut && (kind != FrameKind.Cut || length == 8);
    }

    internal static bool IsIntact(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32LittleEndian(frame) == Checksum(frame[4..]);

    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = ~0u;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
            sum = BitOperations.Crc32C(sum, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (var one in bytes[(words.Length * sizeof(ulong))..])
            sum = BitOperations.Crc32C(sum, one);
        return ~sum;
    }
}
