using System.Numerics;

namespace Sluice.Profiles.Populations;

/// <summary>A set of profiles by their numbers: two bytes a member where they lie apart, down to an eighth of a byte where they lie close.</summary>
/// <remarks>
/// Guarantees: what <see cref="Snapshot"/> gives never changes with the set it was taken of. It costs nothing; afterwards the first change copies the list
/// of chunks, and the first change in each chunk that chunk (at most 8 KiB).
/// Threading: one thread at a time changes a set or takes its snapshot; a snapshot that nobody changes may be read by any number of threads.
/// </remarks>
internal sealed class ProfileSet
{
    private SetChunk[] _chunks = [];
    private int _chunkCount;
    private bool _isListShared;

    /// <summary>An empty set.</summary>
    internal ProfileSet()
    {
    }

    internal ProfileSet(IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
            Add(number);
    }

    internal int Count { get; private set; }

    /// <summary>Its chunks, by their keys.</summary>
    internal ReadOnlySpan<SetChunk> Chunks => _chunks.AsSpan(0, _chunkCount);

    /// <summary>What the arrays behind it take, in bytes, about.</summary>
    internal long BytesHeld
    {
        get
        {
            const int headerBytes = 24;
            var bytes = 40L + headerBytes + 16 * _chunks.Length;
            foreach (var chunk in Chunks)
                bytes += headerBytes + 2 * chunk.UnitsHeld;
            return bytes;
        }
    }

    internal bool Contains(int number)
    {
        var at = Find((ushort)(number >> 16));
        return number >= 0 && at >= 0 && _chunks[at].Contains((ushort)number);
    }

    /// <summary>Adds a number; false when it is there already.</summary>
    internal bool Add(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        var (key, value) = ((ushort)(number >> 16), (ushort)number);
        var at = Find(key);
        if (at < 0)
            Insert(~at, SetChunk.Of(key, value));
        else if (_chunks[at].Contains(value))
            return false;
        else
        {
            OwnList();
            _chunks[at].Add(value);
        }
        Count++;
        return true;
    }

    /// <summary>Removes a number; false when it is not there.</summary>
    internal bool Remove(int number)
    {
        if (!Contains(number))
            return false;
        OwnList();
        var at = Find((ushort)(number >> 16));
        if (_chunks[at].Count == 1)
            RemoveChunk(at);
        else
            _chunks[at].Remove((ushort)number);
        Count--;
        return true;
    }

    /// <summary>The set as it is now, which later changes of either do not reach.</summary>
    internal ProfileSet Snapshot()
    {
        _isListShared = true;
        return new ProfileSet { _chunks = _chunks, _chunkCount = _chunkCount, _isListShared = true, Count = Count };
    }

    /// <summary>Gives back room for members that never came.</summary>
    internal void Trim()
    {
        OwnList();
        for (var at = 0; at < _chunkCount; at++)
            _chunks[at].Trim();
        Array.Resize(ref _chunks, _chunkCount);
    }

    /// <summary>Adds all members of another set.</summary>
    internal void OrWith(ProfileSet other)
    {
        foreach (var chunk in other.Chunks)
        {
            var at = Find(chunk.Key);
            if (at < 0)
            {
                Put(at, chunk.Copy());
                continue;
            }
            OwnList();
            Count -= _chunks[at].Count;
            _chunks[at].OrWith(chunk);
            Count += _chunks[at].Count;
        }
    }

    /// <summary>Removes all members of another set.</summary>
    internal void AndNotWith(ProfileSet other)
    {
        foreach (var chunk in other.Chunks)
        {
            if (Find(chunk.Key) is >= 0 and var at)
                Put(at, ChunkAlgebra.AndNot(_chunks[at], chunk));
        }
    }

    /// <summary>Puts a chunk in the place of the one with its key; an empty one takes it away.</summary>
    internal void Put(in SetChunk chunk) => Put(Find(chunk.Key), chunk);

    /// <summary>The chunk with a key; false when no member lies there.</summary>
    internal bool TryGetChunk(ushort key, out SetChunk chunk)
    {
        var at = Find(key);
        chunk = at < 0 ? default : _chunks[at];
        return at >= 0;
    }

    public Enumerator GetEnumerator() => new(this);

    private void Put(int at, in SetChunk chunk)
    {
        Count += chunk.Count - (at < 0 ? 0 : _chunks[at].Count);
        if (at < 0)
        {
            if (chunk.Count > 0)
                Insert(~at, chunk);
            return;
        }
        OwnList();
        if (chunk.Count == 0)
            RemoveChunk(at);
        else
            _chunks[at] = chunk;
    }

    private int Find(ushort key)
    {
        var (low, high) = (0, _chunkCount - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var found = _chunks[middle].Key;
            if (found == key)
                return middle;
            if (found < key)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return ~low;
    }

    private void Insert(int at, in SetChunk chunk)
    {
        OwnList();
        if (_chunkCount == _chunks.Length)
            Array.Resize(ref _chunks, Math.Max(1, _chunkCount + (_chunkCount + 1) / 2));
        Array.Copy(_chunks, at, _chunks, at + 1, _chunkCount - at);
        _chunks[at] = chunk;
        _chunkCount++;
    }

    private void RemoveChunk(int at)
    {
        _chunkCount--;
        Array.Copy(_chunks, at + 1, _chunks, at, _chunkCount - at);
        _chunks[_chunkCount] = default;
    }

    private void OwnList()
    {
        if (!_isListShared)
            return;
        _chunks = Chunks.ToArray();
        _isListShared = false;
        for (var at = 0; at < _chunkCount; at++)
            _chunks[at].IsShared = true;
    }

    /// <summary>Walks through the members, ascending; of a set that does not change meanwhile.</summary>
    internal struct Enumerator(ProfileSet set)
    {
        private readonly SetChunk[] _chunks = set._chunks;
        private readonly int _chunkCount = set._chunkCount;
        private int _chunk = -1;
        private int _next;
        private ulong _word;

        public int Current { get; private set; }

        public bool MoveNext()
        {
            while (true)
            {
                if (_chunk >= 0 && MoveInChunk(_chunks[_chunk]))
                    return true;
                if (++_chunk >= _chunkCount)
                    return false;
                (_next, _word) = (0, 0);
            }
        }

        private bool MoveInChunk(in SetChunk chunk)
        {
            if (!chunk.IsBits)
            {
                if (_next == chunk.Count)
                    return false;
                Current = chunk.Key << 16 | chunk.Values[_next++];
                return true;
            }
            while (_word == 0)
            {
                if (_next == SetChunk.WordCount)
                    return false;
                _word = chunk.Bits[_next++];
            }
            Current = chunk.Key << 16 | (64 * (_next - 1) + BitOperations.TrailingZeroCount(_word));
            _word &= _word - 1;
            return true;
        }
    }
}
