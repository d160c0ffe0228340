using Sluice.Storage;

namespace Sluice.Collection.FailedMessages;

/// <summary>Groups of failed messages in SQL. Their texts stay in the failed batches' files.</summary>
internal sealed class FailureStore(SqlStore sql)
{
    private const string LineColumns =
        """
        batch_id as BatchId, fingerprint as Fingerprint, total_count as TotalCount, open_count as OpenCount,
        first_ms as FirstMs, last_ms as LastMs, open_lines as OpenLines
        """;

    /// <summary>Adds what a cut batch brought, inside the cut's own transaction.</summary>
    internal static async Task AddAsync(SqlSession session, IEnumerable<(FailureGroup Group, FailureLines Lines)> failures)
    {
        foreach (var (group, lines) in failures)
        {
            await session.ExecuteAsync(
                """
                insert into failure_group (fingerprint, schema_id, code, keyword, pointer, property, message)
                values (@Fingerprint, @SchemaId, @Code, @Keyword, @Pointer, @Property, @Message)
                on conflict (fingerprint) do nothing
                """, group);
            await session.ExecuteAsync(
                """
                insert into failure_lines (batch_id, fingerprint, total_count, open_count, first_ms, last_ms, open_lines)
                values (@BatchId, @Fingerprint, @TotalCount, @OpenCount, @FirstMs, @LastMs, @OpenLines)
                """, lines);
        }
    }

    /// <summary>Lets a replayed batch take over from the one it replaces: what was sent again of that one is not open in this one.</summary>
    internal static async Task MoveAsync(SqlSession session, string oldBatchId, IReadOnlyList<(FailureGroup Group, FailureLines Lines)> failures)
    {
        var old = await session.QueryAsync<FailureLines>($"select {LineColumns} from failure_lines where batch_id = @oldBatchId", new { oldBatchId });
        if (old.Count > 0)
        {
            var open = old.SelectMany(lines => LineList.Read(lines.OpenLines)).ToHashSet();
            foreach (var (_, lines) in failures)
            {
                var left = LineList.Read(lines.OpenLines).Where(open.Contains).ToList();
                (lines.OpenLines, lines.OpenCount) = (LineList.Write(left), left.Count);
            }
        }
        await session.ExecuteAsync("delete from failure_lines where batch_id = @oldBatchId", new { oldBatchId });
        await AddAsync(session, failures);
    }

    internal Task<List<FailureGroup>> ListGroupsAsync(CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<FailureGroup>(
            """
            select fingerprint as Fingerprint, schema_id as SchemaId, code as Code, keyword as Keyword, pointer as Pointer,
                property as Property, message as Message from failure_group
            """), cancellation);

    /// <summary>How many messages lie open, by group and owner.</summary>
    internal Task<List<FailureCount>> CountAsync(CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<FailureCount>(
            """
            select l.fingerprint as Fingerprint, b.owner_kind as OwnerKind, b.owner_id as OwnerId, cast(sum(l.open_count) as bigint) as OpenCount,
                min(l.first_ms) as FirstMs, max(l.last_ms) as LastMs
            from failure_lines l join batch b on b.batch_id = l.batch_id
            where l.open_count > 0 and b.status = 'failed'
            group by l.fingerprint, b.owner_kind, b.owner_id
            """), cancellation);

    /// <summary>The batches that hold open messages of a group, oldest first.</summary>
    internal Task<List<FailureLines>> ListLinesAsync(string fingerprint, CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<FailureLines>(
            $"""
            select {LineColumns} from failure_lines where fingerprint = @fingerprint and open_count > 0
                and batch_id in (select batch_id from batch where status = 'failed') order by batch_id
            """, new { fingerprint }), cancellation);

    /// <summary>Notes which lines of a batch are left, inside a fix's own transaction.</summary>
    internal static Task UpdateAsync(SqlSession session, FailureLines lines) => session.ExecuteAsync(
        "update failure_lines set open_count = @OpenCount, open_lines = @OpenLines where batch_id = @BatchId and fingerprint = @Fingerprint", lines);
}
