using System.IO.Compression;

namespace Sluice.Gateway.Bundles;

/// <summary>The files of a bundle by their path below <c>apiproxy/</c> or <c>sharedflowbundle/</c>, from a zip or a folder; junk left out, hostile archives refused (contract gateway.md 3.1).</summary>
internal sealed class BundleFiles
{
    internal const int MaxZipBytes = 15 << 20;
    internal const int MaxFiles = 2_000;
    internal const int MaxFileBytes = 10 << 20;
    internal const int MaxTotalBytes = 50 << 20;
    internal const int MaxPathCharacters = 400;

    private const string ProxyRoot = "apiproxy";
    private const string SharedFlowRoot = "sharedflowbundle";

    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    private BundleFiles(string root) => Root = root;

    /// <summary>The folder that all paths are below.</summary>
    internal string Root { get; }

    internal bool IsSharedFlow => Root == SharedFlowRoot;

    /// <summary>Every file by path, such as <c>policies/Quota-1.xml</c>, in the order of their names.</summary>
    internal IReadOnlyDictionary<string, byte[]> All => _files;

    /// <summary>Reads an archive; null after the fault was added.</summary>
    internal static BundleFiles? FromZip(ReadOnlyMemory<byte> zip, BundleFaults faults)
    {
        if (zip.Length > MaxZipBytes)
            return Refuse(faults, $"The archive is larger than {MaxZipBytes} bytes");
        try
        {
            using var archive = new ZipArchive(new MemoryStream(zip.ToArray(), writable: false), ZipArchiveMode.Read);
            if (archive.Entries.Count > MaxFiles)
                return Refuse(faults, $"The archive holds more than {MaxFiles} entries");
            var entries = archive.Entries.Where(entry => !entry.FullName.EndsWith('/')).Select(entry => (Path: entry.FullName.Replace('\\', '/'), Entry: entry)).ToList();
            return Gather([.. entries.Select(one => one.Path)], index => ReadEntry(entries[index].Entry), faults);
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            return Refuse(faults, $"The archive cannot be read: {fault.Message}");
        }
    }

    /// <summary>Reads a folder that is, or holds, <c>apiproxy</c> or <c>sharedflowbundle</c>; null after the fault was added.</summary>
    internal static BundleFiles? FromFolder(string folder, BundleFaults faults)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        var home = name is ProxyRoot or SharedFlowRoot ? Path.GetDirectoryName(Path.GetFullPath(folder))! : folder;
        var paths = new List<string>();
        foreach (var root in (string[])[ProxyRoot, SharedFlowRoot])
        {
            if (Directory.Exists(Path.Combine(home, root)))
                paths.AddRange(Directory.EnumerateFiles(Path.Combine(home, root), "*", SearchOption.AllDirectories).Take(MaxFiles + 1).Select(file => Path.GetRelativePath(home, file).Replace('\\', '/')));
        }
        if (paths.Count > MaxFiles)
            return Refuse(faults, $"The folder holds more than {MaxFiles} files");
        return Gather(paths, index => new FileInfo(Path.Combine(home, paths[index])).Length > MaxFileBytes ? null : File.ReadAllBytes(Path.Combine(home, paths[index])), faults);
    }

    private static BundleFiles? Gather(List<string> paths, Func<int, byte[]?> read, BundleFaults faults)
    {
        if (paths.FirstOrDefault(IsHostile) is { } hostile)
            return Refuse(faults, $"The path '{(hostile.Length > MaxPathCharacters ? hostile[..MaxPathCharacters] : hostile)}' leads out of the bundle or is longer than {MaxPathCharacters} characters");

        // A public archive may have the bundle one folder down; what lies beside it is not part of it.
        var roots = paths.Where(path => !IsJunk(path)).Select(FindRoot).Where(root => root is not null).Select(root => root!).Distinct().OrderBy(root => root.Length).ToList();
        if (roots.Count == 0)
            return Refuse(faults, "There is neither a folder apiproxy nor sharedflowbundle in it");
        var prefix = roots[0];
        var bundle = new BundleFiles(prefix.EndsWith(SharedFlowRoot, StringComparison.Ordinal) ? SharedFlowRoot : ProxyRoot);
        long total = 0;
        for (var index = 0; index < paths.Count; index++)
        {
            if (IsJunk(paths[index]) || !paths[index].StartsWith(prefix + "/", StringComparison.Ordinal))
                continue;
            var path = paths[index][(prefix.Length + 1)..];
            if (read(index) is not { } content)
                return Refuse(faults, $"{path} is larger than {MaxFileBytes} bytes");
            if ((total += content.Length) > MaxTotalBytes)
                return Refuse(faults, $"The files are larger than {MaxTotalBytes} bytes together");
            if (!bundle._files.TryAdd(path, content))
                return Refuse(faults, $"{path} is in it twice");
        }
        return bundle;
    }

    /// <summary>The path up to and with the bundle's root folder; null when none is on the way.</summary>
    private static string? FindRoot(string path)
    {
        var parts = path.Split('/');
        var index = Array.FindIndex(parts, 0, parts.Length - 1, part => part is ProxyRoot or SharedFlowRoot);
        return index < 0 ? null : string.Join('/', parts[..(index + 1)]);
    }

    private static bool IsHostile(string path) =>
        path.Length > MaxPathCharacters || path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal) || path.Contains(':', StringComparison.Ordinal)
        || path.Split('/').Any(part => part is "..");

    private static bool IsJunk(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return path.StartsWith("__MACOSX/", StringComparison.Ordinal) || path.Contains("/__MACOSX/", StringComparison.Ordinal)
            || name.StartsWith("._", StringComparison.Ordinal) || name is ".DS_Store" or "Thumbs.db" || name.EndsWith('~');
    }

    // The length in the archive's directory is what its maker says: what comes out is counted.
    private static byte[]? ReadEntry(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        var gathered = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = content.Read(buffer)) > 0;)
        {
            if (gathered.Length + read > MaxFileBytes)
                return null;
            gathered.Write(buffer, 0, read);
        }
        return gathered.ToArray();
    }

    private static BundleFiles? Refuse(BundleFaults faults, string text)
    {
        faults.Add("InvalidBundle", text, new SourceSpot("bundle", 0, 0));
        return null;
    }
}
