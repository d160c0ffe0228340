using System.Buffers;
using System.Buffers.Binary;

namespace Sluice.Journal.Records;

/// <summary>What is to be done with a person's profiles.</summary>
public enum ProfileCommand : byte
{
    /// <summary>Collect nothing more of the ids, and take them out of every segment.</summary>
    OptOut = 1,

    /// <summary>Take an opt-out back.</summary>
    OptIn = 2,

    /// <summary>Remember that the device and the declared ids are of one person.</summary>
    Link = 3,
}

/// <summary>An order about ids rather than an event, in its place among the events: an opt-out, or ids that belong together.</summary>
/// <remarks>The layout, byte by byte, is docs/formats/record.md. A view over the reader's buffer: valid until the next read.</remarks>
public readonly ref struct ProfileCommandRecord
{
    private const byte FormatVersion = 1;
    private const int FixedBytes = 44;

    private ProfileCommandRecord(ReadOnlySpan<byte> payload)
    {
        Command = (ProfileCommand)payload[2];
        HasDevice = payload[3] == 1;
        PartitionHash = BinaryPrimitives.ReadUInt64LittleEndian(payload[4..]);
        Tid = BinaryPrimitives.ReadUInt64LittleEndian(payload[12..]);
        Device = BinaryPrimitives.ReadUInt128LittleEndian(payload[20..]);
        Identities = new IdentityList(BinaryPrimitives.ReadUInt16LittleEndian(payload[36..]), payload[FixedBytes..]);
    }

    /// <summary>What is to be done.</summary>
    public ProfileCommand Command { get; }

    /// <summary>Whether <see cref="Device"/> means something.</summary>
    public bool HasDevice { get; }

    /// <summary>Hash of the device id, else of the first declared id, as in an <see cref="EventRecord"/>.</summary>
    public ulong PartitionHash { get; }

    /// <summary>The id that the caller is told this call by.</summary>
    public ulong Tid { get; }

    /// <summary>The device's UUID, 38 decimal digits.</summary>
    public UInt128 Device { get; }

    /// <summary>The declared ids; their namespace is the data source's id in decimal digits.</summary>
    public IdentityList Identities { get; }

    /// <summary>Reads a payload; false when it is another kind of record, another version, an unknown command, or lengths that do not fit.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out ProfileCommandRecord record)
    {
        record = default;
        if (payload.Length < FixedBytes || payload[0] != FormatVersion || payload[1] != (byte)RecordKind.ProfileCommand
            || payload[2] is < (byte)ProfileCommand.OptOut or > (byte)ProfileCommand.Link || payload[3] > 1
            || BinaryPrimitives.ReadUInt32LittleEndian(payload[40..]) != payload.Length - FixedBytes)
            return false;
        record = new ProfileCommandRecord(payload);
        return true;
    }

    /// <summary>Writes a payload.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="command">What is to be done.</param>
    /// <param name="device">The device's UUID; null when the order is about declared ids alone.</param>
    /// <param name="tid">What the caller is told.</param>
    /// <param name="partitionHash">See <see cref="PartitionHash"/>.</param>
    /// <param name="identityCount">How many declared ids there are.</param>
    /// <param name="identities">They, as <see cref="IdentityEncoder"/> wrote them.</param>
    public static void Write(
        IBufferWriter<byte> writer, ProfileCommand command, UInt128? device, ulong tid, ulong partitionHash, int identityCount, ReadOnlySpan<byte> identities)
    {
        var to = writer.GetSpan(FixedBytes + identities.Length)[..(FixedBytes + identities.Length)];
        to[0] = FormatVersion;
        to[1] = (byte)RecordKind.ProfileCommand;
        to[2] = (byte)command;
        to[3] = (byte)(device is null ? 0 : 1);
        BinaryPrimitives.WriteUInt64LittleEndian(to[4..], partitionHash);
        BinaryPrimitives.WriteUInt64LittleEndian(to[12..], tid);
        BinaryPrimitives.WriteUInt128LittleEndian(to[20..], device ?? 0);
        BinaryPrimitives.WriteUInt16LittleEndian(to[36..], checked((ushort)identityCount));
        BinaryPrimitives.WriteUInt16LittleEndian(to[38..], 0);
        BinaryPrimitives.WriteInt32LittleEndian(to[40..], identities.Length);
        identities.CopyTo(to[FixedBytes..]);
        writer.Advance(FixedBytes + identities.Length);
    }
}
