namespace Sluice.Journal;

/// <summary>Another process, or another journal of this one, has the folder open.</summary>
public sealed class JournalInUseException : JournalException
{
    internal JournalInUseException(string lockFile, Exception cause)
        : base($"The journal folder is in use: another process holds {lockFile}.", cause)
    {
    }
}
