using System.Runtime.InteropServices;
using System.Text;

namespace Sluice.Journal;

/// <summary>
/// Flushes a folder, so that file creations and deletions in it survive power loss. .NET cannot open a folder, so this asks the
/// C library; on Windows the file system's own log does it and there is nothing to call.
/// </summary>
internal static class FolderFlush
{
    private const int ReadOnly = 0;
    private const int Interrupted = 4;

    internal static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Retry(() => Open(Encoding.UTF8.GetBytes(folder + '\0'), ReadOnly), folder);
        try
        {
            Retry(() => Sync(descriptor), folder);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static int Retry(Func<int> call, string folder)
    {
        while (true)
        {
            var result = call();
            if (result >= 0)
                return result;
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
                throw new IOException($"The folder {folder} cannot be flushed: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
}
