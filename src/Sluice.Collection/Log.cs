using Microsoft.Extensions.Logging;

namespace Sluice.Collection;

/// <summary>Every log line of the door: ids 1000 to 1999.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "Batch {BatchId} landed: {Outcome}, {OwnerKind} {OwnerId}, {Records} records")]
    internal static partial void BatchLanded(this ILogger logger, string batchId, string outcome, string ownerKind, string ownerId, long records);

    [LoggerMessage(1001, LogLevel.Warning, "Landing of {Environment} paused; it begins again from the committed offset")]
    internal static partial void LandingPaused(this ILogger logger, string environment, Exception failure);

    [LoggerMessage(1002, LogLevel.Error, "Landing of {Environment} stopped. What is acknowledged waits in the journal; see docs/operations.md")]
    internal static partial void LandingStopped(this ILogger logger, string environment, Exception failure);

    [LoggerMessage(1003, LogLevel.Warning, "Landing of {Environment} is held still by Collection:LandingPaused at offset {Offset}")]
    internal static partial void LandingHeldStill(this ILogger logger, string environment, long offset);

    [LoggerMessage(1004, LogLevel.Warning, "{Environment}: {Blocks} damaged blocks of remembered ids were passed over; repetitions of their messages will be stored again")]
    internal static partial void RememberedIdsDamaged(this ILogger logger, string environment, int blocks);

    [LoggerMessage(1006, LogLevel.Information, "{Environment}: fix {FixId} is done, {Passed} messages passed, {Refused} were refused again")]
    internal static partial void FixDone(this ILogger logger, string environment, string fixId, long passed, long refused);

    [LoggerMessage(1007, LogLevel.Warning, "{Environment}: a fix paused; it does its last step again")]
    internal static partial void FixPaused(this ILogger logger, string environment, Exception failure);

    [LoggerMessage(1008, LogLevel.Information, "{Environment}: replay {ReplayId} is done, {Windows} windows, {Records} records")]
    internal static partial void ReplayDone(this ILogger logger, string environment, string replayId, long windows, long records);

    [LoggerMessage(1009, LogLevel.Warning, "{Environment}: a replay paused; it does its window again")]
    internal static partial void ReplayPaused(this ILogger logger, string environment, Exception failure);

    [LoggerMessage(1020, LogLevel.Error, "{Environment}: fix {FixId} cannot go on; its messages stay in their group")]
    internal static partial void FixFailed(this ILogger logger, string environment, string fixId, Exception fault);

    [LoggerMessage(1021, LogLevel.Error, "{Environment}: replay {ReplayId} cannot go on; what is listed stays as it is")]
    internal static partial void ReplayFailed(this ILogger logger, string environment, string replayId, Exception fault);

    [LoggerMessage(1005, LogLevel.Warning, "{Environment}: remembered ids cannot be written now; they stay in memory and the journal keeps what is missing")]
    internal static partial void RememberingPaused(this ILogger logger, string environment, Exception failure);

    [LoggerMessage(1030, LogLevel.Warning, "{Environment}: metrics cannot be kept now; tried again soon")]
    internal static partial void MetricsPaused(this ILogger logger, string environment, Exception failure);

    [LoggerMessage(1031, LogLevel.Warning, "{Environment}: notifications wait, their outbox cannot be read or written now; tried again soon")]
    internal static partial void NotificationsPaused(this ILogger logger, string environment, Exception failure);

    [LoggerMessage(1032, LogLevel.Warning, "{Environment}: webhook {WebhookId} did not take notification {DeliveryId} in {Attempts} attempts; it can be sent again by hand")]
    internal static partial void DeliveryGivenUp(this ILogger logger, string environment, string webhookId, string deliveryId, long attempts);

    [LoggerMessage(1010, LogLevel.Warning, "Files of deleted batches of {Environment} could not be removed; tried again soon")]
    internal static partial void DeletedFilesLeft(this ILogger logger, string environment, Exception failure);
}
