using System.Buffers.Binary;

namespace Sluice.Journal.Records;

/// <summary>What is known of an event call beside its ids and signals.</summary>
[Flags]
public enum EventMarks : byte
{
    None = 0,

    /// <summary>There is a device id; without this mark the call is about its declared ids alone.</summary>
    Device = 1,

    /// <summary>The device id was made for this call: nobody has sent it yet.</summary>
    NewDevice = 2,

    /// <summary>Only traits of the data sources in <see cref="EventRecord.Restriction"/> are meant.</summary>
    Restricted = 4,
}

/// <summary>An event call as it lies in the journal: everything that applying it needs, so that applying it again comes to the same.</summary>
/// <remarks>
/// The layout, byte by byte, is docs/formats/record.md; the receive time is the journal frame's own. Private signals are not in it, only the traits
/// that they realized. A view over the reader's buffer: valid until the next read.
/// </remarks>
public readonly ref struct EventRecord
{
    /// <summary>Bytes before the variable part.</summary>
    internal const int FixedBytes = 56;

    internal const byte FormatVersion = 1;

    private readonly ReadOnlySpan<byte> _fixed;

    private EventRecord(ReadOnlySpan<byte> payload)
    {
        _fixed = payload[..FixedBytes];
        var rest = payload[FixedBytes..];
        Identities = new IdentityList(Count(_fixed, 36), Take(ref rest, Length(_fixed, 48)));
        Signals = new SignalList(Count(_fixed, 38), Take(ref rest, Length(_fixed, 52)));
        Direct = new NumberList(Take(ref rest, Count(_fixed, 40) * NumberList.NumberBytes));
        Removed = new NumberList(Take(ref rest, Count(_fixed, 42) * NumberList.NumberBytes));
        Private = new NumberList(Take(ref rest, Count(_fixed, 44) * NumberList.NumberBytes));
        Restriction = new NumberList(Take(ref rest, Count(_fixed, 46) * NumberList.NumberBytes));
    }

    /// <summary>See <see cref="EventMarks"/>.</summary>
    public EventMarks Marks => (EventMarks)_fixed[2];

    /// <summary>The id of the region that answered, as the caller is told it.</summary>
    public int Region => _fixed[3];

    /// <summary>Hash of the device id (else of the first declared id): records of one device share it.</summary>
    public ulong PartitionHash => BinaryPrimitives.ReadUInt64LittleEndian(_fixed[4..]);

    /// <summary>The id that the caller is told this event by.</summary>
    public ulong Tid => BinaryPrimitives.ReadUInt64LittleEndian(_fixed[12..]);

    /// <summary>The device's UUID, 38 decimal digits; it means something with <see cref="EventMarks.Device"/> only.</summary>
    public UInt128 Device => BinaryPrimitives.ReadUInt128LittleEndian(_fixed[20..]);

    /// <summary>The declared ids; their namespace is the data source's id in decimal digits.</summary>
    public IdentityList Identities { get; }

    /// <summary>What rules look at, derived signals included; keys that begin with <c>p_</c> never.</summary>
    public SignalList Signals { get; }

    /// <summary>Traits to realize without asking their rules.</summary>
    public NumberList Direct { get; }

    /// <summary>Traits to take away.</summary>
    public NumberList Removed { get; }

    /// <summary>Traits whose rules name private keys and held.</summary>
    public NumberList Private { get; }

    /// <summary>Data sources; see <see cref="EventMarks.Restricted"/>.</summary>
    public NumberList Restriction { get; }

    /// <summary>Reads a payload; false when it is another kind of record, another version, or lengths that do not fit.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out EventRecord record)
    {
        record = default;
        if (payload.Length < FixedBytes || payload[0] != FormatVersion || payload[1] != (byte)RecordKind.Event)
            return false;
        var numbers = Count(payload, 40) + Count(payload, 42) + Count(payload, 44) + Count(payload, 46);
        var total = FixedBytes + (long)BinaryPrimitives.ReadUInt32LittleEndian(payload[48..]) + BinaryPrimitives.ReadUInt32LittleEndian(payload[52..])
            + (long)numbers * NumberList.NumberBytes;
        if (total != payload.Length)
            return false;

        record = new EventRecord(payload);
        return true;
    }

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> rest, int bytes)
    {
        var taken = rest[..bytes];
        rest = rest[bytes..];
        return taken;
    }

    private static int Count(ReadOnlySpan<byte> payload, int at) => BinaryPrimitives.ReadUInt16LittleEndian(payload[at..]);

    private static int Length(ReadOnlySpan<byte> payload, int at) => BinaryPrimitives.ReadInt32LittleEndian(payload[at..]);
}
