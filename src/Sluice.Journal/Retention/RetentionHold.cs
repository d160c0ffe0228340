namespace Sluice.Journal;

/// <summary>
/// A consumer's claim on the records from <see cref="Offset"/> on: retention deletes none of them. Taken with
/// <see cref="EventJournal.Hold"/>, moved forward as the consumer commits, released by <see cref="Dispose"/>.
/// <para>Threading: any thread.</para>
/// </summary>
public sealed class RetentionHold : IDisposable
{
    private readonly SegmentList _segments;
    private long _offset;

    internal RetentionHold(SegmentList segments, string name, long offset)
    {
        _segments = segments;
        Name = name;
        _offset = offset;
    }

    /// <summary>The consumer's name, one hold each.</summary>
    public string Name { get; }

    /// <summary>The first offset kept for this consumer.</summary>
    public long Offset => Volatile.Read(ref _offset);

    /// <summary>Lets go of what lies before <paramref name="offset"/>. To go back, take a second hold under another name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The offset is less than <see cref="Offset"/>.</exception>
    public void Advance(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(offset, Offset);
        Volatile.Write(ref _offset, offset);
    }

    /// <summary>Releases the hold; its name can be taken again.</summary>
    public void Dispose() => _segments.Release(this);
}
