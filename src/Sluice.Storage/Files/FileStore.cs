namespace Sluice.Storage;

/// <summary>Files below one root folder that appear whole or not at all.</summary>
/// <remarks>
/// Guarantees: a file is written beside its name, flushed, renamed, and its folder flushed; after <see cref="PendingFile.Complete"/>
/// returns it survives a power cut, before that its name does not exist (or still holds the earlier file).
/// Threading: different files from any thread; one <see cref="PendingFile"/> from one thread at a time.
/// After a failure: the part file is left and removed by <see cref="RemoveParts"/> at the next start.
/// </remarks>
public sealed class FileStore
{
    private const string PartSuffix = ".part";

    /// <summary>Names the root; it is made when absent.</summary>
    public FileStore(string root)
    {
        Root = Path.GetFullPath(root);
        Folder.Create(Root);
    }

    /// <summary>The absolute path of the root folder.</summary>
    public string Root { get; }

    /// <summary>Begins a file. Nothing stands under its name until it is completed.</summary>
    /// <param name="name">A relative path with <c>/</c> between its parts.</param>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public PendingFile Begin(string name)
    {
        var path = PathOf(name);
        Folder.Create(Path.GetDirectoryName(path)!);
        return new PendingFile(path, path + PartSuffix);
    }

    /// <summary>Opens a completed file, or returns null when there is none.</summary>
    public FileStream? Find(string name)
    {
        try
        {
            return new FileStream(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, useAsync: false);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Removes a file; removing what is not there is no error.</summary>
    public void Remove(string name)
    {
        var path = PathOf(name);
        if (!File.Exists(path))
            return;
        File.Delete(path);
        Folder.Flush(Path.GetDirectoryName(path)!);
    }

    /// <summary>Removes files that a stopped process had begun and not completed.</summary>
    public void RemoveParts()
    {
        foreach (var part in Directory.EnumerateFiles(Root, "*" + PartSuffix, SearchOption.AllDirectories))
            File.Delete(part);
    }

    private string PathOf(string name)
    {
        var path = Path.GetFullPath(Path.Combine(Root, name));
        return path.StartsWith(Root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new ArgumentException($"'{name}' leads out of the store", nameof(name));
    }
}
