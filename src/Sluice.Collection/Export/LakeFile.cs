using System.IO.Compression;
using System.Text;
using Sluice.Journal.Records;
using Sluice.Storage;

namespace Sluice.Collection.Export;

/// <summary>Opens the files that landing wrote.</summary>
internal static class LakeFile
{
    /// <summary>The suffix of the companion that holds what surrounds each entity: docs/formats/lake.md.</summary>
    internal const string EnvelopeSuffix = ".envelope.gz";

    internal const string ContentType = "application/x-ndjson";

    internal const string DataSuffix = ".ndjson.gz";

    /// <summary>Stands in an envelope line where the entity was. JSON never holds this byte, so it marks one place only.</summary>
    internal const byte EntityPlace = 0x01;

    private const int ReadBufferBytes = 65_536;

    internal static string EnvelopeOf(string dataPath) => dataPath[..^DataSuffix.Length] + EnvelopeSuffix;

    /// <summary>Takes a batch's file and what stands beside it out of the lake.</summary>
    internal static void Remove(FileStore lake, string dataPath)
    {
        lake.Remove(dataPath);
        lake.Remove(EnvelopeOf(dataPath));
        lake.Remove(LandedHeader.FileOf(dataPath));
    }

    internal static Stream? Open(FileStore lake, string path) =>
        lake.Find(path) is { } file ? new GZipStream(file, CompressionMode.Decompress) : null;

    internal static StreamReader? OpenLines(FileStore lake, string path) =>
        Open(lake, path) is { } plain ? new StreamReader(plain, Encoding.UTF8, false, ReadBufferBytes) : null;
}
