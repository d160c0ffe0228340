namespace Sluice.Storage;

/// <summary>A file being written beside its name; see <see cref="FileStore"/> for what is promised when.</summary>
public sealed class PendingFile : IDisposable
{
    private const int BufferBytes = 65_536; // few system calls per batch file, small beside the compressor's own window

    private readonly string _path;
    private readonly string _partPath;
    private readonly FileStream _stream;
    private bool _completed;

    internal PendingFile(string path, string partPath)
    {
        _path = path;
        _partPath = partPath;
        _stream = new FileStream(partPath, FileMode.Create, FileAccess.Write, FileShare.Read, BufferBytes);
    }

    /// <summary>Where the bytes go. The caller flushes what it wraps around it before completing.</summary>
    public Stream Stream => _stream;

    /// <summary>Flushes, renames, flushes the folder; returns the size in bytes.</summary>
    public long Complete()
    {
        _stream.Flush(flushToDisk: true);
        var bytes = _stream.Length;
        _stream.Dispose();
        File.Move(_partPath, _path, overwrite: true);
        Folder.Flush(Path.GetDirectoryName(_path)!);
        _completed = true;
        return bytes;
    }

    /// <summary>Gives the file up unless it was completed. Does not throw when the disk is full: what is given up need not be written.</summary>
    public void Dispose()
    {
        if (_completed)
            return;
        try
        {
            _stream.Dispose();
        }
        catch (IOException)
        {
            // The buffer found no room; the handle is closed all the same.
        }
        File.Delete(_partPath);
    }
}
