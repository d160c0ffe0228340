using System.Buffers;

namespace Sluice.Journal.Records;

/// <summary>Rules that changed, in their place among the events, so that what is applied again meets the rules it met before.</summary>
/// <remarks>A version, the kind, then a JSON array of definitions (docs/formats/record.md).</remarks>
public static class RulesRecord
{
    private const byte FormatVersion = 1;
    private const int FixedBytes = 2;

    /// <summary>Writes the record.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="definitions">A JSON array.</param>
    public static void Write(IBufferWriter<byte> to, ReadOnlySpan<byte> definitions)
    {
        to.Write([FormatVersion, (byte)RecordKind.Rules]);
        to.Write(definitions);
    }

    /// <summary>Reads a payload; false when it is another kind of record, or another version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> definitions)
    {
        definitions = default;
        if (payload.Length < FixedBytes || payload[0] != FormatVersion || payload[1] != (byte)RecordKind.Rules)
            return false;
        definitions = payload[FixedBytes..];
        return true;
    }
}

/// <summary>Says nothing but the time of its frame: a day began, and what ends with the day before ends here.</summary>
public static class TimeRecord
{
    private const byte FormatVersion = 1;

    /// <summary>Writes the record.</summary>
    public static void Write(IBufferWriter<byte> to) => to.Write([FormatVersion, (byte)RecordKind.Time]);

    /// <summary>Whether a payload is such a record.</summary>
    public static bool IsOne(ReadOnlySpan<byte> payload) => payload is [FormatVersion, (byte)RecordKind.Time, ..];
}
