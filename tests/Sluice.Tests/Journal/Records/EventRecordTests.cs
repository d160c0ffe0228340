using System.Buffers;
using System.Text;
using Sluice.Journal.Records;

namespace Sluice.Tests.Journal.Records;

/// <summary>The records of event calls and of orders about ids: docs/formats/record.md.</summary>
public sealed class EventRecordTests
{
    private const ulong Tid = 0x0102030405060708;
    private static readonly UInt128 Device = UInt128.Parse("22920112968019678612904394744954398990", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public void An_event_reads_back_as_it_was_written()
    {
        Assert.True(EventRecord.TryRead(Event(), out var read));

        Assert.Equal((EventMarks.Device | EventMarks.Restricted, 7, 42UL, Tid, Device), (read.Marks, read.Region, read.PartitionHash, read.Tid, read.Device));
        Assert.Equal(["15:ann:Authenticated", "16:böb:LoggedOut"], Ids(read.Identities));
        var signals = new List<string>();
        foreach (var signal in read.Signals)
            signals.Add($"{Encoding.UTF8.GetString(signal.Key)}={Encoding.UTF8.GetString(signal.Value)}");
        Assert.Equal(["product=12", "empty=", "é=ü"], signals);
        Assert.Equal([1, 2], read.Direct.ToArray());
        Assert.Equal([3], read.Removed.ToArray());
        Assert.Equal([long.MaxValue], read.Private.ToArray());
        Assert.Equal([5, 6], read.Restriction.ToArray());
    }

    [Fact]
    public void The_layout_of_an_event_is_the_documented_one()
    {
        var record = Event();

        Assert.Equal([1, 3, 5, 7, 42, 0], record[..6]); // version, kind, marks, region, partition hash
        Assert.Equal([8, 7, 6, 5, 4, 3, 2, 1], record[12..20]); // tid
        Assert.Equal((UInt128)Device, System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(record.AsSpan(20)));
        Assert.Equal([2, 0, 3, 0, 2, 0, 1, 0, 1, 0, 2, 0], record[36..48]); // counts
        Assert.Equal([1, 2, 3, 0], record[56..60]); // the first identity: state, lengths of namespace and value
        Assert.Equal("15ann", Encoding.UTF8.GetString(record, 60, 5));
    }

    [Theory]
    [InlineData(ProfileCommand.OptOut, true)]
    [InlineData(ProfileCommand.OptIn, false)]
    [InlineData(ProfileCommand.Link, true)]
    public void An_order_reads_back_as_it_was_written(ProfileCommand command, bool hasDevice)
    {
        Assert.True(ProfileCommandRecord.TryRead(Order(command, hasDevice ? Device : null), out var read));

        Assert.Equal((command, hasDevice, hasDevice ? Device : 0, Tid, 42UL), (read.Command, read.HasDevice, read.Device, read.Tid, read.PartitionHash));
        Assert.Equal(["15:ann:Authenticated", "16:böb:LoggedOut"], Ids(read.Identities));
    }

    [Fact]
    public void Every_cut_of_either_record_is_refused_and_no_record_is_taken_for_another()
    {
        byte[] one = Event(), order = Order(ProfileCommand.Link, Device);

        for (var length = 0; length < one.Length; length++)
            Assert.False(EventRecord.TryRead(one.AsSpan(0, length), out _));
        for (var length = 0; length < order.Length; length++)
            Assert.False(ProfileCommandRecord.TryRead(order.AsSpan(0, length), out _));
        Assert.False(EventRecord.TryRead(order, out _) || MessageRecord.TryRead(one, out _) || ProfileCommandRecord.TryRead(one, out _) || AnswerRecord.TryRead(one, out _));
    }

    [Fact]
    public void Broken_bytes_are_refused_or_read_within_their_bounds_and_never_throw()
    {
        var random = new Random(4);
        byte[] one = Event(), order = Order(ProfileCommand.OptOut, Device);
        for (var turn = 0; turn < 40_000; turn++)
        {
            Walk(Broken(one, random));
            Walk(Broken(order, random));
        }
    }

    private static byte[] Broken(byte[] record, Random random)
    {
        var broken = record.ToArray();
        for (var change = random.Next(4); change >= 0; change--)
            broken[2 + random.Next(broken.Length - 2)] = (byte)random.Next(256);
        return broken;
    }

    private static void Walk(byte[] bytes)
    {
        if (EventRecord.TryRead(bytes, out var read))
        {
            var lengths = read.Direct.ToArray().Length + read.Removed.ToArray().Length + read.Private.ToArray().Length + read.Restriction.ToArray().Length;
            foreach (var id in read.Identities)
                lengths += id.NamespaceCode.Length + id.Value.Length;
            foreach (var signal in read.Signals)
                lengths += signal.Key.Length + signal.Value.Length;
            Assert.InRange(lengths, 0, bytes.Length);
        }
        if (ProfileCommandRecord.TryRead(bytes, out var order))
        {
            foreach (var id in order.Identities)
                Assert.InRange(id.NamespaceCode.Length + id.Value.Length, 0, bytes.Length);
        }
    }

    private static byte[] Event()
    {
        var writer = new ArrayBufferWriter<byte>();
        new EventRecordFields
        {
            Marks = EventMarks.Device | EventMarks.Restricted,
            Region = 7,
            PartitionHash = 42,
            Tid = Tid,
            Device = Device,
            IdentityCount = 2,
            Identities = Identities(),
            SignalCount = 3,
            Signals = Signals(("product", "12"), ("empty", ""), ("é", "ü")),
            Direct = [1, 2],
            Removed = [3],
            Private = [long.MaxValue],
            Restriction = [5, 6],
        }.WriteTo(writer);
        return writer.WrittenSpan.ToArray();
    }

    private static byte[] Order(ProfileCommand command, UInt128? device)
    {
        var writer = new ArrayBufferWriter<byte>();
        ProfileCommandRecord.Write(writer, command, device, Tid, 42, 2, Identities());
        return writer.WrittenSpan.ToArray();
    }

    private static byte[] Identities()
    {
        var bytes = new byte[100];
        Assert.True(IdentityEncoder.TryWrite(bytes, new Identity("15"u8, "ann"u8, false, AuthenticatedState.Authenticated), out var first));
        Assert.True(IdentityEncoder.TryWrite(bytes.AsSpan(first), new Identity("16"u8, "böb"u8, false, AuthenticatedState.LoggedOut), out var second));
        return bytes[..(first + second)];
    }

    private static byte[] Signals(params (string Key, string Value)[] signals)
    {
        var bytes = new List<byte>();
        foreach (var (key, value) in signals)
        {
            var to = new byte[100];
            Assert.True(SignalEncoder.TryWrite(to, new RecordedSignal(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value)), out var written));
            bytes.AddRange(to[..written]);
        }
        return [.. bytes];
    }

    private static List<string> Ids(IdentityList identities)
    {
        var ids = new List<string>();
        foreach (var id in identities)
            ids.Add($"{Encoding.UTF8.GetString(id.NamespaceCode)}:{Encoding.UTF8.GetString(id.Value)}:{id.State}");
        return ids;
    }
}
