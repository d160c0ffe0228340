using System.Buffers;
using System.Buffers.Binary;

namespace Sluice.Journal.Records;

/// <summary>What the journal said of a landed message beside its text: left by landing in the header file of a batch, so that history goes on where the journal ends.</summary>
/// <remarks>The layout, byte by byte, is docs/formats/lake.md. A view over the buffer of a <see cref="LandedHeaderReader"/>: valid until its next read.</remarks>
public readonly ref struct LandedHeader
{
    /// <summary>Bytes before the variable part.</summary>
    internal const int FixedBytes = 28;

    /// <summary>The line number that no line has: the file ends behind it.</summary>
    internal const uint End = uint.MaxValue;

    /// <summary>Bytes from <see cref="End"/> to the end of the file.</summary>
    internal const int EndBytes = 8;

    private const string DataSuffix = ".ndjson.gz";
    private const string Suffix = ".headers.gz";

    private readonly ReadOnlySpan<byte> _bytes;

    internal LandedHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What a header file begins with: its kind and version.</summary>
    internal static ReadOnlySpan<byte> Start => "SLHD\x01"u8;

    /// <summary>The line of the batch file that has the message's entity; the first is 0.</summary>
    public int Line => (int)BinaryPrimitives.ReadUInt32LittleEndian(_bytes);

    /// <summary>Where its record lay in the journal.</summary>
    public long Offset => BinaryPrimitives.ReadInt64LittleEndian(_bytes[4..]);

    /// <summary>When it was received: the journal's time; ms since 1970.</summary>
    public long TimeMs => BinaryPrimitives.ReadInt64LittleEndian(_bytes[12..]);

    /// <summary>As in the record; <see cref="MessageMarks.Profile"/> always.</summary>
    public MessageMarks Marks => (MessageMarks)_bytes[20];

    /// <summary>The id its sender was told.</summary>
    public ReadOnlySpan<byte> XactionId => _bytes.Slice(FixedBytes, XactionIdBytesOf(_bytes));

    /// <summary>The identities the door found.</summary>
    public IdentityList Identities => new(BinaryPrimitives.ReadUInt16LittleEndian(_bytes[22..]), _bytes[(FixedBytes + XactionIdBytesOf(_bytes))..]);

    /// <summary>The name of the header file of a batch file.</summary>
    public static string FileOf(string batchFile) => batchFile[..^DataSuffix.Length] + Suffix;

    /// <summary>Begins a header file.</summary>
    public static void WriteStart(IBufferWriter<byte> to) => to.Write(Start);

    /// <summary>Writes what a record says of its message.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="record">The record.</param>
    /// <param name="line">The line of the batch file that has the entity.</param>
    /// <param name="offset">The record's journal offset.</param>
    /// <param name="timeMs">The record's time.</param>
    public static void Write(IBufferWriter<byte> to, in MessageRecord record, int line, long offset, long timeMs)
    {
        Span<byte> fixedPart = stackalloc byte[FixedBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(fixedPart, (uint)line);
        BinaryPrimitives.WriteInt64LittleEndian(fixedPart[4..], offset);
        BinaryPrimitives.WriteInt64LittleEndian(fixedPart[12..], timeMs);
        fixedPart[20] = (byte)record.Marks;
        fixedPart[21] = (byte)record.XactionId.Length;
        BinaryPrimitives.WriteUInt16LittleEndian(fixedPart[22..], (ushort)record.Identities.Count);
        BinaryPrimitives.WriteInt32LittleEndian(fixedPart[24..], record.Identities.Bytes.Length);
        to.Write(fixedPart);
        to.Write(record.XactionId);
        to.Write(record.Identities.Bytes);
    }

    /// <summary>Ends a header file that has so many entries.</summary>
    public static void WriteEnd(IBufferWriter<byte> to, int count)
    {
        Span<byte> end = stackalloc byte[EndBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(end, End);
        BinaryPrimitives.WriteInt32LittleEndian(end[4..], count);
        to.Write(end);
    }

    internal static int XactionIdBytesOf(ReadOnlySpan<byte> fixedPart) => fixedPart[21];

    internal static int IdentityBytesOf(ReadOnlySpan<byte> fixedPart) => BinaryPrimitives.ReadInt32LittleEndian(fixedPart[24..]);
}
