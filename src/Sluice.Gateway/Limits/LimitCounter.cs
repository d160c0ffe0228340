using System.Collections.Concurrent;

namespace Sluice.Gateway.Limits;

/// <summary>What of one identifier was let through. Used under its own lock only, so that each decision sees the one before.</summary>
internal abstract class LimitCounter
{
    internal Lock Turn { get; } = new();

    /// <summary>Whether it was taken out of its table: what is counted in it is counted nowhere.</summary>
    internal bool IsRetired { get; private set; }

    /// <summary>Whether a new counter would decide as this one does.</summary>
    protected abstract bool IsIdle(long nowMs);

    internal bool TryRetire(long nowMs)
    {
        lock (Turn)
            return IsRetired = IsIdle(nowMs);
    }
}

/// <summary>The counters of one kind by identifier, bounded: what comes after the bound shares one counter, so that made-up identifiers neither fill the memory nor get more.</summary>
internal sealed class CounterTable<T> where T : LimitCounter, new()
{
    internal const int Most = 500_000;

    private const string Overflow = "";

    private readonly ConcurrentDictionary<string, T> _counters = new(StringComparer.Ordinal);

    // Counting the entries of the dictionary would lock all of it.
    private int _count;

    internal TResult Use<TState, TResult>(string key, TState state, Func<T, TState, TResult> use)
    {
        while (true)
        {
            var counter = Find(key);
            lock (counter.Turn)
            {
                if (!counter.IsRetired)
                    return use(counter, state);
            }
        }
    }

    /// <summary>Lets go of counters that say nothing any more.</summary>
    internal void Sweep(long nowMs)
    {
        foreach (var (key, counter) in _counters)
        {
            if (counter.TryRetire(nowMs) && _counters.TryRemove(KeyValuePair.Create(key, counter)))
                Interlocked.Decrement(ref _count);
        }
    }

    private T Find(string key)
    {
        if (_counters.TryGetValue(key, out var known))
            return known;
        var made = new T();
        var kept = _counters.GetOrAdd(Volatile.Read(ref _count) < Most ? key : Overflow, made);
        if (ReferenceEquals(kept, made))
            Interlocked.Increment(ref _count);
        return kept;
    }
}
