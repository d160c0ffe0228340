namespace Sluice.Journal;

/// <summary>The real disk: one folder of the file system.</summary>
internal sealed class FolderDisk : IJournalDisk
{
    private const string LockName = "journal.lock";

    // On Windows a file's errors carry these in the low word; elsewhere HResult is errno itself.
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int NoSpace = 28;
    private const int FileTooBig = 27;
    private const int QuotaExceededLinux = 122;
    private const int QuotaExceededMac = 69;

    // What File.OpenHandle reports when the room asked for in advance cannot be had: no error number, only this general code.
    private const int PreallocationFailed = unchecked((int)0x80131620);

    private readonly string _folder;

    internal FolderDisk(string folder)
    {
        _folder = Path.GetFullPath(folder);
        if (Directory.Exists(_folder))
            return;
        Directory.CreateDirectory(_folder);
        if (Path.GetDirectoryName(_folder) is { Length: > 0 } parent)
            FolderFlush.Flush(parent);
    }

    public IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(_folder).Select(path => Path.GetFileName(path))];

    public IJournalFile Create(string name, long bytes)
    {
        try
        {
            var handle = File.OpenHandle(PathOf(name), FileMode.Create, FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete, FileOptions.None, preallocationSize: bytes);
            var file = new FolderFile(handle);
            file.SetLength(bytes);
            return file;
        }
        catch (IOException e) when (IsFull(e) || e.HResult == PreallocationFailed)
        {
            throw new DiskFullException($"There is no room for the journal segment {name} of {bytes} bytes.", e);
        }
    }

    public IJournalFile Open(string name, bool writable) => new FolderFile(File.OpenHandle(PathOf(name), FileMode.Open,
        writable ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    public void Delete(string name) => File.Delete(PathOf(name));

    public void FlushFolder() => FolderFlush.Flush(_folder);

    public IDisposable Claim()
    {
        var path = PathOf(LockName);
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new JournalInUseException(path, e);
        }
    }

    internal static bool IsFull(IOException e) => OperatingSystem.IsWindows()
        ? e.HResult is WindowsDiskFull or WindowsHandleDiskFull
        : e.HResult is NoSpace or FileTooBig || e.HResult == (OperatingSystem.IsMacOS() ? QuotaExceededMac : QuotaExceededLinux);

    private string PathOf(string name) => Path.Combine(_folder, name);
}
