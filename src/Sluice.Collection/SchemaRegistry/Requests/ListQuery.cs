using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Collection.Catalog;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>The query of every registry list (contract collection.md 3.3): which resources, in which order, from where on.</summary>
internal sealed class ListQuery
{
    private const int MaxLimit = 500;
    private const int DefaultLimit = 300;
    private const int MaxFilters = 20;
    private const int MaxOrders = 5;
    private const string DefaultOrder = "meta:registryMetadata.repo:createdDate";

    private readonly List<PropertyFilter> _filters = [];
    private readonly List<(string Path, bool IsDescending)> _order = [];
    private string? _orderText;
    private int _limit = DefaultLimit;
    private string? _start;
    private int? _offset;
    private TextSearch? _search;

    /// <summary>Reads the query string; the fault names the parameter.</summary>
    internal static string? Parse(IQueryCollection query, out ListQuery parsed)
    {
        parsed = new ListQuery();
        if (query.TryGetValue("limit", out var limit)
            && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out parsed._limit) || parsed._limit is < 1 or > MaxLimit))
            return $"'limit' must be between 1 and {MaxLimit}";
        if (query.TryGetValue("start", out var start) && start.ToString().Length > 0)
            parsed._start = start.ToString();
        if (query.TryGetValue("offset", out var sentOffset))
        {
            if (!int.TryParse(sentOffset, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
                return "'offset' must be a whole number, 0 or more";
            parsed._offset = offset;
        }
        if (TextSearch.Parse(query, out parsed._search) is { } searchFault)
            return searchFault;
        if (query.TryGetValue("orderby", out var order) && order.ToString().Length > 0)
        {
            parsed._orderText = order.ToString();
            foreach (var name in parsed._orderText.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                parsed._order.Add((name.TrimStart('-', '+'), name.StartsWith('-')));
            if (parsed._order.Count is 0 or > MaxOrders)
                return $"'orderby' must name 1 to {MaxOrders} members";
        }
        if (query["property"].Count > MaxFilters)
            return $"'property' must not stand more than {MaxFilters} times";
        foreach (var text in query["property"])
        {
            if (PropertyFilter.TryParse(text ?? "", out var filter) is { } fault)
                return fault;
            parsed._filters.Add(filter);
        }
        return null;
    }

    /// <summary>Filters, sorts and cuts a page.</summary>
    /// <remarks>
    /// <c>start</c> is a value of the first sort key, so a page never ends between two of the same key: it then holds more than
    /// <c>limit</c>, which is a hint. With <c>offset</c>, an extension of ours, pages are counted instead, and the answer says how many there are in all.
    /// </remarks>
    /// <param name="show">What of each a client sees.</param>
    /// <param name="path">Where the list is, for the link to its next page.</param>
    /// <param name="isWhole">Whether there are no pages.</param>
    /// <param name="defaultOrder">The member to sort by where the client names none.</param>
    internal JsonObject Apply(
        IEnumerable<JsonObject> all, Func<JsonObject, JsonNode> show, string path, bool isWhole = false, string defaultOrder = DefaultOrder)
    {
        var (first, isDescending) = _order.Count > 0 ? _order[0] : (defaultOrder, false);
        var most = isWhole ? int.MaxValue : _limit;
        var wanted = all.Where(one => _filters.TrueForAll(filter => filter.Matches(one)) && IsFound(one));
        if (_start is not null && !isWhole)
            wanted = wanted.Where(one => PropertyOrder.CompareTo(PropertyFilter.Find(one, first), _start) * (isDescending ? -1 : 1) >= 0);
        IOrderedEnumerable<JsonObject> ordered = isDescending
            ? wanted.OrderByDescending(one => PropertyFilter.Find(one, first), PropertyOrder.Comparer)
            : wanted.OrderBy(one => PropertyFilter.Find(one, first), PropertyOrder.Comparer);
        foreach (var (name, descending) in _order.Skip(1))
        {
            ordered = descending
                ? ordered.ThenByDescending(one => PropertyFilter.Find(one, name), PropertyOrder.Comparer)
                : ordered.ThenBy(one => PropertyFilter.Find(one, name), PropertyOrder.Comparer);
        }
        if (_offset is { } offset && !isWhole)
            return CountedPage([.. ordered], show, offset);

        var results = new JsonArray();
        JsonNode? lastKey = null;
        string? next = null;
        foreach (var one in ordered)
        {
            var key = PropertyFilter.Find(one, first);
            if (results.Count >= most && PropertyOrder.Comparer.Compare(key, lastKey) != 0)
            {
                next = key?.ToString();
                break;
            }
            lastKey = key;
            results.Add(show(one));
        }
        var template = $"/data/foundation/schemaregistry/{path}?limit={_limit}{(_orderText is null ? "" : "&orderby=" + Uri.EscapeDataString(_orderText))}";
        return new JsonObject
        {
            ["results"] = results,
            ["_page"] = new JsonObject { ["orderby"] = _orderText ?? "created", ["next"] = next, ["count"] = results.Count },
            ["_links"] = new JsonObject
            {
                ["next"] = next is null ? null : new JsonObject { ["href"] = $"{template}&start={Uri.EscapeDataString(next)}" },
            },
        };
    }

    private JsonObject CountedPage(IReadOnlyList<JsonObject> all, Func<JsonObject, JsonNode> show, int offset)
    {
        var results = new JsonArray([.. all.Skip(offset).Take(_limit).Select(show)]);
        return new JsonObject
        {
            ["_page"] = new JsonObject { ["orderby"] = _orderText ?? "created", ["next"] = null, ["count"] = results.Count, ["total"] = all.Count },
            ["results"] = results,
            ["_links"] = new JsonObject { ["next"] = null },
        };
    }

    private bool IsFound(JsonObject one) => _search is null || _search.IsIn(
        one["title"]?.ToString(), one["description"]?.ToString(), one["$id"]?.ToString(), one["meta:altId"]?.ToString());
}
