namespace Sluice.Profiles.Populations;

/// <summary>One number for each window that reports know, all ending on the same day, and one without a window.</summary>
public sealed class WindowCounts : IEquatable<WindowCounts>
{
    /// <summary>The longest window; what is older counts for the lifetime alone.</summary>
    internal const int LongestDays = 90;

    private readonly long[] _counts = new long[Windows.Length + 1];

    internal WindowCounts()
    {
    }

    /// <summary>The windows in days.</summary>
    public static ReadOnlySpan<int> Windows => [1, 7, 14, 30, 60, LongestDays];

    /// <summary>The number without a window.</summary>
    public long Lifetime => _counts[^1];

    /// <summary>The number of one of <see cref="Windows"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No window is that long.</exception>
    public long this[int days] =>
        Windows.IndexOf(days) is >= 0 and var at ? _counts[at] : throw new ArgumentOutOfRangeException(nameof(days), days, "No window is that long.");

    /// <inheritdoc/>
    public bool Equals(WindowCounts? other) => other is not null && _counts.AsSpan().SequenceEqual(other._counts);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as WindowCounts);

    /// <inheritdoc/>
    public override int GetHashCode() => Lifetime.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', _counts);

    /// <summary>Adds what is so many days old, 0 being the last day, to every window that reaches back to it.</summary>
    internal void AddAged(int ageDays, long count)
    {
        for (var at = Windows.Length - 1; at >= 0 && ageDays < Windows[at]; at--)
            _counts[at] += count;
        _counts[^1] += count;
    }

    /// <summary>Adds to windows of several days and the lifetime, but not to the last day alone.</summary>
    internal void AddToLonger(int ageDays, long count)
    {
        AddAged(ageDays, count);
        if (ageDays == 0)
            _counts[0] -= count;
    }

    /// <summary>Adds what no window reaches.</summary>
    internal void AddToLifetime(long count) => _counts[^1] += count;

    internal void Add(WindowCounts other)
    {
        for (var at = 0; at < _counts.Length; at++)
            _counts[at] += other._counts[at];
    }

    internal void Write(StoredBytes to)
    {
        foreach (var count in _counts)
            to.AddVarint((ulong)count);
    }

    internal static WindowCounts Read(scoped ref ReadOnlySpan<byte> from)
    {
        var read = new WindowCounts();
        foreach (ref var count in read._counts.AsSpan())
            count = StoredBytes.TakeNumber(ref from, 0, long.MaxValue);
        return read;
    }
}
