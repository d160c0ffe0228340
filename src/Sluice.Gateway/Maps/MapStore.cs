using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Sluice.Gateway.Sealing;
using Sluice.Storage;

namespace Sluice.Gateway.Maps;

/// <summary>Which map: whose it is (see <see cref="MapOwner"/>), and its name.</summary>
internal readonly record struct MapId(string Owner, string Name);

/// <summary>Whose a map is, within the database it is in.</summary>
internal static class MapOwner
{
    /// <summary>The organization's, in the installation's database; the environment's, in its own.</summary>
    internal const string Whole = "";

    internal static string OfProxy(string proxy) => "api:" + proxy;

    internal static string OfPolicy(string proxy, string policy) => $"policy:{proxy}:{policy}";
}

/// <summary>An entry: its key and its values, of which there is mostly one.</summary>
internal sealed record MapEntry(string Key, string[] Values);

/// <summary>What reading an entry found: the values, null for none, and whether its map hides them.</summary>
internal readonly record struct MapReading(string[]? Values, bool IsEncrypted);

/// <summary>The key value maps of one database: values are sealed there, and kept in memory for a while in clear (contract gateway.md 7, Ruling 7).</summary>
/// <remarks>
/// Guarantees: what a change wrote is read by the next flow on this node, on others with their next tick. Threading: any.
/// After a failure: with the database away, what memory has goes on being read until its time is over; all else throws <see cref="StoreUnavailableException"/>.
/// </remarks>
internal sealed class MapStore(SqlStore sql, Sealer sealer, TimeProvider clock)
{
    internal const int MaxKeyCharacters = 2_048;
    internal const int MaxValueCharacters = 64 << 10;
    internal const int MostEntries = 50_000;
    internal const int MostMaps = 1_000;

    private const string ChangeKind = "gateway-maps";
    private const int MostKept = 50_000;

    private readonly ConcurrentDictionary<(MapId Map, string Key), Kept> _kept = new();
    private long _version;

    /// <summary>The names of an owner's maps.</summary>
    internal Task<List<string>> ListAsync(string owner, CancellationToken cancellation) =>
        sql.ReadAsync(session => session.QueryAsync<string>("select name from gateway_map where owner = @owner order by name", new { owner }), cancellation);

    /// <summary>Whether a map hides its values; null when there is no such map.</summary>
    internal Task<bool?> FindAsync(MapId map, CancellationToken cancellation) => sql.ReadAsync(session => FindAsync(session, map), cancellation);

    /// <summary>Makes a map with its first entries; false when it exists or the owner has as many as are allowed.</summary>
    internal Task<bool> CreateAsync(MapId map, bool isEncrypted, IReadOnlyList<MapEntry> entries, CancellationToken cancellation) => ChangeAsync(map, async session =>
    {
        if (await FindAsync(session, map) is not null || !await TryCreateAsync(session, map, isEncrypted))
            return false;
        foreach (var entry in entries)
            await WriteAsync(session, map, entry);
        return true;
    }, cancellation);

    internal Task<bool> RemoveAsync(MapId map, CancellationToken cancellation) => ChangeAsync(map, async session =>
    {
        await session.ExecuteAsync("delete from gateway_map_entry where owner = @Owner and map = @Name", map);
        return await session.ExecuteAsync("delete from gateway_map where owner = @Owner and name = @Name", map) > 0;
    }, cancellation);

    /// <summary>Entries in the order of their keys, those after one.</summary>
    internal async Task<List<MapEntry>> EntriesAsync(MapId map, string? after, int most, CancellationToken cancellation)
    {
        var rows = await sql.ReadAsync(
            session => session.QueryAsync<EntryRow>(
                "select entry_key as EntryKey, value_sealed as ValueSealed from gateway_map_entry where owner = @owner and map = @name and (entry_key > @after or not @pages) order by entry_key limit @most",
                new { owner = map.Owner, name = map.Name, after = after ?? "", pages = after is not null, most }), cancellation);
        return [.. rows.Select(row => new MapEntry(row.EntryKey, Open(map, row) ?? []))];
    }

    internal async Task<MapEntry?> FindEntryAsync(MapId map, string key, CancellationToken cancellation)
    {
        var row = await sql.ReadAsync(session => FindRowAsync(session, map, key), cancellation);
        return row is not null && Open(map, row) is { } values ? new MapEntry(key, values) : null;
    }

    /// <summary>Reads an entry for a flow: from memory unless what it has is older than <paramref name="maxAge"/>.</summary>
    internal async ValueTask<MapReading> ReadAsync(MapId map, string key, TimeSpan maxAge, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (_kept.TryGetValue((map, key), out var kept) && now - kept.At < maxAge && now >= kept.At)
            return kept.Reading;
        var version = Interlocked.Read(ref _version);
        MapReading reading;
        try
        {
            reading = await sql.ReadAsync(async session =>
            {
                var isEncrypted = await FindAsync(session, map);
                var row = isEncrypted is null ? null : await FindRowAsync(session, map, key);
                return new MapReading(row is null ? null : Open(map, row), isEncrypted ?? false);
            }, cancellation);
        }
        catch (StoreUnavailableException) when (kept is not null)
        {
            return kept.Reading; // what was last known, until the database is back
        }
        if (_kept.Count >= MostKept)
            _kept.Clear();
        _kept[(map, key)] = new Kept(reading, now);
        // What was read before a change came is not kept after it.
        if (Interlocked.Read(ref _version) != version)
            Age((map, key));
        return reading;
    }

