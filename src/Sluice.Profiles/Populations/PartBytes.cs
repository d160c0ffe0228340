using Sluice.Profiles.State;

namespace Sluice.Profiles.Populations;

/// <summary>Parts of lines as bytes (docs/formats/populations.md).</summary>
internal static class PartBytes
{
    private const byte OfTrait = 0;
    private const byte OfSegment = 1;

    /// <summary>A part as it is now.</summary>
    /// <param name="line">The line.</param>
    /// <param name="high">Which part of it.</param>
    /// <param name="seq">The number under which its last facts are stored.</param>
    internal static byte[] Write(PopulationLine line, int high, long seq)
    {
        var to = new StoredBytes();
        if (high == PopulationLine.Header)
        {
            to.Add(line is TraitLine ? OfTrait : OfSegment);
            to.AddVarint((ulong)seq);
            line.WriteHeader(to);
            return to.Seal();
        }
        foreach (var (place, set) in line.Sets)
        {
            if (!set.TryGetChunk((ushort)high, out var chunk))
                continue;
            to.Add((byte)place.Role);
            if (place.HasDay)
                to.AddVarint(UtcDay.Pack(place.Day));
            SetBytes.Write(to, chunk);
        }
        return to.Seal();
    }

    /// <summary>Puts a part where it belongs.</summary>
    /// <exception cref="InvalidDataException">The bytes are not as they were written.</exception>
    internal static void Read(PopulationLines lines, PartKey part, ReadOnlySpan<byte> whole)
    {
        var from = StoredBytes.Open(whole);
        if (part.High == PopulationLine.Header)
        {
            var isTrait = StoredBytes.TakeNumber(ref from, OfTrait, OfSegment) == OfTrait;
            PopulationLine line = isTrait ? lines.Trait(part.Line) : lines.Segment(part.Line);
            line.CountedThrough = StoredBytes.TakeNumber(ref from, 0, long.MaxValue);
            line.ReadHeader(ref from);
            return;
        }
        while (!from.IsEmpty)
        {
            var role = (SetRole)StoredBytes.TakeNumber(ref from, 0, (byte)SetRole.LeftBefore);
            var place = new SetPlace(role, SetPlace.IsOfDays(role) ? UtcDay.Unpack(Varint.Read(ref from)) : 0);
            PopulationLine line = place.IsOfTrait ? lines.Trait(part.Line) : lines.Segment(part.Line);
            line.SetAt(place).Put(SetBytes.ReadChunk(ref from, (ushort)part.High));
        }
    }
}
