namespace Sluice.Journal;

/// <summary>Too many appends already wait for buffer room (<see cref="JournalOptions.MaxWaitingAppends"/>). Nothing was appended; try later.</summary>
public sealed class JournalBusyException : JournalException
{
    internal JournalBusyException(int waiting) : base($"{waiting} appends already wait for the disk; this one was refused.")
    {
    }
}
