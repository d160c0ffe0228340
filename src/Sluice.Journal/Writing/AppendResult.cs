namespace Sluice.Journal;

/// <summary>Where an append went. Returned only once it is on disk.</summary>
/// <param name="Offset">
/// The offset of the first record. Another record of the batch is at this plus the place that its <see cref="AppendBatch.EndRecord"/> returned.
/// </param>
/// <param name="NextOffset">The offset just past the last record.</param>
/// <param name="TimeMs">The time all its records bear, in milliseconds since 1970-01-01 UTC; never less than that of an earlier record.</param>
public readonly record struct AppendResult(long Offset, long NextOffset, long TimeMs);
