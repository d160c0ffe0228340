using System.Diagnostics.Metrics;

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

    public CollectionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _messages = meter.CreateCounter<long>("sluice.collection.messages", "{message}", "Messages received, by outcome");
        _requests = meter.CreateCounter<long>("sluice.collection.requests", "{request}", "Requests whose envelope was read, or that were turned away");
        _bytes = meter.CreateCounter<long>("sluice.collection.received", "By", "Decoded bytes of request bodies");
        _batches = meter.CreateCounter<long>("sluice.collection.batches", "{batch}", "Batches landed, by outcome");
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
}
