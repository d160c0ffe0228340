using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Tests.Audience;

/// <summary>What a list must answer, worked out the slow way from all its rows: search, then order, then page (contract audience.md 2.1).</summary>
internal static class ListModel
{
    /// <summary>The rows that are left, in their order. <paramref name="all"/> are in the order of their ids.</summary>
    internal static JsonNode[] Select(IEnumerable<JsonNode?> all, string search = "", string sortBy = "", bool descending = false)
    {
        var rows = all.Select(row => row!).Where(row => search.Length == 0 || Values(row).Any(value => value.Contains(search, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(row => row, Comparer<JsonNode>.Create((left, right) => Compare(left[sortBy], right[sortBy]))).ToArray();
        if (descending)
            Array.Reverse(rows);
        return rows;
    }

    /// <summary>One page of them.</summary>
    internal static JsonNode[] Page(JsonNode[] rows, int page, int size) => [.. rows.Skip(page * size).Take(size)];

    /// <summary>Every value in a row, as text.</summary>
    internal static IEnumerable<string> Values(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Values(member.Value)),
        JsonArray items => items.SelectMany(Values),
        JsonValue value => [value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString()],
        _ => [],
    };

    internal static string Text(IEnumerable<JsonNode> rows) => string.Join('\n', rows.Select(row => row.ToJsonString()));

    private static int Compare(JsonNode? left, JsonNode? right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        _ when left.GetValueKind() == JsonValueKind.String => string.Compare(left.GetValue<string>(), right.GetValue<string>(), StringComparison.OrdinalIgnoreCase),
        _ when left.GetValueKind() == JsonValueKind.Number =>
            decimal.Parse(left.ToJsonString(), CultureInfo.InvariantCulture).CompareTo(decimal.Parse(right.ToJsonString(), CultureInfo.InvariantCulture)),
        _ => string.CompareOrdinal(left.ToJsonString(), right.ToJsonString()), // false before true
    };
}
