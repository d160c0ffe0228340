using System.Globalization;
using System.Text;
using Sluice.Storage;

namespace Sluice.Profiles.Populations;

/// <summary>Keeps the history in SQL: facts as they come, now and then the parts they changed, and the numbers of closed days (docs/formats/populations.md).</summary>
/// <remarks>
/// Guarantees: what <see cref="LoadAsync"/> gives is what the transactions that were committed told, no more and no less.
/// Threading: <see cref="WriteAsync"/> and <see cref="Committed"/> belong to the thread that tells facts; the trends may be asked by any.
/// After a failure: a transaction that was not committed is written again by the next call, with what came since.
/// </remarks>
internal sealed class PopulationStore
{
    private const int RowsAtOnce = 64;
    private const int LeastParts = 64;

    // Read within a second at start.
    private const long MaxLogBytes = 16 * 1024 * 1024;

    private readonly SqlStore _sql;
    private readonly long _maxLogBytes;
    private readonly Queue<(long Seq, long Bytes)> _log = [];
    private long _logBytes;
    private PopulationChanges? _written;

    private PopulationStore(SqlStore sql, PopulationHistory history, long maxLogBytes) => (_sql, History, _maxLogBytes) = (sql, history, maxLogBytes);

    internal PopulationHistory History { get; }

    /// <summary>Reads what was committed.</summary>
    /// <param name="sql">A store with the engine's tables.</param>
    /// <param name="endOf">A trait's life, as <see cref="PopulationHistory"/> asks for it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="maxLogBytes">How long the log may become before parts are written.</param>
    /// <exception cref="InvalidDataException">What is stored is damaged.</exception>
    internal static async Task<PopulationStore> LoadAsync(
        SqlStore sql, Func<long, int, int> endOf, CancellationToken cancellation, long maxLogBytes = MaxLogBytes)
    {
        var lines = new PopulationLines();
        var log = new Queue<(long Seq, long Bytes)>();
        await sql.ReadAsync(async session =>
        {
            await ReadPartsAsync(session, lines);
            await ReadLogAsync(session, lines, log);
            return true;
        }, cancellation);
        var store = new PopulationStore(sql, new PopulationHistory(endOf, lines, log.Count == 0 ? 1 : log.Last().Seq + 1), maxLogBytes);
        foreach (var row in log)
            store.Kept(row.Seq, row.Bytes);
        // A life that changed just before the end may not have reached what was committed.
        store.History.LivesChanged();
        return store;
    }

    /// <summary>Stores what changed since the last commit, at a cost that goes by how much that is. After the commit, call <see cref="Committed"/>.</summary>
    internal async Task WriteAsync(SqlSession session)
    {
        var changes = History.TakeChanges(fresh => _logBytes > _maxLogBytes ? Math.Max(LeastParts, 2 * fresh) : 0);
        _written = changes;
        if (changes.AreNone)
            return;
        foreach (var line in changes.Forgotten)
        {
            await session.ExecuteAsync("delete from population_part where line = @line", new { line });
            await session.ExecuteAsync("delete from population_day where line = @line", new { line });
        }
        // A number is stored even without facts: parts name it, and the next one has to be higher.
        IReadOnlyList<byte[]> facts = changes.Facts.Count > 0 ? changes.Facts : [new StoredBytes().Seal()];
        for (var piece = 0; piece < facts.Count; piece++)
            await session.ExecuteAsync(
                "insert into population_log (seq, piece, day, facts) values (@Seq, @piece, @day, @bytes)",
                new { changes.Seq, piece, day = changes.Today ?? 0, bytes = facts[piece] });
        await PutAsync(
            session, "insert into population_part (line, high, content)", "on conflict (line, high) do update set content = excluded.content",
            [.. changes.Parts.Select(one => (one.Key.Line, (long)one.Key.High, one.Content))]);
        await PutAsync(
            session, "insert into population_day (line, day, numbers)", "on conflict (line, day) do update set numbers = excluded.numbers",
            [.. changes.Frozen.Select(one => (one.Key.Line, (long)one.Key.Day, one.Value))]);
        await session.ExecuteAsync("delete from population_log where seq < @KeepFrom", new { changes.KeepFrom });
    }

