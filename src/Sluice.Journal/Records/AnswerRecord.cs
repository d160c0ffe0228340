using System.Buffers;
using System.Buffers.Binary;

namespace Sluice.Journal.Records;

/// <summary>The answer to a request that came with an <c>Idempotency-Key</c>, appended together with its messages so that both are kept or neither.</summary>
/// <remarks>The layout is docs/formats/record.md. A view over the reader's buffer: valid until the next read.</remarks>
public readonly ref struct AnswerRecord
{
    private const byte FormatVersion = 1;
    private const int FixedBytes = 44;

    private AnswerRecord(ReadOnlySpan<byte> payload)
    {
        Key = RememberedKey.Read(payload[2..]);
        BodyHash = payload.Slice(22, 16);
        Status = BinaryPrimitives.ReadUInt16LittleEndian(payload[38..]);
        TimeAt = BinaryPrimitives.ReadInt32LittleEndian(payload[40..]);
        Text = payload[FixedBytes..];
    }

    /// <summary>The hash of inlet and key, and until when the answer is kept.</summary>
    public RememberedKey Key { get; }

    /// <summary>16 bytes of a hash of the request's body: the same key with another body is a mistake.</summary>
    public ReadOnlySpan<byte> BodyHash { get; }

    /// <summary>The HTTP status, 200, 207 or 400.</summary>
    public int Status { get; }

    /// <summary>Where the receive time, the frame's own, belongs in <see cref="Text"/>; -1 when the answer shows none.</summary>
    public int TimeAt { get; }

    /// <summary>The answer's body, without the receive time.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>Reads a payload; false when it is another kind of record or another version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out AnswerRecord record)
    {
        record = default;
        if (payload.Length < FixedBytes || payload[0] != FormatVersion || payload[1] != (byte)RecordKind.Answer)
            return false;
        record = new AnswerRecord(payload);
        return record.TimeAt <= record.Text.Length;
    }

    /// <summary>Writes a payload.</summary>
    public static void Write(IBufferWriter<byte> writer, RememberedKey key, ReadOnlySpan<byte> bodyHash, int status, int timeAt, ReadOnlySpan<byte> text)
    {
        var to = writer.GetSpan(FixedBytes + text.Length);
        to[0] = FormatVersion;
        to[1] = (byte)RecordKind.Answer;
        key.Write(to[2..]);
        bodyHash[..16].CopyTo(to[22..]);
        BinaryPrimitives.WriteUInt16LittleEndian(to[38..], checked((ushort)status));
        BinaryPrimitives.WriteInt32LittleEndian(to[40..], timeAt);
        text.CopyTo(to[FixedBytes..]);
        writer.Advance(FixedBytes + text.Length);
    }
}
