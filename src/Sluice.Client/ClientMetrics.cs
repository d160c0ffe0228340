using System.Diagnostics.Metrics;

namespace Sluice.Client;

/// <summary>What a producer counts, under the meter <c>Sluice.Client</c>.</summary>
internal sealed class ClientMetrics : IDisposable
{
    internal const string MeterName = "Sluice.Client";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _sent;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _retried;

    internal ClientMetrics(Func<long> queued)
    {
        _sent = _meter.CreateCounter<long>("sluice.client.sent", "{message}", "Messages sent for the first time");
        _accepted = _meter.CreateCounter<long>("sluice.client.accepted", "{message}", "Messages the server stored, or had stored before");
        _refused = _meter.CreateCounter<long>("sluice.client.refused", "{message}", "Messages refused for good");
        _retried = _meter.CreateCounter<long>("sluice.client.retried", "{message}", "Messages sent again");
        _meter.CreateObservableGauge("sluice.client.queued", queued, "{message}", "Messages taken and not decided yet");
    }

    internal Meter Meter => _meter;

    internal void Sent(int messages, bool isAgain) => (isAgain ? _retried : _sent).Add(messages);

    internal void Decided(MessageOutcome outcome)
    {
        if (outcome == MessageOutcome.Accepted)
            _accepted.Add(1);
        else if (outcome == MessageOutcome.Refused)
            _refused.Add(1);
    }

    public void Dispose() => _meter.Dispose();
}
