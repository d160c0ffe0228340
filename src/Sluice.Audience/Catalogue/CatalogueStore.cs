using Sluice.Storage;

namespace Sluice.Audience.Catalogue;

/// <summary>An environment's catalogue: the snapshot that requests read, and the one way to change it.</summary>
/// <remarks>
/// Guarantees: a write sees everything that was committed before it, on any node, and is seen by the next read here and within a second
/// elsewhere; all of it is kept, or nothing. Threading: writes run one after the other, across nodes by a row that each of them changes first.
/// After a failure: the snapshot stays as it was; the store may be asked again.
/// </remarks>
internal sealed class CatalogueStore(SqlStore sql, TimeProvider clock) : IDisposable
{
    private const string ChangeKind = "audience";
    private const string Everything = "*";
    private const int MaxNotedOneByOne = 500; // a bulk load is told to other nodes as one word: read anew

    private const int MaxReadOneByOne = 2_000;

    private readonly SemaphoreSlim _turn = new(1);
    private volatile CatalogueSnapshot _snapshot = CatalogueSnapshot.Empty;
    private long _seen;

    /// <summary>Told after each write that is kept, before its caller is; null while nobody wants to know.</summary>
    internal Func<Task>? Changed { get; set; }

    /// <summary>The newest; take it once per request.</summary>
    internal CatalogueSnapshot Snapshot => _snapshot;

    /// <summary>Reads everything.</summary>
    internal async Task OpenAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            _seen = await ChangeLog.LastAsync(sql, cancellation);
            _snapshot = await sql.ReadAsync(LoadAsync, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Learns what other nodes changed.</summary>
    internal async Task FollowAsync(CancellationToken cancellation)
    {
        var last = await ChangeLog.LastAsync(sql, cancellation);
        if (last == Interlocked.Read(ref _seen))
            return;
        await _turn.WaitAsync(cancellation);
        try
        {
            (_snapshot, _seen) = await sql.ReadAsync(session => CatchUpAsync(session, _snapshot, _seen), cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Forgets notes of changes that are older; a node that was away for longer reads everything anew.</summary>
    internal Task ForgetChangesAsync(DateTimeOffset before, CancellationToken cancellation) => ChangeLog.TrimAsync(sql, before, cancellation);

    /// <summary>Runs a write. Nothing is kept when it is refused, or when it is only tried (<paramref name="dryRun"/>).</summary>
    /// <param name="userId">Who writes.</param>
    /// <param name="dryRun">Whether to leave everything as it is and only tell what would change.</param>
    /// <param name="write">Makes the changes on the draft.</param>
    /// <param name="cancellation">Stops before the commit.</param>
    internal async Task<(Outcome<T> Outcome, IReadOnlyCollection<EntityChange> Changes)> WriteAsync<T>(
        long userId, bool dryRun, Func<Draft, Task<Outcome<T>>> write, CancellationToken cancellation)
        where T : class
    {
        (Outcome<T> Outcome, IReadOnlyCollection<EntityChange> Changes) written;
        await _turn.WaitAsync(cancellation);
        try
        {
            var (outcome, changes, snapshot, seen) = await sql.WriteAsync(async session =>
            {
                await session.NextIdAsync("audience_turn"); // whoever writes on another node waits here until we committed
                var (known, knownSeq) = await CatchUpAsync(session, _snapshot, _seen);
                var draft = new Draft(known, session, userId, clock.GetUtcNow().ToUnixTimeMilliseconds());
                var made = await write(draft);
                if (dryRun)
                    throw new OnlyTriedException<T>(made, draft.Changes);
                return made.Problem is not null
                    ? (made, draft.Changes, known, knownSeq)
                    : (made, draft.Changes, draft.Current, await KeepAsync(session, draft.Changes, knownSeq));
            }, cancellation);
            (_snapshot, _seen) = (snapshot, seen);
            written = (outcome, changes);
        }
        catch (OnlyTriedException<T> tried)
        {
            return (tried.Outcome, tried.Changes); // rolled back, ids and all
        }
        finally
        {
            _turn.Release();
        }
        if (written.Changes.Count > 0 && Changed is { } changed)
            await changed();
        return written;
    }

    public void Dispose() => _turn.Dispose();

    private async Task<long> KeepAsync(SqlSession session, IReadOnlyCollection<EntityChange> changes, long seen)
    {
        foreach (var change in changes)
        {
            if (change.After is null)
            {
                await session.ExecuteAsync(
                    "delete from audience_object where kind = @kind and id = @Id", new { kind = change.Kind.Name, change.Id });
            }
            else
            {
                await session.ExecuteAsync(
                    """
                    insert into audience_object (kind, id, document) values (@kind, @Id, @document)
                    on conflict (kind, id) do update set document = excluded.document
                    """, new { kind = change.Kind.Name, change.Id, document = change.Kind.Write(change.After) });
            }
        }
        if (changes.Count == 0)
            return seen;
        if (changes.Count > MaxNotedOneByOne)
            await ChangeLog.AddAsync(session, ChangeKind, Everything, clock);
        else
        {
            foreach (var change in changes)
                await ChangeLog.AddAsync(session, ChangeKind, $"{change.Kind.Name} {change.Id}", clock);
        }
        return await session.FindAsync<long>("select last from id_sequence where name = 'change_log'");
    }

    private static async Task<(CatalogueSnapshot Snapshot, long Seen)> CatchUpAsync(SqlSession session, CatalogueSnapshot snapshot, long seen)
    {
        var last = await session.FindAsync<long>("select coalesce(max(last), 0) from id_sequence where name = 'change_log'");
        if (last == seen)
            return (snapshot, seen);
        var subjects = await session.QueryAsync<string>(
            "select subject from change_log where seq > @seen and seq <= @last and kind = @kind", new { seen, last, kind = ChangeKind });
        var noted = await session.FindAsync<long>("select count(*) from change_log where seq > @seen and seq <= @last", new { seen, last });
        if (noted != last - seen || subjects.Count > MaxReadOneByOne || subjects.Contains(Everything))
            return (await LoadAsync(session), last); // some changes are forgotten already, or too many to tell

        foreach (var subject in subjects.Distinct())
        {
            var space = subject.IndexOf(' ', StringComparison.Ordinal);
            var kind = Kinds.All.First(one => one.Name == subject[..space]);
            var id = long.Parse(subject.AsSpan(space + 1), System.Globalization.CultureInfo.InvariantCulture);
            var document = await session.FindAsync<string>(
                "select document from audience_object where kind = @kind and id = @id", new { kind = kind.Name, id });
            snapshot = snapshot.With(kind, id, document is null ? null : kind.Read(document));
        }
        return (snapshot, last);
    }

    private static async Task<CatalogueSnapshot> LoadAsync(SqlSession session)
    {
        var snapshot = CatalogueSnapshot.Empty;
        foreach (var kind in Kinds.All)
        {
            var documents = await session.QueryAsync<string>("select document from audience_object where kind = @kind", new { kind = kind.Name });
            snapshot = snapshot.WithAll(kind, documents.Select(kind.Read));
        }
        return snapshot;
    }

    /// <summary>Ends a transaction without keeping anything of it.</summary>
    private sealed class OnlyTriedException<T>(Outcome<T> outcome, IReadOnlyCollection<EntityChange> changes) : Exception
        where T : class
    {
        internal Outcome<T> Outcome => outcome;

        internal IReadOnlyCollection<EntityChange> Changes => changes;
    }
}
