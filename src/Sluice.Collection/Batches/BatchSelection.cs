using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sluice.Collection.Catalog;

namespace Sluice.Collection.Batches;

/// <summary>The part of a catalog query that SQL does for batches: owner, status, times, and where the whole query is of these, order and page too.</summary>
/// <remarks>What it cannot do (wildcards, negation, other members) is done by the query in memory on what SQL leaves.</remarks>
internal sealed class BatchSelection
{
    private const int MaxChoices = 100;

    private readonly List<string> _conditions = [];

    private BatchSelection()
    {
    }

    /// <summary>Whether SQL does all of it: what it returns is the page.</summary>
    internal bool IsWhole { get; private set; }

    internal Dictionary<string, object> Parameters { get; } = [];

    /// <summary>From <c>where</c> to the end of the statement.</summary>
    internal string Clauses =>
        $"{Where} order by {OrderBy}{(IsWhole ? " limit @limit offset @start" : "")}";

    /// <summary>The conditions alone, for counting.</summary>
    internal string Where => _conditions.Count == 0 ? "" : "where " + string.Join(" and ", _conditions);

    private string OrderBy { get; set; } = "created_ms desc, batch_id desc";

    internal static BatchSelection Of(CatalogQuery query)
    {
        var selection = new BatchSelection { IsWhole = !query.HasPropertyConditions };
        foreach (var (name, value) in query.Plain)
            selection.IsWhole &= selection.TryTake(name, value);
        if (query.Search is { } search)
            selection.TakeSearch(search);
        selection.IsWhole &= selection.TryOrder(query.Order);
        if (selection.IsWhole)
        {
            selection.Parameters["limit"] = (long)query.Limit;
            selection.Parameters["start"] = (long)query.Start;
        }
        return selection;
    }

    /// <summary>All batches that may meet the query, whatever its page.</summary>
    internal static BatchSelection Unpaged(CatalogQuery query)
    {
        var selection = Of(query);
        selection.IsWhole = false;
        return selection;
    }

    /// <summary>The newest batches of a dataset from a moment on.</summary>
    internal static BatchSelection OfDataset(string datasetId, long sinceMs, int start, int limit)
    {
        var selection = new BatchSelection { IsWhole = true };
        selection._conditions.Add("owner_kind = 'dataSet' and owner_id = @datasetId and created_ms >= @sinceMs");
        selection.Parameters["datasetId"] = datasetId;
        selection.Parameters["sinceMs"] = sinceMs;
        selection.Parameters["start"] = (long)start;
        selection.Parameters["limit"] = (long)limit;
        return selection;
    }

    /// <summary>Keeps those that have a data file, of one dataset or of all.</summary>
    internal BatchSelection WithData(string? datasetId)
    {
        _conditions.Add("status = 'success' and outcome = 'success' and path <> ''");
        if (datasetId is not null)
            _conditions.Add($"owner_kind = 'dataSet' and owner_id = @{Add(datasetId)}");
        return this;
    }

    /// <summary>Says how many there are in all where the query asks and SQL does all of it.</summary>
    internal async Task SayTotalAsync(CatalogQuery query, BatchStore batches, HttpContext http)
    {
        if (query.IsCounted && IsWhole)
            CatalogQuery.SayTotal(http.Response, await batches.CountAsync(this, http.RequestAborted));
    }

    // SQL leaves those whose id or document holds the text, which is more than is wanted: the query looks again at what is left.
    private void TakeSearch(TextSearch search)
    {
        IsWhole = false;
        if (!search.Folded.All(char.IsAsciiLetterOrDigit))
            return;
        var parameter = Add($"%{search.Folded}%");
        _conditions.Add($"(lower(batch_id) like @{parameter} or lower(document) like @{parameter})");
    }

    private bool TryTake(string name, string value) => name switch
    {
        "dataSet" => TryOneOf("owner_id", value, "owner_kind = 'dataSet' and "),
        "status" => TryOneOf("status", value),
        "batch" => TryOneOf("batch_id", value),
        "createdAfter" => TakeTime("created_ms > ", value),
        "createdBefore" => TakeTime("created_ms < ", value),
        "updatedAfter" => TakeTime("updated_ms > ", value),
        "updatedBefore" => TakeTime("updated_ms < ", value),
        _ => false,
    };

    private bool TryOneOf(string column, string value, string prefix = "")
    {
        var choices = value.Split(',');
        if (choices.Length > MaxChoices || value.StartsWith('!') || value.AsSpan().ContainsAny('*', '\0'))
            return false;
        var terms = choices.Select(choice =>
        {
            var parameter = Add(choice);
            return $"{column} = @{parameter}";
        });
        _conditions.Add($"{prefix}({string.Join(" or ", terms)})");
        return true;
    }

    private bool TakeTime(string comparison, string value)
    {
        _conditions.Add($"{comparison}@{Add(long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture))}");
        return true;
    }

    private string Add(object value)
    {
        var name = $"p{Parameters.Count}";
        Parameters[name] = value;
        return name;
    }

    private bool TryOrder(IReadOnlyList<(string Property, bool IsDescending)> order)
    {
        if (order.Count == 0)
            return true;
        if (order is not [("created" or "updated", _)])
            return false;
        var (property, isDescending) = order[0];
        var direction = isDescending ? "desc" : "asc";
        OrderBy = $"{property}_ms {direction}, batch_id {direction}";
        return true;
    }
}
