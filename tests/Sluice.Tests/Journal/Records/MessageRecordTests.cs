using System.Buffers;
using System.Text;
using Sluice.Journal.Records;

namespace Sluice.Tests.Journal.Records;

/// <summary>The record format of docs/formats/record.md.</summary>
public sealed class MessageRecordTests
{
    [Fact]
    public void A_record_reads_back_as_it_was_written()
    {
        var record = Write(out _);

        Assert.True(MessageRecord.TryRead(record, out var read));
        Assert.Equal(MessageOutcome.Rejected, read.Outcome);
        Assert.Equal(MessageMarks.Profile | MessageMarks.OrganisationAdded, read.Marks);
        Assert.Equal(0xFEDCBA9876543210UL, read.PartitionHash);
        Assert.Equal(3, read.SchemaVersion);
        Assert.Equal("dataset", Encoding.UTF8.GetString(read.DatasetId));
        Assert.Equal("schema", Encoding.UTF8.GetString(read.SchemaId));
        Assert.Equal("inlet", Encoding.UTF8.GetString(read.InletId));
        Assert.Equal("1:2:3-4", Encoding.UTF8.GetString(read.XactionId));
        Assert.Equal("{\"e\":1}", Encoding.UTF8.GetString(read.Errors));
        Assert.Equal("{\"a\":{\"b\":1}}", Encoding.UTF8.GetString(read.Message));
        Assert.Equal("{\"b\":1}", Encoding.UTF8.GetString(read.Entity));
        Assert.Equal(1, read.HeaderInside);
        var identities = new List<string>();
        foreach (var identity in read.Identities)
            identities.Add($"{Encoding.UTF8.GetString(identity.NamespaceCode)}:{Encoding.UTF8.GetString(identity.Value)}:{identity.IsPrimary}:{identity.State}");
        Assert.Equal(["ECID:3813:True:Authenticated", "Email:é@example.com:False:LoggedOut"], identities);
    }

    [Fact]
    public void The_layout_is_the_documented_one()
    {
        var record = Write(out var identityBytes);

        Assert.Equal(1, record[0]); // format version
        Assert.Equal(1, record[1]); // kind: message
        Assert.Equal(1, record[2]); // outcome: rejected
        Assert.Equal(5, record[3]); // marks: profile, organisation added
        Assert.Equal(0x10, record[4]); // partition hash, little-endian
        Assert.Equal([3, 0], record[12..14]); // schema version
        Assert.Equal([7, 6, 5, 7], record[14..18]); // lengths of dataset, schema, inlet, xaction id
        Assert.Equal([2, 0], record[18..20]); // identities
        Assert.Equal(identityBytes, record[20]);
        Assert.Equal("datasetschemainlet1:2:3-4", Encoding.UTF8.GetString(record.AsSpan(44, 25)));
    }

    [Fact]
    public void Every_cut_and_every_length_that_does_not_fit_is_refused_without_an_exception()
    {
        var record = Write(out _);

        for (var length = 0; length < record.Length; length++)
            Assert.False(MessageRecord.TryRead(record.AsSpan(0, length), out _));
        var random = new Random(1);
        for (var turn = 0; turn < 20_000; turn++)
        {
            var broken = record.ToArray();
            broken[random.Next(44)] = (byte)random.Next(256);
            if (!MessageRecord.TryRead(broken, out var read))
                continue;
            _ = read.Entity.Length;
            foreach (var identity in read.Identities)
                _ = identity.Value.Length;
        }
    }

    [Fact]
    public void The_partition_hash_is_FNV_1a_and_never_changes()
    {
        Assert.Equal(0x48E52879C2950803UL, PartitionHash.Of("ECID"u8, "3813"u8));
        Assert.NotEqual(PartitionHash.Of("a"u8, "bc"u8), PartitionHash.Of("ab"u8, "c"u8));
    }

    private static byte[] Write(out int identityBytes)
    {
        Span<byte> identities = stackalloc byte[100];
        Assert.True(IdentityEncoder.TryWrite(identities, new Identity("ECID"u8, "3813"u8, true, AuthenticatedState.Authenticated), out var first));
        Assert.True(IdentityEncoder.TryWrite(identities[first..], new Identity("Email"u8, "é@example.com"u8, false, AuthenticatedState.LoggedOut), out var second));
        identityBytes = first + second;
        var buffer = new ArrayBufferWriter<byte>();
        new MessageRecordFields
        {
            Outcome = MessageOutcome.Rejected,
            Marks = MessageMarks.Profile | MessageMarks.OrganisationAdded,
            PartitionHash = 0xFEDCBA9876543210,
            SchemaVersion = 3,
            DatasetId = "dataset"u8,
            SchemaId = "schema"u8,
            InletId = "inlet"u8,
            XactionId = "1:2:3-4"u8,
            IdentityCount = 2,
            Identities = identities[..identityBytes],
            Errors = "{\"e\":1}"u8,
            Message = "{\"a\":{\"b\":1}}"u8,
            EntityStart = 5,
            EntityBytes = 7,
            HeaderInside = 1,
        }.WriteTo(buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
