using Sluice.Audience.Events.Ids;
using Sluice.Storage;

namespace Sluice.Audience.Catalogue;

/// <summary>A change of one object: put in, exchanged, or (without a row) taken out.</summary>
internal sealed record EntityChange(EntityKind Kind, long Id, Entity? Before, Entity? After);

/// <summary>What a write wants to make of the catalogue; nothing of it is seen by others before it is committed.</summary>
internal sealed class Draft(CatalogueSnapshot snapshot, SqlSession session, long userId, long nowMs)
{
    private readonly Dictionary<(EntityKind Kind, long Id), EntityChange> _changes = [];
    private readonly Queue<long> _idsToKeep = new();

    /// <summary>The catalogue with all that the draft changed so far.</summary>
    internal CatalogueSnapshot Current { get; private set; } = snapshot;

    /// <summary>Who writes: a user's id.</summary>
    internal long UserId => userId;

    /// <summary>Ms since 1970.</summary>
    internal long NowMs => nowMs;

    /// <summary>What was changed, each object once.</summary>
    internal IReadOnlyCollection<EntityChange> Changes => _changes.Values;

    /// <summary>Adds an object: gives it its id, audit fields and version.</summary>
    internal async Task<T> AddAsync<T>(EntityKind<T> kind, T row)
        where T : Entity
    {
        var added = row with
        {
            Id = _idsToKeep.TryDequeue(out var kept) ? kept : await NextIdAsync(kind),
            Version = 1,
            CrUid = userId,
            UpUid = userId,
            CreateTime = nowMs,
            UpdateTime = nowMs,
        };
        Put(kind, added.Id, added);
        return added;
    }

    /// <summary>Says which ids the objects get that are added next: those they had where they come from.</summary>
    internal void KeepIds(params ReadOnlySpan<long> ids)
    {
        _idsToKeep.Clear();
        foreach (var id in ids)
            _idsToKeep.Enqueue(id);
    }

    /// <summary>Has new objects of a kind begin after an id.</summary>
    internal Task ReserveIdsAsync(EntityKind kind, long upTo) => upTo < kind.FirstId ? Task.CompletedTask : session.ExecuteAsync(
        """
        insert into id_sequence (name, last) values (@Sequence, @last)
        on conflict (name) do update set last = case when id_sequence.last < excluded.last then excluded.last else id_sequence.last end
        """, new { kind.Sequence, last = upTo - kind.FirstId + 1 });

    /// <summary>Puts in what was not known yet when an object was added; it is the same version still.</summary>
    internal T Complete<T>(EntityKind<T> kind, T row)
        where T : Entity
    {
        Put(kind, row.Id, row);
        return row;
    }

    /// <summary>Exchanges an object for its changed form; who, when and version are noted.</summary>
    internal T Change<T>(EntityKind<T> kind, T row)
        where T : Entity
    {
        var changed = row with { Version = row.Version + 1, UpUid = userId, UpdateTime = nowMs };
        Put(kind, changed.Id, changed);
        return changed;
    }

    internal void Remove<T>(EntityKind<T> kind, T row)
        where T : Entity => Put(kind, row.Id, null);

    private async Task<long> NextIdAsync(EntityKind kind)
    {
        long id;
        do
            id = await session.NextIdAsync(kind.Sequence) + kind.FirstId - 1;
        while (kind.Sequence == Kinds.DataSources.Sequence && GlobalIds.IsReserved(id));
        return id;
    }

    private void Put<T>(EntityKind<T> kind, long id, T? row)
        where T : Entity
    {
        var before = _changes.TryGetValue((kind, id), out var earlier) ? earlier.Before : Current.Find(kind, id);
        _changes[(kind, id)] = new EntityChange(kind, id, before, row);
        Current = Current.With(kind, id, row);
    }
}
