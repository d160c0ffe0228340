using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Collection.Observe;

/// <summary>Why a query was refused: <c>1000</c> for a body that cannot be read, <c>1001</c> for a query that cannot be answered (contract 6.1).</summary>
internal sealed record MetricFault(int Code, string Detail);

/// <summary>One filter of a metric.</summary>
/// <param name="Name">As the client spelled it.</param>
/// <param name="IsNamespace">Whether it is about the namespace; else about the dataset or inlet.</param>
/// <param name="Values">The values wanted; empty for all.</param>
internal sealed record MetricFilter(string Name, bool IsNamespace, IReadOnlyList<string> Values, bool GroupsBy);

/// <summary>One metric asked for, with how its numbers are put together: within an interval, then across series.</summary>
internal sealed record MetricChoice(string Name, Metric Metric, IReadOnlyList<MetricFilter> Filters, JsonArray FiltersAsSent, string Aggregator, string Downsample);

/// <summary>What is asked of the metrics, read and bounded.</summary>
internal sealed record MetricQuery(long FromMs, long ToMs, Granularity Granularity, IReadOnlyList<MetricChoice> Choices)
{
    private const int MaxMetrics = 20;
    private const int MaxFilters = 5;
    private const int MaxValues = 100;
    private const int MaxIntervals = 10_000;

    private static readonly string[] Functions = ["sum", "avg", "min", "max"];
    private static readonly string[] Granularities = Enum.GetNames<Granularity>();

    /// <summary>Reads the body of <c>POST /metrics</c>.</summary>
    internal static (MetricQuery? Query, MetricFault? Fault) Parse(JsonObject sent)
    {
        if (!TryReadTime(sent["start"], out var from))
            return (null, Bad("'start' must be a time: ISO 8601 or milliseconds since 1970"));
        if (!TryReadTime(sent["end"], out var to))
            return (null, Bad("'end' must be a time: ISO 8601 or milliseconds since 1970"));
        var granularity = Granularity.Day;
        if (sent["granularity"] is { } given && !TryReadGranularity(TextOf(given), out granularity))
            return (null, Bad($"'granularity' must be one of {string.Join(", ", Granularities.Select(one => one.ToUpperInvariant()))}"));
        if (sent["metrics"] is not JsonArray { Count: > 0 and <= MaxMetrics } metrics)
            return (null, Bad($"'metrics' must be an array of 1 to {MaxMetrics} metrics"));

        var choices = new List<MetricChoice>();
        foreach (var one in metrics)
        {
            var (choice, fault) = one is JsonObject metric ? ReadChoice(metric) : (null, Bad("Every one of 'metrics' must be an object"));
            if (choice is null)
                return (null, fault! with { Detail = $"[/metrics/{choices.Count}] {fault.Detail}" });
            choices.Add(choice);
        }
        return Bound(new MetricQuery(from, to, granularity, choices));
    }

    /// <summary>Refuses a range that is no range, or that has too many intervals.</summary>
    internal static (MetricQuery? Query, MetricFault? Fault) Bound(MetricQuery query)
    {
        if (query.FromMs >= query.ToMs)
            return (null, Unanswerable("The start must lie before the end"));
        var intervals = (query.ToMs - query.FromMs) / query.Granularity.StepMs();
        return intervals > MaxIntervals
            ? (null, Unanswerable($"The range has {intervals} intervals of this granularity; at most {MaxIntervals} can be asked for at once"))
            : (query, null);
    }

    internal static bool TryReadGranularity(string? text, out Granularity granularity)
    {
        granularity = default;
        return text is not null && Granularities.Contains(text, StringComparer.OrdinalIgnoreCase) && Enum.TryParse(text, ignoreCase: true, out granularity);
    }

    internal static MetricFault Bad(string detail) => new(1000, detail);

    internal static MetricFault Unanswerable(string detail) => new(1001, detail);

    private static (MetricChoice? Choice, MetricFault? Fault) ReadChoice(JsonObject sent)
    {
        if (TextOf(sent["name"]) is not { } name)
            return (null, Bad("'name' must be a string"));
        if (MetricCatalog.Find(name) is not { } metric)
            return (null, Unanswerable($"There is no metric [{name}]"));
        var aggregator = sent["aggregator"] is null ? "sum" : TextOf(sent["aggregator"])?.ToLowerInvariant();
        var downsample = sent["downsample"] is null ? "sum" : TextOf(sent["downsample"])?.ToLowerInvariant();
        if (!Functions.Contains(aggregator) || !Functions.Contains(downsample))
            return (null, Bad($"'{(Functions.Contains(aggregator) ? "downsample" : "aggregator")}' must be one of {string.Join(", ", Functions)}"));
        if (sent["filters"] is not (null or JsonArray { Count: <= MaxFilters }))
            return (null, Bad($"'filters' must be an array of at most {MaxFilters} filters"));

        var asSent = (JsonArray?)sent["filters"]?.DeepClone() ?? [];
        var filters = new List<MetricFilter>();
        foreach (var one in asSent)
        {
            var (filter, fault) = one is JsonObject given ? ReadFilter(given, metric.Owner, name) : (null, Bad("Every one of 'filters' must be an object"));
            if (filter is null)
                return (null, fault);
            if (filters.Any(other => other.IsNamespace == filter.IsNamespace))
                return (null, Bad($"The filter '{filter.Name}' comes twice; several values are written a|b"));
            filters.Add(filter);
        }
        return metric.Owner == MetricOwner.DatasetAndNamespace && !filters.Any(filter => filter.IsNamespace)
            ? (null, Unanswerable($"[{name}] needs a filter 'namespace', with a value or with 'groupBy'"))
            : (new MetricChoice(name, metric, filters, asSent, aggregator!, downsample!), null);
    }

    private static (MetricFilter? Filter, MetricFault? Fault) ReadFilter(JsonObject sent, MetricOwner owner, string metric)
    {
        var name = TextOf(sent["name"]);
        var isNamespace = name?.ToLowerInvariant() is "namespace" or "namespacecode";
        var isWanted = owner switch
        {
            MetricOwner.Dataset => IsDataset(name),
            MetricOwner.DatasetAndNamespace => isNamespace || IsDataset(name),
            MetricOwner.Inlet => "inletId".Equals(name, StringComparison.OrdinalIgnoreCase),
            _ => false,
        };
        if (!isWanted)
            return (null, Unanswerable($"[{metric}] has no filter [{name}]"));
        if (sent["groupBy"]?.GetValueKind() is not (null or JsonValueKind.True or JsonValueKind.False))
            return (null, Bad("'groupBy' must be true or false"));
        var groupsBy = sent["groupBy"]?.GetValue<bool>() ?? false;
        if (sent["value"] is null)
            return groupsBy ? (new MetricFilter(name!, isNamespace, [], true), null) : (null, Bad($"The filter '{name}' needs a 'value' or 'groupBy'"));
        string[] values = TextOf(sent["value"])?.Split('|', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.OrdinalIgnoreCase).ToArray() ?? [];
        return values.Length is 0 or > MaxValues
            ? (null, Bad($"'value' must be a string of 1 to {MaxValues} values with | between them"))
            : (new MetricFilter(name!, isNamespace, values, groupsBy), null);
    }

    private static bool IsDataset(string? name) => "dataSetId".Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string? TextOf(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    private static bool TryReadTime(JsonNode? node, out long ms)
    {
        ms = 0;
        return node?.GetValueKind() is JsonValueKind.String or JsonValueKind.Number && Intervals.TryRead(node.ToString(), out ms);
    }
}
