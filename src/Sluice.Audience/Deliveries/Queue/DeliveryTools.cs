using Microsoft.Extensions.Logging;
using Sluice.Audience.Deliveries.Send;

namespace Sluice.Audience.Deliveries.Queue;

/// <summary>What all workers share.</summary>
internal sealed record DeliveryTools(AudienceOptions Options, TargetClient Client, DeliveryMetrics Metrics, TimeProvider Clock, ILogger Log);
