using System.Globalization;
using System.Text;
using System.Text.Json;
using Sluice.Profiles.Engine;
using Sluice.Profiles.Rulebook;
using Sluice.Storage;

namespace Sluice.Profiles.State;

/// <summary>Profiles, rules, changes and the place reached in the journal, in one database: what one commit holds is kept whole or not at all.</summary>
internal sealed class ProfileStore(SqlStore sql)
{
    private const int RowsPerStatement = 50;
    private const string Columns = "number as Number, namespace as Namespace, id as Id, next_day as NextDay, state as State";

    internal SqlStore Sql => sql;

    internal Task<List<Profile>> ReadAsync(IReadOnlyList<ProfileKey> keys, CancellationToken cancellation) => sql.ReadAsync(async session =>
    {
        var wanted = keys.ToHashSet();
        var found = new List<Profile>();
        foreach (var some in keys.Select(key => key.Id).Distinct().Chunk(RowsPerStatement))
        {
            var (names, values) = Parameters(some, "i");
            foreach (var row in await session.QueryAsync<StoredRow>($"select {Columns} from profile where id in ({names})", values))
            {
                if (wanted.Contains(new ProfileKey(row.Namespace, row.Id)))
                    found.Add(row.ToProfile());
            }
        }
        return found;
    }, cancellation);

    internal Task<List<Profile>> ReadAsync(IReadOnlyList<int> numbers, CancellationToken cancellation) => sql.ReadAsync(async session =>
    {
        var found = new List<Profile>();
        foreach (var some in numbers.Chunk(RowsPerStatement))
        {
            var (names, values) = Parameters(some, "n");
            found.AddRange((await session.QueryAsync<StoredRow>($"select {Columns} from profile where number in ({names})", values)).Select(row => row.ToProfile()));
        }
        return found;
    }, cancellation);

    /// <summary>Profiles from a number on, in the order of their numbers.</summary>
    internal Task<List<Profile>> ReadFromAsync(int number, int limit, CancellationToken cancellation) => sql.ReadAsync(
        async session => (await session.QueryAsync<StoredRow>($"select {Columns} from profile where number >= @number order by number limit @limit", new { number, limit })).ConvertAll(row => row.ToProfile()),
        cancellation);

    /// <summary>Numbers of the profiles whose day has come.</summary>
    internal Task<List<int>> ListDueAsync(int day, int after, int limit, CancellationToken cancellation) => sql.ReadAsync(
        session => session.QueryAsync<int>("select number from profile where next_day <= @day and number > @after order by number limit @limit", new { day, after, limit }),
        cancellation);

    internal Task<Dictionary<string, long>> ReadNumbersAsync(CancellationToken cancellation) => sql.ReadAsync(
        async session => (await session.QueryAsync<NamedValue>("select name as Name, value as Value from profile_engine")).ToDictionary(one => one.Name, one => one.Value),
        cancellation);

    /// <summary>Gives every definition that is kept to the rules.</summary>
    /// <returns>The journal offset from which each trait's rule meets events, and since when (ms since 1970) those of traits and segments hold.</returns>
    internal Task<(Dictionary<long, long> LiveFrom, Dictionary<long, long> EffectiveSince)> ReadRulesAsync(RuleSet rules, CancellationToken cancellation) => sql.ReadAsync(async session =>
    {
        var (liveFrom, effectiveSince) = (new Dictionary<long, long>(), new Dictionary<long, long>());
        foreach (var row in await session.QueryAsync<StoredRule>("select definition as Definition, life as Life, live_from as LiveFrom, effective_ms as EffectiveMs from profile_rule"))
        {
            var definition = JsonSerializer.Deserialize(row.Definition, DefinitionJson.Default.Definition) ?? throw new InvalidDataException("A stored rule is empty.");
            rules.Put(definition, today: 0, row.Life is { } life ? JsonSerializer.Deserialize(life, DefinitionJson.Default.TraitLife) : null);
            if (definition is TraitDefinition)
                liveFrom[definition.Id] = row.LiveFrom;
            if (definition is TraitDefinition or SegmentDefinition && row.EffectiveMs > 0)
                effectiveSince[definition.Id] = row.EffectiveMs;
        }
        return (liveFrom, effectiveSince);
    }, cancellation);

