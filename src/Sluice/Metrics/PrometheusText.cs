using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Sluice.Access;
using Sluice.Collection;
using Sluice.Hosting;

namespace Sluice.Metrics;

/// <summary>Gathers what this server's meters record, ours and the web server's, and writes it in Prometheus' text form.</summary>
internal sealed class PrometheusText(IServiceProvider services, EnvironmentGraphs graphs, IMeterFactory meters, AccessRuntime access, ILogger<PrometheusText> logger) : IDisposable
{
    internal const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly string[] Meters = ["Sluice.", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> _series = new();

    internal void Start()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (IsOurs(instrument.Meter))
                listener.EnableMeasurementEvents(instrument, _series.GetOrAdd(instrument, one => new InstrumentSeries(one)));
        };
        _listener.MeasurementsCompleted = (instrument, _) => _series.TryRemove(instrument, out var _);
        // There is no state any more when the instrument is being taken away this moment.
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => (state as InstrumentSeries)?.Record(value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => (state as InstrumentSeries)?.Record(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => (state as InstrumentSeries)?.Record(value, tags));
        _listener.Start();
    }

    /// <summary>The sums of some metrics now, each over all labels or those that have one, such as <c>outcome="accepted"</c>.</summary>
    internal double[] Totals(IReadOnlyList<(string Metric, string? Label)> wanted)
    {
        Observe();
        return [.. wanted.Select(one => _series.Values.Where(series => series.Name == one.Metric).Sum(series => series.Total(one.Label)))];
    }

    internal string Write()
    {
        Observe();
        var text = new StringBuilder(8_192);
        foreach (var series in _series.Values.OrderBy(one => one.Name, StringComparer.Ordinal))
            series.Write(text);
        WriteJournals(text);
        if (services.GetService<CollectionHealth>() is { } health)
            Gauge(text, "sluice_landing_lag_bytes", "Journal bytes that landing has not registered yet", health.LandingLagBytes, "");
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    // Another server in this process, as in tests, has meters of the same names; what belongs to nobody is the runtime's.
    private bool IsOurs(Meter meter) =>
        Meters.Any(name => meter.Name.StartsWith(name, StringComparison.Ordinal)) && (meter.Scope is null || meter.Scope == meters || meter.Scope == access);

    // An instrument that cannot say its value, as while its door is being closed, keeps the one it had; the others are asked all the same.
    private void Observe()
    {
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException faults)
        {
            logger.InstrumentFailed(faults);
        }
    }

    private void WriteJournals(StringBuilder text)
    {
        foreach (var (storage, journal) in graphs.All)
        {
            var label = $"{{environment=\"{storage.Name}\"}}";
            Gauge(text, "sluice_journal_bytes", "Size of the journal's files", journal.TotalBytes, label);
            Gauge(text, "sluice_journal_end_offset", "Offset just past the last append", journal.EndOffset, label);
            Gauge(text, "sluice_journal_flushed_offset", "Offset just past the last record on disk", journal.FlushedOffset, label);
            Gauge(text, "sluice_journal_records_total", "Records flushed since opening", journal.Records, label, "counter");
            Gauge(text, "sluice_journal_flushes_total", "Flushes since opening", journal.Flushes, label, "counter");
        }
    }

    private static void Gauge(StringBuilder text, string name, string help, long value, string labels, string type = "gauge") =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n{name}{labels} {value}\n");
}
