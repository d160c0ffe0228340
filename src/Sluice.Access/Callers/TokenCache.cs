using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Access;

/// <summary>Remembers good tokens by their hash, so that the second look costs neither a signature nor SQL.</summary>
/// <remarks>
/// Bounded by two generations of half the bound each: when the young one is full it becomes the old one, and the old one goes. A token in use
/// is carried over. Threading: any number of readers and writers.
/// </remarks>
internal sealed class TokenCache(int maxTokens)
{
    private volatile ConcurrentDictionary<TokenKey, KnownToken> _young = new();
    private volatile ConcurrentDictionary<TokenKey, KnownToken> _old = new();
    private readonly Lock _turn = new();
    private long _removals;

    /// <summary>Counts up with each removal. Whoever looks a token up in SQL notes it first, and keeps the outcome only if it is still the same.</summary>
    internal long Removals => Interlocked.Read(ref _removals);

    internal int Count => _young.Count + _old.Count;

    internal bool TryGet(in TokenKey key, [NotNullWhen(true)] out KnownToken? token)
    {
        if (_young.TryGetValue(key, out token))
            return true;
        return _old.ContainsKey(key) && TryCarryOver(key, out token);
    }

    /// <summary>Adds what was found, unless a token was removed since <paramref name="removals"/> was read: it might have been this one.</summary>
    internal void Add(in TokenKey key, KnownToken token, long removals)
    {
        lock (_turn)
        {
            if (removals == _removals)
                Add_NeedsLock(key, token);
        }
    }

    internal void Remove(in TokenKey key)
    {
        lock (_turn)
        {
            Interlocked.Increment(ref _removals);
            _young.TryRemove(key, out _);
            _old.TryRemove(key, out _);
        }
    }

    /// <summary>Forgets the tokens of a family. Looks at all of them: revoking is rare, and a second index would cost every token.</summary>
    internal void RemoveFamily(string familyId)
    {
        lock (_turn)
        {
            Interlocked.Increment(ref _removals);
            foreach (var generation in new[] { _young, _old })
            {
                foreach (var (key, token) in generation)
                {
                    if (token.FamilyId == familyId)
                        generation.TryRemove(key, out _);
                }
            }
        }
    }

    /// <summary>Forgets everything.</summary>
    internal void Clear()
    {
        lock (_turn)
        {
            Interlocked.Increment(ref _removals);
            _young = new();
            _old = new();
        }
    }

    private bool TryCarryOver(in TokenKey key, [NotNullWhen(true)] out KnownToken? token)
    {
        lock (_turn)
        {
            if (!_old.TryGetValue(key, out token))
                return false; // removed meanwhile
            Add_NeedsLock(key, token);
            return true;
        }
    }

    private void Add_NeedsLock(in TokenKey key, KnownToken token)
    {
        if (_young.Count >= maxTokens / 2)
        {
            _old = _young;
            _young = new();
        }
        _young[key] = token;
    }
}
