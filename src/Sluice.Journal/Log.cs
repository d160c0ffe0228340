using Microsoft.Extensions.Logging;

namespace Sluice.Journal;

/// <summary>Every log line of the journal, ids 5000 to 5999.</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Information, "Journal {Folder} opened: offsets {Start} to {End} in {Segments} segments.")]
    internal static partial void JournalOpened(this ILogger logger, string folder, long start, long end, int segments);

    [LoggerMessage(5001, LogLevel.Warning,
        "Journal: {Bytes} bytes of an append that was never acknowledged were cut from {File} at offset {Offset}.")]
    internal static partial void TornTailCut(this ILogger logger, string file, long offset, long bytes);

    [LoggerMessage(5002, LogLevel.Warning, "Journal: {File} was left behind by a crash while it was being created, and is removed.")]
    internal static partial void TornSegmentRemoved(this ILogger logger, string file);

    [LoggerMessage(5003, LogLevel.Debug, "Journal segment {File} started.")]
    internal static partial void SegmentStarted(this ILogger logger, string file);

    [LoggerMessage(5004, LogLevel.Information, "Journal segment {File} deleted by retention.")]
    internal static partial void SegmentDeleted(this ILogger logger, string file);

    [LoggerMessage(5005, LogLevel.Warning, "Journal segment {File} cannot be deleted now; it is tried again.")]
    internal static partial void SegmentNotDeleted(this ILogger logger, Exception cause, string file);

    [LoggerMessage(5006, LogLevel.Error, "The journal's disk is full; appends are refused until there is room.")]
    internal static partial void DiskFull(this ILogger logger, Exception cause);

    [LoggerMessage(5007, LogLevel.Information, "The journal's disk has room again.")]
    internal static partial void DiskHasRoomAgain(this ILogger logger);

    [LoggerMessage(5008, LogLevel.Critical, "The journal is broken and takes no appends until it is opened again.")]
    internal static partial void JournalBroken(this ILogger logger, Exception cause);

    [LoggerMessage(5009, LogLevel.Warning, "The journal was closed without its mark; the next opening checks the last group again.")]
    internal static partial void CloseMarkMissing(this ILogger logger, Exception cause);
}
