using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Lists;

/// <summary>Answers a list: filter, search, order, page, in this order, then written row by row (contract audience.md 2.1).</summary>
internal static class ListAnswer
{
    internal static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The rows that the parameters ask for, all pages of them, in their order.</summary>
    /// <param name="table">All rows.</param>
    /// <param name="fields">What is shown of each.</param>
    /// <param name="view">The request.</param>
    /// <param name="filter">Which rows count; null for all of them, so that a page costs no look at every row.</param>
    internal static IReadOnlyList<T> Select<T>(EntityTable<T> table, FieldSet<T> fields, RowView view, Func<T, bool>? filter)
        where T : Entity
    {
        var query = view.Query;
        var order = query.SortBy.Length == 0 ? null : fields.Find(query.SortBy);
        if (order?.IsKnownTo is not null && !view.Caller.IsAdmin)
            return SelectAsKnown(table, fields, view, filter, order);
        if (order?.LiveValue is { } valueOf)
            return SelectByValue(table, fields, view, filter, valueOf);
        var rows = table.OrderedBy(order?.Name ?? "", order is null ? (_, _) => 0 : order.Compare, query.IsDescending);
        return filter is null && query.Search.Length == 0
            ? rows
            : [.. rows.Where(row => filter?.Invoke(row) != false && (query.Search.Length == 0 || fields.Holds(row, query.Search, view)))];
    }

    // A value that changes without the row: no order of it can be kept.
    private static List<T> SelectByValue<T>(EntityTable<T> table, FieldSet<T> fields, RowView view, Func<T, bool>? filter, Func<T, RowView, long> valueOf)
        where T : Entity
    {
        List<T> made =
        [
            .. table.Rows.Where(row => filter?.Invoke(row) != false && (view.Query.Search.Length == 0 || fields.Holds(row, view.Query.Search, view)))
                .OrderBy(row => valueOf(row, view)),
        ];
        if (view.Query.IsDescending)
            made.Reverse();
        return made;
    }

    // An order that shows who may not know a value where it stands would tell it: such rows come first, as null does. No two readers share it.
    private static List<T> SelectAsKnown<T>(EntityTable<T> table, FieldSet<T> fields, RowView view, Func<T, bool>? filter, Field<T> order)
        where T : Entity
    {
        var rows = table.Rows.Where(row => filter?.Invoke(row) != false && (view.Query.Search.Length == 0 || fields.Holds(row, view.Query.Search, view)))
            .ToLookup(row => order.IsKnownTo!(row, view));
        List<T> made = [.. rows[false], .. rows[true].OrderBy(row => row, Comparer<T>.Create(order.Compare))];
        if (view.Query.IsDescending)
            made.Reverse();
        return made;
    }

    /// <summary>Writes the selected rows: a plain array, or one page of them in its wrapper.</summary>
    internal static async Task WriteAsync<T>(HttpContext http, IReadOnlyList<T> selected, FieldSet<T> fields, RowView view)
    {
        var query = view.Query;
        await using var answer = new StreamedJson(http);
        var json = answer.Json;
        var (first, count) = (0L, selected.Count);
        if (query.IsPaged)
        {
            first = query.Page > selected.Count / query.PageSize ? selected.Count : query.Page * query.PageSize; // no product of what a client sends
            count = (int)Math.Min(query.PageSize, selected.Count - first);
            json.WriteStartObject();
            json.WriteNumber("total", selected.Count);
            json.WriteNumber("page", query.Page);
            json.WriteNumber("pageSize", query.PageSize);
            json.WritePropertyName("list");
        }
        json.WriteStartArray();
        for (var index = (int)first; index < first + count; index++)
        {
            fields.Write(json, selected[index], view);
            await answer.PaceAsync();
        }
        json.WriteEndArray();
        if (query.IsPaged)
            json.WriteEndObject();
    }
}
