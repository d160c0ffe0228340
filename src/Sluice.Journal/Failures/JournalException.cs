namespace Sluice.Journal;

/// <summary>The root of every failure the journal reports; each derived type says what the caller can do.</summary>
public class JournalException : Exception
{
    /// <summary>A failure that no derived type names, for example an unknown format version.</summary>
    public JournalException(string message, Exception? cause = null) : base(message, cause)
    {
    }
}
