namespace Sluice.Journal;

/// <summary>An open file of an <see cref="IJournalDisk"/>. Positions and lengths are in bytes. Safe for several threads.</summary>
internal interface IJournalFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads up to the buffer's length; fewer bytes only at the end of the file.</summary>
    int Read(Span<byte> buffer, long position);

    /// <summary>Writes at least one byte and says how many; the caller goes on with the rest.</summary>
    /// <exception cref="DiskFullException">There is no room; some of the bytes may have been written.</exception>
    int Write(ReadOnlySpan<byte> bytes, long position);

    /// <summary>Says that nothing before this position is expected to be read again, so that the system need not keep it in memory. A hint only.</summary>
    void ForgetRead(long before)
    {
    }

    /// <summary>Cuts the file, or lengthens it by zeros.</summary>
    void SetLength(long bytes);

    /// <summary>Returns when everything written, and the length, survives power loss. After a failure nothing is known of either.</summary>
    void Flush();
}