    /// <summary>The transaction of the last <see cref="WriteAsync"/> is committed.</summary>
    internal void Committed()
    {
        if (_written is not { } changes)
            return;
        _written = null;
        History.Stored(changes);
        if (changes.AreNone)
            return;
        Kept(changes.Seq, changes.Facts.Sum(one => (long)one.Length));
        while (_log.TryPeek(out var oldest) && oldest.Seq < changes.KeepFrom)
            _logBytes -= _log.Dequeue().Bytes;
    }

    /// <summary>The numbers of a trait for each day of a range up to today: today's as of now, those of closed days as they were at their end.</summary>
    internal async Task<SortedList<int, TraitNumbers>> TraitTrendAsync(
        long sid, MetricsType type, int firstDay, int lastDay, CancellationToken cancellation) =>
        Each(await TrendAsync(sid, type, firstDay, lastDay, cancellation), numbers => numbers.OfTrait);

    /// <summary>The same for a segment.</summary>
    internal async Task<SortedList<int, SegmentNumbers>> SegmentTrendAsync(
        long sid, MetricsType type, int firstDay, int lastDay, CancellationToken cancellation) =>
        Each(await TrendAsync(sid, type, firstDay, lastDay, cancellation), numbers => numbers.OfSegment);

    /// <summary>The numbers that all traits and segments had at the end of a day that is closed.</summary>
    internal async Task<ClosedDay> ReadClosedDayAsync(int day, CancellationToken cancellation)
    {
        // Memory before SQL: what is stored meanwhile is then found at least once.
        var (last, forgotten) = History.FrozenThrough(day);
        var numbers = last.ToDictionary(one => one.Key, one => one.Value.Numbers);
        await _sql.ReadAsync(async session =>
        {
            const int rowsAtOnce = 5_000;
            for (var after = long.MinValue; ;)
            {
                var rows = await session.QueryAsync<LastDayRow>(
                    """
                    select stored.line as Line, stored.day as Day, stored.numbers as Numbers from population_day stored
                    join (select line, max(day) as day from population_day where line > @after and day <= @day group by line order by line limit @rowsAtOnce) latest
                    on latest.line = stored.line and latest.day = stored.day order by stored.line
                    """,
                    new { after, day, rowsAtOnce });
                foreach (var row in rows.Where(row => !forgotten.Contains(row.Line) && (!last.TryGetValue(row.Line, out var known) || known.Day < row.Day)))
                    numbers[row.Line] = row.Numbers;
                if (rows.Count < rowsAtOnce)
                    return true;
                after = rows[^1].Line;
            }
        }, cancellation);
        return new ClosedDay(numbers);
    }

    private async Task<SortedList<int, LineNumbers>> TrendAsync(long sid, MetricsType type, int firstDay, int lastDay, CancellationToken cancellation)
    {
        // Now before memory before SQL: a day that closes or is stored meanwhile is then found at least once.
        var (today, now) = History.NumbersNow(sid, type);
        var closed = new List<SortedList<int, LineNumbers>>();
        foreach (var line in PopulationHistory.LinesOf(sid, type))
        {
            var (inMemory, isForgotten) = History.FrozenNow(line);
            var days = isForgotten ? [] : await _sql.ReadAsync(session => ReadDaysAsync(session, line, firstDay, Math.Min(lastDay, today - 1)), cancellation);
            foreach (var (day, numbers) in inMemory)
                days[day] = numbers;
            closed.Add(days);
        }
        var trend = new SortedList<int, LineNumbers>();
        for (var day = firstDay; day <= Math.Min(lastDay, today); day++)
            trend[day] = day == today ? now : LineNumbers.Sum(closed.Select(days => AsOf(days, day)));
        return trend;
    }

    // A day without numbers of its own had those of the day before it.
    private static LineNumbers AsOf(SortedList<int, LineNumbers> days, int day)
    {
        for (var at = days.Count - 1; at >= 0; at--)
        {
            if (days.GetKeyAtIndex(at) <= day)
                return days.GetValueAtIndex(at);
        }
        return LineNumbers.None;
    }

