namespace Sluice.Journal;

/// <summary>
/// The offset asked for lies past the last flushed record. For an offset that a consumer committed earlier this means that
/// journal files were lost, or that the folder is not the one the offset came from.
/// </summary>
public sealed class JournalOffsetBeyondEndException : JournalException
{
    internal JournalOffsetBeyondEndException(long offset, long endOffset)
        : base($"Offset {offset} is beyond the journal's end at {endOffset}: journal files were lost, or this is another journal.")
    {
        Offset = offset;
        EndOffset = endOffset;
    }

    /// <summary>The offset asked for.</summary>
    public long Offset { get; }

    /// <summary>The offset just past the last flushed record.</summary>
    public long EndOffset { get; }
}
