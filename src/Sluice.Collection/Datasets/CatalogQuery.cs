using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Sluice.Collection.Datasets;

/// <summary>The query of every catalog list (contract collection.md 4.1): which objects, in which order, which of their members.</summary>
internal sealed class CatalogQuery
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;

    private static readonly string[] ReservedNames =
        ["limit", "start", "offset", "orderBy", "properties", "property", "requestDataSource", "aggregate"];

    private readonly List<CatalogFilter> _filters = [];
    private readonly List<(string Property, bool IsDescending)> _order = [];
    private string[] _properties = [];
    private int _limit = DefaultLimit;
    private int _start;

    /// <summary>Reads the query string; returns the fault, or null and the query.</summary>
    internal static string? Parse(IQueryCollection query, out CatalogQuery parsed)
    {
        parsed = new CatalogQuery();
        if (query.TryGetValue("limit", out var limit)
            && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out parsed._limit) || parsed._limit is 0 or > MaxLimit))
            return $"'limit' must be between 1 and {MaxLimit}";
        foreach (var name in new[] { "start", "offset" })
        {
            if (query.TryGetValue(name, out var start)
                && !int.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out parsed._start))
                return $"'{name}' must be a whole number, 0 or more";
        }

        parsed._properties = query["properties"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var order in query["orderBy"])
            parsed.AddOrder(order ?? "");
        foreach (var filter in query["property"])
        {
            if (CatalogFilter.TryParseProperty(filter ?? "", out var read) is { } fault)
                return fault;
            parsed._filters.Add(read);
        }
        foreach (var (name, values) in query)
        {
            if (!ReservedNames.Contains(name, StringComparer.Ordinal))
                parsed._filters.Add(CatalogFilter.Plain(name, values.ToString()));
        }
        return null;
    }

    /// <summary>Filters, sorts, pages and trims; the result is keyed by id.</summary>
    internal JsonObject Apply(IEnumerable<(string Id, JsonObject Document)> all)
    {
        var wanted = all.Where(one => _filters.TrueForAll(filter => filter.Matches(one.Id, one.Document)));
        IOrderedEnumerable<(string Id, JsonObject Document)>? ordered = null;
        foreach (var (property, isDescending) in _order)
        {
            var key = (ValueTuple<string, JsonObject> one) => CatalogFilter.Find(one.Item2, property);
            ordered = (ordered, isDescending) switch
            {
                (null, false) => wanted.OrderBy(key, CatalogOrder.Comparer),
                (null, true) => wanted.OrderByDescending(key, CatalogOrder.Comparer),
                (_, false) => ordered.ThenBy(key, CatalogOrder.Comparer),
                (_, true) => ordered.ThenByDescending(key, CatalogOrder.Comparer),
            };
        }

        var page = new JsonObject();
        foreach (var (id, document) in (ordered ?? wanted).Skip(_start).Take(_limit))
            page[id] = Trim(document);
        return page;
    }

    // asc:created or desc:created,name; without a direction, ascending.
    private void AddOrder(string text)
    {
        var isDescending = text.StartsWith("desc:", StringComparison.OrdinalIgnoreCase);
        var names = text[(text.IndexOf(':') + 1)..];
        foreach (var name in names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            _order.Add((name, isDescending));
    }

    private JsonObject Trim(JsonObject document)
    {
        if (_properties.Length == 0)
            return document;
        var trimmed = new JsonObject();
        foreach (var name in _properties)
        {
            if (document.TryGetPropertyValue(name, out var value))
                trimmed[name] = value?.DeepClone();
        }
        return trimmed;
    }
}
