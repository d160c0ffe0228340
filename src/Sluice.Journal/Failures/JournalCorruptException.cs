namespace Sluice.Journal;

/// <summary>
/// Bytes that had been flushed are not what was written, or a segment file is missing. Nothing is repaired or skipped: an
/// operator restores the named file, or decides to give up what it held.
/// </summary>
public sealed class JournalCorruptException : JournalException
{
    internal JournalCorruptException(string file, long position, long offset, string reason)
        : base($"The journal is damaged: {file}, byte {position} (offset {offset}): {reason}.")
    {
        File = file;
        Position = position;
        Offset = offset;
        Reason = reason;
    }

    /// <summary>The name of the damaged or missing file, without its folder.</summary>
    public string File { get; }

    /// <summary>The byte in <see cref="File"/> at which the damaged frame or header begins.</summary>
    public long Position { get; }

    /// <summary>The journal offset of that byte.</summary>
    public long Offset { get; }

    /// <summary>What is wrong with it, as the end of a sentence.</summary>
    public string Reason { get; }
}
