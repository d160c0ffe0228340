using System.IO.Compression;

namespace Sluice.Demo;

/// <summary>The files of the repository's <c>samples</c> folder, carried inside the program.</summary>
internal static class Samples
{
    internal static string Read(string name)
    {
        using var stream = typeof(Samples).Assembly.GetManifestResourceStream("samples/" + name)
            ?? throw new FileNotFoundException($"The program carries no sample {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The files of a bundle as an archive.</summary>
    internal static byte[] Zip(string bundle)
    {
        var prefix = $"samples/bundles/{bundle}/";
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in typeof(Samples).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                using var source = typeof(Samples).Assembly.GetManifestResourceStream(name)!;
                using var entry = archive.CreateEntry(name[prefix.Length..]).Open();
                source.CopyTo(entry);
            }
        }
        return bytes.ToArray();
    }
}
