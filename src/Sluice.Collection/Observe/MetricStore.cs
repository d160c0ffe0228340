using System.Text;
using Sluice.Storage;

namespace Sluice.Collection.Observe;

/// <summary>The counts of an environment in SQL: by minute while they are young, then by hour, then by day.</summary>
/// <remarks>
/// Guarantees: an addition belongs to its caller's transaction, and rolling up keeps every sum; so what is counted with a cut is counted once.
/// Only deleting what is past its retention takes something away.
/// </remarks>
internal sealed class MetricStore(SqlStore sql)
{
    private const int RowsPerStatement = 100;
    private const long HourS = 3_600;
    private const long DayS = 86_400;

    private static readonly TimeSpan MinutesKept = TimeSpan.FromDays(2);
    private static readonly TimeSpan HoursKept = TimeSpan.FromDays(62);

    /// <summary>Adds to what is counted already; no series may come twice for the same minute.</summary>
    internal static async Task AddAsync(SqlSession session, IEnumerable<MetricRow> rows)
    {
        // One order for everybody: two transactions that add to the same series cannot wait for each other.
        var ordered = rows.OrderBy(row => row.OwnerId, StringComparer.Ordinal).ThenBy(row => row.Detail, StringComparer.Ordinal)
            .ThenBy(row => row.BucketMs).ThenBy(row => row.Measure);
        foreach (var chunk in ordered.Chunk(RowsPerStatement))
            await AddAsync(session, chunk, MetricRow.MinuteMs / 1_000);
    }

    internal Task AddAsync(IReadOnlyCollection<MetricRow> rows, CancellationToken cancellation) =>
        sql.WriteAsync(session => AddAsync(session, rows), cancellation);

    /// <summary>A tally for the next window, which knows the HTTP calls that the windows before it counted.</summary>
    internal async Task<MetricTally> BeginAsync(CancellationToken cancellation) => new(new RecentCalls(await sql.ReadAsync(
        session => session.FindAsync<byte[]>("select content from metric_state where name = @name", new { name = RecentCalls.Name }), cancellation)));

    /// <summary>Counts a window, inside its cut's own transaction.</summary>
    internal static async Task CommitAsync(SqlSession session, MetricTally tally)
    {
        await AddAsync(session, tally.Rows());
        await session.ExecuteAsync(
            """
            insert into metric_state (name, content) values (@name, @content)
            on conflict (name) do update set content = excluded.content
            """, new { name = RecentCalls.Name, content = tally.Calls.Write() });
    }

    /// <summary>Adds up one measure by series and interval; at most <paramref name="most"/> points, in no order.</summary>
    /// <param name="ownerId">One dataset or inlet; null for all.</param>
    internal Task<List<MetricPoint>> ReadAsync(
        Measure measure, string? ownerId, long fromMs, long toMs, long stepMs, int most, CancellationToken cancellation)
    {
        var bucket = $"bucket_ms - bucket_ms % {stepMs}";
        return sql.ReadAsync(session => session.QueryAsync<MetricPoint>(
            $"""
            select owner_id as OwnerId, detail as Detail, {bucket} as BucketMs, cast(sum(value) as bigint) as Sum, count(*) as Count,
                min(value) as Least, max(value) as Most
            from metric where measure = @name and bucket_ms >= @fromMs and bucket_ms < @toMs {(ownerId is null ? "" : "and owner_id = @ownerId")}
            group by owner_id, detail, {bucket} limit @most
            """, new { name = measure.ToString(), ownerId, fromMs, toMs, most }), cancellation);
    }

    /// <summary>Makes minutes that are old enough into hours, and hours into days.</summary>
    internal async Task RollUpAsync(long nowMs, CancellationToken cancellation)
    {
        await RollUpAsync(MetricRow.MinuteMs / 1_000, HourS, nowMs - (long)MinutesKept.TotalMilliseconds, cancellation);
        await RollUpAsync(HourS, DayS, nowMs - (long)HoursKept.TotalMilliseconds, cancellation);
    }

    internal Task DeleteBeforeAsync(long beforeMs, CancellationToken cancellation) =>
        sql.WriteAsync(session => session.ExecuteAsync("delete from metric where step_s in (60, 3600, 86400) and bucket_ms < @beforeMs", new { beforeMs }), cancellation);

    private async Task RollUpAsync(long fromStepS, long toStepS, long beforeMs, CancellationToken cancellation)
    {
        var wholeMs = beforeMs - beforeMs % (toStepS * 1_000);
        while (await RollUpOldestAsync(fromStepS, toStepS, wholeMs, cancellation))
        {
        }
    }

    // One coarse interval a transaction: taken out by one statement, so that an addition comes wholly before it or stays as a row of its own.
    private Task<bool> RollUpOldestAsync(long fromStepS, long toStepS, long beforeMs, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        if (await session.FindAsync<long?>(
            "select min(bucket_ms) from metric where step_s = @fromStepS and bucket_ms < @beforeMs", new { fromStepS, beforeMs }) is not { } oldest)
            return false;
        var fromMs = oldest - oldest % (toStepS * 1_000);
        var taken = await session.QueryAsync<TakenRow>(
            """
            delete from metric where step_s = @fromStepS and bucket_ms >= @fromMs and bucket_ms < @toMs
            returning measure as Measure, owner_id as OwnerId, detail as Detail, value as Value
            """, new { fromStepS, fromMs, toMs = fromMs + toStepS * 1_000 });
        var sums = taken.GroupBy(row => (row.Measure, row.OwnerId, row.Detail))
            .Select(group => new MetricRow(Enum.Parse<Measure>(group.Key.Measure), group.Key.OwnerId, group.Key.Detail, fromMs, group.Sum(row => row.Value)));
        foreach (var chunk in sums.Chunk(RowsPerStatement))
            await AddAsync(session, chunk, toStepS);
        return true;
    }, cancellation);

    private static Task<int> AddAsync(SqlSession session, MetricRow[] rows, long stepS)
    {
        var statement = new StringBuilder("insert into metric (measure, owner_id, detail, step_s, bucket_ms, value) values ");
        var parameters = new Dictionary<string, object> { ["stepS"] = stepS };
        for (var at = 0; at < rows.Length; at++)
        {
            statement.Append(at == 0 ? "" : ", ").Append($"(@m{at}, @o{at}, @d{at}, @stepS, @b{at}, @v{at})");
            parameters[$"m{at}"] = rows[at].Measure.ToString();
            parameters[$"o{at}"] = rows[at].OwnerId;
            parameters[$"d{at}"] = rows[at].Detail;
            parameters[$"b{at}"] = rows[at].BucketMs;
            parameters[$"v{at}"] = rows[at].Value;
        }
        statement.Append(" on conflict (measure, owner_id, detail, step_s, bucket_ms) do update set value = metric.value + excluded.value");
        return session.ExecuteAsync(statement.ToString(), parameters);
    }

    /// <summary>A row that a roll-up took out.</summary>
    private sealed class TakenRow
    {
        public string Measure { get; set; } = "";
        public string OwnerId { get; set; } = "";
        public string Detail { get; set; } = "";
        public long Value { get; set; }
    }
}
