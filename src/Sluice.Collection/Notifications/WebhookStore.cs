using Sluice.Storage;

namespace Sluice.Collection.Notifications;

/// <summary>The webhooks of an environment in SQL.</summary>
internal sealed class WebhookStore(SqlStore sql)
{
    /// <summary>Each has at most one request in flight, so this also bounds those.</summary>
    internal const int MaxWebhooks = 64;

    private const string Columns =
        """
        webhook_id as WebhookId, name as Name, url as Url, events as Events, data_sets as DataSets, enabled as Enabled, secret as Secret,
        created_ms as CreatedMs, created_by as CreatedBy, modified_ms as ModifiedMs, version as Version
        """;

    internal Task<List<Webhook>> ListAsync(CancellationToken cancellation) => sql.ReadAsync(ListAsync, cancellation);

    internal static Task<List<Webhook>> ListAsync(SqlSession session) => session.QueryAsync<Webhook>($"select {Columns} from webhook order by webhook_id");

    internal Task<Webhook?> FindAsync(string webhookId, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<Webhook>($"select {Columns} from webhook where webhook_id = @webhookId", new { webhookId }), cancellation);

    /// <summary>Adds a webhook unless there are as many as there may be; false then.</summary>
    internal Task<bool> TryAddAsync(Webhook webhook, CancellationToken cancellation) => sql.WriteAsync(async session =>
        await session.FindAsync<long>("select count(*) from webhook") < MaxWebhooks && await session.ExecuteAsync(
            """
            insert into webhook (webhook_id, name, url, events, data_sets, enabled, secret, created_ms, created_by, modified_ms, version)
            values (@WebhookId, @Name, @Url, @Events, @DataSets, @Enabled, @Secret, @CreatedMs, @CreatedBy, @ModifiedMs, 1)
            """, webhook) == 1, cancellation);

    /// <summary>Replaces a webhook if nobody changed it since it was read; false otherwise.</summary>
    internal Task<bool> TryUpdateAsync(Webhook webhook, CancellationToken cancellation) => sql.WriteAsync(async session =>
        await session.ExecuteAsync(
            """
            update webhook set name = @Name, url = @Url, events = @Events, data_sets = @DataSets, enabled = @Enabled, secret = @Secret,
                modified_ms = @ModifiedMs, version = version + 1
            where webhook_id = @WebhookId and version = @Version
            """, webhook) == 1, cancellation);

    /// <summary>Removes a webhook with everything that waits for it.</summary>
    internal Task<bool> TryRemoveAsync(string webhookId, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        var isRemoved = await session.ExecuteAsync("delete from webhook where webhook_id = @webhookId", new { webhookId }) == 1;
        await session.ExecuteAsync("delete from webhook_delivery where webhook_id = @webhookId", new { webhookId });
        return isRemoved;
    }, cancellation);
}
