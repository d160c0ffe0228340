namespace Sluice.Journal;

/// <summary>
/// There is no room: the disk is full, or the size limit is reached and a hold keeps the oldest records. The append that gets
/// this is not on disk and never will be. Appends are taken again as soon as there is room.
/// </summary>
public sealed class JournalFullException : JournalException
{
    internal JournalFullException(string message, Exception? cause = null) : base(message, cause)
    {
    }
}
