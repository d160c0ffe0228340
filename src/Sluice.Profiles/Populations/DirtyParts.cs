namespace Sluice.Profiles.Populations;

/// <summary>The parts of lines that are not stored as they are now, in the order in which they began to differ: until they are, the log has to be kept from there.</summary>
internal sealed class DirtyParts
{
    private readonly Dictionary<PartKey, (long First, long Last)> _changes = [];
    private readonly Queue<PartKey> _order = [];

    internal int Count => _order.Count;

    /// <summary>How many began to differ since this was last asked.</summary>
    internal int TakeNew() => Interlocked.Exchange(ref _new, 0);

    private int _new;

    /// <summary>A part changed by facts that are stored under a number.</summary>
    internal void Mark(PartKey part, long seq)
    {
        if (_changes.TryGetValue(part, out var known))
        {
            if (known.Last != seq)
                _changes[part] = (known.First, seq);
            return;
        }
        _changes[part] = (seq, seq);
        _order.Enqueue(part);
        _new++;
    }

    /// <summary>The first ones, and from which number on the others need the log.</summary>
    internal (IReadOnlyList<PartKey> Parts, long? OthersFrom) Oldest(int count)
    {
        var first = _order.Take(count + 1).ToList();
        if (first.Count <= count)
            return (first, null);
        var othersFrom = _changes[first[^1]].First;
        first.RemoveAt(count);
        return (first, othersFrom);
    }

    /// <summary>The first ones are stored with all that has a number up to this one; what changed again meanwhile comes last.</summary>
    internal void Stored(int count, long seq)
    {
        for (; count > 0; count--)
        {
            var part = _order.Dequeue();
            _changes.Remove(part, out var change);
            if (change.Last > seq)
            {
                _changes[part] = (seq + 1, change.Last);
                _order.Enqueue(part);
            }
        }
    }
}

/// <summary>Names a part: its line and the upper half of its profiles' numbers, or <see cref="PopulationLine.Header"/>.</summary>
internal readonly record struct PartKey(long Line, int High);
