namespace Sluice.Gateway.Caches;

/// <summary>What one response cache did since this node started. Threading: any.</summary>
internal sealed class CacheCounts
{
    private long _hits;
    private long _misses;
    private long _skipped;
    private long _stored;
    private long _notStored;
    private long _stale;
    private long _unkeyed;
    private long _hitBytes;
    private long _storedBytes;

    internal long Hits => Interlocked.Read(ref _hits);

    internal long Misses => Interlocked.Read(ref _misses);

    internal long SkippedLookups => Interlocked.Read(ref _skipped);

    internal long StoredEntries => Interlocked.Read(ref _stored);

    internal long NotStoredAnswers => Interlocked.Read(ref _notStored);

    internal long StaleAnswers => Interlocked.Read(ref _stale);

    /// <summary>Requests whose key was too long.</summary>
    internal long WithoutKey => Interlocked.Read(ref _unkeyed);

    internal long HitBytes => Interlocked.Read(ref _hitBytes);

    internal long StoredBytes => Interlocked.Read(ref _storedBytes);

    internal void Hit(int bytes)
    {
        Interlocked.Increment(ref _hits);
        Interlocked.Add(ref _hitBytes, bytes);
    }

    internal void Miss() => Interlocked.Increment(ref _misses);

    internal void Skipped() => Interlocked.Increment(ref _skipped);

    internal void Stored(int bytes)
    {
        Interlocked.Increment(ref _stored);
        Interlocked.Add(ref _storedBytes, bytes);
    }

    internal void NotStored() => Interlocked.Increment(ref _notStored);

    internal void Stale() => Interlocked.Increment(ref _stale);

    internal void Unkeyed() => Interlocked.Increment(ref _unkeyed);
}
