using Sluice.Storage;

namespace Sluice.Audience.Deliveries.Queue;

/// <summary>What became of deliveries, in SQL: one row for each consumer, its hours, and the ids it was told.</summary>
internal sealed class DeliveryStore(SqlStore sql)
{
    private const int RowsPerStatement = 50;
    private const int MaxHours = 10_000; // rows of one answer: more than a year

    private const string Columns =
        """
        consumer as Consumer, id as Id, position as Position, received as Received, attempted as Attempted, delivered as Delivered, failed as Failed,
        retried as Retried, dropped as Dropped, missed as Missed, unaddressed as Unaddressed, attempts as Attempts, next_ms as NextMs,
        waiting_ms as WaitingMs, delivered_ms as DeliveredMs, failed_ms as FailedMs, last_status as LastStatus, last_error as LastError
        """;

    internal Task<DeliveryState?> FindAsync(string consumer, long id, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<DeliveryState>($"select {Columns} from audience_delivery where consumer = @consumer and id = @id", new { consumer, id }), cancellation);

    internal Task<List<DeliveryState>> ListAsync(string consumer, CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<DeliveryState>($"select {Columns} from audience_delivery where consumer = @consumer order by id", new { consumer }), cancellation);

    /// <summary>Keeps where a consumer stands, together with what it did since it was last kept.</summary>
    internal Task SaveAsync(DeliveryState state, DeliveryHour? since, IReadOnlyList<DeliveryAddress> addresses, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        await SaveAsync(session, state);
        if (since is not null)
            await AddAsync(session, since);
        foreach (var gone in addresses.Where(one => one.IsOver))
            await session.ExecuteAsync("delete from audience_delivery_address where destination = @Destination and namespace = @Namespace and id = @Id", gone);
        foreach (var told in addresses.Where(one => !one.IsOver))
        {
            await session.ExecuteAsync(
                """
                insert into audience_delivery_address (destination, namespace, id, device, partner) values (@Destination, @Namespace, @Id, @Device, @Partner)
                on conflict (destination, namespace, id) do update set device = excluded.device, partner = excluded.partner
                """, told);
        }
    }, cancellation);

    /// <summary>Under which ids a destination was told of profiles.</summary>
    internal Task<List<DeliveryAddress>> ListAddressesAsync(long destination, IReadOnlyList<string> ids, CancellationToken cancellation) => sql.ReadAsync(async session =>
    {
        var found = new List<DeliveryAddress>();
        foreach (var some in ids.Distinct().Chunk(RowsPerStatement))
        {
            var values = some.Index().ToDictionary(one => $"i{one.Index}", object (one) => one.Item);
            values["destination"] = destination;
            found.AddRange(await session.QueryAsync<DeliveryAddress>(
                $"""
                select destination as Destination, namespace as Namespace, id as Id, device as Device, partner as Partner from audience_delivery_address
                where destination = @destination and id in ({string.Join(", ", some.Select((_, at) => $"@i{at}"))})
                """, values));
        }
        return found;
    }, cancellation);

    /// <summary>The hours of a destination that lie at least partly within a time, oldest first.</summary>
    internal Task<List<DeliveryHour>> ListHoursAsync(long destination, long fromMs, long toMs, CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<DeliveryHour>(
            """
            select destination as Destination, hour_ms as HourMs, push_id as PushId, received as Received, attempted as Attempted, success as Success,
                start_ms as StartMs, end_ms as EndMs
            from audience_delivery_hour where destination = @destination and end_ms >= @fromMs and start_ms <= @toMs order by hour_ms limit @MaxHours
            """, new { destination, fromMs, toMs, MaxHours }), cancellation);

    /// <summary>Forgets hours that are long past.</summary>
    internal Task ForgetHoursAsync(long beforeMs, CancellationToken cancellation) => sql.WriteAsync(
        session => session.ExecuteAsync("delete from audience_delivery_hour where hour_ms < @beforeMs", new { beforeMs }), cancellation);

    /// <summary>Removes everything about a consumer that is no more.</summary>
    internal Task RemoveAsync(string consumer, long id, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        await session.ExecuteAsync("delete from audience_delivery where consumer = @consumer and id = @id", new { consumer, id });
        if (consumer != DeliveryState.OfDestination)
            return;
        await session.ExecuteAsync("delete from audience_delivery_hour where destination = @id", new { id });
        await session.ExecuteAsync("delete from audience_delivery_address where destination = @id", new { id });
        await session.ExecuteAsync("delete from audience_dead_letter where destination = @id", new { id });
    }, cancellation);

    private static Task<int> SaveAsync(SqlSession session, DeliveryState state) => session.ExecuteAsync(
        """
        insert into audience_delivery (consumer, id, position, received, attempted, delivered, failed, retried, dropped, missed, unaddressed, attempts,
            next_ms, waiting_ms, delivered_ms, failed_ms, last_status, last_error)
        values (@Consumer, @Id, @Position, @Received, @Attempted, @Delivered, @Failed, @Retried, @Dropped, @Missed, @Unaddressed, @Attempts,
            @NextMs, @WaitingMs, @DeliveredMs, @FailedMs, @LastStatus, @LastError)
        on conflict (consumer, id) do update set position = excluded.position, received = excluded.received, attempted = excluded.attempted,
            delivered = excluded.delivered, failed = excluded.failed, retried = excluded.retried, dropped = excluded.dropped, missed = excluded.missed,
            unaddressed = excluded.unaddressed, attempts = excluded.attempts, next_ms = excluded.next_ms, waiting_ms = excluded.waiting_ms,
            delivered_ms = excluded.delivered_ms, failed_ms = excluded.failed_ms, last_status = excluded.last_status, last_error = excluded.last_error
        """, state);

    private static async Task AddAsync(SqlSession session, DeliveryHour since)
    {
        if (await session.ExecuteAsync(
            """
            update audience_delivery_hour set received = received + @Received, attempted = attempted + @Attempted, success = success + @Success, end_ms = @EndMs
            where destination = @Destination and hour_ms = @HourMs
            """, since) > 0)
            return;
        since.PushId = await session.NextIdAsync("audience_push");
        await session.ExecuteAsync(
            """
            insert into audience_delivery_hour (destination, hour_ms, push_id, received, attempted, success, start_ms, end_ms)
            values (@Destination, @HourMs, @PushId, @Received, @Attempted, @Success, @StartMs, @EndMs)
            """, since);
    }
}
