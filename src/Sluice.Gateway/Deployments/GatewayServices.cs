using Microsoft.Extensions.Logging;
using Sluice.Gateway.Caches;
using Sluice.Gateway.Consumers;
using Sluice.Gateway.Limits;
using Sluice.Gateway.Logging;
using Sluice.Gateway.Maps;
using Sluice.Gateway.Sealing;
using Sluice.Gateway.Targets;
using Sluice.Gateway.Trace;

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

    /// <summary>The organization's developers, apps and API products.</summary>
    internal required ConsumerDirectory Consumers { get; init; }

    /// <summary>Key value maps of the organization and of its proxies.</summary>
    internal required MapStore OrganizationMaps { get; init; }

    /// <summary>Key value maps of the environment and of single policies.</summary>
    internal required MapStore Maps { get; init; }

    internal required LimitStore Limits { get; init; }

    internal required GatewayCounts Counts { get; init; }

    /// <summary>The requests of this environment that somebody watches.</summary>
    internal required DebugSessions Debug { get; init; }

    /// <summary>Seals what is kept on disk.</summary>
    internal required Sealer Sealer { get; init; }

    internal required ILogger Log { get; init; }
}
