using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Sluice.Collection.Catalog;

/// <summary>The query of every catalog list (contract collection.md 4.1): which objects, in which order, which of their members.</summary>
internal sealed class CatalogQuery
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;
    private const int MaxConditions = 50;

    private static readonly string[] ReservedNames =
        ["limit", "start", "offset", "orderBy", "properties", "property", "requestDataSource", "aggregate", "search", "count"];

    private static readonly string[] TimeNames = ["createdAfter", "createdBefore", "updatedAfter", "updatedBefore"];

    private readonly List<CatalogFilter> _filters = [];
    private readonly List<(string Name, string Value)> _plain = [];
    private readonly List<(string Property, bool IsDescending)> _order = [];
    private string[] _properties = [];
    private bool _mentionsLastBatch;

    /// <summary>The conditions of the form <c>name=value</c>, which a store may take over.</summary>
    internal IReadOnlyList<(string Name, string Value)> Plain => _plain;

    /// <summary>Whether there are conditions of the form <c>property=…</c>, which no store takes over.</summary>
    internal bool HasPropertyConditions => _filters.Count > _plain.Count;

    /// <summary>What a name or id must hold; null where no such text is asked for.</summary>
    internal TextSearch? Search { get; private set; }

    /// <summary>Whether the answer says how many there are in all, as <see cref="SayTotal"/> does.</summary>
    internal bool IsCounted { get; private set; }

    /// <summary>Whether which objects are wanted, and in which order, may depend on the newest batch of a dataset.</summary>
    internal bool MentionsLastBatch => _mentionsLastBatch || _order.Exists(order => IsOfLastBatch(order.Property));

    internal IReadOnlyList<(string Property, bool IsDescending)> Order => _order;

    internal int Limit { get; private set; } = DefaultLimit;

    internal int Start { get; private set; }

    /// <summary>Reads the query string; returns the fault, or null and the query.</summary>
    internal static string? Parse(IQueryCollection query, out CatalogQuery parsed)
    {
        parsed = new CatalogQuery();
        return parsed.ReadPage(query) ?? parsed.ReadConditions(query);
    }

    /// <summary>Filters, sorts, pages and trims; the result is keyed by id.</summary>
    internal JsonObject Apply(IEnumerable<(string Id, JsonObject Document)> all, HttpResponse response) => Show(Select(all, response));

    /// <summary>The page of the objects that meet every condition, whole.</summary>
    internal IEnumerable<(string Id, JsonObject Document)> Select(IEnumerable<(string Id, JsonObject Document)> all, HttpResponse response)
    {
        var wanted = Filter(all);
        if (IsCounted)
        {
            var counted = wanted.ToList();
            SayTotal(response, counted.Count);
            wanted = counted;
        }
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
        return (ordered ?? wanted).Skip(Start).Take(Limit);
    }

    /// <summary>Says how many objects meet the conditions, whatever the page: a header, since the answer is keyed by id and has no other place.</summary>
    internal static void SayTotal(HttpResponse response, long total) =>
        response.Headers["x-sluice-total"] = total.ToString(CultureInfo.InvariantCulture);

    /// <summary>The objects that meet every condition, in the order given.</summary>
    internal IEnumerable<(string Id, JsonObject Document)> Filter(IEnumerable<(string Id, JsonObject Document)> all) =>
        all.Where(one => _filters.TrueForAll(filter => filter.Matches(one.Id, one.Document)) && (Search is null || IsFound(Search, one.Id, one.Document)));

    /// <summary>The answer to a page that is filtered, sorted and cut already.</summary>
    internal JsonObject Show(IEnumerable<(string Id, JsonObject Document)> page)
    {
        var shown = new JsonObject();
        foreach (var (id, document) in page)
            shown[id] = Trim(document);
        return shown;
    }

    private string? ReadPage(IQueryCollection query)
    {
        if (query.TryGetValue("limit", out var sentLimit))
        {
            if (!int.TryParse(sentLimit, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit is 0 or > MaxLimit)
                return $"'limit' must be between 1 and {MaxLimit}";
            Limit = limit;
        }
        foreach (var name in new[] { "start", "offset" })
        {
            if (!query.TryGetValue(name, out var sentStart))
                continue;
            if (!int.TryParse(sentStart, NumberStyles.None, CultureInfo.InvariantCulture, out var start))
                return $"'{name}' must be a whole number, 0 or more";
            Start = start;
        }
        _properties = query["properties"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var order in query["orderBy"])
            AddOrder(order ?? "");
        if (query.TryGetValue("count", out var count))
        {
            if (!bool.TryParse(count, out var isCounted))
                return "'count' must be true or false";
            IsCounted = isCounted;
        }
        var fault = TextSearch.Parse(query, out var search);
        Search = search;
        return fault;
    }

    private string? ReadConditions(IQueryCollection query)
    {
        foreach (var (name, values) in query)
        {
            if (ReservedNames.Contains(name, StringComparer.Ordinal))
                continue;
            var value = values.ToString();
            if (TimeNames.Contains(name, StringComparer.Ordinal) && !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                return $"'{name}' must be a time in milliseconds since 1970";
            _plain.Add((name, value));
            _mentionsLastBatch |= IsOfLastBatch(name);
            _filters.Add(CatalogFilter.Plain(name, value));
        }
        foreach (var property in query["property"])
        {
            if (CatalogFilter.TryParseProperty(property ?? "", out var read) is { } fault)
                return fault;
            _mentionsLastBatch |= IsOfLastBatch(property!.TrimStart('!'));
            _filters.Add(read);
        }
        return _filters.Count > MaxConditions ? $"A list takes no more than {MaxConditions} conditions" : null;
    }

    // asc:created or desc:created,name; a direction holds until the next one, and without any it is ascending.
    private void AddOrder(string text)
    {
        var isDescending = false;
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var name = part[(part.IndexOf(':') + 1)..];
            if (name.Length < part.Length)
                isDescending = part.StartsWith("desc:", StringComparison.OrdinalIgnoreCase);
            if (name.Length > 0 && _order.Count < MaxConditions)
                _order.Add((name, isDescending));
        }
    }

    private static bool IsOfLastBatch(string path) => path.StartsWith("last", StringComparison.Ordinal);

    private static bool IsFound(TextSearch search, string id, JsonObject document) =>
        search.IsIn(id, document["name"]?.ToString(), document["description"]?.ToString(), document["externalId"]?.ToString(),
            CatalogFilter.Find(document, "schemaRef.id")?.ToString());

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
