using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Journal;

/// <summary>A file of the real disk, read and written by position.</summary>
internal sealed class FolderFile(SafeFileHandle handle) : IJournalFile
{
    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> buffer, long position)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var read = RandomAccess.Read(handle, buffer[total..], position + total);
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }

    public int Write(ReadOnlySpan<byte> bytes, long position)
    {
        try
        {
            RandomAccess.Write(handle, bytes, position);
            return bytes.Length;
        }
        catch (IOException e) when (FolderDisk.IsFull(e))
        {
            throw new DiskFullException("There is no room on the journal's disk.", e);
        }
    }

    // From the start each time: the system keeps pages in groups and forgets only whole ones.
    public void ForgetRead(long before)
    {
        if (OperatingSystem.IsLinux())
            _ = Advise(handle, 0, before, DontNeed);
    }

    public void SetLength(long bytes) => RandomAccess.SetLength(handle, bytes);

    public void Flush() => RandomAccess.FlushToDisk(handle);

    public void Dispose() => handle.Dispose();

    private const int DontNeed = 4; // POSIX_FADV_DONTNEED

    [DllImport("libc", EntryPoint = "posix_fadvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(SafeFileHandle file, long position, long bytes, int advice);
}
