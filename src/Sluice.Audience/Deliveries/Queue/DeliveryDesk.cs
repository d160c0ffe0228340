using Sluice.Audience.Deliveries.Webhooks;
using Sluice.Storage;

namespace Sluice.Audience.Deliveries.Queue;

/// <summary>What an environment keeps of its deliveries, and the words by which their workers and readers are woken.</summary>
internal sealed class DeliveryDesk(SqlStore sql) : IDisposable
{
    internal DeliveryStore Store { get; } = new(sql);

    internal DeadLetterStore Letters { get; } = new(sql);

    internal ChangeWebhookStore Webhooks { get; } = new(sql);

    /// <summary>There are changes.</summary>
    internal ChangeSignal Changes { get; } = new();

    /// <summary>Somebody asked for something now: whoever leaves a target alone tries again.</summary>
    internal ChangeSignal Hurry { get; } = new();

    /// <summary>Workers that ended for a fault of ours, with what it was; by consumer and id.</summary>
    internal System.Collections.Concurrent.ConcurrentDictionary<(string Consumer, long Id), string> Stopped { get; } = new();

    public void Dispose() => Webhooks.Dispose();
}
