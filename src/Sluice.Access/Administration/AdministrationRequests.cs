using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>What all administration paths share: who asks, and how lists are paged, sorted and searched.</summary>
internal static class AdministrationRequests
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    internal static Actor ActorOf(HttpContext http)
    {
        var caller = Caller.Of(http);
        return new Actor(caller.Name, caller.UserId ?? 0, caller.ClientId, AuditEntry.AddressOf(http));
    }

    /// <summary>Reads a number of the query; the fault names it.</summary>
    internal static (long Value, string? Fault) Number(HttpContext http, string name, long otherwise, long least, long most)
    {
        var text = http.Request.Query[name].ToString();
        return text.Length == 0 ? (otherwise, null)
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? (value, null)
            : (0, $"{name} must be a number from {least} to {most}");
    }

    /// <summary>Answers a list: <c>search</c> in the named texts, <c>limit</c> rows after <c>offset</c>; <c>total</c> counts before paging.</summary>
    internal static IResult List<T>(
        HttpContext http, IEnumerable<T> rows, Func<T, IEnumerable<string?>> texts, System.Text.Json.Serialization.Metadata.JsonTypeInfo<Page<T>> shape)
    {
        var (limit, limitFault) = Number(http, "limit", DefaultLimit, 1, MaxLimit);
        var (offset, offsetFault) = Number(http, "offset", 0, 0, int.MaxValue);
        if ((limitFault ?? offsetFault) is { } fault)
            return AccessAnswers.Problem(400, fault);
        var search = http.Request.Query["search"].ToString();
        var found = rows.Where(row => search.Length == 0 || texts(row).Any(text => text?.Contains(search, StringComparison.OrdinalIgnoreCase) == true)).ToList();
        return Results.Json(new Page<T>(found.Count, [.. found.Skip((int)offset).Take((int)limit)]), shape);
    }
}

/// <summary>A part of a list.</summary>
/// <param name="Total">How many there are in all.</param>
/// <param name="Items">The rows of this page.</param>
internal sealed record Page<T>(int Total, IReadOnlyList<T> Items);
