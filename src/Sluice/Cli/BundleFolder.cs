using System.IO.Compression;

namespace Sluice.Cli;

/// <summary>A bundle on this machine: an archive, or a folder that holds <c>apiproxy</c> or <c>sharedflowbundle</c>, or is one.</summary>
internal sealed class BundleFolder
{
    private const string Proxy = "apiproxy";
    private const string SharedFlow = "sharedflowbundle";

    // The same content is to be the same archive, whenever it is made.
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private BundleFolder(string path, string root) => (Path, Root) = (path, root);

    /// <summary>The archive, or the folder that is watched.</summary>
    internal string Path { get; }

    /// <summary><c>apiproxy</c> or <c>sharedflowbundle</c>.</summary>
    internal string Root { get; }

    /// <summary>The part of the management API that takes it.</summary>
    internal string Resource => Root == Proxy ? "apis" : "sharedflows";

    /// <summary>The name that its descriptor's file has, or its folder.</summary>
    internal string Name { get; private init; } = "";

    internal bool IsArchive => File.Exists(Path);

    /// <exception cref="InvalidDataException">There is no bundle at that path.</exception>
    internal static BundleFolder Find(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (File.Exists(path))
        {
            using var archive = ZipFile.OpenRead(path);
            var root = archive.Entries.Select(entry => entry.FullName.Split('/')[0]).FirstOrDefault(name => name is Proxy or SharedFlow)
                ?? throw new InvalidDataException($"{path} holds neither {Proxy}/ nor {SharedFlow}/");
            var descriptor = archive.Entries.Select(entry => entry.FullName.Split('/')).FirstOrDefault(parts => parts.Length == 2 && parts[0] == root && parts[1].EndsWith(".xml", StringComparison.Ordinal));
            return new BundleFolder(path, root) { Name = System.IO.Path.GetFileNameWithoutExtension(descriptor?[1] ?? path) };
        }
        if (!Directory.Exists(path))
            throw new InvalidDataException($"there is no file or folder {path}");
        if (System.IO.Path.GetFileName(path) is Proxy or SharedFlow)
            path = System.IO.Path.GetDirectoryName(path)!;
        foreach (var root in (string[])[Proxy, SharedFlow])
        {
            var folder = System.IO.Path.Combine(path, root);
            if (Directory.Exists(folder))
                return new BundleFolder(path, root)
                {
                    Name = System.IO.Path.GetFileNameWithoutExtension(Directory.EnumerateFiles(folder, "*.xml").Order(StringComparer.Ordinal).FirstOrDefault() ?? path),
                };
        }
        throw new InvalidDataException($"{path} holds neither {Proxy}/ nor {SharedFlow}/");
    }

    /// <summary>The archive as it is, or made of the folder's files.</summary>
    internal byte[] Zip()
    {
        if (IsArchive)
            return File.ReadAllBytes(Path);
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            var folder = System.IO.Path.Combine(Path, Root);
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                var entry = archive.CreateEntry($"{Root}/{System.IO.Path.GetRelativePath(folder, file).Replace('\\', '/')}");
                entry.LastWriteTime = Epoch;
                using var source = File.OpenRead(file);
                using var target = entry.Open();
                source.CopyTo(target);
            }
        }
        return bytes.ToArray();
    }
}
