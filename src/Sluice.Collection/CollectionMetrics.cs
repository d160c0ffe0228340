using System.Diagnostics.Metrics;
using Sluice.Collection.Deduplication;

namespace Sluice.Collection;

/// <summary>What this door counts. Names follow the OpenTelemetry style; the text exporter turns dots into underscores.</summary>
internal sealed class CollectionMetrics
{
    /// <summary>The meter's name, for exporters.</summary>
    internal const string MeterName = "Sluice.Collection";

    private readonly Counter<long> _messages;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _landed;
    private readonly Counter<long> _deliveries;

    public CollectionMetrics(IMeterFactory meters, CollectionRuntime collection)
    {
        var meter = meters.Create(MeterName);
        _messages = meter.CreateCounter<long>("sluice.collection.messages", "{message}", "Messages received, by outcome");
        _requests = meter.CreateCounter<long>("sluice.collection.requests", "{request}", "Requests whose envelope was read, or that were turned away");
        _bytes = meter.CreateCounter<long>("sluice.collection.received", "By", "Decoded bytes of request bodies");
        _batches = meter.CreateCounter<long>("sluice.collection.batches", "{batch}", "Batches landed, by outcome");
        _deliveries = meter.CreateCounter<long>("sluice.collection.webhook_deliveries", "{attempt}", "Attempts to deliver a notification, by outcome");
        meter.CreateObservableGauge(
            "sluice.collection.remembered_ids", () => PerEnvironment(collection, memory => memory.Seen.Count), "{id}", "Ids of messages remembered against repetition");
        meter.CreateObservableCounter(
            "sluice.collection.forgotten_ids", () => PerEnvironment(collection, memory => memory.Seen.Forgotten + memory.Answers.Forgotten), "{id}",
            "Ids and idempotency keys forgotten before their time, because the bound was met");
        _landed = meter.CreateCounter<long>("sluice.collection.landed", "{message}", "Messages landed, by outcome");
    }

    internal void RequestReceived(int bytes, int accepted, int rejected, int duplicate)
    {
        _requests.Add(1, new KeyValuePair<string, object?>("outcome", "read"));
        _bytes.Add(bytes);
        if (accepted > 0)
            _messages.Add(accepted, new KeyValuePair<string, object?>("outcome", "accepted"));
        if (rejected > 0)
            _messages.Add(rejected, new KeyValuePair<string, object?>("outcome", "rejected"));
        if (duplicate > 0)
            _messages.Add(duplicate, new KeyValuePair<string, object?>("outcome", "duplicate"));
    }

    internal void RequestRepeated() => _requests.Add(1, new KeyValuePair<string, object?>("outcome", "repeated"));

    internal void RequestOverRate() => _requests.Add(1, new KeyValuePair<string, object?>("outcome", "over_rate"));

    internal void RequestTurnedAway() => _requests.Add(1, new KeyValuePair<string, object?>("outcome", "unavailable"));

    internal void BatchLanded(bool isSuccess, long messages)
    {
        var outcome = new KeyValuePair<string, object?>("outcome", isSuccess ? "success" : "failed");
        _batches.Add(1, outcome);
        _landed.Add(messages, outcome);
    }

    /// <summary>One attempt: <c>delivered</c>, <c>failed</c> to be tried again, or <c>dead</c> with the last.</summary>
    internal void DeliveryAttempted(string outcome) => _deliveries.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    private static IEnumerable<Measurement<long>> PerEnvironment(CollectionRuntime collection, Func<DeduplicationMemory, long> value) =>
        collection.Environments.Select(
            environment => new Measurement<long>(value(environment.Memory), new KeyValuePair<string, object?>("environment", environment.Name.Value)));
}
