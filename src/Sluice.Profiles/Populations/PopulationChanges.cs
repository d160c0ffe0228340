namespace Sluice.Profiles.Populations;

/// <summary>What one transaction stores of the history.</summary>
/// <param name="Seq">The number of its facts.</param>
/// <param name="Today">The day that is not closed; null before the first one.</param>
/// <param name="Facts">In pieces.</param>
/// <param name="PartCount">How many parts are as stored afterwards: those written, and those whose lines are no more.</param>
/// <param name="Parts">The parts to write.</param>
/// <param name="Forgotten">Lines that are no more.</param>
/// <param name="Frozen">The numbers of closed days.</param>
/// <param name="KeepFrom">Facts of smaller numbers are in stored parts by now.</param>
internal sealed record PopulationChanges(
    long Seq,
    int? Today,
    IReadOnlyList<byte[]> Facts,
    int PartCount,
    IReadOnlyList<(PartKey Key, byte[] Content)> Parts,
    IReadOnlyList<long> Forgotten,
    IReadOnlyList<KeyValuePair<(long Line, int Day), byte[]>> Frozen,
    long KeepFrom)
{
    internal bool AreNone => Facts.Count == 0 && PartCount == 0 && Forgotten.Count == 0 && Frozen.Count == 0;
}
