namespace Sluice.Journal;

/// <summary>
/// The journal's one way to the file system: a folder of flat files. Narrow, so that a test can stand here and fail writes or
/// lose power. Every method may throw <see cref="IOException"/>; only those that say so throw <see cref="DiskFullException"/>.
/// </summary>
internal interface IJournalDisk
{
    /// <summary>The names of the files in the folder, in no order.</summary>
    IReadOnlyList<string> List();

    /// <summary>Creates or replaces a file of <paramref name="bytes"/> zero bytes, with its room reserved.</summary>
    /// <exception cref="DiskFullException">There is no room; nothing usable was created.</exception>
    IJournalFile Create(string name, long bytes);

    /// <summary>Opens an existing file. Others may read, write and delete it meanwhile.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    IJournalFile Open(string name, bool writable);

    /// <summary>Deletes a file, if there. Who has it open can go on reading it.</summary>
    void Delete(string name);

    /// <summary>Makes creations and deletions survive power loss.</summary>
    void FlushFolder();

    /// <summary>Claims the folder for this journal until disposed.</summary>
    /// <exception cref="JournalInUseException">Somebody else has it.</exception>
    IDisposable Claim();
}
