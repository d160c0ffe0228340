using System.Buffers;
using System.Buffers.Binary;

namespace Sluice.Journal.Records;

/// <summary>What a door gives to write an <see cref="EventRecord"/>. Lists of more than 65,535 entries are the caller's mistake.</summary>
public ref struct EventRecordFields
{
    public EventMarks Marks { get; set; }
    public byte Region { get; set; }
    public ulong PartitionHash { get; set; }
    public ulong Tid { get; set; }
    public UInt128 Device { get; set; }
    public int IdentityCount { get; set; }

    /// <summary>The identities as <see cref="IdentityEncoder"/> wrote them.</summary>
    public ReadOnlySpan<byte> Identities { get; set; }

    public int SignalCount { get; set; }

    /// <summary>The signals as <see cref="SignalEncoder"/> wrote them.</summary>
    public ReadOnlySpan<byte> Signals { get; set; }

    public ReadOnlySpan<long> Direct { get; set; }
    public ReadOnlySpan<long> Removed { get; set; }
    public ReadOnlySpan<long> Private { get; set; }
    public ReadOnlySpan<long> Restriction { get; set; }

    /// <summary>Writes the payload in one span.</summary>
    public readonly void WriteTo(IBufferWriter<byte> writer)
    {
        var numbers = Direct.Length + Removed.Length + Private.Length + Restriction.Length;
        var total = EventRecord.FixedBytes + Identities.Length + Signals.Length + numbers * NumberList.NumberBytes;
        var to = writer.GetSpan(total)[..total];

        to[0] = EventRecord.FormatVersion;
        to[1] = (byte)RecordKind.Event;
        to[2] = (byte)Marks;
        to[3] = Region;
        BinaryPrimitives.WriteUInt64LittleEndian(to[4..], PartitionHash);
        BinaryPrimitives.WriteUInt64LittleEndian(to[12..], Tid);
        BinaryPrimitives.WriteUInt128LittleEndian(to[20..], Device);
        BinaryPrimitives.WriteUInt16LittleEndian(to[36..], checked((ushort)IdentityCount));
        BinaryPrimitives.WriteUInt16LittleEndian(to[38..], checked((ushort)SignalCount));
        BinaryPrimitives.WriteUInt16LittleEndian(to[40..], checked((ushort)Direct.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(to[42..], checked((ushort)Removed.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(to[44..], checked((ushort)Private.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(to[46..], checked((ushort)Restriction.Length));
        BinaryPrimitives.WriteInt32LittleEndian(to[48..], Identities.Length);
        BinaryPrimitives.WriteInt32LittleEndian(to[52..], Signals.Length);

        var rest = to[EventRecord.FixedBytes..];
        Identities.CopyTo(rest);
        rest = rest[Identities.Length..];
        Signals.CopyTo(rest);
        rest = rest[Signals.Length..];
        Put(ref rest, Direct);
        Put(ref rest, Removed);
        Put(ref rest, Private);
        Put(ref rest, Restriction);
        writer.Advance(total);
    }

    private static void Put(ref Span<byte> rest, ReadOnlySpan<long> numbers)
    {
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, number);
            rest = rest[NumberList.NumberBytes..];
        }
    }
}
