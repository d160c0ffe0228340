using System.Text.Json.Nodes;
using System.Threading.Channels;
using Sluice.Collection.Batches;
using Sluice.Storage;

namespace Sluice.Collection.Notifications;

/// <summary>The deliveries of an environment in SQL: written with the batch they tell of, kept until delivered or given up.</summary>
/// <remarks>
/// Guarantees: one delivery for each batch and webhook, committed with the batch or not at all. Bounds: a webhook has at most
/// <see cref="MaxWaiting"/> waiting, and what comes beyond them is dead from the start; of those over, the newest are kept for some days.
/// </remarks>
internal sealed class Outbox(SqlStore sql, string orgId, string environment)
{
    internal const int MaxWaiting = 10_000;
    internal const int MaxOver = 1_000; // of each webhook and state

    private static readonly TimeSpan DeliveredKept = TimeSpan.FromDays(7);
    private static readonly TimeSpan DeadKept = TimeSpan.FromDays(30);

    private const string Columns =
        """
        delivery_id as DeliveryId, number as Number, webhook_id as WebhookId, batch_id as BatchId, event_code as EventCode, payload as Payload,
        state as State, attempts as Attempts, next_ms as NextMs, created_ms as CreatedMs, finished_ms as FinishedMs, last_status as LastStatus,
        last_answer as LastAnswer
        """;

    // One word is enough: whoever hears it looks at all that waits.
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Says that something may be due.</summary>
    internal void Announce() => _news.Writer.TryWrite(true);

    /// <summary>Waits for the next announcement.</summary>
    internal async Task NewsAsync(CancellationToken cancellation) => await _news.Reader.ReadAsync(cancellation);

    /// <summary>Writes the notifications of cut batches, inside the cut's own transaction.</summary>
    internal async Task AddAsync(SqlSession session, IReadOnlyList<Batch> landed)
    {
        if (landed.Count == 0)
            return;
        foreach (var webhook in (await WebhookStore.ListAsync(session)).Where(webhook => webhook.Enabled))
        {
            var waiting = await session.FindAsync<long>(
                "select count(*) from webhook_delivery where webhook_id = @WebhookId and state = 'waiting'", webhook);
            foreach (var batch in landed.Where(batch => webhook.Wants(EventOf(batch), DatasetOf(batch))))
                await AddAsync(session, webhook, batch, isFull: waiting++ >= MaxWaiting);
        }
    }

    /// <summary>The next delivery of every enabled webhook, due or not.</summary>
    internal Task<List<Delivery>> ListNextAsync(CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<Delivery>(
            $"""
            select {Columns} from webhook_delivery where number in (
                select min(d.number) from webhook_delivery d join webhook w on w.webhook_id = d.webhook_id
                where d.state = 'waiting' and w.enabled group by d.webhook_id)
            """), cancellation);

    /// <summary>Deliveries of a webhook, newest first.</summary>
    internal Task<List<Delivery>> ListAsync(string webhookId, string? state, int start, int limit, CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<Delivery>(
            $"""
            select {Columns} from webhook_delivery where webhook_id = @webhookId {(state is null ? "" : "and state = @state")}
            order by number desc limit @limit offset @start
            """, new { webhookId, state, start, limit }), cancellation);

    internal Task<Delivery?> FindAsync(string webhookId, string deliveryId, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<Delivery>(
            $"select {Columns} from webhook_delivery where webhook_id = @webhookId and delivery_id = @deliveryId", new { webhookId, deliveryId }), cancellation);

    /// <summary>Notes what an attempt came to.</summary>
    internal Task UpdateAsync(Delivery delivery, CancellationToken cancellation) => sql.WriteAsync(
        session => session.ExecuteAsync(
            """
            update webhook_delivery set state = @State, attempts = @Attempts, next_ms = @NextMs, finished_ms = @FinishedMs,
                last_status = @LastStatus, last_answer = @LastAnswer
            where delivery_id = @DeliveryId and state = 'waiting'
            """, delivery), cancellation);

