using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;
using Sluice.Profiles.Populations;

namespace Sluice.Audience.Reports;

/// <summary>All traits or segments that the reader may see, by their numbers: the largest, the most changed, and those of one day (contract audience.md 3.15).</summary>
internal sealed class RankingReport<T, TNumbers>(Subject<T, TNumbers> subject, params IEnumerable<Field<ReportRow<T, TNumbers>>> ofDate)
    where T : Entity
    where TNumbers : class
{
    internal void Map(RouteGroupBuilder routes)
    {
        routes.MapGet($"/reports/largest-{subject.Noun}s", (Delegate)LargestAsync);
        routes.MapGet($"/reports/most-changed-{subject.Noun}s", (Delegate)MostChangedAsync);
        routes.MapGet($"/reports/{subject.Noun}s-for-date", (Delegate)ForDateAsync);
    }

    /// <summary>As of now, the largest first.</summary>
    private Task<IResult> LargestAsync(HttpContext http)
    {
        var query = ListQuery.Read(http);
        var (interval, type, cutOff) = (ReportQuery.Interval(query), query.Metrics(), query.Number("cutOff") ?? 0);
        return AnswerAsync(http, query, (reports, objects) =>
        {
            var rows = objects.Select(one => new ReportRow<T, TNumbers> { Object = one, Numbers = subject.Now(reports, one.Id, type) })
                .Where(row => subject.SizeOf(row.Numbers!)[interval] >= cutOff).OrderByDescending(row => subject.SizeOf(row.Numbers!)[interval]);
            return Task.FromResult(new ReportFamily<ReportRow<T, TNumbers>>(new FieldSet<ReportRow<T, TNumbers>>([.. subject.Identity, .. Numbers(interval)]), Ranked(rows)));
        });
    }

    /// <summary>The last day that is over against the day one interval before it, so that a morning is no drop; the greatest change first.</summary>
    private Task<IResult> MostChangedAsync(HttpContext http)
    {
        var query = ListQuery.Read(http);
        var (interval, type, cutOff) = (ReportQuery.Interval(query), query.Metrics(), query.Number("cutOff") ?? 0);
        return AnswerAsync(http, query, async (reports, objects) =>
        {
            var last = (reports.Today ?? 0) - 1;
            var (now, before) = last < interval ? (null, null)
                : (await reports.ClosedDayAsync(last, http.RequestAborted), await reports.ClosedDayAsync(last - interval, http.RequestAborted));
            var rows = (now is null ? [] : objects).Select(one => Changed(one, subject.At(now!, one.Id, type), subject.At(before!, one.Id, type), interval))
                .Where(row => Math.Max(subject.SizeOf(row.Numbers!)[interval], subject.SizeOf(row.Numbers!)[interval] - row.Delta!.Value) >= cutOff)
                .OrderByDescending(row => Math.Abs(row.Delta!.Value));
            return new ReportFamily<ReportRow<T, TNumbers>>(
                new FieldSet<ReportRow<T, TNumbers>>(
                [
                    .. subject.Identity, .. Numbers(interval), Field.Number<ReportRow<T, TNumbers>>("uniquesDelta", row => row.Delta),
                    Field.Decimal<ReportRow<T, TNumbers>>("uniquesDeltaPercent", row => row.DeltaPercent),
                ]), Ranked(rows));
        });
    }

    /// <summary>As of the end of a day, or as of now; every window in one row, in the order of the sids.</summary>
    private Task<IResult> ForDateAsync(HttpContext http)
    {
        var query = ListQuery.Read(http);
        var (day, type) = (ReportQuery.Day(query, "dateThrough"), query.Metrics());
        var sids = query.Numbers(query.Text("ids").Length > 0 ? "ids" : "sids");
        return AnswerAsync(http, query, async (reports, objects) =>
        {
            var closed = day is { } wanted && reports.Today is { } today && wanted < today ? await reports.ClosedDayAsync(wanted, http.RequestAborted) : null;
            var rows = objects.Where(one => sids.Count == 0 || sids.Contains(one.Id)).Select(one => new ReportRow<T, TNumbers>
            {
                Object = one,
                Numbers = closed is null ? subject.Now(reports, one.Id, type) : day < ReportQuery.DayOf(one.CreateTime) ? null : subject.At(closed, one.Id, type),
            });
            return new ReportFamily<ReportRow<T, TNumbers>>(new FieldSet<ReportRow<T, TNumbers>>(
                [
                    .. subject.Identity, .. subject.AllMeasures.Select(measure => FieldOf(measure, 0)),
                    .. ofDate,
                ]), Ranked(rows));
        });
    }

    private async Task<IResult> AnswerAsync(HttpContext http, ListQuery query, Func<PopulationReports, IEnumerable<T>, Task<ReportFamily<ReportRow<T, TNumbers>>>> makeAsync)
    {
        var filter = subject.Filter(query);
        if (query.Problem is { } problem)
            return AudienceAnswers.Refuse(problem);
        var environment = AudienceEnvironment.Of(http);
        if (environment.Engine is not { } engine)
            return ReportRoutes.NoEngine();
        var caller = Caller.Of(http);
        var objects = environment.Catalogue.Snapshot.Table(subject.Kind).Rows.Where(one => filter(one) && subject.RightsOn(caller, one).HasFlag(query.Wanted));
        return await FamilyRoutes.ListAsync(http, await makeAsync(engine.Profiles.Reports, objects));
    }

    private ReportRow<T, TNumbers> Changed(T one, TNumbers now, TNumbers before, int interval)
    {
        var (size, was) = (subject.SizeOf(now)[interval], subject.SizeOf(before)[interval]);
        return new ReportRow<T, TNumbers> { Object = one, Numbers = now, Delta = size - was, DeltaPercent = was == 0 ? null : Math.Round(100.0 * (size - was) / was, 2) };
    }

    private IEnumerable<Field<ReportRow<T, TNumbers>>> Numbers(int interval) => subject.Measures.Select(measure => FieldOf(measure, interval));

    private static Field<ReportRow<T, TNumbers>> FieldOf(Measure<TNumbers> measure, int interval) => Field.Number<ReportRow<T, TNumbers>>(
        measure.Name, row => row.Numbers is { } numbers ? (long?)measure.Of(numbers, interval) : null);

    private static IEnumerable<ReportRow<T, TNumbers>> Ranked(IEnumerable<ReportRow<T, TNumbers>> rows) =>
        rows.Select((row, at) => row with { Id = at + 1, Version = 1 });
}
