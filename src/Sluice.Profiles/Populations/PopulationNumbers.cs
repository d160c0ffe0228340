namespace Sluice.Profiles.Populations;

/// <summary>The numbers of a trait as of a day (audience contract, section 5.9).</summary>
/// <param name="Uniques">Profiles that realized it in the window.</param>
/// <param name="Counts">Realizations in the window; onboarded and algorithmic traits have none.</param>
/// <param name="Population">Profiles that hold it.</param>
public sealed record TraitNumbers(WindowCounts Uniques, WindowCounts Counts, long Population);

/// <summary>The numbers of a segment as of a day (audience contract, section 5.9).</summary>
/// <param name="Instant">Profiles seen in the window while they were members.</param>
/// <param name="Total">Profiles that were members in the window; for one day, those that are members.</param>
public sealed record SegmentNumbers(WindowCounts Instant, WindowCounts Total);

/// <summary>How far two populations overlap.</summary>
/// <param name="One">How many are in the first.</param>
/// <param name="Other">How many are in the second.</param>
/// <param name="Both">How many are in both.</param>
public readonly record struct PopulationOverlap(long One, long Other, long Both);

/// <summary>The numbers of a line as of a day, whether it is a trait's or a segment's; as bytes they are what the trend of a closed day remembers.</summary>
/// <param name="Active">Of a trait the uniques, of a segment those seen.</param>
/// <param name="Total">Of a trait the realizations, of a segment the members.</param>
/// <param name="Current">Those that hold it, or are members.</param>
internal sealed record LineNumbers(WindowCounts Active, WindowCounts Total, long Current)
{
    internal static LineNumbers None { get; } = new(new WindowCounts(), new WindowCounts(), 0);

    internal TraitNumbers OfTrait => new(Active, Total, Current);

    internal SegmentNumbers OfSegment => new(Active, Total);

    internal static LineNumbers Sum(IEnumerable<LineNumbers> all)
    {
        var (active, total, current) = (new WindowCounts(), new WindowCounts(), 0L);
        foreach (var one in all)
        {
            active.Add(one.Active);
            total.Add(one.Total);
            current += one.Current;
        }
        return new LineNumbers(active, total, current);
    }

    internal byte[] ToBytes()
    {
        var to = new StoredBytes();
        Active.Write(to);
        Total.Write(to);
        to.AddVarint((ulong)Current);
        return to.Seal();
    }

    internal static LineNumbers Read(ReadOnlySpan<byte> whole)
    {
        var from = StoredBytes.Open(whole);
        return new LineNumbers(WindowCounts.Read(ref from), WindowCounts.Read(ref from), StoredBytes.TakeNumber(ref from, 0, long.MaxValue));
    }
}
