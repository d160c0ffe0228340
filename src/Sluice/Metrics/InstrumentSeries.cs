using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Sluice.Metrics;

/// <summary>One instrument's values, by their tags.</summary>
internal sealed class InstrumentSeries
{
    private const int MaxLabelSets = 1_000; // an instrument with more has unbounded tags: the rest is added up under no label

    // Seconds: from a cache hit to a slow upload.
    private static readonly double[] Buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Instrument _instrument;
    private readonly string _type;
    private readonly ConcurrentDictionary<string, Cell> _cells = new();

    internal InstrumentSeries(Instrument instrument)
    {
        _instrument = instrument;
        var generic = instrument.GetType().Name;
        _type = generic.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
            : generic.Contains("UpDown", StringComparison.Ordinal) || generic.Contains("Gauge", StringComparison.Ordinal) ? "gauge"
            : "counter";
        Name = NameOf(instrument, _type);
    }

    internal string Name { get; }

    private bool IsAbsolute => _instrument.IsObservable || _instrument.GetType().Name.StartsWith("Gauge", StringComparison.Ordinal);

    internal void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = tags.IsEmpty || _cells.Count >= MaxLabelSets ? "" : Labels(tags);
        var cell = _cells.GetOrAdd(labels, static _ => new Cell());
        lock (cell)
        {
            cell.Sum = IsAbsolute ? value : cell.Sum + value;
            cell.Count++;
            if (_type != "histogram")
                return;
            for (var bucket = 0; bucket < Buckets.Length; bucket++)
            {
                if (value <= Buckets[bucket])
                    cell.Under[bucket]++;
            }
        }
    }

    /// <summary>The sum over all labels, or over those that have one.</summary>
    internal double Total(string? label)
    {
        var total = 0d;
        foreach (var (labels, cell) in _cells)
        {
            if (label is not null && !labels.Split(',').Contains(label))
                continue;
            lock (cell)
                total += cell.Sum;
        }
        return total;
    }

    internal void Write(StringBuilder text)
    {
        if (_cells.IsEmpty)
            return;
        text.Append(CultureInfo.InvariantCulture, $"# HELP {Name} {_instrument.Description}\n# TYPE {Name} {_type}\n");
        foreach (var (labels, cell) in _cells.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            lock (cell)
            {
                if (_type == "histogram")
                    WriteHistogram(text, labels, cell);
                else
                    text.Append(CultureInfo.InvariantCulture, $"{Name}{Braced(labels)} {cell.Sum}\n");
            }
        }
    }

    private void WriteHistogram(StringBuilder text, string labels, Cell cell)
    {
        var comma = labels.Length > 0 ? "," : "";
        for (var bucket = 0; bucket < Buckets.Length; bucket++)
            text.Append(CultureInfo.InvariantCulture, $"{Name}_bucket{{{labels}{comma}le=\"{Buckets[bucket]}\"}} {cell.Under[bucket]}\n");
        text.Append(CultureInfo.InvariantCulture, $"{Name}_bucket{{{labels}{comma}le=\"+Inf\"}} {cell.Count}\n");
        text.Append(CultureInfo.InvariantCulture, $"{Name}_sum{Braced(labels)} {cell.Sum}\n{Name}_count{Braced(labels)} {cell.Count}\n");
    }

    private static string Braced(string labels) => labels.Length == 0 ? "" : "{" + labels + "}";

    private static string NameOf(Instrument instrument, string type)
    {
        var name = instrument.Name.Replace('.', '_').Replace('-', '_');
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        return name + unit + (type == "counter" ? "_total" : "");
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            var escaped = Convert.ToString(value, CultureInfo.InvariantCulture)!
                .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(text.Length > 0 ? "," : "").Append(name.Replace('.', '_')).Append("=\"").Append(escaped).Append('"');
        }
        return text.ToString();
    }

    private sealed class Cell
    {
        internal double Sum;
        internal long Count;
        internal readonly long[] Under = new long[Buckets.Length];
    }
}
