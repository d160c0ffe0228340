using Sluice.Storage;

namespace Sluice.Audience.Backfills;

/// <summary>Which batches of the lake are listed, and what of the journal they hold (docs/formats/lake.md).</summary>
internal sealed class LandedBatches(SqlStore sql)
{
    private const string Columns =
        "batch_id as BatchId, path as Path, record_count as RecordCount, header_count as HeaderCount, from_offset as FromOffset, next_offset as NextOffset";

    // What is deleted, replaced or not registered yet does not count.
    private const string IsListed = "status = 'success' and owner_kind = 'dataSet' and path <> ''";
    private const string IsHistory = IsListed + " and header_count > 0";

    /// <summary>The batches of the first window that begins at an offset or behind it, and before another; none when there is no such window.</summary>
    internal Task<List<LandedBatch>> ListNextWindowAsync(long from, long before, CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<LandedBatch>(
            $"""
            select {Columns} from batch
            where from_offset = (select min(from_offset) from batch where from_offset >= @from and from_offset < @before and {IsHistory}) and {IsHistory}
            order by batch_id
            """, new { from, before }), cancellation);

    /// <summary>Where the window begins that holds an offset, or the last one before it; null when there is none.</summary>
    internal Task<long?> FindWindowAsync(long offset, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<long?>($"select max(from_offset) from batch where from_offset <= @offset and {IsHistory}", new { offset }), cancellation);

    /// <summary>Where the first window begins; null when there is none.</summary>
    internal Task<long?> FindFirstAsync(CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<long?>($"select min(from_offset) from batch where {IsHistory}"), cancellation);

    /// <summary>The batches of the first window before an offset that have a message of that time or later.</summary>
    internal Task<List<LandedBatch>> ListAtAsync(long timeMs, long before, CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<LandedBatch>(
            $"""
            select {Columns} from batch
            where from_offset = (select min(from_offset) from batch where from_offset < @before and last_header_ms >= @timeMs and {IsHistory})
                and last_header_ms >= @timeMs and {IsHistory}
            order by batch_id
            """, new { timeMs, before }), cancellation);

    /// <summary>How many messages, of whichever dataset, lie in batches without header files: of windows that begin between two offsets and end behind a third and not before a time.</summary>
    internal Task<long> CountWithoutHeadersAsync(long after, long before, long position, long timeMs, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<long>(
            $"""
            select cast(coalesce(sum(record_count), 0) as bigint) from batch
            where {IsListed} and header_count < 0 and from_offset >= @after and from_offset < @before
                and (next_offset < 0 or next_offset > @position) and completed_ms >= @timeMs
            """, new { after, before, position, timeMs }), cancellation);
}
