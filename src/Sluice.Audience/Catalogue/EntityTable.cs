using System.Collections.Immutable;

namespace Sluice.Audience.Catalogue;

/// <summary>A table whatever its rows are.</summary>
internal interface IEntityTable
{
    int Count { get; }

    /// <summary>This table with a row put in (or exchanged), or taken out when <paramref name="row"/> is null.</summary>
    IEntityTable With(long id, Entity? row);

    /// <summary>This table with many rows put in at once.</summary>
    IEntityTable WithAll(IEnumerable<Entity> rows);
}

/// <summary>The rows of one kind as of one version, in the order of their ids.</summary>
/// <remarks>
/// Immutable: a change copies one chunk of <see cref="ChunkRows"/> references and the list of chunks, so that 100,000 rows cost a write some ten
/// kilobytes, and readers keep the version they took. Orders by other properties are made when first asked for and kept with the version; the next
/// versions make theirs of it by moving the rows that changed.
/// </remarks>
internal sealed class EntityTable<T> : IEntityTable
    where T : Entity
{
    private const int ChunkRows = 256;
    private const int MaxOrders = 16; // a table of 100,000 rows keeps 0.8 MB for each

    private const int MaxMoves = 64; // then sorting anew costs less than moving rows one by one

    private readonly ImmutableArray<ImmutableArray<T>> _chunks;

    // The orders of an earlier version, and what changed since.
    private readonly ImmutableDictionary<string, T[]> _earlier;
    private readonly ImmutableList<(T? Old, T? New)> _moves;
    private readonly Lock _turn = new();
    private ImmutableDictionary<string, T[]> _orders = ImmutableDictionary<string, T[]>.Empty;

    private EntityTable(
        ImmutableArray<ImmutableArray<T>> chunks, int count, ImmutableDictionary<string, T[]>? earlier = null, ImmutableList<(T? Old, T? New)>? moves = null)
    {
        (_chunks, Count) = (chunks, count);
        (_earlier, _moves) = (earlier ?? ImmutableDictionary<string, T[]>.Empty, moves ?? []);
    }

    internal static EntityTable<T> Empty { get; } = new([], 0);

    public int Count { get; }

    /// <summary>All rows, by id.</summary>
    internal IEnumerable<T> Rows
    {
        get
        {
            foreach (var chunk in _chunks)
            {
                foreach (var row in chunk)
                    yield return row;
            }
        }
    }

    internal T? Find(long id)
    {
        var at = ChunkOf(id);
        if (at < 0)
            return null;
        var index = IndexIn(_chunks[at], id);
        return index < 0 ? null : _chunks[at][index];
    }

    /// <summary>All rows in another order; rows that compare equal stay in the order of their ids. Made once per version, name and direction.</summary>
    internal IReadOnlyList<T> OrderedBy(string name, Comparison<T> compare, bool isDescending)
    {
        var key = isDescending ? name + " descending" : name;
        if (_orders.TryGetValue(key, out var known))
            return known;
        var comparer = Comparer<T>.Create((left, right) =>
            (compare(left, right) is var by and not 0 ? by : left.Id.CompareTo(right.Id)) * (isDescending ? -1 : 1));
        var made = _earlier.TryGetValue(key, out var earlier) ? Moved(earlier, comparer) : Sorted(comparer);
        lock (_turn)
            _orders = (_orders.Count >= MaxOrders ? ImmutableDictionary<string, T[]>.Empty : _orders).SetItem(key, made);
        return made;
    }

    public IEntityTable With(long id, Entity? row)
    {
        var at = ChunkOf(id);
        if (at < 0)
            return row is null ? this : new EntityTable<T>([[(T)row]], 1);
        var chunk = _chunks[at];
        var index = IndexIn(chunk, id);
        if (row is null)
        {
            return index < 0 ? this
                : Next(chunk.Length == 1 ? _chunks.RemoveAt(at) : _chunks.SetItem(at, chunk.RemoveAt(index)), chunk[index], null);
        }
        if (index >= 0)
            return Next(_chunks.SetItem(at, chunk.SetItem(index, (T)row)), chunk[index], (T)row);

        var longer = chunk.Insert(~index, (T)row);
        return Next(
            longer.Length <= ChunkRows ? _chunks.SetItem(at, longer)
            : _chunks.SetItem(at, longer[..(ChunkRows / 2)]).Insert(at + 1, longer[(ChunkRows / 2)..]),
            null, (T)row);
    }

    private EntityTable<T> Next(ImmutableArray<ImmutableArray<T>> chunks, T? old, T? added)
    {
        // An order made of this very version needs no earlier moves; one that nobody asked for since goes on from where it was.
        var (basis, moves) = _orders.Count > 0 ? (_orders, []) : (_earlier, _moves);
        var isWorthIt = basis.Count > 0 && moves.Count < MaxMoves;
        return new EntityTable<T>(
            chunks, Count + (added is null ? 0 : 1) - (old is null ? 0 : 1), isWorthIt ? basis : null, isWorthIt ? moves.Add((old, added)) : null);
    }

    private T[] Sorted(Comparer<T> comparer)
    {
        T[] rows = [.. Rows];
        Array.Sort(rows, comparer);
        return rows;
    }

    private T[] Moved(T[] earlier, Comparer<T> comparer)
    {
        var rows = new List<T>(earlier);
        foreach (var (old, added) in _moves)
        {
            if (old is not null)
                rows.RemoveAt(rows.BinarySearch(old, comparer));
            if (added is not null)
                rows.Insert(~rows.BinarySearch(added, comparer), added);
        }
        return [.. rows];
    }

    public IEntityTable WithAll(IEnumerable<Entity> rows)
    {
        var byId = new SortedDictionary<long, T>();
        foreach (var row in Rows)
            byId[row.Id] = row;
        foreach (var row in rows)
            byId[row.Id] = (T)row;
        return new EntityTable<T>([.. byId.Values.Chunk(ChunkRows).Select(chunk => chunk.ToImmutableArray())], byId.Count);
    }

    // The chunk in which the id is or would be; -1 when there is none at all.
    private int ChunkOf(long id)
    {
        var (low, high) = (0, _chunks.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_chunks[middle][0].Id <= id)
                low = middle;
            else
                high = middle - 1;
        }
        return high < 0 ? -1 : low;
    }

    private static int IndexIn(ImmutableArray<T> chunk, long id)
    {
        var (low, high) = (0, chunk.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var found = chunk[middle].Id;
            if (found == id)
                return middle;
            if (found < id)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return ~low;
    }
}