    /// <summary>Lets a dead delivery wait again, from its first attempt; false when it is not dead.</summary>
    internal Task<bool> TryReviveAsync(string deliveryId, long nowMs, CancellationToken cancellation) => sql.WriteAsync(async session =>
        await session.ExecuteAsync(
            """
            update webhook_delivery set state = 'waiting', attempts = 0, next_ms = @nowMs, finished_ms = 0
            where delivery_id = @deliveryId and state = 'dead'
            """, new { deliveryId, nowMs }) == 1, cancellation);

    /// <summary>Deletes what is over for long enough, and of each webhook what lies beyond the newest.</summary>
    internal Task TidyAsync(long nowMs, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        // Written by a cut that ran beside the removal of their webhook.
        await session.ExecuteAsync("delete from webhook_delivery where webhook_id not in (select webhook_id from webhook)");
        foreach (var (state, kept) in new[] { (Delivery.Delivered, DeliveredKept), (Delivery.Dead, DeadKept) })
        {
            await session.ExecuteAsync("delete from webhook_delivery where state = @state and finished_ms < @beforeMs",
                new { state, beforeMs = nowMs - (long)kept.TotalMilliseconds });
            foreach (var webhook in await WebhookStore.ListAsync(session))
            {
                var oldest = await session.FindAsync<long?>(
                    "select number from webhook_delivery where webhook_id = @WebhookId and state = @state order by number desc limit 1 offset @MaxOver",
                    new { webhook.WebhookId, state, MaxOver });
                if (oldest is not null)
                    await session.ExecuteAsync("delete from webhook_delivery where webhook_id = @WebhookId and state = @state and number <= @oldest",
                        new { webhook.WebhookId, state, oldest });
            }
        }
    }, cancellation);

    private async Task AddAsync(SqlSession session, Webhook webhook, Batch batch, bool isFull)
    {
        var delivery = new Delivery
        {
            DeliveryId = Ulid.New(batch.CompletedMs),
            Number = await session.NextIdAsync("webhook_delivery"),
            WebhookId = webhook.WebhookId,
            BatchId = batch.BatchId,
            EventCode = EventOf(batch),
            State = isFull ? Delivery.Dead : Delivery.Waiting,
            NextMs = batch.CompletedMs,
            CreatedMs = batch.CompletedMs,
            FinishedMs = isFull ? batch.CompletedMs : 0,
            LastAnswer = isFull ? $"Not sent: {MaxWaiting} notifications were waiting already" : "",
        };
        delivery.Payload = PayloadOf(batch, delivery).ToJsonString(JsonFormat.Readable);
        await session.ExecuteAsync(
            """
            insert into webhook_delivery (delivery_id, number, webhook_id, batch_id, event_code, payload, state, attempts, next_ms, created_ms,
                finished_ms, last_status, last_answer)
            values (@DeliveryId, @Number, @WebhookId, @BatchId, @EventCode, @Payload, @State, 0, @NextMs, @CreatedMs, @FinishedMs, 0, @LastAnswer)
            on conflict (webhook_id, batch_id) do nothing
            """, delivery);
    }

    private JsonObject PayloadOf(Batch batch, Delivery delivery)
    {
        var body = new JsonObject
        {
            ["xdm:ingestionId"] = batch.BatchId,
            ["xdm:customerIngestionId"] = "", // a client's own name for a batch; streamed ones have none
            ["xdm:imsOrg"] = orgId,
            ["xdm:completed"] = batch.CompletedMs,
            ["xdm:datasetId"] = DatasetOf(batch),
            ["xdm:eventCode"] = delivery.EventCode,
            ["xdm:sandboxName"] = environment,
            ["xdm:successRecords"] = batch.IsFailed ? 0 : batch.RecordCount,
            ["xdm:failedRecords"] = batch.IsFailed ? batch.RecordCount : 0,
        };
        if (DatasetOf(batch) is null)
        {
            // Refused messages of no dataset: they are their inlet's.
            body.Remove("xdm:datasetId");
            body["inletId"] = batch.OwnerId;
        }
        return new JsonObject { ["event_id"] = delivery.DeliveryId, ["event"] = body };
    }

    private static string EventOf(Batch batch) => batch.IsFailed ? Webhook.LoadFailure : Webhook.LoadSuccess;

    private static string? DatasetOf(Batch batch) => batch.OwnerKind == Batch.DatasetOwner ? batch.OwnerId : null;
}
