using Microsoft.Extensions.Logging;

namespace Sluice.Client;

/// <summary>Every log line of the client: ids 8000 to 8999. None holds a secret, a token or a message.</summary>
internal static partial class Log
{
    [LoggerMessage(8000, LogLevel.Warning, "Request {Key} of {Messages} messages failed {Failures} times: {Reason}")]
    internal static partial void RequestFailed(this ILogger logger, string key, int messages, int failures, string reason);

    [LoggerMessage(8001, LogLevel.Warning, "{Messages} messages of request {Key} were refused, the first with: {Reason}")]
    internal static partial void MessagesRefused(this ILogger logger, int messages, string key, string reason);

    [LoggerMessage(8002, LogLevel.Error, "{Messages} messages of request {Key} are given up: {Reason}")]
    internal static partial void MessagesGivenUp(this ILogger logger, int messages, string key, string reason);

    [LoggerMessage(8003, LogLevel.Information, "A new access token holds until {Expires}")]
    internal static partial void TokenRenewed(this ILogger logger, DateTimeOffset expires);

    [LoggerMessage(8004, LogLevel.Warning, "The token file {Path} cannot be used: {Reason}")]
    internal static partial void TokenFileUnusable(this ILogger logger, string path, string reason);

    [LoggerMessage(8010, LogLevel.Information, "The spool {Folder} holds {Messages} messages from before")]
    internal static partial void SpoolOpened(this ILogger logger, string folder, int messages);

    [LoggerMessage(8011, LogLevel.Warning, "The spool file {File} had a torn tail of {Bytes} bytes, kept beside it as {Kept}")]
    internal static partial void SpoolTailCut(this ILogger logger, string file, long bytes, string kept);

    [LoggerMessage(8013, LogLevel.Warning, "The spool cannot record that batch {Key} was cut; it is sent all the same")]
    internal static partial void CutNotRecorded(this ILogger logger, string key, Exception failure);

    [LoggerMessage(8014, LogLevel.Error, "{Messages} messages that were not accepted cannot be kept in rejected.ndjson; they stay in the spool until they can")]
    internal static partial void RejectionNotWritten(this ILogger logger, int messages, Exception failure);

    [LoggerMessage(8015, LogLevel.Warning, "{File} has reached its bound and was put aside as {Old}; what was there before is gone")]
    internal static partial void RejectionsPutAside(this ILogger logger, string file, string old);

    [LoggerMessage(8012, LogLevel.Error, "The producer stopped sending")]
    internal static partial void ProducerFailed(this ILogger logger, Exception failure);
}
