using Microsoft.Extensions.Logging;
using Sluice.Gateway.Caches;
using Sluice.Gateway.Logging;
using Sluice.Gateway.Targets;

namespace Sluice.Gateway.Deployments;

/// <summary>What flows of one environment use beside their plan: the clock, the door's settings, caches and targets.</summary>
internal sealed class GatewayServices
{
    internal required TimeProvider Clock { get; init; }

    /// <summary>The zone of TimeOfDay, ExpiryDate and the functions of local time (Ruling 3).</summary>
    internal required TimeZoneInfo Zone { get; init; }

    internal required GatewayOptions Options { get; init; }

    internal required CacheStore Caches { get; init; }

    internal required TargetForwarder Targets { get; init; }

    internal required SyslogSender Syslog { get; init; }

    internal required ILogger Log { get; init; }
}
