using System.Buffers;
using System.Buffers.Binary;

namespace Sluice.Journal.Records;

/// <summary>What a door gives to write a <see cref="MessageRecord"/>. Ids longer than 255 bytes are the caller's mistake.</summary>
public ref struct MessageRecordFields
{
    public MessageOutcome Outcome { get; set; }
    public MessageMarks Marks { get; set; }
    public ulong PartitionHash { get; set; }
    public int SchemaVersion { get; set; }
    public ReadOnlySpan<byte> DatasetId { get; set; }
    public ReadOnlySpan<byte> SchemaId { get; set; }
    public ReadOnlySpan<byte> InletId { get; set; }
    public ReadOnlySpan<byte> XactionId { get; set; }
    public int IdentityCount { get; set; }

    /// <summary>The identities as <see cref="IdentityEncoder"/> wrote them.</summary>
    public ReadOnlySpan<byte> Identities { get; set; }

    public ReadOnlySpan<byte> Errors { get; set; }
    public ReadOnlySpan<byte> Message { get; set; }
    public int EntityStart { get; set; }
    public int EntityBytes { get; set; }
    public int HeaderInside { get; set; }

    /// <summary>The key to remember with the message; empty for none.</summary>
    public RememberedKey Remembered { get; set; }

    /// <summary>A second key; only beside a first.</summary>
    public RememberedKey AlsoRemembered { get; set; }

    /// <summary>Writes the payload in one span, so that nothing is allocated per message.</summary>
    public readonly void WriteTo(IBufferWriter<byte> writer)
    {
        var keys = Remembered.IsEmpty ? 0 : AlsoRemembered.IsEmpty ? 1 : 2;
        var total = MessageRecord.FixedBytes + DatasetId.Length + SchemaId.Length + InletId.Length + XactionId.Length
            + Identities.Length + Errors.Length + Message.Length + keys * RememberedKey.Bytes;
        var to = writer.GetSpan(total)[..total];

        to[0] = (byte)(MessageRecord.FormatVersion + keys);
        to[1] = (byte)RecordKind.Message;
        to[2] = (byte)Outcome;
        to[3] = (byte)Marks;
        BinaryPrimitives.WriteUInt64LittleEndian(to[4..], PartitionHash);
        BinaryPrimitives.WriteUInt16LittleEndian(to[12..], checked((ushort)SchemaVersion));
        to[14] = checked((byte)DatasetId.Length);
        to[15] = checked((byte)SchemaId.Length);
        to[16] = checked((byte)InletId.Length);
        to[17] = checked((byte)XactionId.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(to[18..], checked((ushort)IdentityCount));
        BinaryPrimitives.WriteInt32LittleEndian(to[20..], Identities.Length);
        BinaryPrimitives.WriteInt32LittleEndian(to[24..], Errors.Length);
        BinaryPrimitives.WriteInt32LittleEndian(to[28..], Message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(to[32..], EntityStart);
        BinaryPrimitives.WriteInt32LittleEndian(to[36..], EntityBytes);
        BinaryPrimitives.WriteInt32LittleEndian(to[40..], HeaderInside);

        var rest = to[MessageRecord.FixedBytes..];
        Put(ref rest, DatasetId);
        Put(ref rest, SchemaId);
        Put(ref rest, InletId);
        Put(ref rest, XactionId);
        Put(ref rest, Identities);
        Put(ref rest, Errors);
        Put(ref rest, Message);
        if (keys > 0)
            Remembered.Write(rest);
        if (keys > 1)
            AlsoRemembered.Write(rest[RememberedKey.Bytes..]);
        writer.Advance(total);
    }

    private static void Put(ref Span<byte> rest, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(rest);
        rest = rest[bytes.Length..];
    }
}