    internal Task CommitAsync(Commit commit, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        foreach (var row in commit.Profiles.Where(row => row.State is null))
            await session.ExecuteAsync("delete from profile where number = @Number", new { row.Number });
        foreach (var rows in commit.Profiles.Where(row => row.State is not null).Chunk(RowsPerStatement))
            await UpsertAsync(session, rows);
        foreach (var rule in commit.Rules)
            await KeepAsync(session, rule);
        foreach (var changes in commit.Changes.Chunk(RowsPerStatement))
            await AddAsync(session, changes);
        foreach (var (name, value) in commit.Numbers)
        {
            if (value is null)
                await session.ExecuteAsync("delete from profile_engine where name = @name", new { name });
            else
            {
                await session.ExecuteAsync(
                    "insert into profile_engine (name, value) values (@name, @value) on conflict (name) do update set value = excluded.value", new { name, value });
            }
        }
        foreach (var part in commit.Parts)
            await part(session);
    }, cancellation);

    /// <summary>Changes of memberships in the order in which they happened.</summary>
    internal Task<List<SegmentChange>> ReadChangesAsync(long after, int limit, CancellationToken cancellation) => sql.ReadAsync(async session =>
        (await session.QueryAsync<StoredChange>(
            """
            select seq as Seq, at as AtMs, profile as Profile, namespace as Namespace, id as Id, segment as Segment, entered as Entered, cause as Cause, detail as Detail
            from segment_change where seq > @after order by seq limit @limit
            """, new { after, limit })).ConvertAll(row => row.ToChange()), cancellation);

    internal Task<long?> FindChangeAsync(long fromMs, CancellationToken cancellation) => sql.ReadAsync(
        session => session.FindAsync<long?>("select min(seq) from segment_change where at >= @fromMs", new { fromMs }), cancellation);

    internal Task<int> ForgetChangesAsync(long beforeMs, CancellationToken cancellation) => sql.WriteAsync(
        session => session.ExecuteAsync("delete from segment_change where at < @beforeMs", new { beforeMs }), cancellation);

    private static async Task UpsertAsync(SqlSession session, ProfileRow[] rows)
    {
        var (text, values) = (new StringBuilder("insert into profile (number, namespace, id, next_day, state) values "), new Dictionary<string, object>());
        foreach (var (at, row) in rows.Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"{(at > 0 ? ", " : "")}(@n{at}, @s{at}, @i{at}, @d{at}, @b{at})");
            values.Add($"n{at}", row.Number);
            values.Add($"s{at}", row.Namespace);
            values.Add($"i{at}", row.Id);
            values.Add($"d{at}", row.NextDay);
            values.Add($"b{at}", row.State!);
        }
        text.Append(" on conflict (number) do update set next_day = excluded.next_day, state = excluded.state");
        await session.ExecuteAsync(text.ToString(), values);
    }

    private static async Task AddAsync(SqlSession session, SegmentChange[] changes)
    {
        var (text, values) = (new StringBuilder("insert into segment_change (seq, at, profile, namespace, id, segment, entered, cause, detail) values "), new Dictionary<string, object>());
        foreach (var (at, change) in changes.Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"{(at > 0 ? ", " : "")}(@q{at}, @t{at}, @n{at}, @s{at}, @i{at}, @g{at}, @e{at}, @c{at}, @d{at})");
            values.Add($"q{at}", change.Seq);
            values.Add($"t{at}", change.AtMs);
            values.Add($"n{at}", change.Profile);
            values.Add($"s{at}", change.Key.Namespace);
            values.Add($"i{at}", change.Key.Id);
            values.Add($"g{at}", change.Segment);
            values.Add($"e{at}", change.Entered);
            values.Add($"c{at}", change.Cause.ToString());
            values.Add($"d{at}", change.Detail ?? "");
        }
        await session.ExecuteAsync(text.ToString(), values);
    }

    private static async Task KeepAsync(SqlSession session, KeptRule rule)
    {
        if (rule.Definition is RemovedDefinition removed)
        {
            await session.ExecuteAsync("delete from profile_rule where kind = @Of and id = @Id", new { removed.Of, removed.Id });
            return;
        }
        await session.ExecuteAsync(
            """
            insert into profile_rule (kind, id, definition, life, live_from, effective_ms) values (@kind, @Id, @text, @life, @LiveFrom, @EffectiveMs)
            on conflict (kind, id) do update
                set definition = excluded.definition, life = excluded.life, live_from = excluded.live_from, effective_ms = excluded.effective_ms
            """, new
            {
                rule.LiveFrom,
                rule.EffectiveMs,
                kind = Definition.KindOf(rule.Definition),
                rule.Definition.Id,
                text = JsonSerializer.Serialize(rule.Definition, DefinitionJson.Default.Definition),
                life = rule.Life is null ? null : JsonSerializer.Serialize(rule.Life, DefinitionJson.Default.TraitLife),
            });
    }

    private static (string Names, Dictionary<string, object> Values) Parameters<T>(IEnumerable<T> values, string prefix)
        where T : notnull
    {
        var named = values.Select((value, at) => (Name: $"{prefix}{at.ToString(CultureInfo.InvariantCulture)}", value)).ToList();
        return (string.Join(", ", named.Select(one => "@" + one.Name)), named.ToDictionary(one => one.Name, one => (object)one.value));
    }

    private sealed class StoredRow
    {
        public int Number { get; set; }
        public string Namespace { get; set; } = "";
        public string Id { get; set; } = "";
        public int NextDay { get; set; }
        public byte[] State { get; set; } = [];

        internal Profile ToProfile() => ProfileCodec.Read(Number, new ProfileKey(string.Intern(Namespace), Id), NextDay, State);
    }

    private sealed class StoredRule
    {
        public string Definition { get; set; } = "";
        public string? Life { get; set; }
        public long LiveFrom { get; set; }
        public long EffectiveMs { get; set; }
    }

    private sealed class StoredChange
    {
        public long Seq { get; set; }
        public long AtMs { get; set; }
        public int Profile { get; set; }
        public string Namespace { get; set; } = "";
        public string Id { get; set; } = "";
        public long Segment { get; set; }
        public bool Entered { get; set; }
        public string Cause { get; set; } = "";
        public string Detail { get; set; } = "";

        internal SegmentChange ToChange() =>
            new(Seq, AtMs, Profile, new ProfileKey(Namespace, Id), Segment, Entered, Enum.Parse<ChangeCause>(Cause), Detail is "" ? null : Detail);
    }

    private sealed class NamedValue
    {
        public string Name { get; set; } = "";
        public long Value { get; set; }
    }
}

/// <summary>What is kept together.</summary>
/// <param name="Profiles">Those that changed.</param>
/// <param name="Rules">Definitions that changed.</param>
/// <param name="Changes">Memberships that changed.</param>
/// <param name="Numbers">Where the engine stands, by name; null for what it needs no more.</param>
/// <param name="Parts">What else belongs to it.</param>
internal sealed record Commit(
    IReadOnlyList<ProfileRow> Profiles, IReadOnlyList<KeptRule> Rules, IReadOnlyList<SegmentChange> Changes,
    IReadOnlyDictionary<string, long?> Numbers, IReadOnlyList<Func<SqlSession, Task>> Parts);

/// <summary>A definition as it is kept.</summary>
/// <param name="Definition">What decides.</param>
/// <param name="Life">A trait's lives.</param>
/// <param name="LiveFrom">The journal offset from which a trait's rule meets events.</param>
/// <param name="EffectiveMs">Since when it holds, in ms since 1970; 0 where nobody asks.</param>
internal sealed record KeptRule(Definition Definition, TraitLife? Life, long LiveFrom, long EffectiveMs);
