using Microsoft.Extensions.Logging;
using Sluice.Gateway.Sealing;
using Sluice.Storage;

namespace Sluice.Gateway.Limits;

/// <summary>Every counter of quotas and spike arrests of one environment.</summary>
/// <remarks>
/// Guarantees: decisions about one identifier are made one after the other, so that never more is let through than is allowed: on this node for
/// counters in memory; over all nodes of a PostgreSQL store for those asked for as shared. Counters in memory begin anew with the program.
/// After a failure: while the database is away or slower than <see cref="Patience"/>, shared counters count on this node alone; calls are let through
/// as this node's count has it. What was counted meanwhile is not added later.
/// Threading: any.
/// </remarks>
internal sealed class LimitStore(SqlStore sql, Sealer sealer, ILogger log)
{
    /// <summary>With so many shared counters, identifiers that have none yet are counted by each node for itself. Looked at with each sweep.</summary>
    internal const long MostShared = 1_000_000;

    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly CounterTable<QuotaCounter> _quotas = new();
    private readonly CounterTable<SpikeCounter> _spikes = new();
    private volatile bool _isAway;
    private volatile bool _isFull;

    /// <summary>Decides with a counter of this node; nothing is waited for.</summary>
    internal QuotaVerdict Take(string key, QuotaAsk ask) => _quotas.Use(key, ask, static (counter, ask) => counter.Take(ask));

    /// <summary>Decides with the counter that all nodes of a PostgreSQL store share. Of other stores there is one node only, whose memory is as good.</summary>
    internal async ValueTask<QuotaVerdict> TakeSharedAsync(string key, QuotaAsk ask, CancellationToken cancellation)
    {
        if (sql is not PostgresStore)
            return Take(key, ask);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(Patience);
        try
        {
            var verdict = await sql.WriteAsync(session => TakeAsync(session, sealer.Hash(key), ask), late.Token);
            _isAway = false;
            return verdict ?? Take(key, ask);
        }
        catch (Exception failure) when (failure is StoreUnavailableException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            if (!_isAway)
                log.QuotaAway(failure);
            _isAway = true;
            return Take(key, ask);
        }
    }

    internal bool TryTake(string key, DateTimeOffset now, long intervalTicks, long weight) =>
        _spikes.Use(key, (now, intervalTicks, weight), static (counter, ask) => counter.TryTake(ask.now, ask.intervalTicks, ask.weight));

    /// <summary>Forgets counters whose windows ended; called now and then.</summary>
    internal async Task SweepAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var nowMs = now.ToUnixTimeMilliseconds();
        _quotas.Sweep(nowMs);
        _spikes.Sweep(nowMs);
        if (sql is not PostgresStore)
            return;
        try
        {
            _isFull = await sql.WriteAsync(async session =>
            {
                await session.ExecuteAsync("delete from gateway_quota where expires_ms <= @nowMs", new { nowMs });
                return await session.FindAsync<long>("select count(*) from gateway_quota") >= MostShared;
            }, cancellation);
        }
        catch (StoreUnavailableException)
        {
            // Said by who follows the changes of other nodes; swept with the next round.
        }
    }

    // The insert or update locks the row until the commit: the next node reads what this one wrote. Null when there is no room for a new one.
    private async Task<QuotaVerdict?> TakeAsync(SqlSession session, byte[] hash, QuotaAsk ask)
    {
        var state = await session.FindAsync<string>(
            _isFull
                ? "update gateway_quota set expires_ms = expires_ms where key_hash = @hash returning state"
                : """
                insert into gateway_quota (key_hash, state, expires_ms) values (@hash, '', 0)
                on conflict (key_hash) do update set expires_ms = gateway_quota.expires_ms
                returning state
                """, new { hash });
        if (state is null)
            return null;
        var counter = QuotaCounter.Read(state);
        var verdict = counter.Take(ask);
        await session.ExecuteAsync(
            "update gateway_quota set state = @state, expires_ms = @expires where key_hash = @hash", new { hash, state = counter.Write(), expires = Math.Max(counter.ExpiresMs, verdict.ExpiresMs) });
        return verdict;
    }
}
