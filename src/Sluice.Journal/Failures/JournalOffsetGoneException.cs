namespace Sluice.Journal;

/// <summary>The offset asked for lies before the first record kept: retention has deleted it.</summary>
public sealed class JournalOffsetGoneException : JournalException
{
    internal JournalOffsetGoneException(long offset, long startOffset)
        : base($"Offset {offset} is gone: the journal now starts at {startOffset}.")
    {
        Offset = offset;
        StartOffset = startOffset;
    }

    /// <summary>The offset asked for.</summary>
    public long Offset { get; }

    /// <summary>The first offset still kept.</summary>
    public long StartOffset { get; }
}
