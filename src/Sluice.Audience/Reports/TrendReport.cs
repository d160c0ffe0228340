using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Lists;
using Sluice.Profiles.Populations;

namespace Sluice.Audience.Reports;

/// <summary>The numbers of traits or segments day by day, as JSON or CSV (contract audience.md 3.15).</summary>
internal sealed class TrendReport<T, TNumbers>(Subject<T, TNumbers> subject)
    where T : Entity
    where TNumbers : class
{
    private const int MaxSids = 100;
    private const int MaxCells = 20_000; // days of all objects; the original recommends 20 objects

    internal void Map(RouteGroupBuilder routes)
    {
        var path = $"/reports/{subject.Noun}s-trend";
        routes.MapGet(path + "/{sid:long}", (HttpContext http, long sid) => GetAsync(http, sid));
        routes.MapPost(path, (Delegate)PostAsync);
    }

    private async Task<IResult> GetAsync(HttpContext http, long sid)
    {
        var query = ListQuery.Read(http);
        var wanted = Read(query);
        if (query.Problem is { } problem)
            return AudienceAnswers.Refuse(problem);
        var environment = AudienceEnvironment.Of(http);
        if (environment.Catalogue.Snapshot.Find(subject.Kind, sid) is not { } one)
            return AudienceAnswers.Refuse(AudienceProblem.NotFound($"{subject.Noun} [{sid}]"));
        if (!subject.RightsOn(Caller.Of(http), one).HasFlag(ObjectRights.Read))
            return AudienceAnswers.Refuse(AudienceProblem.Forbidden($"You may not see {subject.Noun} {sid}"));
        if (environment.Engine is not { } engine)
            return ReportRoutes.NoEngine();
        var trend = await ReadAsync(engine.Profiles.Reports, one, wanted, http.RequestAborted);
        return AudienceAnswers.Json(200, json => Write(json, trend, wanted));
    }

    private async Task<IResult> PostAsync(HttpContext http)
    {
        var (query, refused) = await ReportQuery.ReadBodyAsync(http);
        if (refused is not null)
            return AudienceAnswers.Refuse(refused);
        var wanted = Read(query!);
        var sids = query!.Numbers("sids");
        if (sids.Count is 0 or > MaxSids)
            query.Refuse("sids", sids.Count == 0 ? "is required" : $"has at most {MaxSids} values");
        else if (sids.Count * wanted.Days.Count > MaxCells)
            query.Refuse("endDate", $"makes a report of more than {MaxCells} days of all {subject.Noun}s together");
        if (query.Problem is { } problem)
            return AudienceAnswers.Refuse(problem);
        var environment = AudienceEnvironment.Of(http);
        var catalogue = environment.Catalogue.Snapshot;
        if (sids.Where(sid => catalogue.Find(subject.Kind, sid) is null).ToList() is [var missing, ..])
            return AudienceAnswers.Refuse(AudienceProblem.NotFound($"{subject.Noun} [{missing}]"));
        if (environment.Engine is not { } engine)
            return ReportRoutes.NoEngine();

        var trends = new List<Trend>();
        foreach (var one in sids.Select(sid => catalogue.Find(subject.Kind, sid)!).Where(one => subject.RightsOn(Caller.Of(http), one).HasFlag(ObjectRights.Read)))
            trends.Add(await ReadAsync(engine.Profiles.Reports, one, wanted, http.RequestAborted));
        return http.Request.Headers.Accept.ToString().Contains("text/plain", StringComparison.OrdinalIgnoreCase)
            ? Results.Text(Csv(trends, wanted), "text/plain", Encoding.UTF8)
            : AudienceAnswers.Json(200, json =>
            {
                json.WriteStartArray();
                foreach (var trend in trends)
                    Write(json, trend, wanted);
                json.WriteEndArray();
            });
    }

    private static Wanted Read(ListQuery query) => new(ReportQuery.Range(query), ReportQuery.Interval(query), query.Metrics());

    private async Task<Trend> ReadAsync(PopulationReports reports, T one, Wanted wanted, CancellationToken cancellation)
    {
        var made = ReportQuery.DayOf(one.CreateTime);
        return new Trend(one, made, reports.Today ?? made - 1, await subject.TrendAsync(reports, one.Id, wanted.Type, Math.Max(made, wanted.Days.First), wanted.Days.Last, cancellation));
    }

    private void Write(Utf8JsonWriter json, Trend trend, Wanted wanted)
    {
        json.WriteStartObject();
        json.WriteNumber("sid", trend.One.Id);
        json.WriteString("name", subject.NameOf(trend.One));
        json.WriteStartObject("metrics");
        for (var day = wanted.Days.First; day <= wanted.Days.Last; day++)
        {
            json.WriteStartObject((day * ReportQuery.DayMs).ToString(CultureInfo.InvariantCulture));
            foreach (var measure in subject.Measures)
            {
                if (trend.ValueOf(measure, day, wanted.Interval) is { } value)
                    json.WriteNumber(measure.Name, value);
                else
                    json.WriteNull(measure.Name);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private string Csv(List<Trend> trends, Wanted wanted)
    {
        var columns = subject.Columns(wanted.Interval).ToList();
        var text = new StringBuilder("\"pid\",\"sid\",\"dataSourceId\",\"name\"");
        for (var day = wanted.Days.First; day <= wanted.Days.Last; day++)
        {
            foreach (var column in columns)
                text.Append(CultureInfo.InvariantCulture, $",\"{ReportQuery.Text(day)} {column.Name}\"");
        }
        foreach (var trend in trends)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\"{Organisation.AccountId}\",\"{trend.One.Id}\",\"{subject.DataSourceOf(trend.One)}\",");
            text.Append(CultureInfo.InvariantCulture, $"\"{subject.NameOf(trend.One).Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
            for (var day = wanted.Days.First; day <= wanted.Days.Last; day++)
            {
                foreach (var column in columns)
                    text.Append(CultureInfo.InvariantCulture, $",\"{trend.ValueOf(column, day, wanted.Interval)}\"");
            }
        }
        return text.Append('\n').ToString();
    }

    private sealed record Wanted(DayRange Days, int Interval, MetricsType Type);

    private sealed record Trend(T One, int Made, int Today, SortedList<int, TNumbers> Numbers)
    {
        /// <summary>Null for days before the object was made and for those to come; 0 for days on which nothing is known of it.</summary>
        internal long? ValueOf(Measure<TNumbers> measure, int day, int interval) =>
            day < Made || day > Today ? null : Numbers.TryGetValue(day, out var numbers) ? measure.Of(numbers, interval) : 0;
    }
}
