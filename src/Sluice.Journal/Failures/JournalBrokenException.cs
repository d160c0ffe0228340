namespace Sluice.Journal;

/// <summary>
/// A write or a flush failed and the journal takes no more appends until it is opened again. The append that gets this may or
/// may not be on disk; it was not acknowledged. What was flushed before can still be read.
/// </summary>
public sealed class JournalBrokenException : JournalException
{
    internal JournalBrokenException(Exception cause)
        : base($"The journal is broken and must be opened again: {cause.Message}", cause)
    {
    }
}
