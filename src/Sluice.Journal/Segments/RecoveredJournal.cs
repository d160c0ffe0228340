namespace Sluice.Journal;

/// <summary>What recovery found: a whole chain of segments, its last file open, cut to whole appends and flushed.</summary>
/// <param name="Segments">Oldest first, at least one; all but the last sealed.</param>
/// <param name="TailFile">The last segment's file, open for writing.</param>
/// <param name="EndOffset">Where the next frame goes.</param>
/// <param name="LastTimeMs">The latest time in the journal.</param>
/// <param name="EndsWithMark">The last frame is the mark of a clean close.</param>
/// <param name="CutBytes">How many bytes of an unacknowledged append were cut off.</param>
internal sealed record RecoveredJournal(
    IReadOnlyList<Segment> Segments, IJournalFile TailFile, long EndOffset, long LastTimeMs, bool EndsWithMark, long CutBytes);
