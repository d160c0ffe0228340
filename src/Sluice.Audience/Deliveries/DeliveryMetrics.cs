using System.Diagnostics.Metrics;
using Sluice.Audience.Deliveries.Send;

namespace Sluice.Audience.Deliveries;

/// <summary>What deliveries count. The text exporter turns dots into underscores.</summary>
internal sealed class DeliveryMetrics
{
    /// <summary>The meter's name, for exporters.</summary>
    internal const string MeterName = "Sluice.Audience";

    private readonly Counter<long> _requests;
    private readonly Counter<long> _records;
    private readonly UpDownCounter<long> _streams;

    public DeliveryMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("sluice.audience.delivery_requests", "{request}", "Requests to destinations and webhooks, by consumer and outcome");
        _records = meter.CreateCounter<long>("sluice.audience.delivery_records", "{record}", "Users and changes that were delivered or given up, by consumer and outcome");
        _streams = meter.CreateUpDownCounter<long>("sluice.audience.change_streams", "{stream}", "Readers of the stream of segment changes");
    }

    /// <summary>One request: <c>taken</c>, <c>refused</c> or <c>failed</c>.</summary>
    internal void Requested(string consumer, TargetAnswer answer) =>
        _requests.Add(1, new("consumer", consumer), new("outcome", answer.IsTaken ? "taken" : answer.IsRefused ? "refused" : "failed"));

    /// <summary>Users or changes: <c>delivered</c>, <c>dropped</c>, <c>missed</c>, <c>dead</c> or <c>unaddressed</c>.</summary>
    internal void Counted(string consumer, long count, string outcome)
    {
        if (count > 0)
            _records.Add(count, new("consumer", consumer), new("outcome", outcome));
    }

    internal void StreamOpened() => _streams.Add(1);

    internal void StreamClosed() => _streams.Add(-1);
}