    private static async Task<SortedList<int, LineNumbers>> ReadDaysAsync(SqlSession session, long line, int firstDay, int lastDay)
    {
        var rows = await session.QueryAsync<DayRow>(
            """
            select day as Day, numbers as Numbers from population_day where line = @line and day <= @lastDay
            and day >= coalesce((select max(day) from population_day where line = @line and day <= @firstDay), @firstDay)
            """,
            new { line, firstDay, lastDay });
        var days = new SortedList<int, LineNumbers>();
        foreach (var row in rows)
            days.Add((int)row.Day, LineNumbers.Read(row.Numbers));
        return days;
    }

    private static async Task ReadPartsAsync(SqlSession session, PopulationLines lines)
    {
        const int rowsAtOnce = 500;
        var (line, high) = (long.MinValue, long.MinValue);
        while (true)
        {
            var rows = await session.QueryAsync<PartRow>(
                """
                select line as Line, high as High, content as Content from population_part
                where line > @line or (line = @line and high > @high) order by line, high limit @rowsAtOnce
                """,
                new { line, high, rowsAtOnce });
            foreach (var row in rows)
                PartBytes.Read(lines, new PartKey(row.Line, (int)row.High), row.Content);
            if (rows.Count < rowsAtOnce)
                return;
            (line, high) = (rows[^1].Line, rows[^1].High);
        }
    }

    private static async Task ReadLogAsync(SqlSession session, PopulationLines lines, Queue<(long Seq, long Bytes)> log)
    {
        const int rowsAtOnce = 50;
        var (seq, piece) = (long.MinValue, long.MinValue);
        while (true)
        {
            var rows = await session.QueryAsync<LogRow>(
                """
                select seq as Seq, piece as Piece, day as Day, facts as Facts from population_log
                where seq > @seq or (seq = @seq and piece > @piece) order by seq, piece limit @rowsAtOnce
                """,
                new { seq, piece, rowsAtOnce });
            foreach (var row in rows)
            {
                foreach (var fact in FactLog.Read(row.Facts))
                    lines.Apply(fact, row.Seq);
                if (row.Day != 0)
                    lines.Today = (int)row.Day;
                log.Enqueue((row.Seq, row.Facts.Length));
            }
            if (rows.Count < rowsAtOnce)
                return;
            (seq, piece) = (rows[^1].Seq, rows[^1].Piece);
        }
    }

    private static async Task PutAsync(SqlSession session, string insert, string onConflict, List<(long, long, byte[])> rows)
    {
        foreach (var some in rows.Chunk(RowsAtOnce))
        {
            var sql = new StringBuilder(insert).Append(" values ");
            var parameters = new Dictionary<string, object>();
            for (var index = 0; index < some.Length; index++)
            {
                sql.Append(CultureInfo.InvariantCulture, $"{(index == 0 ? "" : ", ")}(@a{index}, @b{index}, @c{index})");
                (parameters[$"a{index}"], parameters[$"b{index}"], parameters[$"c{index}"]) = some[index];
            }
            await session.ExecuteAsync(sql.Append(' ').Append(onConflict).ToString(), parameters);
        }
    }

    private static SortedList<int, T> Each<T>(SortedList<int, LineNumbers> trend, Func<LineNumbers, T> of)
    {
        var each = new SortedList<int, T>();
        foreach (var (day, numbers) in trend)
            each.Add(day, of(numbers));
        return each;
    }

    private void Kept(long seq, long bytes)
    {
        _log.Enqueue((seq, bytes));
        _logBytes += bytes;
    }

    private sealed class PartRow
    {
        public long Line { get; set; }

        public long High { get; set; }

        public byte[] Content { get; set; } = [];
    }

    private sealed class LogRow
    {
        public long Seq { get; set; }

        public long Piece { get; set; }

        public long Day { get; set; }

        public byte[] Facts { get; set; } = [];
    }

    private sealed class LastDayRow
    {
        public long Line { get; set; }

        public long Day { get; set; }

        public byte[] Numbers { get; set; } = [];
    }

    private sealed class DayRow
    {
        public long Day { get; set; }

        public byte[] Numbers { get; set; } = [];
    }
}
