using System.Runtime.InteropServices;

namespace Sluice.Storage;

/// <summary>Makes folders whose names survive a power cut.</summary>
public static class Folder
{
    /// <summary>Makes the folder and those above it, and flushes each parent that got a new entry.</summary>
    public static void Create(string path)
    {
        if (Directory.Exists(path))
            return;
        var parent = Path.GetDirectoryName(path);
        if (parent is not null)
            Create(parent);
        Directory.CreateDirectory(path);
        if (parent is not null)
            Flush(parent);
    }

    /// <summary>Puts the folder's list of names on disk. Windows does this with the file's own flush.</summary>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows())
            return;

        var folder = Open(path, 0); // O_RDONLY
        if (folder < 0)
            throw new IOException($"The folder {path} cannot be opened to be flushed (errno {Marshal.GetLastPInvokeError()}).");
        try
        {
            if (Fsync(folder) != 0)
                throw new IOException($"The folder {path} cannot be flushed (errno {Marshal.GetLastPInvokeError()}).");
        }
        finally
        {
            _ = Close(folder);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
