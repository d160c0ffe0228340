using Sluice.Client.Produce;

namespace Sluice.Client.Upload;

/// <summary>A line of the source, as it lies in its batch's buffer.</summary>
/// <param name="Number">Counted from 1, blank ones too.</param>
/// <param name="Offset">Where it begins in the source.</param>
/// <param name="At">Where it begins in the buffer.</param>
/// <param name="Length">Its bytes in the buffer, without the line's end; 0 for one that was too long to be kept.</param>
/// <param name="Skipped">The bytes of one that was too long; else 0.</param>
internal readonly record struct UploadLine(long Number, long Offset, int At, int Length, long Skipped);

/// <summary>Lines that go in one request, and what becomes of them.</summary>
internal sealed class UploadBatch(long offset, byte[] buffer)
{
    /// <summary>Where its first line begins in the source.</summary>
    internal long Offset => offset;

    internal byte[] Buffer => buffer;

    internal List<UploadLine> Lines { get; } = [];

    /// <summary>Where the next batch begins.</summary>
    internal long NextOffset { get; set; }

    /// <summary>Lines before the next batch.</summary>
    internal long LinesBefore { get; set; }

    internal int TailBytes { get; set; }

    internal string? TailHash { get; set; }

    /// <summary>A message for each line, once it is being sent.</summary>
    internal Pending[] Messages { get; set; } = [];

    /// <summary>Its sending; ends when all is decided.</summary>
    internal Task Sending { get; set; } = Task.CompletedTask;

    internal ReadOnlyMemory<byte> Bytes(UploadLine line) => buffer.AsMemory(line.At, line.Length);
}
