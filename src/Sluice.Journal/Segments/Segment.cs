using System.Globalization;

namespace Sluice.Journal;

/// <summary>One segment file of the journal: where it stands in the offset order, and how to find an offset in it.</summary>
internal sealed class Segment(SegmentHeader header)
{
    private const string Suffix = ".journal";
    private const int Digits = 20;

    // long.MaxValue while the segment is written to.
    private long _endOffset = long.MaxValue;

    internal SegmentHeader Header { get; } = header;

    internal string Name { get; } = NameOf(header.BaseOffset);

    internal long BaseOffset => Header.BaseOffset;

    /// <summary>The offset just past the last frame once sealed, which is where the next segment begins; long.MaxValue before.</summary>
    internal long EndOffset => Volatile.Read(ref _endOffset);

    /// <summary>The room for frames in bytes. The last place is kept for the mark of a clean close.</summary>
    internal long Capacity => Header.AllocatedBytes - SegmentHeader.Bytes - FrameHeader.Bytes;

    /// <summary>The size of the file in bytes, as far as the journal knows it.</summary>
    internal long FileBytes => EndOffset == long.MaxValue ? Header.AllocatedBytes : PositionOf(EndOffset);

    internal void Seal(long endOffset) => Volatile.Write(ref _endOffset, endOffset);

    internal long PositionOf(long offset) => offset - BaseOffset + SegmentHeader.Bytes;

    internal bool HasRoomFor(long offset, int bytes) => offset - BaseOffset + bytes <= Capacity;

    internal JournalCorruptException Corrupt(long offset, FrameFault fault) => new(Name, PositionOf(offset), offset, fault.Reason());

    internal static string NameOf(long baseOffset) => baseOffset.ToString("D20", CultureInfo.InvariantCulture) + Suffix;

    /// <summary>True for a name this type gives out.</summary>
    internal static bool TryParseName(string name, out long baseOffset)
    {
        baseOffset = 0;
        return name.Length == Digits + Suffix.Length
            && name.EndsWith(Suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out baseOffset);
    }
}
