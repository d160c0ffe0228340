using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sluice.Gateway.Sealing;
using Sluice.Storage;

namespace Sluice.Gateway.Caches;

/// <summary>The caches of one environment: entries in memory, and sealed in SQL for other nodes and the next start (contract gateway.md 2.4).</summary>
/// <remarks>
/// Guarantees: what <see cref="StoreAsync"/> stored is found by the next lookup on this node, and on others once it returned. A fault of the database
/// is never one of a request: a lookup misses, an entry is kept in memory only. Both are logged once until it is back.
/// Threading: any number of callers; one writer gathers what they store into commits.
/// Where nodes share the database, a removal is noted in it, and the others drop what memory they have of that cache when they see the note.
/// After a crash: entries whose commit the system had not written yet are gone, which costs time only.
/// </remarks>
internal sealed class CacheStore : IAsyncDisposable
{
    // The bound of what waits to be written: over it, entries are kept in memory only.
    private const int MaxWaiting = 4_096;
    private const int MostInOneCommit = 256;

    private static readonly TimeSpan StorePatience = TimeSpan.FromSeconds(2);

    /// <summary>The kind of notes by which other nodes learn that entries of a cache were removed.</summary>
    internal const string ChangeKind = "cache";

    private readonly SqlStore _sql;
    private readonly Sealer _cipher;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly TimeSpan? _memoryLifetime;
    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(MaxWaiting);
    private readonly Task _writer;
    private bool _isAway;
    private long _removals;

    internal CacheStore(SqlStore sql, Sealer cipher, GatewayOptions options, TimeProvider clock, ILogger log)
    {
        (_sql, _cipher, _clock, _log) = (sql, cipher, clock, log);
        // Where other nodes share the database, memory asks it again every second, as the original does.
        _memoryLifetime = options.CacheMemoryLifetime ?? (sql is PostgresStore ? TimeSpan.FromSeconds(1) : null);
        Memory = new CacheMemory(options.CacheMemoryBytes);
        _writer = Task.Run(WriteAsync);
    }

    internal CacheMemory Memory { get; }

    internal CacheFlights Flights { get; } = new();

