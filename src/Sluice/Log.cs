namespace Sluice;

/// <summary>Every log line of the program itself: ids 6000 to 6999.</summary>
internal static partial class Log
{
    [LoggerMessage(6000, LogLevel.Warning, "A request could not be served for want of a store; trace {TraceId}")]
    internal static partial void ServedUnavailable(this ILogger logger, string traceId, Exception failure);

    [LoggerMessage(6001, LogLevel.Error, "A request met a fault of ours; trace {TraceId}")]
    internal static partial void ServedFault(this ILogger logger, string traceId, Exception failure);

    [LoggerMessage(6010, LogLevel.Information, "The listener's certificate is {Subject}, valid until {ValidUntil:u}")]
    internal static partial void CertificateInUse(this ILogger logger, string subject, DateTimeOffset validUntil);

    [LoggerMessage(6011, LogLevel.Warning, "The new certificate cannot be used, so the old one stays: {Reason}")]
    internal static partial void CertificateRefused(this ILogger logger, string reason);

    [LoggerMessage(6012, LogLevel.Warning, "The listener's certificate {Subject} expires soon, at {ValidUntil:u}")]
    internal static partial void CertificateExpiresSoon(this ILogger logger, string subject, DateTimeOffset validUntil);

    [LoggerMessage(6013, LogLevel.Error, "The listener's certificate {Subject} expired at {ValidUntil:u}; clients refuse it")]
    internal static partial void CertificateExpired(this ILogger logger, string subject, DateTimeOffset validUntil);

    [LoggerMessage(6020, LogLevel.Warning, "An instrument could not say its value; metrics show the one before")]
    internal static partial void InstrumentFailed(this ILogger logger, Exception failure);
}
