namespace Sluice;

/// <summary>Every log line of the program itself: ids 6000 to 6999.</summary>
internal static partial class Log
{
    [LoggerMessage(6000, LogLevel.Warning, "A request could not be served for want of a store; trace {TraceId}")]
    internal static partial void ServedUnavailable(this ILogger logger, string traceId, Exception failure);

    [LoggerMessage(6001, LogLevel.Error, "A request met a fault of ours; trace {TraceId}")]
    internal static partial void ServedFault(this ILogger logger, string traceId, Exception failure);
}