    /// <summary>What memory has; no waiting, nothing allocated. Null when the database has to be asked.</summary>
    internal CachedResponse? FindInMemory(CacheUse use) => Memory.Find(use.Identity.Span, _clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>What the database has, which memory then keeps. <c>IsInvalid</c> says that there was something that cannot be used.</summary>
    internal async ValueTask<(CachedResponse? Entry, bool IsInvalid)> FindStoredAsync(CacheUse use, string cache, CancellationToken cancellation)
    {
        var identity = use.Identity.ToString();
        var hash = _cipher.Hash(identity);
        var removals = Interlocked.Read(ref _removals);
        try
        {
            var row = await _sql.ReadAsync(
                session => session.FindAsync<EntryRow>(
                    "select entry_sealed as EntrySealed, expires_ms as ExpiresMs from gateway_cache_entry where cache = @cache and key_hash = @hash", new { cache, hash }), cancellation);
            _isAway = false;
            if (row is null)
                return (null, false);
            var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
            if (row.ExpiresMs <= now || _cipher.TryOpen(row.EntrySealed, BelongsTo(cache, hash)) is not { } bytes || CacheEntryFormat.Read(bytes) is not { } entry)
                return (null, true);
            // What was removed while it was read must not come back.
            if (Interlocked.Read(ref _removals) == removals)
                Remember(identity, entry, now);
            return (entry, false);
        }
        catch (Exception failure) when (failure is StoreUnavailableException or System.Data.Common.DbException)
        {
            SayAway(failure);
            return (null, false);
        }
    }

    /// <summary>Keeps an entry in memory at once, and in the database before it returns, unless the database is away or slower than <see cref="StorePatience"/>: then it is written later.</summary>
    internal async ValueTask StoreAsync(CacheUse use, string cache, CachedResponse entry)
    {
        var identity = use.Identity.ToString();
        Remember(identity, entry, _clock.GetUtcNow().ToUnixTimeMilliseconds());
        var waiting = new Waiting(cache, _cipher.Hash(identity), use.Readable.ToString(), entry);
        if (!_waiting.Writer.TryWrite(waiting))
            return;
        try
        {
            await waiting.Done.Task.WaitAsync(StorePatience);
        }
        catch (TimeoutException)
        {
            // An answer is not held for a database that hangs.
        }
    }

    /// <summary>Removes one entry, or with <paramref name="withChildren"/> every one whose key goes on behind it; returns how many there were.</summary>
    internal async Task<int> RemoveAsync(CacheUse use, string cache, bool withChildren, CancellationToken cancellation)
    {
        if (withChildren)
            return await RemoveByKeyAsync(cache, use.Readable.ToString(), withChildren: true, cancellation);
        var identity = use.Identity.ToString();
        Interlocked.Increment(ref _removals);
        Memory.Remove(identity);
        var hash = _cipher.Hash(identity);
        return await RemoveAsync(cache, session => session.ExecuteAsync("delete from gateway_cache_entry where cache = @cache and key_hash = @hash", new { cache, hash }), cancellation);
    }

    /// <summary>Drops what memory has of a cache, because another node removed entries of it; null is every cache.</summary>
    internal void Forget(string? cache)
    {
        Interlocked.Increment(ref _removals);
        Memory.RemoveWhere((identity, _) => cache is null || identity.StartsWith(cache + '\0', StringComparison.Ordinal));
    }

    /// <summary>Removes what has the readable key, or begins with it; an empty key and children is the whole cache.</summary>
    internal async Task<int> RemoveByKeyAsync(string cache, string key, bool withChildren, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _removals);
        var start = cache + '\0';
        var removed = Memory.RemoveWhere((identity, _) => identity.StartsWith(start, StringComparison.Ordinal) && IsChosen(KeyOf(identity)));
        if (key.Length == 0 && withChildren)
            return Math.Max(removed, await RemoveAsync(cache, session => session.ExecuteAsync("delete from gateway_cache_entry where cache = @cache", new { cache }), cancellation));
        var hashes = new List<byte[]>();
        await foreach (var (hash, found) in KeysAsync(cache, cancellation))
        {
            if (IsChosen(found))
                hashes.Add(hash);
        }
        await RemoveAsync(cache, async session =>
        {
            foreach (var hash in hashes)
                await session.ExecuteAsync("delete from gateway_cache_entry where cache = @cache and key_hash = @hash", new { cache, hash });
            return hashes.Count;
        }, cancellation);
        return Math.Max(removed, hashes.Count);

        bool IsChosen(ReadOnlySpan<char> found) => found.SequenceEqual(key) || (withChildren && (key.Length == 0 || found.StartsWith(key + "__", StringComparison.Ordinal)));
    }

    /// <summary>Deletes what has ended; called now and then.</summary>
    internal Task<int> SweepAsync(CancellationToken cancellation)
    {
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        Memory.RemoveWhere((_, entry) => entry.KeptUntilMs <= now);
        return ChangeAsync(session => session.ExecuteAsync("delete from gateway_cache_entry where expires_ms <= @now", new { now }), cancellation);
    }

    /// <summary>The stored keys of a cache with what can be said of them without opening the entries; at most <paramref name="most"/>.</summary>
    internal async Task<IReadOnlyList<CacheListing>> ListAsync(string cache, int most, CancellationToken cancellation)
    {
        var rows = await _sql.ReadAsync(
            session => session.QueryAsync<KeyRow>(
                "select key_hash as KeyHash, key_sealed as KeySealed, bytes as Bytes, stored_ms as StoredMs, expires_ms as ExpiresMs from gateway_cache_entry where cache = @cache order by stored_ms desc limit @most",
                new { cache, most }), cancellation);
        return [.. rows.Select(row => new CacheListing(Open(cache, row), row.Bytes, row.StoredMs, row.ExpiresMs)).Where(row => row.Key is not null)];
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writer;
    }

    private void Remember(string identity, CachedResponse entry, long nowMs) =>
        Memory.Set(identity, entry, _memoryLifetime is { } life ? Math.Min(entry.KeptUntilMs, nowMs + (long)life.TotalMilliseconds) : entry.KeptUntilMs);

