namespace Sluice.Client.Produce;

/// <summary>Messages that are sent together under one key, however often: consecutive ones, and always the same.</summary>
internal sealed record Batch(string Key, IReadOnlyList<Pending> Messages)
{
    internal long First => Messages[0].Number;

    /// <summary>The number after its last message.</summary>
    internal long Next => Messages[^1].Number + 1;

    internal bool IsDecided { get; set; }
}
