using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Lists;
using Sluice.Profiles.Populations;

namespace Sluice.Audience.Reports;

/// <summary>The days of a report, both included, as whole UTC days since 1970-01-01.</summary>
internal readonly record struct DayRange(int First, int Last)
{
    internal int Count => Last - First + 1;
}

/// <summary>The parameters of reports: days, intervals and sids, from the query or from a body (contract audience.md 3.15).</summary>
internal static class ReportQuery
{
    internal const long DayMs = 86_400_000;

    private const int MaxBytes = 1 << 20;
    private const int MaxDays = 1_096; // three years
    private const long MaxMs = 253_402_300_799_999; // the last day of the year 9999

    internal static int DayOf(long ms) => (int)(ms / DayMs);

    internal static string Text(int day) => DateTimeOffset.FromUnixTimeMilliseconds(day * DayMs).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary><c>startDate</c> and <c>endDate</c>, which must both be there.</summary>
    internal static DayRange Range(ListQuery query)
    {
        var (first, last) = (RequiredDay(query, "startDate"), RequiredDay(query, "endDate"));
        if (last < first)
            query.Refuse("endDate", "must not be before startDate");
        else if (last - first >= MaxDays)
            query.Refuse("endDate", $"is more than {MaxDays} days after startDate");
        return new DayRange(first, last);
    }

    /// <summary>The day that an instant is of; null when the parameter is left out.</summary>
    internal static int? Day(ListQuery query, string name)
    {
        if (query.Number(name) is not { } ms)
            return null;
        if (ms is < 0 or > MaxMs)
            query.Refuse(name, "must be ms since 1970");
        return DayOf(Math.Clamp(ms, 0, MaxMs));
    }

    /// <summary>The length of the window that numbers are for: <c>1D</c> to <c>90D</c>; one day unless said otherwise.</summary>
    internal static int Interval(ListQuery query)
    {
        var text = query.Text("interval");
        if (text.Length == 0)
            return 1;
        foreach (var days in WindowCounts.Windows)
        {
            if (text.Equals(string.Create(CultureInfo.InvariantCulture, $"{days}D"), StringComparison.OrdinalIgnoreCase))
                return days;
        }
        query.Refuse("interval", "must be one of " + string.Join(", ", WindowCounts.Windows.ToArray().Select(days => $"{days}D")));
        return 1;
    }

    /// <summary>Reads the parameters of a POST: a JSON object or a form, and what the query has besides.</summary>
    internal static async Task<(ListQuery? Query, AudienceProblem? Problem)> ReadBodyAsync(HttpContext http)
    {
        var given = new Dictionary<string, StringValues>(http.Request.Query, StringComparer.OrdinalIgnoreCase);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
            bound.MaxRequestBodySize = MaxBytes;
        var type = http.Request.ContentType ?? "";
        var problem = type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
            ? await ReadFormAsync(http, given) : await ReadJsonAsync(http, given);
        return problem is not null ? (null, problem) : (ListQuery.Read(new QueryCollection(given)), null);
    }

    private static int RequiredDay(ListQuery query, string name)
    {
        if (Day(query, name) is { } day)
            return day;
        query.Refuse(name, "is required: ms since 1970");
        return 0;
    }

    private static async Task<AudienceProblem?> ReadFormAsync(HttpContext http, Dictionary<string, StringValues> given)
    {
        try
        {
            foreach (var (name, values) in await http.Request.ReadFormAsync(new FormOptions { BufferBodyLengthLimit = MaxBytes, ValueCountLimit = 20_000 }, http.RequestAborted))
                given[name] = values;
            return null;
        }
        catch (InvalidDataException fault)
        {
            return AudienceProblem.Invalid("The form cannot be read", fault.Message);
        }
    }

    private static async Task<AudienceProblem?> ReadJsonAsync(HttpContext http, Dictionary<string, StringValues> given)
    {
        var (root, problem) = await Body.ReadAsync(http, MaxBytes);
        if (problem is not null)
            return problem;
        if (root.ValueKind != JsonValueKind.Object)
            return new AudienceProblem(400, "invalid_json", "The body must be a JSON object");
        foreach (var member in root.EnumerateObject())
        {
            var texts = new List<string>();
            foreach (var one in member.Value.ValueKind == JsonValueKind.Array ? [.. member.Value.EnumerateArray()] : new[] { member.Value })
            {
                if (TextOf(one) is not { } text)
                    return AudienceProblem.Invalid("The report cannot be made", $"{member.Name} must hold texts, numbers, or lists of them");
                texts.Add(text);
            }
            given[member.Name] = texts.ToArray();
        }
        return null;
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        JsonValueKind.String when !value.GetRawText().Contains("\\u", StringComparison.OrdinalIgnoreCase) => value.GetString(), // no parameter needs an escape, and halves of pairs cannot be read
        _ => null,
    };
}
