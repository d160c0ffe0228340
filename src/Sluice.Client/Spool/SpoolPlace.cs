namespace Sluice.Client.Spool;

/// <summary>Where a message lies: its file, and where in it the bytes begin.</summary>
internal readonly record struct SpoolPlace(SpoolSegment? Segment, long Offset);
