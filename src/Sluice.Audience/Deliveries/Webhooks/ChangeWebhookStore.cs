using Sluice.Storage;

namespace Sluice.Audience.Deliveries.Webhooks;

/// <summary>The webhooks of an environment in SQL, and in memory as they were read last.</summary>
internal sealed class ChangeWebhookStore(SqlStore sql) : IDisposable
{
    /// <summary>Each has one request in flight, so this also bounds those.</summary>
    internal const int MaxWebhooks = 64;

    private const string Columns =
        """
        id as Id, name as Name, url as Url, segments as Segments, enabled as Enabled, secret as Secret, created_ms as CreatedMs,
        modified_ms as ModifiedMs, version as Version
        """;

    private readonly SemaphoreSlim _turn = new(1);
    private volatile Dictionary<long, ChangeWebhook> _known = [];

    /// <summary>By id, as they were read last.</summary>
    internal IReadOnlyDictionary<long, ChangeWebhook> Known => _known;

    /// <summary>Reads them anew; one reader at a time, so that nobody puts an older list in place of a newer one.</summary>
    internal async Task ReadAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            _known = (await ListAsync(cancellation)).ToDictionary(one => one.Id);
        }
        finally
        {
            _turn.Release();
        }
    }

    internal Task<List<ChangeWebhook>> ListAsync(CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<ChangeWebhook>($"select {Columns} from audience_change_webhook order by id"), cancellation);

    internal Task<ChangeWebhook?> FindAsync(long id, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<ChangeWebhook>($"select {Columns} from audience_change_webhook where id = @id", new { id }), cancellation);

    /// <summary>Adds a webhook unless there are as many as there may be; false then.</summary>
    internal Task<bool> TryAddAsync(ChangeWebhook webhook, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        if (await session.FindAsync<long>("select count(*) from audience_change_webhook") >= MaxWebhooks)
            return false;
        (webhook.Id, webhook.Version) = (await session.NextIdAsync("audience_change_webhook"), 1);
        await session.ExecuteAsync(
            """
            insert into audience_change_webhook (id, name, url, segments, enabled, secret, created_ms, modified_ms, version)
            values (@Id, @Name, @Url, @Segments, @Enabled, @Secret, @CreatedMs, @ModifiedMs, @Version)
            """, webhook);
        return true;
    }, cancellation);

    /// <summary>Replaces a webhook if nobody changed it since it was read; false otherwise.</summary>
    internal Task<bool> TryUpdateAsync(ChangeWebhook webhook, CancellationToken cancellation) => sql.WriteAsync(async session =>
        await session.ExecuteAsync(
            """
            update audience_change_webhook set name = @Name, url = @Url, segments = @Segments, enabled = @Enabled, secret = @Secret,
                modified_ms = @ModifiedMs, version = version + 1
            where id = @Id and version = @Version
            """, webhook) == 1, cancellation);

    public void Dispose() => _turn.Dispose();

    internal Task<bool> TryRemoveAsync(long id, CancellationToken cancellation) => sql.WriteAsync(async session =>
        await session.ExecuteAsync("delete from audience_change_webhook where id = @id", new { id }) == 1, cancellation);
}
