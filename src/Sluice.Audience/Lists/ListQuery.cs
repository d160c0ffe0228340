using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Profiles.Populations;

namespace Sluice.Audience.Lists;

/// <summary>The parameters of a request, read as tolerantly as clients of the original write them (contract audience.md 2.1 and 2.2).</summary>
internal sealed class ListQuery
{
    internal const int DefaultPageSize = 10;
    internal const int MaxPageSize = 10_000;
    private const int MaxSearchCharacters = 1_000;
    private const int MaxValues = 10_000; // ids in one parameter that may be repeated

    private readonly IQueryCollection _query;

    private ListQuery(IQueryCollection query) => _query = query;

    /// <summary>What cannot be read, or null. Look after every parameter was asked for.</summary>
    internal AudienceProblem? Problem { get; private set; }

    /// <summary>Whether the answer is wrapped: <c>page</c> or <c>pageSize</c> was given.</summary>
    internal bool IsPaged { get; private init; }

    /// <summary>From 0.</summary>
    internal long Page { get; private set; }

    internal int PageSize { get; private set; } = DefaultPageSize;

    internal string SortBy { get; private init; } = "";

    internal bool IsDescending { get; private set; }

    internal string Search { get; private init; } = "";

    internal bool IncludesPermissions { get; private set; }

    /// <summary>What the caller must hold on a row for it to be listed: <c>READ</c>, and what <c>permission(s)</c> name.</summary>
    internal ObjectRights Wanted { get; private set; } = ObjectRights.Read;

    /// <summary>A request without parameters.</summary>
    internal static ListQuery None { get; } = new(QueryCollection.Empty);

    internal static ListQuery Read(HttpContext http) => Read(http.Request.Query);

    /// <summary>Reads parameters, wherever they stand.</summary>
    internal static ListQuery Read(IQueryCollection given)
    {
        var query = new ListQuery(given)
        {
            IsPaged = Given(given, "page") || Given(given, "pageSize"),
            SortBy = given["sortBy"].ToString(),
            Search = given["search"].ToString(),
        };
        query.Page = query.Number("page") ?? 0;
        query.PageSize = (int)Math.Clamp(query.Number("pageSize") ?? DefaultPageSize, 0, MaxPageSize);
        query.IsDescending = query.Flag("descending");
        query.IncludesPermissions = query.Flag("includePermissions");
        query.ReadRights();
        if (query.Page < 0)
            query.Refuse("page", "must be 0 or more");
        if (query.PageSize < 1)
            query.Refuse("pageSize", "must be 1 or more");
        if (query.Search.Length > MaxSearchCharacters)
            query.Refuse("search", $"has at most {MaxSearchCharacters} characters");
        return query;
    }

    internal string Text(string name) => _query[name].ToString();

    /// <summary>A number, or null when it is not given; empty counts as not given.</summary>
    internal long? Number(string name)
    {
        var text = _query[name].ToString();
        if (text.Length == 0)
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number;
        Refuse(name, $"[{Short(text)}] is not a number");
        return null;
    }

    /// <summary><c>true</c>, <c>True</c>, <c>false</c>; anything else is false as well as not given.</summary>
    internal bool Flag(string name) => bool.TryParse(_query[name].ToString(), out var flag) && flag;

    /// <summary>The numbers of a parameter that may be repeated, or hold several with commas; empty when it is not given.</summary>
    internal IReadOnlySet<long> Numbers(string name)
    {
        var found = new HashSet<long>();
        foreach (var text in _query[name].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                Refuse(name, $"[{Short(text)}] is not a number");
            else if (found.Add(number) && found.Count > MaxValues)
                Refuse(name, $"has at most {MaxValues} values");
        }
        return found;
    }

    /// <summary>Which profiles numbers count: <c>metricsType</c>, or as reports call it <c>traitMetricsType</c>; all of them unless said otherwise.</summary>
    internal MetricsType Metrics()
    {
        var name = Text("metricsType").Length > 0 ? "metricsType" : "traitMetricsType";
        switch (Text(name).ToUpperInvariant())
        {
            case "" or "ALL":
                return MetricsType.All;
            case "DEVICE":
                return MetricsType.Device;
            case "CROSS_DEVICE":
                return MetricsType.CrossDevice;
            default:
                Refuse(name, $"[{Short(Text(name))}] must be DEVICE, CROSS_DEVICE or ALL");
                return MetricsType.All;
        }
    }

    /// <summary>The texts of a parameter that may be repeated.</summary>
    internal IReadOnlyList<string> Texts(string name) => [.. _query[name].Where(text => !string.IsNullOrEmpty(text)).Select(text => text!).Take(MaxValues)];

    private static bool Given(IQueryCollection query, string name) => query[name].ToString().Length > 0;

    private static string Short(string text) => text.Length > 50 ? text[..50] + "…" : text;

    private void ReadRights()
    {
        foreach (var name in Texts("permission").Concat(Texts("permissions")).SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (RightNames.TryParseRight(name.Trim(), out var right))
                Wanted |= right;
            else
                Refuse("permissions", $"[{Short(name)}] is not a right");
        }
    }

    /// <summary>Notes that a parameter cannot be used; the first one is told.</summary>
    internal void Refuse(string name, string reason) => Problem ??= AudienceProblem.Invalid($"The parameter {name} cannot be used", $"{name} {reason}");
}
