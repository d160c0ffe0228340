using Microsoft.Extensions.Logging;

namespace Sluice.Gateway;

/// <summary>Every log line of the door: ids 3000 to 3999.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Warning, "Cached responses cannot be read from or written to their database; memory serves what it has, everything else goes to its target until the database is back")]
    internal static partial void CacheAway(this ILogger logger, Exception failure);

    [LoggerMessage(3001, LogLevel.Information, "{Environment}: {Kind} {Name} revision {Revision} is deployed")]
    internal static partial void Deployed(this ILogger logger, string environment, string kind, string name, int revision);

    [LoggerMessage(3002, LogLevel.Error, "{Environment}: {Kind} {Name} revision {Revision} cannot be deployed again at this start; its paths are not served: {Fault}")]
    internal static partial void CannotRedeploy(this ILogger logger, string environment, string kind, string name, int revision, string fault);

    [LoggerMessage(3003, LogLevel.Warning, "{Environment}: changes of other nodes cannot be read; the deployments that this node knows go on serving until they can")]
    internal static partial void StoreAway(this ILogger logger, string environment, Exception failure);

    [LoggerMessage(EventId = 3050, Message = "{Proxy}, {Policy}: {LogName}: {Message} [{Labels}]")]
    internal static partial void BundleMessage(this ILogger logger, LogLevel level, string proxy, string policy, string logName, string message, string labels);

    [LoggerMessage(3051, LogLevel.Warning, "Lines for {Syslog} cannot be sent and are dropped until it takes them again")]
    internal static partial void SyslogAway(this ILogger logger, string syslog, Exception failure);

    [LoggerMessage(3052, LogLevel.Debug, "A line for {Syslog} is dropped: too many wait")]
    internal static partial void SyslogFull(this ILogger logger, string syslog);

    [LoggerMessage(3053, LogLevel.Debug, "{Proxy}, {Policy} prints: {Text}")]
    internal static partial void ScriptPrint(this ILogger logger, string proxy, string policy, string text);

    [LoggerMessage(3004, LogLevel.Error, "{Proxy}: a fault of ours; its request is answered 500. Trace {Trace}")]
    internal static partial void ServedFault(this ILogger logger, string proxy, string trace, Exception failure);

    [LoggerMessage(3040, LogLevel.Warning, "Quotas that nodes share cannot be read from or written to their database; each node counts for itself until they can")]
    internal static partial void QuotaAway(this ILogger logger, Exception failure);

    [LoggerMessage(3041, LogLevel.Warning, "Changes of other nodes to developers, apps, products and maps cannot be read; those that this node knows go on counting until they can")]
    internal static partial void OrganizationAway(this ILogger logger, Exception failure);

    [LoggerMessage(3042, LogLevel.Warning, "{Environment}: target server {Server} is taken out of {Proxy} {Endpoint}: its health checks fail: {Why}")]
    internal static partial void ServerTakenOut(this ILogger logger, string environment, string server, string proxy, string endpoint, string why);

    [LoggerMessage(3043, LogLevel.Information, "{Environment}: target server {Server} is back in {Proxy} {Endpoint}")]
    internal static partial void ServerBack(this ILogger logger, string environment, string server, string proxy, string endpoint);
}