    private async Task WriteAsync()
    {
        var batch = new List<Waiting>();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            while (batch.Count < MostInOneCommit && _waiting.Reader.TryRead(out var one))
                batch.Add(one);
            try
            {
                await ChangeAsync(async session =>
                {
                    foreach (var one in batch)
                        await WriteAsync(session, one);
                    return batch.Count;
                }, CancellationToken.None); // what callers wait for is not given up half way
            }
            catch (Exception failure)
            {
                SayAway(failure); // whatever it is: answers wait for this writer, and a cache fails no call
            }
            batch.ForEach(one => one.Done.TrySetResult());
            batch.Clear();
        }
    }

    private Task<int> WriteAsync(SqlSession session, Waiting one)
    {
        var belongsTo = BelongsTo(one.Cache, one.Hash);
        return session.ExecuteAsync(
            """
            insert into gateway_cache_entry (cache, key_hash, key_sealed, entry_sealed, bytes, stored_ms, expires_ms)
            values (@cache, @hash, @keySealed, @entrySealed, @bytes, @stored, @expires)
            on conflict (cache, key_hash) do update set entry_sealed = excluded.entry_sealed, bytes = excluded.bytes,
                stored_ms = excluded.stored_ms, expires_ms = excluded.expires_ms
            """,
            new
            {
                cache = one.Cache,
                hash = one.Hash,
                keySealed = _cipher.Seal(Encoding.UTF8.GetBytes(one.Key), belongsTo),
                entrySealed = _cipher.Seal(CacheEntryFormat.Write(one.Entry), belongsTo),
                bytes = (long)one.Entry.Body.Length,
                stored = one.Entry.StoredMs,
                expires = one.Entry.KeptUntilMs,
            });
    }

    private async IAsyncEnumerable<(byte[] Hash, string Key)> KeysAsync(string cache, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        const int Page = 1_000;
        byte[] after = [];
        while (true)
        {
            var from = after;
            List<KeyRow> rows;
            try
            {
                rows = await _sql.ReadAsync(
                    session => session.QueryAsync<KeyRow>(
                        "select key_hash as KeyHash, key_sealed as KeySealed from gateway_cache_entry where cache = @cache and key_hash > @from order by key_hash limit @page",
                        new { cache, from, page = Page }), cancellation);
            }
            catch (Exception failure) when (failure is StoreUnavailableException or System.Data.Common.DbException)
            {
                SayAway(failure);
                yield break;
            }
            foreach (var row in rows)
            {
                if (Open(cache, row) is { } key)
                    yield return (row.KeyHash, key);
            }
            if (rows.Count < Page)
                yield break;
            after = rows[^1].KeyHash;
        }
    }

    private string? Open(string cache, KeyRow row) => _cipher.TryOpen(row.KeySealed, BelongsTo(cache, row.KeyHash)) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    private Task<int> RemoveAsync(string cache, Func<SqlSession, Task<int>> remove, CancellationToken cancellation) => ChangeAsync(async session =>
    {
        if (_sql is PostgresStore)
            await ChangeLog.AddAsync(session, ChangeKind, cache, _clock);
        return await remove(session);
    }, cancellation);

    private async Task<int> ChangeAsync(Func<SqlSession, Task<int>> change, CancellationToken cancellation)
    {
        try
        {
            var count = await _sql.WriteAsync(change, cancellation);
            _isAway = false;
            return count;
        }
        catch (Exception failure) when (failure is StoreUnavailableException or System.Data.Common.DbException)
        {
            SayAway(failure);
            return 0;
        }
    }

    private void SayAway(Exception failure)
    {
        if (!_isAway)
            _log.CacheAway(failure);
        _isAway = true;
    }

    private static byte[] BelongsTo(string cache, byte[] hash) => [.. Encoding.UTF8.GetBytes(cache), 0, .. hash];

    private static ReadOnlySpan<char> KeyOf(string identity)
    {
        var rest = identity.AsSpan(identity.IndexOf('\0', StringComparison.Ordinal) + 1);
        return rest[..rest.IndexOf('\0')];
    }

    private sealed record Waiting(string Cache, byte[] Hash, string Key, CachedResponse Entry)
    {
        internal TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class EntryRow
    {
        public byte[] EntrySealed { get; set; } = [];
        public long ExpiresMs { get; set; }
    }

    private sealed class KeyRow
    {
        public byte[] KeyHash { get; set; } = [];
        public byte[] KeySealed { get; set; } = [];
        public long Bytes { get; set; }
        public long StoredMs { get; set; }
        public long ExpiresMs { get; set; }
    }
}

/// <summary>One stored entry as lists show it.</summary>
internal sealed record CacheListing(string? Key, long Bytes, long StoredMs, long ExpiresMs);
