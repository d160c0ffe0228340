using System.Buffers;
using Sluice.Journal.Records;

namespace Sluice.Collection.Deduplication;

/// <summary>The keys one request has claimed: stored once its records are on disk, given up otherwise.</summary>
/// <remarks>
/// Guarantees: after <see cref="Dispose"/> every claim is stored or given up, and whoever waits for <see cref="Ended"/> goes on.
/// Threading: one request. A request never waits for another while it has claims of its own, so two cannot wait for each other.
/// </remarks>
internal sealed class RequestClaims : IDisposable
{
    private const int FirstKeys = 128;

    private readonly DeduplicationMemory _memory;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RememberedKey[] _keys = ArrayPool<RememberedKey>.Shared.Rent(FirstKeys);
    private int _count;

    internal RequestClaims(DeduplicationMemory memory, int number, long journalOffset)
    {
        _memory = memory;
        Number = number;
        JournalOffset = journalOffset;
    }

    /// <summary>What its claims are known by; never 0.</summary>
    internal int Number { get; }

    /// <summary>No record of this request lies before it.</summary>
    internal long JournalOffset { get; }

    /// <summary>Completes when the request's claims are decided.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Claims a key that counts until it expires.</summary>
    internal Claim TryClaim(MessageKey key, uint expiresSeconds, uint nowSeconds, out RequestClaims? other)
    {
        other = null;
        Claim claim;
        while ((claim = _memory.Seen.TryClaim(key, Number, nowSeconds, out var number)) == Claim.Undecided)
        {
            if ((other = _memory.FindUnderWay(number)) is not null)
                return claim;
            // It has ended in this very moment, and its claims are decided.
        }
        if (claim != Claim.Granted)
            return claim;
        if (_count == _keys.Length)
        {
            var larger = ArrayPool<RememberedKey>.Shared.Rent(2 * _count);
            _keys.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<RememberedKey>.Shared.Return(_keys);
            _keys = larger;
        }
        _keys[_count++] = new RememberedKey(key.High, key.Low, expiresSeconds);
        return claim;
    }

    /// <summary>Gives up the newest claim, which is this key.</summary>
    internal void Release(MessageKey key)
    {
        _memory.Seen.Release(key);
        _count--;
    }

    /// <summary>Says that the records of every key claimed so far are on disk.</summary>
    internal void Store()
    {
        _memory.Store(_keys.AsSpan(0, _count));
        _count = 0;
    }

    /// <summary>Gives up what was not stored, and ends the request's part.</summary>
    public void Dispose()
    {
        if (_keys.Length == 0)
            return;
        foreach (var key in _keys.AsSpan(0, _count))
            _memory.Seen.Release(new MessageKey(key.High, key.Low));
        ArrayPool<RememberedKey>.Shared.Return(_keys);
        _keys = [];
        _count = 0;
        _memory.End(this);
        _ended.SetResult();
    }
}
