using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Client.Spool;

/// <summary>One file of a spool: messages from its first number on, and the cuts that were made meanwhile.</summary>
internal sealed class SpoolSegment : IDisposable
{
    internal const string Pattern = "*.spool";

    private SpoolSegment(string path, long first, SafeFileHandle handle, long length)
    {
        Path = path;
        First = first;
        Handle = handle;
        Length = length;
    }

    internal string Path { get; }

    /// <summary>The number of its first message.</summary>
    internal long First { get; }

    internal SafeFileHandle Handle { get; }

    /// <summary>Where it ends, whole frames only.</summary>
    internal long Length { get; set; }

    internal static SpoolSegment Create(string folder, long first)
    {
        var path = System.IO.Path.Combine(folder, first.ToString("D20", CultureInfo.InvariantCulture) + ".spool");
        var handle = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            RandomAccess.Write(handle, SpoolFrame.FileHead, 0);
            FolderSync.Flush(folder);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
        return new SpoolSegment(path, first, handle, SpoolFrame.FileHead.Length);
    }

    internal static SpoolSegment Open(string path)
    {
        if (!long.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var first))
            throw new SpoolException($"{path} is no file of a spool");
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        return new SpoolSegment(path, first, handle, RandomAccess.GetLength(handle));
    }

    public void Dispose() => Handle.Dispose();
}
