using Microsoft.Extensions.Logging;

namespace Sluice.Audience;

/// <summary>Every log line of the door's engine: ids 7100 to 7199.</summary>
internal static partial class Log
{
    [LoggerMessage(7100, LogLevel.Warning, "{Environment}: profiles wait for their database, from journal offset {Offset} on; events are taken in and wait in the journal")]
    internal static partial void ApplyingPaused(this ILogger logger, string environment, long offset, Exception failure);

    [LoggerMessage(7101, LogLevel.Error, "{Environment}: applying events to profiles stopped. What is acknowledged waits in the journal; see docs/operations.md")]
    internal static partial void ApplyingStopped(this ILogger logger, string environment, Exception failure);

    [LoggerMessage(7102, LogLevel.Warning, "{Environment}: changed rules could not be told to the journal; they are told again within a second")]
    internal static partial void RulesWait(this ILogger logger, string environment, Exception failure);

    [LoggerMessage(7104, LogLevel.Warning, "{Environment}: a backfill paused; it goes on where it was")]
    internal static partial void BackfillPaused(this ILogger logger, string environment, Exception failure);

    [LoggerMessage(7105, LogLevel.Information, "{Environment}: backfill {BackfillId} of trait {Sid} is done, {Realizations} realizations")]
    internal static partial void BackfillDone(this ILogger logger, string environment, string backfillId, long sid, long realizations);

    [LoggerMessage(7106, LogLevel.Warning, "{Environment}: backfill {BackfillId} of trait {Sid} failed: {Reason}")]
    internal static partial void BackfillFailed(this ILogger logger, string environment, string backfillId, long sid, string reason);

    [LoggerMessage(7110, LogLevel.Warning, "{Environment}: deliveries to {Consumer} {Id} wait for the database; they go on from what was kept")]
    internal static partial void DeliveriesPaused(this ILogger logger, string environment, string consumer, long id, Exception failure);

    [LoggerMessage(7111, LogLevel.Error, "{Environment}: deliveries to {Consumer} {Id} stopped for a fault of ours, until the next start; its changes wait as long as any are kept")]
    internal static partial void DeliveriesStopped(this ILogger logger, string environment, string consumer, long id, Exception failure);

    [LoggerMessage(7103, LogLevel.Information, "{Environment}: profiles are applied from journal offset {From} to {To} before rules are told")]
    internal static partial void CatchingUp(this ILogger logger, string environment, long from, long to);
}
