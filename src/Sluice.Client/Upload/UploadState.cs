using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Client.Spool;

namespace Sluice.Client.Upload;

/// <summary>What is kept of an upload beside its source: the id its keys are made of, how requests are cut, and how far everything is decided.</summary>
/// <remarks>
/// Where a request ends follows from the source's bytes, from where the one before ended and from the two bounds below, so a process that goes on from
/// <see cref="Position"/> sends the same requests under the same keys as the one that died, and what was stored is answered again.
/// </remarks>
internal sealed record UploadState
{
    internal const string Current = "sluice-upload/1";

    public string Format { get; init; } = Current;
    public required string Id { get; init; }
    public required Uri Inlet { get; init; }

    /// <summary>What stands before each line in its message; empty where lines are messages.</summary>
    public required string Head { get; init; }

    public required int MaxRequestBytes { get; init; }
    public required int MaxRequestMessages { get; init; }

    /// <summary>Every line that begins before this byte is decided.</summary>
    public long Position { get; init; }

    public long Line { get; init; }

    /// <summary>Where the source ended when its last requests were cut; null where that is not known.</summary>
    public long? End { get; init; }

    public long Accepted { get; init; }
    public long Duplicates { get; init; }
    public long Rejected { get; init; }

    public string? RejectsFile { get; init; }

    /// <summary>How long the file of rejects was; what is behind is of lines that are sent again.</summary>
    public long RejectsBytes { get; init; }

    /// <summary>Bytes and SHA-256 of the last piece before <see cref="Position"/>: another source does not have it there.</summary>
    public int TailBytes { get; init; }

    public string? TailHash { get; init; }

    /// <exception cref="UploadException">It is not a state, or cannot be read.</exception>
    internal static UploadState? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using var file = File.OpenRead(path);
            var state = JsonSerializer.Deserialize(file, UploadJson.Default.UploadState);
            if (state is { Format: Current, Position: >= 0, Line: >= 0, MaxRequestBytes: >= 1 << 10, MaxRequestMessages: >= 1, TailBytes: >= 0 and <= 1 << 20 })
                return state;
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UploadException($"The state {path} cannot be read: {failure.Message}", failure);
        }
        throw new UploadException($"{path} is not the state of an upload");
    }

    /// <summary>Puts it in the place of the one before, whole or not at all.</summary>
    internal void Write(string path)
    {
        var beside = path + ".new";
        using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, this, UploadJson.Default.UploadState);
            file.Flush(flushToDisk: true);
        }
        File.Move(beside, path, overwrite: true);
        FolderSync.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}

/// <summary>How the state looks as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(UploadState))]
internal sealed partial class UploadJson : JsonSerializerContext;
