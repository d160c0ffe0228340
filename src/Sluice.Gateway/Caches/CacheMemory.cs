using System.Collections.Concurrent;

namespace Sluice.Gateway.Caches;

/// <summary>The first level: entries in memory by their identity, within a budget of bytes.</summary>
/// <remarks>
/// Threading: any number of readers at once, without a lock; additions take turns. Over the budget, entries leave in the order they came, but those
/// read since they were last looked at get another round (the clock algorithm), so a hit writes one flag and nothing else.
/// </remarks>
internal sealed class CacheMemory(long maxBytes)
{
    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private readonly Queue<Slot> _clock = [];
    private readonly Lock _turn = new();
    private long _bytes;

    internal long Bytes => Interlocked.Read(ref _bytes);

    internal int Count => _slots.Count;

    /// <summary>The entry, fresh or not; null when there is none, or memory may no longer answer for it.</summary>
    internal CachedResponse? Find(ReadOnlySpan<char> identity, long nowMs)
    {
        if (!_slots.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(identity, out var slot) || nowMs >= slot.AnswersUntilMs)
            return null;
        if (!slot.WasRead)
            slot.WasRead = true;
        return slot.Entry;
    }

    /// <summary>Keeps an entry until <paramref name="answersUntilMs"/>, or until there is no room.</summary>
    internal void Set(string identity, CachedResponse entry, long answersUntilMs)
    {
        lock (_turn)
        {
            if (_slots.TryGetValue(identity, out var old))
                Leave(old);
            var slot = new Slot(identity, entry, answersUntilMs, entry.Bytes + (2 * identity.Length));
            _slots[identity] = slot;
            _clock.Enqueue(slot);
            _bytes += slot.Bytes;
            while (_bytes > maxBytes && _clock.TryDequeue(out var oldest))
            {
                if (oldest.HasLeft)
                    continue;
                if (oldest.WasRead)
                {
                    oldest.WasRead = false;
                    _clock.Enqueue(oldest);
                }
                else
                    Leave(oldest);
            }
            // What left by itself stays in the queue until its turn; it must not outnumber what is there.
            if (_clock.Count > 2 * (_slots.Count + 1_000))
                Compact();
        }
    }

    internal void Remove(ReadOnlySpan<char> identity)
    {
        lock (_turn)
        {
            if (_slots.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(identity, out var slot))
                Leave(slot);
        }
    }

    /// <summary>Removes every entry that is chosen by identity and content; returns how many. Counts as no reading of it.</summary>
    internal int RemoveWhere(Func<string, CachedResponse, bool> isChosen)
    {
        lock (_turn)
        {
            var chosen = _slots.Values.Where(slot => isChosen(slot.Identity, slot.Entry)).ToList();
            chosen.ForEach(Leave);
            return chosen.Count;
        }
    }

    /// <summary>Every entry with its identity, as of now.</summary>
    internal IEnumerable<(string Identity, CachedResponse Entry)> All => _slots.Values.Select(slot => (slot.Identity, slot.Entry));

    private void Leave(Slot slot)
    {
        if (slot.HasLeft)
            return;
        slot.HasLeft = true;
        _slots.TryRemove(new KeyValuePair<string, Slot>(slot.Identity, slot));
        _bytes -= slot.Bytes;
    }

    private void Compact()
    {
        var kept = _clock.Where(slot => !slot.HasLeft).ToList();
        _clock.Clear();
        kept.ForEach(_clock.Enqueue);
    }

    private sealed class Slot(string identity, CachedResponse entry, long answersUntilMs, int bytes)
    {
        internal string Identity => identity;
        internal CachedResponse Entry => entry;
        internal long AnswersUntilMs => answersUntilMs;
        internal int Bytes => bytes;
        internal bool WasRead;
        internal bool HasLeft;
    }
}
