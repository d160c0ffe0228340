using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Sluice.Collection.Observe;

/// <summary>The observability insights: what was received, validated and landed, as numbers over time (contract collection.md 6.1).</summary>
internal static class MetricOperations
{
    private const int MaxMetricsOfGet = 6;

    /// <summary><c>POST /metrics</c>.</summary>
    internal static async Task<IResult> QueryAsync(HttpContext http)
    {
        var (sent, bodyFault) = await CollectionAnswers.ReadObjectAsync(http.Request, http.RequestAborted);
        if (sent is null)
            return Refuse(MetricQuery.Bad(bodyFault!));
        var (query, fault) = MetricQuery.Parse(sent);
        if (query is null)
            return Refuse(fault!);

        var reader = new MetricReader(CollectionEnvironment.Of(http).Metrics, query);
        var responses = new JsonArray();
        foreach (var choice in query.Choices)
        {
            if (await reader.ReadAsync(choice, http.RequestAborted) is not { } groups)
                return Refuse(MetricQuery.Unanswerable(MetricReader.TooMany));
            responses.Add((JsonNode)new JsonObject
            {
                ["metric"] = choice.Name,
                ["filters"] = choice.FiltersAsSent,
                ["datapoints"] = new JsonArray([.. groups.Select(Write)]),
                ["granularity"] = query.Granularity.ToString().ToUpperInvariant(),
            });
        }
        return CollectionAnswers.Json(new JsonObject { ["metricResponses"] = responses });
    }

    /// <summary><c>GET /metrics</c>, the first version: sums of up to six metrics, of one dataset or inlet or of all.</summary>
    internal static async Task<IResult> QueryByGetAsync(HttpContext http)
    {
        var (query, fault) = ParseGet(http.Request.Query);
        if (query is null)
            return Refuse(fault!);

        var environment = CollectionEnvironment.Of(http);
        var reader = new MetricReader(environment.Metrics, query);
        var items = new SortedDictionary<long, JsonObject>();
        foreach (var choice in query.Choices)
        {
            if (await reader.ReadAsync(choice, http.RequestAborted) is not { } groups)
                return Refuse(MetricQuery.Unanswerable(MetricReader.TooMany));
            foreach (var (ms, value) in groups.SelectMany(group => group.Points))
            {
                if (!items.TryGetValue(ms, out var item))
                    items[ms] = item = new JsonObject { ["timestamp"] = Intervals.Iso(ms), ["metrics"] = new JsonObject() };
                item["metrics"]![choice.Name] = Number(value);
            }
        }
        return CollectionAnswers.Json(new JsonObject
        {
            ["id"] = http.Request.Query["id"].ToString() is { Length: > 0 } id ? id : null,
            ["imsOrgId"] = environment.Organisation.OrgId,
            ["timeseries"] = new JsonObject
            {
                ["granularity"] = query.Granularity.ToString().ToUpperInvariant(),
                ["items"] = new JsonArray([.. items.Values]),
                ["_page"] = null,
                ["_links"] = null,
            },
            ["stats"] = new JsonObject(),
        });
    }

    private static (MetricQuery? Query, MetricFault? Fault) ParseGet(IQueryCollection sent)
    {
        string[] names = [.. sent["metric"].SelectMany(given => given!.Split(',', StringSplitOptions.RemoveEmptyEntries)).Distinct()];
        if (names.Length is 0 or > MaxMetricsOfGet)
            return (null, MetricQuery.Unanswerable($"'metric' must be given 1 to {MaxMetricsOfGet} times"));
        if (sent["dateRange"].ToString().Split('/') is not [var start, var end] || !Intervals.TryRead(start, out var from) || !Intervals.TryRead(end, out var to))
            return (null, MetricQuery.Unanswerable("'dateRange' must be two ISO 8601 times with a / between them"));

        // The intervals follow the range unless they are asked for.
        var granularity = to - from <= Intervals.DayMs ? Granularity.Hour : to - from <= 62 * Intervals.DayMs ? Granularity.Day : Granularity.Month;
        if (sent["granularity"].ToString() is { Length: > 0 } given && !MetricQuery.TryReadGranularity(given, out granularity))
            return (null, MetricQuery.Unanswerable($"[{given}] is no granularity"));

        var choices = new List<MetricChoice>();
        foreach (var name in names)
        {
            if (MetricCatalog.Find(name) is not { } metric)
                return (null, MetricQuery.Unanswerable($"There is no metric [{name}]"));
            if (metric.Owner == MetricOwner.DatasetAndNamespace)
                return (null, MetricQuery.Unanswerable($"[{name}] needs a filter 'namespace'; ask for it by POST"));
            MetricFilter[] filters = sent["id"].ToString() is { Length: > 0 } id && metric.Owner != MetricOwner.None ? [new MetricFilter("id", false, [id], false)] : [];
            choices.Add(new MetricChoice(name, metric, filters, [], "sum", "sum"));
        }
        return MetricQuery.Bound(new MetricQuery(from, to, granularity, choices));
    }

    private static JsonNode Write(MetricGroup group)
    {
        var points = new JsonObject();
        foreach (var (ms, value) in group.Points)
            points[Intervals.Iso(ms)] = Number(value);
        var groupBy = new JsonObject();
        foreach (var (filter, value) in group.Group)
            groupBy[filter] = value;
        return new JsonObject { ["groupBy"] = groupBy, ["dps"] = points };
    }

    // Numbers have a fraction even where it is zero, as the original writes them.
    private static JsonValue Number(double value) => JsonValue.Create((decimal)value + 0.0m);

    private static IResult Refuse(MetricFault fault) => CollectionAnswers.Json(new JsonObject
    {
        ["type"] = $"http://ns.adobe.com/aep/errors/INSGHT-{fault.Code}-400",
        ["title"] = fault.Code == 1000 ? "The request body is not valid" : "The query cannot be answered",
        ["status"] = 400,
        ["detail"] = fault.Detail,
    }, 400);
}
