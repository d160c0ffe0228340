namespace Sluice.Journal;

/// <summary>What the writer, the queue and the readers of one journal share.</summary>
internal sealed record JournalParts(SegmentList Segments, FlushSignal Flushed, JournalCounters Counters);
