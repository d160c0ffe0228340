using Sluice.Profiles.State;

namespace Sluice.Profiles.Populations;

/// <summary>What changed the lines; the numbers stand in stored bytes.</summary>
internal enum FactKind : byte
{
    /// <summary>A profile realized a trait and holds it.</summary>
    Realized = 0,

    /// <summary>A profile realized a trait on a day from which its life does not last till now.</summary>
    RealizedInVain = 1,
    TakenOff = 2,
    Seen = 3,
    Entered = 4,
    Left = 5,

    /// <summary>The life of what was realized up to a day is over.</summary>
    LifeOver = 6,
    Forgotten = 7,
    DayBegan = 8,
}

/// <summary>One thing that changed the lines. Told again in order, facts lead to the same lines, even from some that are already ahead of them.</summary>
/// <param name="Kind">What.</param>
/// <param name="Line">Of which line; 0 when a day began.</param>
/// <param name="Profile">Of whom; 0 when of nobody.</param>
/// <param name="Day">Of which day; 0 when of none.</param>
/// <param name="Count">How many realizations count.</param>
internal readonly record struct PopulationFact(FactKind Kind, long Line, int Profile = 0, int Day = 0, long Count = 0)
{
    private const byte KindBits = 0x0F;
    private const byte SameLine = 0x10;
    private const byte SameDay = 0x20;
    private const byte CountsOne = 0x40;

    /// <summary>Writes it as what differs from the fact before it: some six bytes.</summary>
    internal void Write(StoredBytes to, in PopulationFact before)
    {
        to.Add((byte)((byte)Kind | (Line == before.Line ? SameLine : 0) | (Day == before.Day ? SameDay : 0) | (Count == 1 ? CountsOne : 0)));
        if (Line != before.Line)
            to.AddVarint((ulong)Line);
        if (Day != before.Day)
            to.AddVarint(UtcDay.Pack(Day));
        if (Count != 1)
            to.AddVarint((ulong)Count);
        to.AddVarint((ulong)Profile);
    }

    /// <summary>Reads the fact behind another one and moves on behind it.</summary>
    internal static PopulationFact Read(scoped ref ReadOnlySpan<byte> from, in PopulationFact before)
    {
        var shape = StoredBytes.Take(ref from, 1)[0];
        var kind = (FactKind)(shape & KindBits);
        if (kind > FactKind.DayBegan)
            throw new InvalidDataException($"Stored population data has a fact of unknown kind {kind}.");
        return new PopulationFact(
            kind,
            Line: (shape & SameLine) != 0 ? before.Line : StoredBytes.TakeNumber(ref from, 0, long.MaxValue),
            Day: (shape & SameDay) != 0 ? before.Day : UtcDay.Unpack(Varint.Read(ref from)),
            Count: (shape & CountsOne) != 0 ? 1 : StoredBytes.TakeNumber(ref from, 0, long.MaxValue),
            Profile: (int)StoredBytes.TakeNumber(ref from, 0, int.MaxValue));
    }
}
