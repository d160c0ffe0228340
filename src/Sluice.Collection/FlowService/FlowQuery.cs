using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Collection.Catalog;

namespace Sluice.Collection.FlowService;

/// <summary>The query of every list of the flow service (contract collection.md 2.2).</summary>
/// <remarks><c>property</c>, <c>orderby</c>, <c>limit</c>, <c>continuationToken</c>, <c>count</c>; <c>start</c> and <c>search</c> are ours.</remarks>
internal sealed class FlowQuery
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;
    private const int MaxConditions = 50;
    private const int MaxStart = 1_000_000_000;

    private readonly List<CatalogFilter> _filters = [];
    private TextSearch? _search;
    private bool _isCounted;

    /// <summary>The conditions as sent, for lists that hand one of them to a store.</summary>
    internal List<string> Conditions { get; } = [];

    internal List<(string Property, bool IsDescending)> Order { get; } = [];

    internal int Limit { get; private set; } = DefaultLimit;

    internal int Start { get; private set; }

    /// <summary>Whether a store that sorts by the newest first can cut the page, when it takes over all but so many conditions.</summary>
    internal bool IsNewestFirst(int conditionsTakenOver) =>
        !_isCounted && _search is null && Conditions.Count == conditionsTakenOver && (Order.Count == 0 || Order is [("createdAt", true)]);

    internal static string? Parse(IQueryCollection query, out FlowQuery parsed)
    {
        parsed = new FlowQuery();
        return parsed.ReadPage(query) ?? parsed.ReadConditions(query);
    }

    /// <summary>Filters, sorts and cuts; the answer links to the next page where there is one.</summary>
    internal JsonObject Apply(IEnumerable<JsonObject> all, HttpRequest request)
    {
        var wanted = all.Where(one => _filters.TrueForAll(filter => filter.Matches("", one)) && IsFound(one)).ToList();
        IEnumerable<JsonObject> ordered = wanted;
        for (var last = Order.Count - 1; last >= 0; last--)
        {
            // The least sort first: each sort keeps the order of what it finds equal.
            var (property, isDescending) = Order[last];
            var key = (JsonObject one) => CatalogFilter.Find(one, property);
            ordered = isDescending ? ordered.OrderByDescending(key, CatalogOrder.Comparer) : ordered.OrderBy(key, CatalogOrder.Comparer);
        }
        return Show(ordered.Skip(Start).Take(Limit), wanted.Count > Start + Limit, wanted.Count, request);
    }

    /// <summary>The answer to a page that is filtered, sorted and cut already.</summary>
    internal JsonObject Show(IEnumerable<JsonObject> page, bool hasMore, int count, HttpRequest request)
    {
        var answer = new JsonObject { ["items"] = new JsonArray([.. page]), ["_links"] = new JsonObject() };
        if (_isCounted)
            answer["count"] = count;
        if (hasMore)
        {
            var token = Base64Url.EncodeToString(Encoding.UTF8.GetBytes((Start + Limit).ToString(CultureInfo.InvariantCulture)));
            var rest = request.Query.Where(one => one.Key is not ("continuationToken" or "start"))
                .SelectMany(one => one.Value, (one, value) => $"{one.Key}={Uri.EscapeDataString(value ?? "")}&");
            answer["_links"]!["next"] = new JsonObject { ["href"] = $"{request.PathBase}{request.Path}?{string.Concat(rest)}continuationToken={token}" };
        }
        return answer;
    }

    private string? ReadPage(IQueryCollection query)
    {
        if (query.TryGetValue("limit", out var sentLimit))
        {
            if (!int.TryParse(sentLimit, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit is 0 or > MaxLimit)
                return $"'limit' must be between 1 and {MaxLimit}";
            Limit = limit;
        }
        if (query.TryGetValue("start", out var sentStart))
        {
            if (!int.TryParse(sentStart, NumberStyles.None, CultureInfo.InvariantCulture, out var first) || first > MaxStart)
                return $"'start' must be between 0 and {MaxStart}";
            Start = first;
        }
        if (query.TryGetValue("continuationToken", out var token))
        {
            if (!TryReadToken(token.ToString(), out var start))
                return "'continuationToken' is none that a list gave";
            Start = start;
        }
        if (query.TryGetValue("count", out var count) && !bool.TryParse(count, out _isCounted))
            return "'count' must be true or false";
        return TextSearch.Parse(query, out _search);
    }

    private string? ReadConditions(IQueryCollection query)
    {
        foreach (var name in query["orderby"].SelectMany(one => (one ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
            Order.Add((name.TrimStart('-', '+'), name.StartsWith('-')));
        foreach (var property in query["property"])
        {
            if (CatalogFilter.TryParseProperty(property ?? "", out var filter) is { } fault)
                return fault;
            Conditions.Add(property!);
            _filters.Add(filter);
        }
        return _filters.Count > MaxConditions || Order.Count > MaxConditions ? $"A list takes no more than {MaxConditions} conditions" : null;
    }

    private bool IsFound(JsonObject one) => _search is null || _search.IsIn(
        one["id"]?.ToString(), one["name"]?.ToString(), one["description"]?.ToString(), CatalogFilter.Find(one, "auth.params.inletId")?.ToString());

    private static bool TryReadToken(string token, out int start)
    {
        start = 0;
        return token.Length is > 0 and < 32 && Base64Url.IsValid(token)
            && int.TryParse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)), NumberStyles.None, CultureInfo.InvariantCulture, out start)
            && start <= MaxStart;
    }
}
