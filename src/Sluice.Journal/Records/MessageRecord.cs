using System.Buffers.Binary;

namespace Sluice.Journal.Records;

/// <summary>A collected message as it lies in the journal: a small header with what the door resolved, then the message as received.</summary>
/// <remarks>
/// The layout, byte by byte, is docs/formats/record.md; the receive time is the journal frame's own.
/// A view over the reader's buffer: valid until the next read.
/// </remarks>
public readonly ref struct MessageRecord
{
    /// <summary>Bytes before the variable part.</summary>
    internal const int FixedBytes = 44;

    /// <summary>A record without a key to remember.</summary>
    internal const byte FormatVersion = 1;

    /// <summary>A record that ends in two <see cref="RememberedKey"/>s; of the versions between, each has one more than the one before.</summary>
    internal const byte LastFormatVersion = 3;

    private readonly ReadOnlySpan<byte> _fixed;

    private MessageRecord(ReadOnlySpan<byte> payload)
    {
        _fixed = payload[..FixedBytes];
        var rest = payload[FixedBytes..];
        DatasetId = Take(ref rest, _fixed[14]);
        SchemaId = Take(ref rest, _fixed[15]);
        InletId = Take(ref rest, _fixed[16]);
        XactionId = Take(ref rest, _fixed[17]);
        Identities = new IdentityList(IdentityCount, Take(ref rest, Int(20)));
        Errors = Take(ref rest, Int(24));
        Message = Take(ref rest, Int(28));
        Remembered = rest.IsEmpty ? default : RememberedKey.Read(rest);
        AlsoRemembered = rest.Length > RememberedKey.Bytes ? RememberedKey.Read(rest[RememberedKey.Bytes..]) : default;
    }

    /// <summary>Accepted or rejected.</summary>
    public MessageOutcome Outcome => (MessageOutcome)_fixed[2];

    /// <summary>See <see cref="MessageMarks"/>.</summary>
    public MessageMarks Marks => (MessageMarks)_fixed[3];

    /// <summary>Hash of the primary identity (else of the xaction id): records of one person share it.</summary>
    public ulong PartitionHash => BinaryPrimitives.ReadUInt64LittleEndian(_fixed[4..]);

    /// <summary>The major version of the schema the message names; 1 when it says none.</summary>
    public int SchemaVersion => BinaryPrimitives.ReadUInt16LittleEndian(_fixed[12..]);

    /// <summary>24 hex digits, or empty when the dataset could not be resolved.</summary>
    public ReadOnlySpan<byte> DatasetId { get; }

    /// <summary>The schema's <c>$id</c>, or empty when it could not be resolved.</summary>
    public ReadOnlySpan<byte> SchemaId { get; }

    /// <summary>The inlet that received it.</summary>
    public ReadOnlySpan<byte> InletId { get; }

    /// <summary>The id its sender was told.</summary>
    public ReadOnlySpan<byte> XactionId { get; }

    /// <summary>The identities the door found, the primary one marked.</summary>
    public IdentityList Identities { get; }

    /// <summary>A JSON object with the reasons of a rejected message; empty for an accepted one.</summary>
    public ReadOnlySpan<byte> Errors { get; }

    /// <summary>The message exactly as received (UTF-8 JSON).</summary>
    public ReadOnlySpan<byte> Message { get; }

    /// <summary>The key by which a repetition of this message is known; empty when nobody asked for that.</summary>
    public RememberedKey Remembered { get; }

    /// <summary>A second such key: of a message that was sent again, what it was refused as.</summary>
    public RememberedKey AlsoRemembered { get; }

    /// <summary>The message's <c>body.xdmEntity</c>, or empty when it has none.</summary>
    public ReadOnlySpan<byte> Entity => Message.Slice(EntityStart, EntityBytes);

    /// <summary>Where the entity begins in <see cref="Message"/>.</summary>
    public int EntityStart => Int(32);

    /// <summary>How long the entity is.</summary>
    public int EntityBytes => Int(36);

    /// <summary>The position in <see cref="Message"/> just after the brace that opens <c>header</c>; 0 when there is no header object.</summary>
    public int HeaderInside => Int(40);

    private int IdentityCount => BinaryPrimitives.ReadUInt16LittleEndian(_fixed[18..]);

    /// <summary>Reads a payload; false when it is another kind of record, another version, or lengths that do not fit.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out MessageRecord record)
    {
        record = default;
        if (payload.Length < FixedBytes || payload[0] is < FormatVersion or > LastFormatVersion || payload[1] != (byte)RecordKind.Message)
            return false;

        var total = FixedBytes + (payload[0] - FormatVersion) * RememberedKey.Bytes + payload[14] + payload[15] + payload[16] + payload[17]
            + (long)UInt(payload, 20) + UInt(payload, 24) + UInt(payload, 28);
        if (total != payload.Length
            || (long)UInt(payload, 32) + UInt(payload, 36) > UInt(payload, 28)
            || UInt(payload, 40) > UInt(payload, 28))
            return false;

        record = new MessageRecord(payload);
        return true;
    }

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> rest, int bytes)
    {
        var taken = rest[..bytes];
        rest = rest[bytes..];
        return taken;
    }

    private static uint UInt(ReadOnlySpan<byte> payload, int at) => BinaryPrimitives.ReadUInt32LittleEndian(payload[at..]);

    private int Int(int at) => BinaryPrimitives.ReadInt32LittleEndian(_fixed[at..]);
}