    /// <summary>Writes an entry, into a map that is made if there is none.</summary>
    internal Task<PutOutcome> PutAsync(MapId map, MapEntry entry, bool overrides, CancellationToken cancellation) => ChangeAsync(map, async session =>
    {
        if (await FindAsync(session, map) is null && !await TryCreateAsync(session, map, isEncrypted: false))
            return PutOutcome.TooMany;
        var exists = await FindRowAsync(session, map, entry.Key) is not null;
        if (exists && !overrides)
            return PutOutcome.Exists;
        if (!exists && await session.FindAsync<long>("select count(*) from gateway_map_entry where owner = @Owner and map = @Name", map) >= MostEntries)
            return PutOutcome.TooMany;
        await WriteAsync(session, map, entry);
        return exists ? PutOutcome.Changed : PutOutcome.Added;
    }, cancellation);

    internal Task<bool> RemoveEntryAsync(MapId map, string key, CancellationToken cancellation) => ChangeAsync(
        map, async session => await session.ExecuteAsync("delete from gateway_map_entry where owner = @owner and map = @name and entry_key = @key", new { owner = map.Owner, name = map.Name, key }) > 0, cancellation);

    /// <summary>Has what other nodes changed read anew; null for more than can be told.</summary>
    internal void Follow(IReadOnlyList<ChangeEntry>? changes)
    {
        if (changes is null || changes.Any(change => change.Kind == ChangeKind))
            Forget(one => changes is null || changes.Any(change => change.Kind == ChangeKind && change.Subject == SubjectOf(one)), Age);
    }

    private async Task<T> ChangeAsync<T>(MapId map, Func<SqlSession, Task<T>> change, CancellationToken cancellation)
    {
        var result = await sql.WriteAsync(async session =>
        {
            // The note comes first: its row is locked until the commit, so that changes come one after the other.
            await ChangeLog.AddAsync(session, ChangeKind, SubjectOf(map), clock);
            return await change(session);
        }, cancellation);
        Forget(one => one == map, at => _kept.TryRemove(at, out _));
        return result;
    }

    private void Forget(Func<MapId, bool> isChanged, Action<(MapId Map, string Key)> forget)
    {
        Interlocked.Increment(ref _version);
        foreach (var (at, _) in _kept)
        {
            if (isChanged(at.Map))
                forget(at);
        }
    }

    // Read anew before it is used again, but there for when the database is away.
    private void Age((MapId Map, string Key) at)
    {
        if (_kept.TryGetValue(at, out var kept))
            _kept.TryUpdate(at, new Kept(kept.Reading, DateTimeOffset.MinValue), kept);
    }

    private async Task<bool> TryCreateAsync(SqlSession session, MapId map, bool isEncrypted)
    {
        if (await session.FindAsync<long>("select count(*) from gateway_map where owner = @Owner", map) >= MostMaps)
            return false;
        await session.ExecuteAsync(
            "insert into gateway_map (owner, name, is_encrypted, created_ms) values (@owner, @name, @isEncrypted, @now)",
            new { owner = map.Owner, name = map.Name, isEncrypted, now = clock.GetUtcNow().ToUnixTimeMilliseconds() });
        return true;
    }

    private Task<int> WriteAsync(SqlSession session, MapId map, MapEntry entry)
    {
        var value = sealer.Seal(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(entry.Values)), BelongsTo(map, entry.Key));
        return session.ExecuteAsync(
            """
            insert into gateway_map_entry (owner, map, entry_key, value_sealed) values (@owner, @name, @key, @value)
            on conflict (owner, map, entry_key) do update set value_sealed = excluded.value_sealed
            """, new { owner = map.Owner, name = map.Name, key = entry.Key, value });
    }

    private string[]? Open(MapId map, EntryRow row) =>
        sealer.TryOpen(row.ValueSealed, BelongsTo(map, row.EntryKey)) is { } bytes ? JsonSerializer.Deserialize<string[]>(bytes) : null;

    private static async Task<bool?> FindAsync(SqlSession session, MapId map) =>
        (await session.FindAsync<MapRow>("select is_encrypted as IsEncrypted from gateway_map where owner = @Owner and name = @Name", map))?.IsEncrypted;

    private static Task<EntryRow?> FindRowAsync(SqlSession session, MapId map, string key) => session.FindAsync<EntryRow>(
        "select entry_key as EntryKey, value_sealed as ValueSealed from gateway_map_entry where owner = @owner and map = @name and entry_key = @key", new { owner = map.Owner, name = map.Name, key });

    private static byte[] BelongsTo(MapId map, string key) => Encoding.UTF8.GetBytes($"map\0{map.Owner}\0{map.Name}\0{key}");

    private static string SubjectOf(MapId map) => $"{map.Owner}/{map.Name}";

    private sealed record Kept(MapReading Reading, DateTimeOffset At);

    private sealed class MapRow
    {
        public bool IsEncrypted { get; set; }
    }

    private sealed class EntryRow
    {
        public string EntryKey { get; set; } = "";
        public byte[] ValueSealed { get; set; } = [];
    }
}

/// <summary>What came of writing an entry.</summary>
internal enum PutOutcome
{
    Added,
    Changed,

    /// <summary>There is one, which was to stay.</summary>
    Exists,

    /// <summary>The map, or its owner, has as many as are allowed.</summary>
    TooMany,
}
