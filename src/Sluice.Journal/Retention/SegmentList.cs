namespace Sluice.Journal;

/// <summary>
/// The segments kept, who holds them, and which may go. Readers see an immutable snapshot; the writer adds at the end and
/// deletes at the beginning, one at a time, so that no crash leaves a gap in the middle.
/// </summary>
internal sealed class SegmentList
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RetentionHold> _holds = new(StringComparer.Ordinal);
    private readonly HashSet<string> _awaited;
    private readonly JournalOptions _options;

    private Segment[] _kept;
    private Segment? _leaving; // no longer readable, its file not yet deleted

    internal SegmentList(JournalOptions options, IEnumerable<Segment> segments)
    {
        _options = options;
        _kept = [.. segments];
        _awaited = new HashSet<string>(options.RequiredHolds, StringComparer.Ordinal);
    }

    internal Segment[] Kept => Volatile.Read(ref _kept);

    internal Segment Tail => Kept[^1];

    internal long StartOffset => Kept[0].BaseOffset;

    internal long TotalBytes
    {
        get
        {
            lock (_lock)
                return TotalBytes_NeedsLock();
        }
    }

    /// <summary>The segment in which <paramref name="offset"/> lies, or null when it lies before the first.</summary>
    internal Segment? Find(long offset)
    {
        var kept = Kept;
        var i = kept.Length - 1;
        while (i >= 0 && kept[i].BaseOffset > offset)
            i--;
        return i < 0 ? null : kept[i];
    }

    internal void Add(Segment segment)
    {
        lock (_lock)
            Volatile.Write(ref _kept, [.. _kept, segment]);
    }

    /// <exception cref="ArgumentException">The name has a hold.</exception>
    internal RetentionHold Hold(string name, long offset)
    {
        lock (_lock)
        {
            if (offset < StartOffset)
                throw new JournalOffsetGoneException(offset, StartOffset);
            var hold = new RetentionHold(this, name, offset);
            if (!_holds.TryAdd(name, hold))
                throw new ArgumentException($"The hold {name} is already taken.", nameof(name));
            _awaited.Remove(name);
            return hold;
        }
    }

    internal void Release(RetentionHold hold)
    {
        lock (_lock)
        {
            if (_holds.TryGetValue(hold.Name, out var held) && held == hold)
                _holds.Remove(hold.Name);
        }
    }

    /// <summary>True when so many new segments fit under the size limit, counting what may be deleted for them.</summary>
    internal bool HasRoomForMore(int segments)
    {
        if (_options.MaxBytes is not { } maxBytes)
            return true;
        lock (_lock)
        {
            var floor = Floor_NeedsLock();
            var total = TotalBytes_NeedsLock() + segments * _options.SegmentBytes;
            foreach (var segment in _kept)
            {
                if (segment.EndOffset <= floor && segment.EndOffset != long.MaxValue)
                    total -= segment.FileBytes;
            }

            return total <= maxBytes;
        }
    }

    /// <summary>True when so many more bytes are within the size limit as things are, nothing deleted.</summary>
    internal bool HasRoomNow(long bytes)
    {
        lock (_lock)
            return _options.MaxBytes is not { } maxBytes || TotalBytes_NeedsLock() + bytes <= maxBytes;
    }

    /// <summary>Takes the oldest segment out when age or size say so and no hold keeps it. The same one again until <see cref="Deleted"/>.</summary>
    /// <param name="nowMs">The journal's time.</param>
    /// <param name="neededBytes">The room about to be taken.</param>
    internal Segment? TakeExpired(long nowMs, long neededBytes)
    {
        lock (_lock)
        {
            if (_leaving is not null || _kept.Length == 1)
                return _leaving;
            if (_kept[0].EndOffset > Floor_NeedsLock())
                return null;
            // No record of a segment is later than the first of the next one.
            var tooOld = _options.MaxAge is { } age && _kept[1].Header.CreatedMs < nowMs - (long)age.TotalMilliseconds;
            var tooMuch = _options.MaxBytes is { } maxBytes && TotalBytes_NeedsLock() + neededBytes > maxBytes;
            if (!tooOld && !tooMuch)
                return null;
            _leaving = _kept[0];
            Volatile.Write(ref _kept, _kept[1..]);
            return _leaving;
        }
    }

    internal void Deleted()
    {
        lock (_lock)
            _leaving = null;
    }

    // Everything before this offset may go.
    private long Floor_NeedsLock()
    {
        if (_awaited.Count > 0)
            return 0;
        var floor = long.MaxValue;
        foreach (var hold in _holds.Values)
            floor = Math.Min(floor, hold.Offset);
        return floor;
    }

    private long TotalBytes_NeedsLock()
    {
        var total = _leaving?.FileBytes ?? 0;
        foreach (var segment in _kept)
            total += segment.FileBytes;
        return total;
    }
}
