using Microsoft.Extensions.Logging;

namespace Sluice.Access;

/// <summary>Every log line of the door: ids 4000 to 4999. Sign-ins, tokens and changes are in the audit log instead.</summary>
internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Warning, "Changes of other nodes cannot be read; tokens that this node knows go on serving until it can")]
    internal static partial void StoreAway(this ILogger logger, Exception failure);

    [LoggerMessage(4001, LogLevel.Information, "Signing key {KeyId} was made; it signs once everybody can know it")]
    internal static partial void SigningKeyAdded(this ILogger logger, string keyId);
}
