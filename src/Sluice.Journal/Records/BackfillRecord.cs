using System.Buffers;

namespace Sluice.Journal.Records;

/// <summary>What a new rule would have realized in a stretch of history, in its place among the events: applied like them, once.</summary>
/// <remarks>A version, the kind, then a JSON object (docs/formats/record.md).</remarks>
public static class BackfillRecord
{
    private const byte FormatVersion = 1;
    private const int FixedBytes = 2;

    /// <summary>Writes the record.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="json">A JSON object.</param>
    public static void Write(IBufferWriter<byte> to, ReadOnlySpan<byte> json)
    {
        to.Write([FormatVersion, (byte)RecordKind.Backfill]);
        to.Write(json);
    }

    /// <summary>Reads a payload; false when it is another kind of record, or another version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> json)
    {
        json = default;
        if (payload.Length < FixedBytes || payload[0] != FormatVersion || payload[1] != (byte)RecordKind.Backfill)
            return false;
        json = payload[FixedBytes..];
        return true;
    }
}
